import type { Backend } from '../backend.ts';
import { count, plan } from '../reference/loops.ts';
import { reduce as referenceReduce } from '../reference/reduce.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

/** Elements of a run that the vectors repay. */
const worthRow = 32;

/** `Backend.reduce`: sums of contiguous rows, and of rows upon each other, in double precision. */
export function reduceWith(exports: Exports, scratch: Scratch, limits: Limits): Backend['reduce'] {
  return function reduce(kernel, x, dims, out) {
    const additive = kernel === 'sum' || kernel === 'mean' || kernel === 'sumOfSquares';
    const size = count(x.shape);
    if (!additive || size < limits.reduction || size === 0 || x.dtype !== 'f32' || out.dtype !== 'f32') {
      path('reduce', 'left to the plain loops');
      return referenceReduce(kernel, x, dims, out);
    }
    const pick = (keep: boolean) => {
      const own = x.shape.map((_, d) => d).filter((d) => dims.includes(d) !== keep);
      return plan(
        own.map((d) => x.shape[d]!),
        [own.map((d) => x.strides[d]!)],
      );
    };
    const outer = pick(true);
    const inner = pick(false);
    const rows = outer.sizes[0]!;
    const n = inner.sizes[0]!;
    const flat = outer.sizes.length === 1 && inner.sizes.length === 1;
    const outerStep = outer.strides[0]![0]!;
    const innerStrides = inner.strides[0]!;
    const innerStep = innerStrides[0]!;
    const data = x.storage.data as Float32Array;
    const target = out.storage.data as Float32Array;
    if (flat && (innerStep === 1 || n === 1) && (outerStep === n || rows === 1)) {
      along(data, x.offset, rows, n, target, out.offset, kernel === 'sumOfSquares', kernel === 'mean' ? n : 1);
    } else if (flat && outerStep === 1 && innerStep === rows && kernel !== 'sumOfSquares' && rows <= limits.piece) {
      upon(data, x.offset, n, rows, target, out.offset, kernel === 'mean' ? n : 1);
    } else if (outer.sizes.length === 1 && innerStrides.at(-1) === 1 && inner.sizes.at(-1)! >= worthRow) {
      path('reduce', 'runs that lie apart');
      const divisor = kernel === 'mean' ? count(inner.sizes) : 1;
      for (let r = 0; r < rows; r++)
        target[out.offset + r] =
          ofRuns(data, x.offset + r * outerStep, inner.sizes, innerStrides, kernel === 'sumOfSquares') / divisor;
    } else {
      path('reduce', 'left to the plain loops');
      referenceReduce(kernel, x, dims, out);
    }
  };

  /** The sum of runs that lie apart: of a channel, say, over images and pixels. The last dimension's elements are neighbours. */
  function ofRuns(
    data: Float32Array,
    offset: number,
    sizes: readonly number[],
    strides: readonly number[],
    squares: boolean,
  ): number {
    scratch.reset();
    const block = limits.piece;
    const at = scratch.take(block);
    const { floats } = scratch;
    const run = sizes.at(-1)!;
    let total = 0;
    const each = (d: number, from: number): void => {
      if (d < sizes.length - 1) {
        for (let i = 0; i < sizes[d]!; i++) each(d + 1, from + i * strides[d]!);
        return;
      }
      for (let k = 0; k < run; k += block) {
        const length = Math.min(block, run - k);
        floats.set(data.subarray(from + k, from + k + length), at >>> 2);
        total += exports.sum(at, length, squares);
      }
    };
    each(0, offset);
    return total;
  }

  /** The sum of each of `rows` rows of n. */
  function along(
    data: Float32Array,
    offset: number,
    rows: number,
    n: number,
    out: Float32Array,
    o: number,
    squares: boolean,
    divisor: number,
  ): void {
    scratch.reset();
    const block = limits.piece;
    const at = scratch.take(block);
    const { floats } = scratch;
    if (n > block) {
      path('reduce', 'along rows longer than a piece');
      for (let r = 0; r < rows; r++) {
        let total = 0;
        for (let k = 0; k < n; k += block) {
          const length = Math.min(block, n - k);
          floats.set(data.subarray(offset + r * n + k, offset + r * n + k + length), at >>> 2);
          total += exports.sum(at, length, squares);
        }
        out[o + r] = total / divisor;
      }
      return;
    }
    path('reduce', 'along rows');
    const height = Math.floor(block / n);
    for (let r = 0; r < rows; r += height) {
      const part = Math.min(height, rows - r);
      floats.set(data.subarray(offset + r * n, offset + (r + part) * n), at >>> 2);
      for (let k = 0; k < part; k++) out[o + r + k] = exports.sum(at + 4 * k * n, n, squares) / divisor;
    }
  }

  /** The sum of `rows` rows of n, element by element. */
  function upon(
    data: Float32Array,
    offset: number,
    rows: number,
    n: number,
    out: Float32Array,
    o: number,
    divisor: number,
  ): void {
    scratch.reset();
    const block = limits.piece;
    const at = scratch.take(block);
    path('reduce', 'rows upon each other');
    const sums = scratch.take(2 * n + 8);
    const { floats } = scratch;
    floats.fill(0, sums >>> 2, (sums >>> 2) + 2 * n + 8);
    const height = Math.floor(block / n);
    for (let r = 0; r < rows; r += height) {
      const part = Math.min(height, rows - r);
      floats.set(data.subarray(offset + r * n, offset + (r + part) * n), at >>> 2);
      exports.sumRows(at, part, n, sums);
    }
    const totals = new Float64Array(floats.buffer, sums, n);
    for (let k = 0; k < n; k++) out[o + k] = totals[k]! / divisor;
  }
}
