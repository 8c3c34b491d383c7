/**
 * Where numbers come from, in one mark used everywhere: ○ inferred from shapes alone, ● executed, ◐ sampled, and a clock where
 * the text was edited since.
 */
import type { Provenance as Kind } from '../../core/trace/trace.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly kind: Kind;
  readonly outOfDate?: boolean;
  /** Whether a later run failed: then it is not the last word. */
  readonly earlier?: boolean;
  readonly at?: string | undefined;
  readonly note?: string | undefined;
  readonly title?: string | undefined;
  readonly testId?: string;
}

const icons = { inferred: 'circle-large-outline', executed: 'circle-large-filled', sampled: 'color-mode' } as const;
const meanings = {
  inferred: 'Inferred from shapes: nothing was computed',
  executed: 'Computed with real values',
  sampled: 'Computed from some of the values',
} as const;

export function Provenance({
  kind,
  outOfDate = false,
  earlier = false,
  at,
  note,
  title,
  testId = 'provenance',
}: Props) {
  const name = outOfDate ? 'out-of-date' : kind;
  return (
    <span
      class={`chip ${name}${earlier ? ' earlier' : ''}`}
      data-testid={testId}
      data-provenance={name}
      title={
        title ?? (outOfDate ? 'The code was edited after this was computed: run again to refresh it' : meanings[kind])
      }
    >
      <Icon name={outOfDate ? 'history' : icons[kind]} />
      <span class="words">
        {outOfDate ? 'out of date' : kind}
        {at !== undefined && <span class="num"> {at}</span>}
        {note !== undefined && <span class="quiet"> {note}</span>}
      </span>
    </span>
  );
}
