/** How operations come to make NaN: what their records say of it, where several say the same. */
import type { Summary } from '../backends/backend.ts';
import { number } from '../format/numbers.ts';

/** What an operation says of the NaN it makes. */
export interface NotANumber {
  /** Why these inputs gave NaN, as far as their extremes tell: `log of a negative number, −2 at the least`. */
  readonly cause?: (inputs: readonly Summary[]) => string | undefined;
  /** What to try where it made NaN. */
  readonly hint?: string;
  /** Why these finite inputs gave ∞: `log of 0`. */
  readonly overflow?: (inputs: readonly Summary[]) => string | undefined;
  /** What to try where it made ∞. */
  readonly overflowHint?: string;
  /** What to try where its gradient became NaN although its values are finite. */
  readonly slope?: string;
}

/** `log of a negative number, −2 at the least`, and what comes after it. */
export const below =
  (what: string, after = ''): NonNullable<NotANumber['cause']> =>
  ([x]) =>
    x && `${what}, ${number(x.min)} at the least${after}`;

/** `log of 0`, where there is one. */
export const ofZero =
  (what: string, input = 0): NonNullable<NotANumber['overflow']> =>
  (inputs) =>
    inputs[input]?.zeros ? what : undefined;

/** `the mean of no elements`. */
export const ofNothing =
  (what: string): NonNullable<NotANumber['cause']> =>
  ([x]) =>
    x?.count === 0 ? `the ${what} of no elements` : undefined;

export const infiniteAtZero =
  'At 0 its slope is infinite, and 0 · ∞ is NaN. Add a small number before it: x.add(1e-8).';

/** Whether there are infinities among the numbers. */
export const isInfinite = (x: Summary | undefined): boolean => x !== undefined && x.posInf + x.negInf > 0;
