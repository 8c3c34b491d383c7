import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { drawn, zeros } from './creation.ts';
import { normalizeDim } from './dims.ts';
import { add, div, sub } from './elementwise.ts';
import { argmax } from './extrema.ts';
import { clamp, log, neg } from './pointwise.ts';
import { scatter } from './scatter.ts';
import { softmax } from './softmax.ts';

/** What `gumbelSoftmax` may be told. */
export interface GumbelSoftmaxOptions {
  /** Temperature: near 0 draws are almost one-hot, large ones almost even. 1 by default. */
  readonly tau?: number;
  /** Whether draws are one-hot, with the gradient of the soft ones. */
  readonly hard?: boolean;
  /** The dimension of the classes. The last by default. */
  readonly dim?: number;
}

/**
 * Classes drawn by their logits in a way that can be differentiated, softmax((logits + Gumbel noise) / tau): any shape → the same.
 * Jang et al. 2017. Throws TensightError for a temperature that is not above 0.
 */
export function gumbelSoftmax(logits: Tensor, { tau = 1, hard = false, dim = -1 }: GumbelSoftmaxOptions = {}): Tensor {
  checkArguments('gumbelSoftmax', arguments);
  if (!(tau > 0)) throw new TensightError(`gumbelSoftmax: expected a temperature tau above 0, got ${tau}`);
  const d = normalizeDim('gumbelSoftmax', dim, logits);
  // A draw of 0 would be infinite noise.
  const { generator } = context;
  const exponential = drawn(
    logits.shape,
    (data) =>
      data.forEach((_, i) => {
        data[i] = generator.exponential();
      }),
    (count) => generator.skip(2 * count),
  );
  const noise = neg(log(clamp(exponential, 2 ** -126)));
  const soft = softmax(div(add(logits, noise), tau), d);
  if (!hard) return soft;
  const chosen = scatter(zeros(logits.shape), d, argmax(soft, d, true), 1);
  return add(sub(chosen, soft.detach()), soft);
}
