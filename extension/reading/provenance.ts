/** How a number came about: the one list of the ways there are, in the words that hovers, pictures and reports all use. */
import type { ModelTrace, RunProvenance, TrainedFor } from '../../core/trace/trace.ts';
import { plural } from './numbers.ts';

/** What a run says of its numbers, or what became of them since. */
export type Provenance = RunProvenance | 'out of date' | 'earlier run';

/** Every way, and what it means. */
export const meanings: Readonly<Record<Provenance, string>> = {
  inferred: 'Inferred from shapes: nothing was computed',
  assumed: 'Inferred from a shape that was assumed, because the code before it fails',
  executed: 'Computed with real values',
  sampled: 'Computed from some of the values',
  changed: 'Computed after a value was changed by hand: not what the code alone gives',
  'out of date': 'The code was edited after this was computed: run again to refresh it',
  'earlier run':
    'Computed before the window was opened again or the engine restarted, and the code may have changed since: run again to refresh it',
};

/** What happened since a run. */
export interface Since {
  /** The code was edited. */
  readonly outOfDate?: boolean;
  /** The engine that held its tensors has ended. */
  readonly ended?: boolean;
}

/** What the numbers of a run are now. */
export interface Origin {
  readonly provenance: Provenance;
  /** What that means here, one sentence without its full stop. */
  readonly meaning: string;
  /** What else there is to say of them: why values were computed, whose parameters they come from. */
  readonly because?: string;
  readonly parameters?: string;
}

type Run = Pick<ModelTrace, 'provenance' | 'fallback' | 'trained'>;

/** How the numbers of a run came about, as they are looked at now: what is old says so first. */
export function originOf({ provenance, fallback, trained }: Run, { outOfDate, ended }: Since = {}): Origin {
  const now = ended === true ? 'earlier run' : outOfDate === true ? 'out of date' : provenance;
  const because = now === provenance && fallback !== undefined ? `because ${fallback}` : undefined;
  return {
    provenance: now,
    meaning: because === undefined ? meanings[now] : `${meanings[now]}, ${because}`,
    ...(because === undefined ? {} : { because }),
    ...(trained === undefined ? {} : { parameters: trainedText(trained) }),
  };
}

/** Whether values were computed at all, so that there are statistics and times. */
export function hasValues({ provenance }: Pick<ModelTrace, 'provenance'>): boolean {
  return provenance !== 'inferred' && provenance !== 'assumed';
}

/** `trained, 300 steps`: whose parameters a run had. */
function trainedText({ steps, earlierText }: TrainedFor): string {
  return `trained, ${plural(steps, 'step')}${earlierText ? ' of an earlier version' : ''}`;
}
