/**
 * Reductions. Dimensions are put in two groups, kept and reduced, and each group is merged: most reductions become
 * "for every row, along the row" or, where the kept dimension is the contiguous one, "row upon row".
 * Sums, means and products run in double precision.
 */
import type { TypedArray } from '../../tensor/dtype.ts';
import type { ReduceKernel, Strided } from '../backend.ts';
import { count, eachRow, type Plan, plan } from './loops.ts';

interface Fold {
  readonly start: number;
  /** Folds `n` elements from `i` on into `sofar`. `first` is the running count, for arg reductions. */
  run(data: TypedArray, i: number, step: number, n: number, sofar: number): number;
}

const folds: Readonly<Record<Exclude<ReduceKernel, 'argmax' | 'argmin'>, Fold>> = {
  sum: { start: 0, run: addUp },
  mean: { start: 0, run: addUp },
  sumOfSquares: {
    start: 0,
    run(data, i, step, n, sofar) {
      for (let k = 0; k < n; k++, i += step) sofar += data[i]! * data[i]!;
      return sofar;
    },
  },
  prod: {
    start: 1,
    run(data, i, step, n, sofar) {
      for (let k = 0; k < n; k++, i += step) sofar *= data[i]!;
      return sofar;
    },
  },
  max: {
    start: Number.NEGATIVE_INFINITY,
    run(data, i, step, n, sofar) {
      for (let k = 0; k < n; k++, i += step) sofar = Math.max(sofar, data[i]!);
      return sofar;
    },
  },
  min: {
    start: Number.POSITIVE_INFINITY,
    run(data, i, step, n, sofar) {
      for (let k = 0; k < n; k++, i += step) sofar = Math.min(sofar, data[i]!);
      return sofar;
    },
  },
  any: {
    start: 0,
    run(data, i, step, n, sofar) {
      for (let k = 0; k < n && sofar === 0; k++, i += step) sofar = data[i] !== 0 ? 1 : 0;
      return sofar;
    },
  },
  all: {
    start: 1,
    run(data, i, step, n, sofar) {
      for (let k = 0; k < n && sofar === 1; k++, i += step) sofar = data[i] !== 0 ? 1 : 0;
      return sofar;
    },
  },
};

function addUp(data: TypedArray, i: number, step: number, n: number, sofar: number): number {
  for (let k = 0; k < n; k++, i += step) sofar += data[i]!;
  return sofar;
}

export function reduce(kernel: ReduceKernel, x: Strided, dims: readonly number[], out: Strided): void {
  const kept: number[] = [];
  for (let d = 0; d < x.shape.length; d++) if (!dims.includes(d)) kept.push(d);
  const sizes = (list: readonly number[]) => list.map((d) => x.shape[d]!);
  const outer = plan(sizes(kept), [kept.map((d) => x.strides[d]!)]);
  const inner = plan(sizes(dims), [dims.map((d) => x.strides[d]!)]);
  const size = count(sizes(dims));

  if (kernel === 'argmax' || kernel === 'argmin') {
    argReduce(x, outer, inner, out, kernel === 'argmax');
    return;
  }
  const scale = kernel === 'mean' ? 1 / size : 1;
  const last = outer.sizes.length - 1;
  const additive = kernel === 'sum' || kernel === 'mean';
  if (additive && outer.strides[0]![last] === 1 && outer.sizes[last]! > 1 && inner.strides[0]!.at(-1) !== 1) {
    sumRowsUpon(x, outer, inner, out, kernel === 'mean' ? size : 1);
    return;
  }
  const fold = folds[kernel];
  const data = x.storage.data;
  const target = out.storage.data;
  let o = out.offset;
  eachPosition(outer, x.offset, (base) => {
    let value = fold.start;
    if (inner.sizes.length === 1) value = fold.run(data, base, inner.strides[0]![0]!, inner.sizes[0]!, value);
    else
      eachRow(inner, [base], (at, n, step) => {
        value = fold.run(data, at[0]!, step[0]!, n, value);
      });
    target[o++] = scale === 1 ? value : value / size;
  });
}

/** Row upon row in a row of doubles: the kept dimension is the contiguous one. */
function sumRowsUpon(x: Strided, outer: Plan, inner: Plan, out: Strided, divisor: number): void {
  const width = outer.sizes.at(-1)!;
  const rows: Plan = { sizes: outer.sizes.slice(0, -1), strides: [outer.strides[0]!.slice(0, -1)] };
  const data = x.storage.data;
  const target = out.storage.data;
  const total = new Float64Array(width);
  let o = out.offset;
  eachPosition(rows, x.offset, (base) => {
    total.fill(0);
    eachPosition(inner, base, (at) => {
      for (let k = 0; k < width; k++) total[k]! += data[at + k]!;
    });
    for (let k = 0; k < width; k++) target[o++] = total[k]! / divisor;
  });
}

/** First position of the largest (smallest) element in the reduced dimensions, row-major; NaN counts as both. */
function argReduce(x: Strided, outer: Plan, inner: Plan, out: Strided, largest: boolean): void {
  const data = x.storage.data;
  const target = out.storage.data;
  let o = out.offset;
  eachPosition(outer, x.offset, (base) => {
    let best = Number.NaN;
    let found = -1;
    let index = 0;
    eachPosition(inner, base, (i) => {
      const value = data[i]!;
      const better =
        found < 0 || (!Number.isNaN(best) && (Number.isNaN(value) || (largest ? value > best : value < best)));
      if (better) {
        best = value;
        found = index;
      }
      index++;
    });
    target[o++] = found;
  });
}

/** Every position of a one-operand plan, in order. */
export function eachPosition(positions: Plan, offset: number, visit: (at: number) => void): void {
  if (positions.sizes.length === 0) {
    visit(offset);
    return;
  }
  eachRow(positions, [offset], (at, n, step) => {
    for (let k = 0, i = at[0]!; k < n; k++, i += step[0]!) visit(i);
  });
}

export function cumsum(x: Strided, dim: number, out: Strided): void {
  const data = x.storage.data;
  const target = out.storage.data;
  const others = x.shape.map((_, d) => d).filter((d) => d !== dim);
  const lines = plan(
    others.map((d) => x.shape[d]!),
    [others.map((d) => x.strides[d]!), others.map((d) => out.strides[d]!)],
  );
  const n = x.shape[dim] ?? 1;
  const si = x.strides[dim] ?? 0;
  const so = out.strides[dim] ?? 0;
  eachRow(lines, [x.offset, out.offset], (at, rows, step) => {
    for (let r = 0; r < rows; r++) {
      let total = 0;
      for (let k = 0, i = at[0]! + r * step[0]!, o = at[1]! + r * step[1]!; k < n; k++, i += si, o += so) {
        total += data[i]!;
        target[o] = total;
      }
    }
  });
}
