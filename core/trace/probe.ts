import type { SiteId } from './trace.ts';

/**
 * What instrumented source calls. `enter` before an expression that may fail, `leave` with its value after it, `see` for a
 * plain read. The stack of entered sites names, at any moment, the innermost expression of the person's own file that is
 * being evaluated: that is where an operation belongs and where an error points.
 */
export class Probe {
  /** Entered sites; those from `#depth` on are left over. Called at every expression: neither list methods nor a new length. */
  readonly #stack: SiteId[] = [];
  #depth = 0;
  /** Told of every value that is an object; the recorder. */
  onValue: (site: SiteId, value: object) => void = () => {};
  /** The expression that gave its value last, whatever that is: what a function that has just returned ended with. */
  last: SiteId | undefined;

  /** Innermost expression under way. */
  get current(): SiteId | undefined {
    return this.#depth === 0 ? undefined : this.#stack[this.#depth - 1];
  }

  readonly enter = (site: SiteId): void => {
    this.#stack[this.#depth++] = site;
  };

  readonly leave = <T>(site: SiteId, value: T): T => {
    // An exception caught by the person's code leaves entries behind: drop down to this one. It may be gone already, where
    // a generator went on after the expression that started it was done.
    let at = this.#depth - 1;
    while (at >= 0 && this.#stack[at] !== site) at--;
    if (at >= 0) this.#depth = at;
    this.last = site;
    if (typeof value === 'object' && value !== null) this.onValue(site, value);
    return value;
  };

  readonly see = <T>(site: SiteId, value: T): T => {
    this.last = site;
    if (typeof value === 'object' && value !== null) this.onValue(site, value);
    return value;
  };

  reset(): void {
    this.#depth = 0;
  }
}
