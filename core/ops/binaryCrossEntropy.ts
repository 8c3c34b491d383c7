import { TensightError } from '../errors.ts';
import { numel } from '../tensor/shape.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { allocate } from './apply.ts';
import { div, mul, sub } from './elementwise.ts';
import type { Op } from './op.ts';
import { clamp, log } from './pointwise.ts';

/** Logarithms stop here, so that a probability of 0 costs much and not everything. PyTorch's number. */
const least = -100;

/**
 * −(y log x + (1 − y) log(1 − x)) for each element of two tensors of one shape. An operation of its own, for its gradient:
 * (x − y) / (x(1 − x)) stays finite where x is 0 or 1, as PyTorch's does.
 */
export const binaryCrossEntropyOp: Op<undefined> = {
  name: 'binaryCrossEntropy',
  shape: ([x]) => ({ shape: x!.shape, dtype: 'f32', axes: x!.axes }),
  forward([x, target], _attrs, out) {
    const result = allocate(out);
    const [from, wanted] = [elementsOf(x!), elementsOf(target!)];
    const data = result.storage.data;
    for (let i = 0; i < from.length; i++) {
      const [p, y] = [from[i]!, wanted[i]!];
      if (p < 0 || p > 1)
        throw new TensightError(
          `binaryCrossEntropy: ${p} is not a probability`,
          'Pass it through a sigmoid, or use binaryCrossEntropyWithLogits.',
        );
      data[i] = -(y * Math.max(Math.log(p), least) + (1 - y) * Math.max(Math.log1p(-p), least));
    }
    return result;
  },
  backward: (grad, { inputs: [x, target], needs }) => [
    needs[0] ? div(mul(grad, sub(x!, target!)), clamp(mul(x!, sub(1, x!)), 1e-12)) : undefined,
    needs[1] ? mul(grad, sub(clamp(log(sub(1, x!)), least), clamp(log(x!), least))) : undefined,
  ],
  flops: (_inputs, out) => 6 * numel(out.shape),
};
