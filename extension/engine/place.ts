import type { SiteId } from '../../core/trace/trace.ts';

/** A loop that has gone round this often in a row is where a run hangs, rather than the expression inside it. */
const manyRounds = 100;

/** Milliseconds for which a loop that has not gone round still counts as going round: it may have had no processor. */
const turnsFor = 150;

/** Where a run is, as far as it can be told from another thread: read from what it shares (`RunRequest.cancel`). */
export class Place {
  #rounds = 0;
  #turned = Number.NEGATIVE_INFINITY;
  #looked = Number.NEGATIVE_INFINITY;

  constructor(private readonly shared: Int32Array) {}

  /** Looks whether the loop that went round last is going round still. */
  look(): void {
    this.#looked = performance.now();
    const rounds = Atomics.load(this.shared, 4) * 2 ** 31 + Atomics.load(this.shared, 3);
    if (rounds !== this.#rounds) this.#turned = this.#looked;
    this.#rounds = rounds;
  }

  /** The expression being evaluated. */
  get site(): SiteId | undefined {
    return siteIn(this.shared, 1);
  }

  /** The loop it is in for a long time. */
  get loop(): { readonly site: SiteId; readonly rounds: number } | undefined {
    const site = siteIn(this.shared, 2);
    return site === undefined || this.#looked - this.#turned > turnsFor || this.#rounds < manyRounds
      ? undefined
      : { site, rounds: this.#rounds };
  }
}

function siteIn(shared: Int32Array, slot: number): SiteId | undefined {
  const site = Atomics.load(shared, slot) - 1;
  return site < 0 ? undefined : site;
}
