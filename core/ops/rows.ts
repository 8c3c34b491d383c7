/** Reductions row by row in double precision: where squares, sums or products leave what the result's type holds on the way. */
import type { Backend } from '../backends/backend.ts';
import { TensightError } from '../errors.ts';
import { integer, number } from '../format/numbers.ts';
import type { TypedArray } from '../tensor/dtype.ts';
import { numel } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { toContiguous } from './view.ts';

/** The elements of `x`, one row for each that is kept: dimensions of `dims` last, in memory. */
export function rowsOf(x: Tensor, dims: readonly number[], backend: Backend): { data: TypedArray; width: number } {
  const order = [...x.shape.map((_, d) => d).filter((d) => !dims.includes(d)), ...dims];
  const moved = new Tensor(
    { shape: order.map((d) => x.shape[d]!), dtype: x.dtype, axes: [] },
    x.storage,
    order.map((d) => x.strides[d]!),
    x.offset,
  );
  return { data: elementsOf(toContiguous(moved, backend)), width: numel(dims.map((d) => x.shape[d]!)) };
}

/** Squares below this or beyond f32 lose what their root would have kept. */
const smallest = 2 ** -100;

/** Whether some of these sums of squares are infinite, or so small that squares of single elements may have become 0. */
export function tooWide(squares: TypedArray): boolean {
  for (let i = 0; i < squares.length; i++)
    if (squares[i] === Number.POSITIVE_INFINITY || squares[i]! < smallest) return true;
  return false;
}

/** Whether some of these sums are infinite. */
export function someInfinite(sums: TypedArray): boolean {
  for (let i = 0; i < sums.length; i++) if (sums[i] === Number.POSITIVE_INFINITY) return true;
  return false;
}

/** Folds a row from its first element on. */
export function folded(row: TypedArray, start: number, f: (sofar: number, value: number) => number): number {
  let sofar = start;
  for (let i = 0; i < row.length; i++) sofar = f(sofar, row[i]!);
  return sofar;
}

/** (Σ |x|ᵖ)^(1/p) of a row, in units of its largest element so that no power overflows. */
export function lengthOf(row: TypedArray, p: number): number {
  if (p === 2) return Math.sqrt(folded(row, 0, (sum, value) => sum + value * value));
  const largest = folded(row, 0, (most, value) => Math.max(most, Math.abs(value)));
  const unit = largest > 0 && largest < Number.POSITIVE_INFINITY ? largest : 1;
  return unit * folded(row, 0, (sum, value) => sum + (Math.abs(value) / unit) ** p) ** (1 / p);
}

/** Σ (x − mean)² of a row. */
export function spreadOf(row: TypedArray): number {
  const mean = folded(row, 0, (sum, value) => sum + value) / row.length;
  return folded(row, 0, (sum, value) => sum + (value - mean) ** 2);
}

/** `f` of each row. */
export function eachRow(
  x: Tensor,
  dims: readonly number[],
  backend: Backend,
  to: TypedArray,
  f: (row: TypedArray) => number,
): void {
  const { data, width } = rowsOf(x, dims, backend);
  for (let r = 0; r < to.length; r++) to[r] = f(data.subarray(r * width, (r + 1) * width));
}

/** The number itself, where i32 holds it. Throws TensightError where it does not: PyTorch counts in 64 bits, and would have it. */
export function whole(op: string, value: number): number {
  if (value >= -(2 ** 31) && value < 2 ** 31) return value;
  throw new TensightError(
    `${op}: the result, ${Math.abs(value) < 2 ** 53 ? integer(value) : number(value)}, is too large for i32, which ends at ${integer(2 ** 31 - 1)}`,
    "Convert it first: x.to('f32').",
  );
}
