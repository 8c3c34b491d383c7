/** Means of powers of windows: between the mean (p = 1) and the largest element (p = ∞). Made of average pooling. */

import { TensightError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { relu } from './activation.ts';
import { avgPool1d, avgPool2d } from './averagePool.ts';
import { mul } from './elementwise.ts';
import { abs, sign } from './pointwise.ts';
import { powScalar } from './power.ts';
import { each, type PoolOptions, type Sizes } from './window.ts';

/** What power pooling may be told. */
export type LpPoolOptions = Omit<PoolOptions, 'padding'>;

function powerPool(op: string, rank: 1 | 2, x: Tensor, p: number, kernelSize: Sizes, options: LpPoolOptions): Tensor {
  if (!(p > 0)) throw new TensightError(`${op}: there is no norm of order ${p}`, 'normType is a number above 0.');
  const kernel = each(op, 'kernelSize', kernelSize, rank, 1);
  const pool = rank === 1 ? avgPool1d : avgPool2d;
  const means = pool(powScalar(x, p), kernelSize, options);
  const sums = mul(
    mul(sign(means), relu(abs(means))),
    kernel.reduce((n, size) => n * size, 1),
  );
  return powScalar(sums, 1 / p);
}

/**
 * (Σ xᵖ)^(1/p) of each window: [batch, channel, length] → [batch, channel, length']. x is to be 0 or more, as after a ReLU; the
 * gradient of a window of zeros is NaN, as in PyTorch. Throws TensightError for p ≤ 0.
 */
export function lpPool1d(x: Tensor, normType: number, kernelSize: Sizes, options: LpPoolOptions = {}): Tensor {
  checkArguments('lpPool1d', arguments);
  return powerPool('lpPool1d', 1, x, normType, kernelSize, options);
}
/** As `lpPool1d`, of planes: [batch, channel, height, width] → [batch, channel, height', width']. */
export function lpPool2d(x: Tensor, normType: number, kernelSize: Sizes, options: LpPoolOptions = {}): Tensor {
  checkArguments('lpPool2d', arguments);
  return powerPool('lpPool2d', 2, x, normType, kernelSize, options);
}
