/** How unlikely counts and measurements are by what was predicted of them. Made of visible operations. */

import { noGrad } from '../context.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { gt, where } from './compare.ts';
import { add, div, mul, sub } from './elementwise.ts';
import { type LossOptions, reduced, wantOneShape } from './losses.ts';
import { clamp, exp, log, square } from './pointwise.ts';
import { unsqueeze } from './view.ts';

/** What the Poisson loss may be told. */
export interface PoissonNllOptions extends LossOptions {
  /** Whether the input is the logarithm of the rate. True by default. */
  readonly logInput?: boolean;
  /** Adds what does not depend on the input, by Stirling's formula, where the target is above 1. */
  readonly full?: boolean;
  /** Keeps the logarithm of a rate of 0 finite. 1e-8 by default. */
  readonly eps?: number;
}

/**
 * rate − target·log rate, the negative log-likelihood of counts under a Poisson distribution: input (log rates, or rates) and
 * target of one shape → []. Throws ShapeError where shapes differ.
 */
export function poissonNllLoss(
  input: Tensor,
  target: Tensor,
  { logInput = true, full = false, eps = 1e-8, reduction = 'mean' }: PoissonNllOptions = {},
): Tensor {
  checkArguments('poissonNllLoss', arguments);
  wantOneShape('poissonNllLoss', input, target, 'rates');
  const losses = logInput ? sub(exp(input), mul(target, input)) : sub(input, mul(target, log(add(input, eps))));
  if (!full) return reduced(losses, reduction);
  const many = gt(target, 1);
  const count = where(many, target, 1);
  const logs = log(count);
  const stirling = add(sub(mul(count, logs), count), mul(add(logs, Math.log(2 * Math.PI)), 0.5));
  return reduced(add(losses, where(many, stirling, 0)), reduction);
}

/** What the Gaussian loss may be told. */
export interface GaussianNllOptions extends LossOptions {
  /** Adds ½ log 2π, which does not depend on the input. */
  readonly full?: boolean;
  /** The smallest variance that is divided by; its gradient passes all the same. 1e-6 by default. */
  readonly eps?: number;
}

/**
 * ½(log variance + (input − target)² / variance), the negative log-likelihood of measurements under normal distributions: input
 * and target of one shape [batch, ...], their variance of the same, or without the last axis, or of size 1 there → []. Nix &
 * Weigend 1994. Throws ShapeError where shapes do not fit, TensightError for a variance below 0.
 */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor,
  { full = false, eps = 1e-6, reduction = 'mean' }: GaussianNllOptions = {},
): Tensor {
  checkArguments('gaussianNllLoss', arguments);
  wantOneShape('gaussianNllLoss', input, target, 'means');
  const lead = input.shape.slice(0, -1);
  const one = sameShape(variance.shape, lead);
  if (!sameShape(variance.shape, input.shape) && !one && !sameShape(variance.shape, [...lead, 1]))
    throw new ShapeError(
      'gaussianNllLoss',
      [input, variance],
      `the variance ${formatShape(variance)} does not fit the means ${formatShape(input)}`,
      `It is [${input.shape.join(', ')}], or one per row: [${lead.join(', ')}].`,
    );
  const lowest = variance.isMeta
    ? 0
    : (elementsOf(variance) as Float32Array).reduce((least, v) => Math.min(least, v), 0);
  if (lowest < 0)
    throw new TensightError(
      `gaussianNllLoss: expected variances of 0 or more, got ${lowest}`,
      'Let the model give the logarithm of the variance, and take exp().',
    );
  const own = one && !sameShape(variance.shape, input.shape) ? unsqueeze(variance, -1) : variance;
  const missing = noGrad(() => clamp(sub(eps, own), 0));
  const spread = add(own, missing);
  const losses = mul(add(log(spread), div(square(sub(input, target)), spread)), 0.5);
  return reduced(full ? add(losses, 0.5 * Math.log(2 * Math.PI)) : losses, reduction);
}
