/** Activations made of straight pieces: cheap, and flat where they are clipped. At a kink the gradient is PyTorch's. */

import { TensightError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkNumbers } from '../usage/values.ts';
import { apply } from './apply.ts';
import { ge, gt, le, logicalAnd, logicalOr, lt, where } from './compare.ts';
import { add, div } from './elementwise.ts';
import { mappedOp } from './mapped.ts';
import { abs } from './pointwise.ts';

interface Range {
  readonly min: number;
  readonly max: number;
}

interface Lambda {
  readonly lambda: number;
}

const between = (x: Tensor, min: number, max: number) => where(logicalAnd(gt(x, min), lt(x, max)), 1, 0);
const clip = (x: number, min: number, max: number) => (x < min ? min : x > max ? max : x);

function clipped(name: string) {
  return mappedOp<Range>(name, {
    cost: 2,
    value:
      ({ min, max }) =>
      (x) =>
        clip(x, min, max),
    slope: (x, { min, max }) => where(logicalOr(le(x, min), ge(x, max)), 0, 1),
  });
}

export const clippedActivationOps = {
  hardtanh: clipped('hardtanh'),
  relu6: clipped('relu6'),
  hardsigmoid: mappedOp<undefined>('hardsigmoid', {
    cost: 4,
    value: () => (x) => clip(x + 3, 0, 6) / 6,
    slope: (x) => div(between(x, -3, 3), 6),
  }),
  hardswish: mappedOp<undefined>('hardswish', {
    cost: 5,
    value: () => (x) => (x * clip(x + 3, 0, 6)) / 6,
    slope: (x) => where(lt(x, -3), 0, where(le(x, 3), add(div(x, 3), 0.5), 1)),
  }),
  hardshrink: mappedOp<Lambda>('hardshrink', {
    cost: 2,
    value:
      ({ lambda }) =>
      (x) =>
        Math.abs(x) <= lambda ? 0 : x,
    slope: (x, { lambda }) => where(le(abs(x), lambda), 0, 1),
  }),
  softshrink: mappedOp<Lambda>('softshrink', {
    cost: 3,
    value:
      ({ lambda }) =>
      (x) =>
        x > lambda ? x - lambda : x < -lambda ? x + lambda : x * 0,
    slope: (x, { lambda }) => where(le(abs(x), lambda), 0, 1),
  }),
  threshold: mappedOp<{ readonly threshold: number; readonly value: number }>('threshold', {
    cost: 1,
    value:
      ({ threshold, value }) =>
      (x) =>
        x <= threshold ? value : x,
    slope: (x, attrs) => where(le(x, attrs.threshold), 0, 1),
  }),
};

/** x, clipped to `min` … `max`: −1 … 1 by default. Throws TensightError where `min` is not below `max`. */
export function hardtanh(x: Tensor, min = -1, max = 1): Tensor {
  checkArguments('hardtanh', arguments);
  if (!(min < max)) throw new TensightError(`hardtanh: expected a min below max, got ${min} and ${max}`);
  return apply(clippedActivationOps.hardtanh, [x], { min, max });
}
/** x, clipped to 0 … 6: any shape → the same. Howard et al. 2017. */
export const relu6 = (x: Tensor): Tensor => apply(clippedActivationOps.relu6, [x], { min: 0, max: 6 });
/** A sigmoid of three straight pieces, relu6(x + 3) / 6: any shape → the same. */
export const hardsigmoid = (x: Tensor): Tensor => apply(clippedActivationOps.hardsigmoid, [x], undefined);
/** x·hardsigmoid(x): any shape → the same. Howard et al. 2019. */
export const hardswish = (x: Tensor): Tensor => apply(clippedActivationOps.hardswish, [x], undefined);
/** x, and 0 where |x| ≤ `lambda`: any shape → the same. */
export function hardshrink(x: Tensor, lambda = 0.5): Tensor {
  checkArguments('hardshrink', arguments);
  return apply(clippedActivationOps.hardshrink, [x], { lambda });
}
/** x drawn towards 0 by `lambda`, and 0 where |x| ≤ `lambda`: any shape → the same. */
export function softshrink(x: Tensor, lambda = 0.5): Tensor {
  checkArguments('softshrink', arguments);
  if (lambda < 0)
    throw new TensightError(
      `softshrink: expected a lambda of 0 or more, got ${lambda}`,
      'lambda is how far values shrink towards 0.',
    );
  return apply(clippedActivationOps.softshrink, [x], { lambda });
}
/** x where it is above `threshold`, else `value`: any shape → the same. */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  checkNumbers('threshold', { threshold: limit ?? null, value: value ?? null });
  return apply(clippedActivationOps.threshold, [x], { threshold: limit, value });
}
