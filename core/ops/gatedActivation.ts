/** Activations that take more than x: a learnt slope, or one half of x as the gate of the other. */

import { context } from '../context.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { formatShape, numel, type Spec } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { leakyRelu, sigmoid } from './activation.ts';
import { allocate, apply } from './apply.ts';
import { broadcastView, sumToShape } from './broadcast.ts';
import { gt, where } from './compare.ts';
import { drawn, scalar } from './creation.ts';
import { normalizeDim } from './dims.ts';
import { mul } from './elementwise.ts';
import type { Op } from './op.ts';
import { narrow } from './slice.ts';
import { reshape } from './view.ts';

/** The slopes' shape beside x: one for all, or one a channel (the second dimension; the first where there is no other). */
function slopeShape(x: Spec, weight: Spec): number[] {
  const channel = x.shape.length > 1 ? 1 : 0;
  return x.shape.map((_, i) => (i === channel ? numel(weight.shape) : 1));
}

export const preluOp: Op<undefined> = {
  name: 'prelu',
  shape([x, weight]) {
    const count = numel(weight!.shape);
    const channels = x!.shape.length > 1 ? x!.shape[1]! : (x!.shape[0] ?? 1);
    if (weight!.shape.length > 1 || (count !== 1 && count !== channels))
      throw new ShapeError(
        'prelu',
        [x!, weight!],
        `slopes ${formatShape(weight!)} do not fit ${formatShape(x!)}, which has ${channels} channels`,
        `Use one slope, or ${channels}: new nn.PReLU(${channels}).`,
      );
    return { shape: x!.shape, dtype: 'f32', axes: x!.axes };
  },
  forward([x, weight], _attrs, out, backend) {
    const shape = slopeShape(x!, weight!);
    const strides = shape.map((size) => (size === 1 ? 0 : (weight!.strides[0] ?? 0)));
    const slope = new Tensor({ shape, dtype: 'f32', axes: out.axes }, weight!.storage, strides, weight!.offset);
    const positive = allocate({ ...out, dtype: 'bool' });
    backend.binary('gt', x!, broadcastView(scalar(0), out.shape), positive);
    const below = allocate(out);
    backend.binary('mul', x!, broadcastView(slope, out.shape), below);
    const result = allocate(out);
    backend.where(positive, x!, below, result);
    return result;
  },
  backward: (grad, { inputs: [x, weight], needs }) => {
    const shape = slopeShape(x!, weight!);
    const positive = gt(x!, 0);
    return [
      needs[0] ? where(positive, grad, mul(grad, reshape(weight!, shape))) : undefined,
      needs[1] ? reshape(sumToShape(where(positive, 0, mul(grad, x!)), shape), weight!.shape) : undefined,
    ];
  },
  flops: (_inputs, out) => 2 * numel(out.shape),
};

/**
 * x, and weight·x below 0 (He et al. 2015). weight [] or [1], or one a channel: [channel] with x [batch, channel, ...].
 * Throws ShapeError for another number of slopes.
 */
export const prelu = (x: Tensor, weight: Tensor): Tensor => apply(preluOp, [x, weight], undefined);

/**
 * The first half along `dim` times the sigmoid of the second: [..., 2n] → [..., n]. Dauphin et al. 2017. Throws
 * ShapeError for an odd size.
 */
export function glu(x: Tensor, dim = -1): Tensor {
  const d = normalizeDim('glu', dim, x);
  const size = x.shape[d];
  if (size === undefined || size % 2 === 1)
    throw new ShapeError('glu', [x], `dimension ${dim} of ${formatShape(x)} can't be halved`, 'Its size must be even.');
  return mul(narrow(x, d, 0, size / 2), sigmoid(narrow(x, d, size / 2, size / 2)));
}

/**
 * x, and below 0 a slope times x that is drawn for each element between `lower` and `upper` while training, and their mean otherwise:
 * any shape → the same. Xu et al. 2015. Throws TensightError where lower is above upper.
 */
export function rrelu(x: Tensor, lower = 1 / 8, upper = 1 / 3, training = false): Tensor {
  checkArguments('rrelu', arguments);
  if (!(lower <= upper))
    throw new TensightError(
      `rrelu: expected a lower slope below the upper one, got ${lower} and ${upper}`,
      'Write nn.functional.rrelu(x, lower, upper).',
    );
  if (!training) return leakyRelu(x, (lower + upper) / 2);
  const slope = drawn(
    x.shape,
    (data) => {
      const { generator } = context;
      const [from, to] = [Math.fround(lower), Math.fround(upper)];
      // None is drawn for what stays as it is.
      elementsOf(x).forEach((value: number, i: number) => {
        data[i] = value <= 0 ? generator.uniform64() * (to - from) + from : 1;
      });
    },
    () => {},
  );
  return where(gt(x, 0), x, mul(x, slope));
}
