/** Smooth activations that are met less often than those of activation.ts. */

import { TensightError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { sigmoid, softplus, tanh } from './activation.ts';
import { apply } from './apply.ts';
import { le, where } from './compare.ts';
import { add, div, mul, sub } from './elementwise.ts';
import { mappedOp } from './mapped.ts';
import { abs, clamp, exp, neg, reciprocal, square } from './pointwise.ts';

/** Klambauer et al. 2017, from which outputs keep mean 0 and variance 1. */
const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;

/** eˣ below 0, without overflow above, where it is not looked at. */
const expBelow = (x: Tensor) => exp(clamp(x, undefined, 0));
const softplusOf = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export const smoothActivationOps = {
  selu: mappedOp<undefined>('selu', {
    cost: 4,
    value: () => (x) => seluScale * (x <= 0 ? seluAlpha * Math.expm1(x) : x),
    slope: (x) => where(le(x, 0), mul(expBelow(x), seluScale * seluAlpha), seluScale),
  }),
  celu: mappedOp<{ readonly alpha: number }>('celu', {
    cost: 4,
    value:
      ({ alpha }) =>
      (x) =>
        x <= 0 ? alpha * Math.expm1(x / alpha) : x,
    slope: (x, { alpha }) => where(le(x, 0), exp(div(clamp(x, undefined, 0), alpha)), 1),
  }),
  mish: mappedOp<undefined>('mish', {
    cost: 6,
    value: () => (x) => x * Math.tanh(softplusOf(x)),
    slope: (x) => {
      const t = tanh(softplus(x));
      return add(t, mul(mul(x, sub(1, square(t))), sigmoid(x)));
    },
  }),
  softsign: mappedOp<undefined>('softsign', {
    cost: 3,
    value: () => (x) => x / (1 + Math.abs(x)),
    slope: (x) => square(reciprocal(add(abs(x), 1))),
  }),
  logSigmoid: mappedOp<undefined>('logSigmoid', {
    cost: 4,
    value: () => (x) => -softplusOf(-x),
    slope: (x) => sigmoid(neg(x)),
  }),
  tanhshrink: mappedOp<undefined>('tanhshrink', {
    cost: 2,
    value: () => (x) => x - Math.tanh(x),
    slope: (x) => square(tanh(x)),
  }),
};

/**
 * 1.0507·x, and 1.0507·1.6733·(eˣ − 1) below 0, which keeps mean 0 and variance 1: any shape → the same. Klambauer et
 * al. 2017.
 */
export const selu = (x: Tensor): Tensor => apply(smoothActivationOps.selu, [x], undefined);
/** x, and α(e^(x/α) − 1) below 0: any shape → the same. Barron 2017. Throws TensightError for an α of 0. */
export function celu(x: Tensor, alpha = 1): Tensor {
  checkArguments('celu', arguments);
  if (alpha === 0) throw new TensightError('celu: expected an alpha other than 0, got 0', 'CELU divides by alpha.');
  return apply(smoothActivationOps.celu, [x], { alpha });
}
/** x·tanh(softplus(x)): any shape → the same. Misra 2019. */
export const mish = (x: Tensor): Tensor => apply(smoothActivationOps.mish, [x], undefined);
/** x / (1 + |x|), into (−1, 1): any shape → the same. */
export const softsign = (x: Tensor): Tensor => apply(smoothActivationOps.softsign, [x], undefined);
/** log(1 / (1 + e⁻ˣ)), without overflow: any shape → the same. */
export const logSigmoid = (x: Tensor): Tensor => apply(smoothActivationOps.logSigmoid, [x], undefined);
/** x − tanh(x): any shape → the same. */
export const tanhshrink = (x: Tensor): Tensor => apply(smoothActivationOps.tanhshrink, [x], undefined);
