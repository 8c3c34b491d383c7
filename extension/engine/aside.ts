/**
 * What went wrong where nobody waits for it: promises that a run made and that were rejected, and code of its own that was still to come,
 * after an `await`, when the run was over. It becomes problems of the run, each place once, however often it happened there.
 */
import { StopRun } from '../../core/errors.ts';
import type { ErrorPlace } from '../../core/trace/problem.ts';
import { textOf, toldOf } from '../../core/trace/thrown.ts';
import type { Problem, SiteId } from '../../core/trace/trace.ts';

/** Of each expression that gave a promise this many are looked at, and so many in all: their errors may be thousands. */
const lookedAtASite = 8;
const lookedAt = 200;
/** Places that are told. */
const told = 16;

const atOnce = 'forward is synchronous: remove async and await.';

/** The language's own, whatever a model puts in its place. */
const OwnPromise = Promise;

export class Aside {
  readonly #sites = new WeakMap<object, SiteId>();
  readonly #perSite = new Map<SiteId | undefined, number>();
  readonly #rejected: { readonly reason: unknown; readonly site: SiteId | undefined }[] = [];
  readonly #late = new Set<SiteId>();

  /** An expression gave this; where it is a promise, its place is known from here on. */
  gave(site: SiteId, value: object): void {
    try {
      if (value instanceof OwnPromise && !this.#sites.has(value)) this.#sites.set(value, site);
    } catch {
      // A proxy that refuses to be asked.
    }
  }

  /** Code of the run came to this expression when the run was over, and got no further. */
  late(site: SiteId): void {
    if (this.#late.size < told) this.#late.add(site);
  }

  /** A promise was rejected that nobody handles. */
  rejected(promise: object, reason: unknown): void {
    // The run itself ended what was waiting.
    if (isStop(reason)) return;
    const site = this.#sites.get(promise);
    const count = this.#perSite.get(site) ?? 0;
    if (count >= lookedAtASite || this.#rejected.length >= lookedAt) return;
    this.#perSite.set(site, count + 1);
    this.#rejected.push({ reason, site });
  }

  /** What there is to say, by place. `locate` tells where an error was thrown. */
  problems(locate: (error: Error) => ErrorPlace | undefined): Problem[] {
    const places = new Map<string, Problem>();
    // Reading what was thrown may call code of the model's own: that is none that was still to come.
    const late = [...this.#late];
    const put = (
      place: Pick<Problem, 'site' | 'file' | 'range'>,
      problem: Omit<Problem, 'site' | 'file' | 'range'>,
    ) => {
      const key = JSON.stringify(place);
      if (places.size < told && !places.has(key)) places.set(key, { ...problem, ...place });
    };
    for (const { reason, site } of this.#rejected) {
      const { name, message, stack, error } = toldOf(reason);
      const thrown = stack === undefined ? undefined : locate({ name, message, stack });
      put(thrown ?? (site === undefined ? {} : { site }), {
        ...{ severity: 'error', code: 'exception' },
        message: `a promise was rejected and nothing handles it: ${error === undefined ? textOf(reason) : `${name}: ${message}`}`,
        hint: atOnce,
        ...(stack === undefined ? {} : { stack: `${name}: ${message}${stack}` }),
      });
    }
    for (const site of late)
      put(
        { site },
        {
          ...{ severity: 'warning', code: 'exception' },
          message: 'this did not run: it awaits a promise, and the run ended first',
          hint: atOnce,
        },
      );
    return [...places.values()];
  }
}

/** Whether it is the end that a run itself put to its code. */
export function isStop(reason: unknown): boolean {
  try {
    return reason instanceof StopRun;
  } catch {
    // A proxy that refuses to be asked.
    return false;
  }
}
