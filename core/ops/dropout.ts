import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import { numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { mul } from './elementwise.ts';
import type { Op } from './op.ts';

/** Keeps each element with probability 1 − p and scales it by 1 / (1 − p), so that the mean stays (Srivastava et al. 2014). */
export const dropoutOp: Op<{ readonly p: number }> = {
  name: 'dropout',
  shape: ([x]) => ({ shape: x!.shape, dtype: 'f32', axes: x!.axes }),
  forward([x], { p }, out, backend, save) {
    const mask = allocate(out);
    const data = mask.storage.data;
    const scale = p === 1 ? 0 : 1 / (1 - p);
    for (let i = 0; i < data.length; i++) data[i] = context.generator.uniform() < p ? 0 : scale;
    const result = allocate(out);
    backend.binary('mul', x!, mask, result);
    save(mask);
    return result;
  },
  // In a shape run there is no mask; the gradient's shape is all that is asked for.
  backward: (grad, { tensors: [mask] }) => [mask === undefined ? grad : mul(grad, mask)],
  flops: (_inputs, out) => numel(out.shape),
};

/**
 * Each element dropped with probability `p` while training, the others scaled by 1 / (1 − p); x itself otherwise: any
 * shape → the same. Srivastava et al. 2014.
 */
export function dropout(x: Tensor, p = 0.5, training = true): Tensor {
  if (!(p >= 0 && p <= 1)) throw new TensightError(`dropout: a probability is 0 … 1, not ${p}`);
  return training && p > 0 ? apply(dropoutOp, [x], { p }) : x;
}
