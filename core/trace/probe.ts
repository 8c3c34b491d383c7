import type { SiteId } from './trace.ts';

/**
 * What instrumented source calls. `enter` before an expression that may fail, `leave` with its value behind it, `see` for a
 * plain read. The stack of entered sites names, at any moment, the innermost expression of the person's own file that is
 * being evaluated: that is where an operation belongs and where an error points.
 */
export class Probe {
  readonly #stack: SiteId[] = [];
  /** Told of every value; the recorder. */
  onValue: (site: SiteId, value: unknown) => void = () => {};
  /** The expression that gave its value last, whatever that is: what a function that has just returned ended with. */
  last: SiteId | undefined;

  /** Innermost expression under way. */
  get current(): SiteId | undefined {
    return this.#stack[this.#stack.length - 1];
  }

  readonly enter = (site: SiteId): void => {
    this.#stack.push(site);
  };

  readonly leave = <T>(site: SiteId, value: T): T => {
    // An exception caught by the person's code leaves entries behind: drop down to this one. It may be gone already, where
    // a generator went on after the expression that started it was done.
    const at = this.#stack.lastIndexOf(site);
    if (at >= 0) this.#stack.length = at;
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
    this.#stack.length = 0;
  }
}
