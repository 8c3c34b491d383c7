/** Whether a number is the one that is wanted, but for rounding: NaN is NaN, ∞ is ∞, and nothing finite is near them. */
export function near(got: number | undefined, want: number, relative: number, absolute: number): boolean {
  if (got === want || Object.is(got, want)) return true;
  return Number.isFinite(want) && Math.abs(got! - want) <= absolute + relative * Math.abs(want);
}
