/**
 * Where numbers come from, in one mark used everywhere: ○ inferred from shapes alone, ● executed, ◐ sampled, and a clock where
 * the text was edited since, or where the engine they came from has ended.
 */
import type { Provenance as Kind } from '../../core/trace/trace.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly kind: Kind;
  readonly outOfDate?: boolean;
  /** Whether the engine that computed it has ended: it may be out of date. */
  readonly ended?: boolean;
  /** Whether a later run failed: then it is not the last word. */
  readonly earlier?: boolean;
  readonly at?: string | undefined;
  readonly note?: string | undefined;
  readonly title?: string | undefined;
  /** What `note` has no room for. */
  readonly more?: string | undefined;
  readonly testId?: string;
}

const icons = { inferred: 'circle-large-outline', executed: 'circle-large-filled', sampled: 'color-mode' } as const;
const meanings = {
  inferred: 'Inferred from shapes: nothing was computed',
  executed: 'Computed with real values',
  sampled: 'Computed from some of the values',
} as const;
const outOfDateMeaning = 'The code was edited after this was computed: run again to refresh it';
const endedMeaning =
  'Computed before the window was opened again or the engine restarted: what was on the screen is kept, and the code may have changed since. Run again to refresh it';

export function Provenance({
  kind,
  outOfDate = false,
  ended = false,
  earlier = false,
  at,
  note,
  title,
  more,
  testId = 'provenance',
}: Props) {
  const old = outOfDate || ended;
  const meaning = title ?? (ended ? endedMeaning : outOfDate ? outOfDateMeaning : meanings[kind]);
  const name = ended ? 'earlier-run' : outOfDate ? 'out-of-date' : kind;
  return (
    <span
      class={`chip ${old ? 'out-of-date' : kind}${earlier ? ' earlier' : ''}`}
      data-testid={testId}
      data-provenance={name}
      title={more === undefined ? meaning : `${meaning}. ${more}`}
    >
      <Icon name={old ? 'history' : icons[kind]} />
      <span class="words">
        {ended ? 'earlier run' : outOfDate ? 'out of date' : kind}
        {at !== undefined && <span class="num"> {at}</span>}
        {note !== undefined && <span class="quiet"> {note}</span>}
      </span>
    </span>
  );
}
