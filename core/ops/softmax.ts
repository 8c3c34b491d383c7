/** Softmax and its logarithm along one dimension. A row of −∞ alone gives NaN, as in PyTorch. */
import { context } from '../context.ts';
import { numel, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { normalizeDim } from './dims.ts';
import { mul, sub } from './elementwise.ts';
import type { Op } from './op.ts';
import { exp, neg } from './pointwise.ts';
import { sum } from './reduce.ts';

interface DimAttrs {
  readonly dim: number;
}

/** `x` with `dim` and the last dimension exchanged, for kernels that run over the last. */
function lastly(x: Tensor, dim: number): Tensor {
  const last = x.ndim - 1;
  if (dim >= last) return x;
  const swap = <T>(list: readonly T[]): T[] =>
    list.map((v, i) => (i === dim ? list[last]! : i === last ? list[dim]! : v));
  const spec: Spec = { shape: swap(x.shape), dtype: x.dtype, axes: x.axes };
  return new Tensor(spec, x.storage, swap(x.strides), x.offset);
}

/** Runs a kernel over `dim` by letting it see that dimension last. */
function over(dim: number, out: Spec, copy: (from: Tensor, to: Tensor) => void, run: (out: Tensor) => void): Tensor {
  const result = allocate(out);
  const swapped = lastly(result, dim);
  if (swapped === result) run(result);
  else {
    const rows = allocate({ shape: swapped.shape, dtype: 'f32', axes: out.axes });
    run(rows);
    copy(rows, swapped);
  }
  return result;
}

function softmaxOp(name: 'softmax' | 'logSoftmax'): Op<DimAttrs> {
  const log = name === 'logSoftmax';
  return {
    name,
    shape: ([x]) => ({ shape: x!.shape, dtype: 'f32', axes: x!.axes }),
    forward: ([x], { dim }, out, backend) =>
      over(dim, out, backend.copy, (to) => backend.softmax(lastly(x!, dim), to, log)),
    backward: (grad, { output, attrs: { dim } }) => {
      if (!context.gradEnabled)
        return [apply(log ? softmaxOps.logSoftmaxBackward : softmaxOps.softmaxBackward, [grad, output], { dim })];
      if (log) return [sub(grad, mul(exp(output), sum(grad, dim, true)))];
      return [mul(output, sub(grad, sum(mul(grad, output), dim, true)))];
    },
    flops: ([x]) => 5 * numel(x!.shape),
    role: log ? 'logDistribution' : 'distribution',
    nan: {
      cause: ([a]) => (a?.negInf ? `${name} of a row that is all −∞: everything is masked` : undefined),
      hint: 'Leave at least one score per row unmasked, or mask with a large negative number (−1e9) instead of −∞.',
    },
  };
}

function softmaxBackwardOp(name: string, log: boolean): Op<DimAttrs> {
  return {
    name,
    shape: ([, y]) => ({ shape: y!.shape, dtype: 'f32', axes: y!.axes }),
    forward: ([grad, y], { dim }, out, backend) =>
      over(dim, out, backend.copy, (to) => backend.softmaxBackward(lastly(grad!, dim), lastly(y!, dim), to, log)),
    backward: undefined,
    flops: ([x]) => 4 * numel(x!.shape),
  };
}

export const softmaxOps = {
  softmax: softmaxOp('softmax'),
  logSoftmax: softmaxOp('logSoftmax'),
  softmaxBackward: softmaxBackwardOp('softmaxBackward', false),
  logSoftmaxBackward: softmaxBackwardOp('logSoftmaxBackward', true),
};

/**
 * eˣ / Σ eˣ along `dim`, numbers of 0 … 1 that sum to 1: any shape → the same. Throws ShapeError for a dimension there
 * is not.
 */
export const softmax = (x: Tensor, dim = -1): Tensor =>
  apply(softmaxOps.softmax, [x], { dim: normalizeDim('softmax', dim, x) });
/**
 * log(softmax(x)) along `dim`, without underflow: any shape → the same. Throws ShapeError for a dimension there is not.
 */
export const logSoftmax = (x: Tensor, dim = -1): Tensor =>
  apply(softmaxOps.logSoftmax, [x], { dim: normalizeDim('logSoftmax', dim, x) });

/** Softmax of −x along `dim`: the smallest gets the most. Any shape → the same. */
export const softmin = (x: Tensor, dim = -1): Tensor => softmax(neg(x), normalizeDim('softmin', dim, x));

/** Methods that this family gives every tensor. */
export const softmaxMethods = {
  /** eˣ / Σ eˣ along `dim`: numbers of 0 … 1 that sum to 1. */
  softmax(this: Tensor, dim = -1): Tensor {
    return softmax(this, dim);
  },
  /** log(softmax) along `dim`. */
  logSoftmax(this: Tensor, dim = -1): Tensor {
    return logSoftmax(this, dim);
  },
};
