import type { Problem, SiteId } from '../../core/trace/trace.ts';
import type { RunRequest } from '../protocol/engine.ts';

/** Why a run was ended from outside. */
export type Stop =
  | { readonly kind: 'timeout'; readonly ms: number }
  | { readonly kind: 'memory' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'crashed'; readonly message: string };

/** What the limits are called where the person can change them. */
export interface LimitNames {
  readonly shapeRunTimeout: string;
  readonly runTimeout: string;
  readonly memoryLimit: string;
}

const settings: LimitNames = {
  shapeRunTimeout: 'the setting tensight.shapeRunTimeout',
  runTimeout: 'the setting tensight.runTimeout',
  memoryLimit: 'the setting tensight.memoryLimit',
};

/** A loop that has gone round this often in a row is where a run hangs, rather than the expression inside it. */
const manyRounds = 100;
/** So many looks long a loop may stand still and still be the one that goes round. */
const looks = 5;

/** Where a run is, as far as it can be told from outside: read from what it shares (`RunRequest.cancel`). */
export class Place {
  #rounds = 0;
  /** What the last looks found: on a busy machine the run may stand still from one to the next. */
  #earlier: readonly number[] = [];
  #looked = 0;

  constructor(private readonly shared: Int32Array) {}

  /** Looks whether the loop that went round last is going round still. */
  look(): void {
    const now = performance.now();
    if (now - this.#looked < 10) return;
    this.#looked = now;
    const rounds = Atomics.load(this.shared, 4) * 2 ** 31 + Atomics.load(this.shared, 3);
    this.#earlier = [...this.#earlier.slice(1 - looks), this.#rounds];
    this.#rounds = rounds;
  }

  /** The expression being evaluated. */
  get site(): SiteId | undefined {
    return siteIn(this.shared, 1);
  }

  /** The loop it is in for a long time. */
  get loop(): { readonly site: SiteId; readonly rounds: number } | undefined {
    const site = siteIn(this.shared, 2);
    const turning = this.#earlier.some((rounds) => rounds !== this.#rounds);
    return site === undefined || !turning || this.#rounds < manyRounds ? undefined : { site, rounds: this.#rounds };
  }
}

function siteIn(shared: Int32Array, slot: number): SiteId | undefined {
  const site = Atomics.load(shared, slot) - 1;
  return site < 0 ? undefined : site;
}

/** Says why a run was ended, where it was, and what can be done. */
export function problemOfStop(
  stop: Stop,
  request: Pick<RunRequest, 'mode' | 'sites' | 'entry'>,
  place: Place,
  memoryLimit: number,
  names: LimitNames = settings,
): Problem {
  const { loop } = place;
  const site = loop?.site ?? place.site;
  const at = site === undefined ? atTop(request.entry) : { site };
  const scope = site === undefined ? undefined : request.sites[site]?.scope;
  const inScope = scope === undefined ? '' : `, in ${scope}`;
  const where =
    loop === undefined
      ? `; it had got here${inScope}`
      : ` in round ${loop.rounds.toLocaleString('en')} of this loop${inScope}`;
  switch (stop.kind) {
    case 'timeout': {
      const name = request.mode === 'shape' ? names.shapeRunTimeout : names.runTimeout;
      const loops = loop === undefined ? 'Look for a loop that never ends' : 'See that the loop ends';
      return {
        severity: 'error',
        code: 'timeout',
        message: `the run was ended after ${seconds(stop.ms)}${where}`,
        hint: `${loops}, or raise ${name} where the model needs longer.`,
        ...at,
      };
    }
    case 'memory':
      return {
        severity: 'error',
        code: 'memory',
        message: `the run was ended because it took more than ${memoryLimit} MB${where}`,
        hint: `Look for something that grows in a loop, use a smaller sample input, or raise ${names.memoryLimit}.`,
        ...at,
      };
    case 'cancelled':
      return { severity: 'warning', code: 'cancelled', message: 'the run was cancelled', ...at };
    case 'crashed':
      return {
        severity: 'error',
        code: 'crashed',
        message: `the engine stopped: ${stop.message.split('\n', 1)[0]}`,
        hint: 'The next run starts it anew.',
        stack: stop.message,
        ...at,
      };
    default:
      return stop satisfies never;
  }
}

function atTop(file: string): Pick<Problem, 'file' | 'range'> {
  return { file, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}
