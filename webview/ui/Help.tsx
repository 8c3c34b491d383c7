/** A "?" that says what the marks and words of a view mean, where they stand. */
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Button } from './toolkit.tsx';

interface Props {
  readonly of: string;
  /** Marks and words, each with what it means. */
  readonly terms: readonly (readonly [term: ComponentChildren, meaning: string])[];
}

export function Help({ of, terms }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <Button
        appearance="icon"
        icon="question"
        label={`What the marks in ${of} mean`}
        pressed={open}
        testId="help"
        {...(open ? { escape: 'note' as const } : {})}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <section class="help" id={id} aria-label={`What the marks in ${of} mean`} tabIndex={0} data-testid="help-note">
          <dl>
            {terms.map(([term, meaning], i) => (
              <div key={i}>
                <dt>{term}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}
