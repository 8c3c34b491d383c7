/** How alike vectors are, and the loss that pulls pairs together or apart. */

import { ShapeError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkNumbers } from '../usage/values.ts';
import { broadcastSpec } from './broadcast.ts';
import { eq, where } from './compare.ts';
import { add, div, maximum, mul, sub } from './elementwise.ts';
import { type LossOptions, reduced } from './losses.ts';
import { clamp, sqrt, square } from './pointwise.ts';
import { norm, sum } from './reduce.ts';
import { expand } from './view.ts';

/** x divided by its length along `dim`, the p-norm, of `eps` at least: any shape → the same, vectors of length 1. */
export function normalize(x: Tensor, { p = 2, dim = 1, eps = 1e-12 } = {}): Tensor {
  checkArguments('normalize', arguments);
  checkNumbers('normalize', { p, eps });
  return div(x, maximum(norm(x, p, dim, true), eps));
}

/**
 * Cosine of the angle between vectors along `dim`, Σab / (‖a‖·‖b‖) with lengths of `eps` at least: two [batch, embed]
 * with dim 1 → [batch]. They are broadcast first, and `dim` is one of what they are then. Throws ShapeError where
 * they do not fit.
 */
export function cosineSimilarity(a: Tensor, b: Tensor, { dim = 1, eps = 1e-8 } = {}): Tensor {
  checkArguments('cosineSimilarity', arguments);
  // Lengths are those of the broadcast vectors: [1] stretched to [1, 1] is √2 long.
  const { shape } = broadcastSpec('cosineSimilarity', a, b, 'f32');
  const [left, right] = [expand(a, shape), expand(b, shape)];
  return sum(mul(normalize(left, { dim, eps }), normalize(right, { dim, eps })), dim);
}

/**
 * How far vectors along the last dimension are apart, ‖a − b + eps‖ₚ: two [batch, embed] → [batch], or with `keepdim` [batch, 1].
 * Broadcasts.
 */
export function pairwiseDistance(a: Tensor, b: Tensor, { p = 2, eps = 1e-6, keepdim = false } = {}): Tensor {
  checkArguments('pairwiseDistance', arguments);
  return norm(add(sub(a, b), eps), p, -1, keepdim);
}

/**
 * 1 − cos(a, b) for pairs whose target is 1, max(0, cos(a, b) − margin) for those whose target is −1. a, b [batch, width] with
 * target [batch], or [width] with target [] → [].
 */
export function cosineEmbeddingLoss(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  { margin = 0, reduction = 'mean' }: LossOptions & { readonly margin?: number } = {},
): Tensor {
  checkArguments('cosineEmbeddingLoss', arguments);
  if (a.ndim === 0 || a.ndim > 2 || b.ndim !== a.ndim || target.ndim !== a.ndim - 1)
    throw new ShapeError(
      'cosineEmbeddingLoss',
      [a, b, target],
      `pairs ${formatShape(a)} and ${formatShape(b)} with targets ${formatShape(target)} do not fit`,
      'Expected two inputs [batch, width] and targets [batch], 1 or −1.',
    );
  const length = (x: Tensor) => add(sum(square(x), -1), 1e-12);
  const cosine = div(sum(mul(a, b), -1), sqrt(mul(length(a), length(b))));
  // max(0, …) with the gradient 1 at 0, as PyTorch has it.
  const alike = clamp(sub(cosine, margin), 0);
  return reduced(where(eq(target, 1), sub(1, cosine), where(eq(target, -1), alike, 0)), reduction);
}
