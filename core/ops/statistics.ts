/** Variance, standard deviation and running sums. */

import type { Backend } from '../backends/backend.ts';
import { ShapeError } from '../errors.ts';
import { formatShape, numel, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { broadcastView } from './broadcast.ts';
import { eq, where } from './compare.ts';
import { normalizeDim, normalizeDims } from './dims.ts';
import { div, mul, sub } from './elementwise.ts';
import { ofNothing } from './notANumber.ts';
import type { Op } from './op.ts';
import { flip } from './rearrange.ts';
import { countOf, type Dims, mean, type ReduceAttrs, reducedSpec, reduceInto, unreduce } from './reduce.ts';
import { eachRow, rowsOf, spreadOf, tooWide, whole } from './rows.ts';

interface VarianceAttrs extends ReduceAttrs {
  /** Subtracted from the count: 1 for a sample (Bessel), 0 for a population. */
  readonly correction: number;
}

const varOp: Op<VarianceAttrs> = {
  name: 'var',
  shape([x], attrs): Spec {
    if (x!.dtype !== 'f32')
      throw new ShapeError('var', [x!], `expected f32, got ${x!.dtype} ${formatShape(x!)}`, "Convert it: x.to('f32').");
    return reducedSpec(x!, attrs, 'f32');
  },
  forward([x], { dims, correction }, out, backend) {
    const kept = reducedSpec(x!, { dims, keepdim: true });
    const average = reduceInto('mean', x!, { dims, keepdim: true }, kept, backend);
    const centered = allocate({ shape: x!.shape, dtype: 'f32', axes: x!.axes });
    backend.binary('sub', x!, broadcastView(average, x!.shape), centered);
    const squares = reduceInto('sumOfSquares', centered, { dims, keepdim: true }, kept, backend).storage.data;
    const result = allocate(out);
    const divisor = Math.max(0, countOf(x!, dims) - correction);
    const data = result.storage.data;
    if (tooWide(squares)) eachRow(x!, dims, backend, data, (row) => spreadOf(row) / divisor);
    else for (let i = 0; i < data.length; i++) data[i] = squares[i]! / divisor;
    return result;
  },
  backward: (grad, { inputs: [x], attrs }) => {
    const divisor = Math.max(0, countOf(x!, attrs.dims) - attrs.correction);
    return [mul(unreduce(grad, x!, attrs), mul(sub(x!, mean(x!, attrs.dims, true)), 2 / divisor))];
  },
  flops: ([x]) => 4 * numel(x!.shape),
  nan: { cause: ofNothing('var') },
};

export const statisticsOps = {
  var: varOp,
  cumsum: {
    name: 'cumsum',
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype === 'bool' ? 'i32' : x!.dtype, axes: x!.axes }),
    forward([x], { dim }, out, backend) {
      const result = allocate(out);
      if (x!.dtype === 'i32') checkedSums(x!, dim, backend);
      backend.cumsum(x!, dim, result);
      return result;
    },
    backward: (grad, { attrs: { dim } }) => [flip(cumsum(flip(grad, dim), dim), dim)],
    flops: ([x]) => numel(x!.shape),
  } satisfies Op<{ readonly dim: number }>,
  std: {
    name: 'std',
    shape: ([x], attrs) => varOp.shape([x!], attrs),
    forward([x], attrs, out, backend) {
      const variance = varOp.forward([x!], attrs, out, backend, () => {});
      const result = allocate(out);
      const divisor = Math.max(0, countOf(x!, attrs.dims) - attrs.correction);
      if (tooWide(variance.storage.data))
        eachRow(x!, attrs.dims, backend, result.storage.data, (row) => Math.sqrt(spreadOf(row) / divisor));
      else backend.unary('sqrt', variance, result);
      return result;
    },
    backward: (grad, { inputs: [x], output, attrs }) => {
      const divisor = Math.max(0, countOf(x!, attrs.dims) - attrs.correction);
      const flat = unreduce(eq(output, 0), x!, attrs);
      // In deviations from the mean first: these are at most √count, however large or small the numbers.
      const away = div(sub(x!, mean(x!, attrs.dims, true)), where(flat, 1, unreduce(output, x!, attrs)));
      return [where(flat, 0, mul(unreduce(div(grad, divisor), x!, attrs), away))];
    },
    flops: ([x]) => 4 * numel(x!.shape),
    nan: { cause: ofNothing('std') },
  } satisfies Op<VarianceAttrs>,
};

/** Throws where a running sum leaves i32. */
function checkedSums(x: Tensor, dim: number, backend: Backend): void {
  const { data, width } = rowsOf(x, x.ndim === 0 ? [] : [dim], backend);
  for (let i = 0, sum = 0; i < data.length; i++) {
    if (i % width === 0) sum = 0;
    sum = whole('cumsum', sum + data[i]!);
  }
}

/** Options of `var` and `std`. */
export interface VarianceOptions {
  /** Subtracted from the count; 1 by default. */
  readonly correction?: number;
  /** Whether the dimensions stay, with size 1. False by default. */
  readonly keepdim?: boolean;
}

/**
 * Variance over `dim` (all dimensions by default), divided by count − correction: [batch, embed] over 1 → [batch].
 * Throws ShapeError for integers.
 */
export function variance(x: Tensor, dim?: Dims, options: VarianceOptions = {}): Tensor {
  checkArguments('variance', arguments);
  const { correction = 1, keepdim = false } = options;
  return apply(statisticsOps.var, [x], { dims: normalizeDims('var', dim, x), keepdim, correction });
}

/**
 * Standard deviation, the square root of the variance: [batch, embed] over 1 → [batch]. Throws ShapeError for integers.
 */
export function std(x: Tensor, dim?: Dims, options: VarianceOptions = {}): Tensor {
  checkArguments('std', arguments);
  const { correction = 1, keepdim = false } = options;
  return apply(statisticsOps.std, [x], { dims: normalizeDims('std', dim, x), keepdim, correction });
}

/**
 * Running sum along `dim`: any shape → the same. Throws ShapeError for a dimension there is not, TensightError for a sum of integers
 * that i32 does not hold.
 */
export const cumsum = (x: Tensor, dim: number): Tensor =>
  apply(statisticsOps.cumsum, [x], { dim: normalizeDim('cumsum', dim, x) });

/** Methods that this family gives every tensor. */
export const statisticsMethods = {
  /** Variance over `dim` (all dimensions by default), divided by count − correction (1 by default). */
  var(this: Tensor, dim?: Dims, options?: VarianceOptions): Tensor {
    return variance(this, dim, options);
  },
  /** Standard deviation over `dim` (all dimensions by default). */
  std(this: Tensor, dim?: Dims, options?: VarianceOptions): Tensor {
    return std(this, dim, options);
  },
  /** Running sum along `dim`. */
  cumsum(this: Tensor, dim: number): Tensor {
    return cumsum(this, dim);
  },
};
