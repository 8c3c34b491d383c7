/** Where numbers come from, in one mark used everywhere: ○ inferred from shapes alone, ● executed, a clock where they are old. */
import type { Provenance as Kind, Origin } from '../../extension/reading/provenance.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly origin: Origin;
  /** Whether a later run failed: then it is not the last word. */
  readonly earlier?: boolean;
  readonly at?: string | undefined;
  readonly note?: string | undefined;
  readonly title?: string | undefined;
  /** What `note` has no room for. */
  readonly more?: string | undefined;
  readonly testId?: string;
}

const icons: Readonly<Record<Kind, string>> = {
  inferred: 'circle-large-outline',
  assumed: 'question',
  executed: 'circle-large-filled',
  sampled: 'color-mode',
  changed: 'edit',
  'out of date': 'history',
  'earlier run': 'history',
};

export function Provenance({ origin, earlier = false, at, note, title, more, testId = 'provenance' }: Props) {
  const { provenance } = origin;
  const meaning = title ?? origin.meaning;
  const name = provenance.replaceAll(' ', '-');
  return (
    <span
      class={`chip ${name}${earlier ? ' earlier' : ''}`}
      data-testid={testId}
      data-provenance={name}
      title={more === undefined ? meaning : `${meaning}. ${more}`}
    >
      <Icon name={icons[provenance]} />
      <span class="words">
        {provenance}
        {at !== undefined && <span class="num"> {at}</span>}
        {note !== undefined && <span class="quiet"> {note}</span>}
      </span>
    </span>
  );
}
