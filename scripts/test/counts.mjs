// How many tests passed, failed and were skipped.

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts */

/** What ran, and what of it failed, where that has a name. @typedef {Counts & { readonly failures?: readonly { name: string, message: string }[] }} Result */

/** @type {Counts} */
export const NOTHING = { passed: 0, failed: 0, skipped: 0 };

/** @param {Counts} a @param {Counts} b @returns {Counts} */
export const addCounts = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** @param {Counts} counts */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/** The counts of a check that either holds or does not. @param {boolean} holds @returns {Counts} */
export const oneCheck = (holds) => ({ ...NOTHING, [holds ? 'passed' : 'failed']: 1 });

/** Where everything is there that a test may need, one that was skipped has failed. @param {Counts} counts @returns {Counts} */
export const skipsAsFailures = ({ passed, failed, skipped }) => ({ passed, failed: failed + skipped, skipped: 0 });
