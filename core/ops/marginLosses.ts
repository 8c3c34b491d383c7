/** Losses that ask for a distance between right and wrong, and are 0 where it is kept. Each is made of visible operations. */

import { ShapeError, TensightError } from '../errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { relu, softplus } from './activation.ts';
import { eq, logicalAnd, logicalNot, lt, where } from './compare.ts';
import { arange } from './creation.ts';
import { add, div, minimum, mul, sub } from './elementwise.ts';
import { gather, indexSelect } from './indexing.ts';
import { checkIndices } from './indices.ts';
import { type LossOptions, reduced, wantOneShape } from './losses.ts';
import { clamp, neg, square } from './pointwise.ts';
import { any, mean, sum } from './reduce.ts';
import { pairwiseDistance } from './similarity.ts';
import { logSigmoid } from './smoothActivation.ts';
import { cumsum } from './statistics.ts';
import { reshape, unsqueeze } from './view.ts';

/** Options of losses with a margin. */
export interface MarginOptions extends LossOptions {
  /** How far right and wrong are to be apart. */
  readonly margin?: number;
}

/** max(0, x), whose gradient at 0 is 1, as PyTorch has it here. */
const above0 = (x: Tensor): Tensor => clamp(x, 0);

/**
 * max(0, −target·(a − b) + margin): a is to be larger than b where the target is 1, smaller where it is −1. Three tensors of one
 * shape → []. The margin is 0 by default. Throws ShapeError where shapes differ.
 */
export function marginRankingLoss(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  { margin = 0, reduction = 'mean' }: MarginOptions = {},
): Tensor {
  checkArguments('marginRankingLoss', arguments);
  wantOneShape('marginRankingLoss', a, b, 'first scores', 'second ones');
  wantOneShape('marginRankingLoss', a, target, 'scores');
  return reduced(above0(add(mul(neg(target), sub(a, b)), margin)), reduction);
}

/**
 * The input, a distance, where the target is 1, and max(0, margin − input) where it is −1: two of one shape → []. The margin is 1
 * by default. Throws ShapeError where shapes differ.
 */
export function hingeEmbeddingLoss(
  input: Tensor,
  target: Tensor,
  { margin = 1, reduction = 'mean' }: MarginOptions = {},
): Tensor {
  checkArguments('hingeEmbeddingLoss', arguments);
  wantOneShape('hingeEmbeddingLoss', input, target, 'distances');
  const apart = where(eq(target, 1), 0, above0(sub(margin, input)));
  const together = where(eq(target, -1), 0, input);
  return reduced(add(apart, together), reduction);
}

/** log(1 + e^(−target·input)) for targets of 1 or −1, without overflow: two of one shape → []. Throws ShapeError where shapes differ. */
export function softMarginLoss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkArguments('softMarginLoss', arguments);
  wantOneShape('softMarginLoss', input, target, 'scores');
  return reduced(softplus(neg(mul(target, input))), reduction);
}

/** What a multi-class margin loss may be told. */
export interface MultiMarginOptions extends MarginOptions {
  /** 1 (by default), or 2 to square what is missing. */
  readonly p?: number;
  /** How much each class counts, [class]. */
  readonly weight?: Tensor | null | undefined;
}

/**
 * Σ max(0, margin − x[target] + x[i])ᵖ / classes over all other classes i. Scores [batch, class] with targets [batch] (i32), or
 * [class] with [] → []. The margin is 1 by default. Throws ShapeError where the two do not fit, IndexError for a target that
 * is no class.
 */
export function multiMarginLoss(
  input: Tensor,
  target: Tensor,
  { p = 1, margin = 1, weight, reduction = 'mean' }: MultiMarginOptions = {},
): Tensor {
  checkArguments('multiMarginLoss', arguments);
  const op = 'multiMarginLoss';
  if (p !== 1 && p !== 2) throw new TensightError(`${op}: expected 1 or 2 for p, got ${p}`);
  if (input.ndim === 0 || input.ndim > 2 || target.ndim !== input.ndim - 1 || (target.shape[0] ?? 1) !== rows(input))
    throw new ShapeError(
      op,
      [input, target],
      `scores ${formatShape(input)} and targets ${formatShape(target)} do not fit`,
      'Expected scores [batch, class] and one class index for each row, [batch].',
    );
  const classes = input.shape.at(-1)!;
  checkIndices(op, target, classes, { into: `the ${classes} classes` });
  if (weight && String(weight.shape) !== String([classes]))
    throw new ShapeError(op, [weight], `expected one weight per class, [${classes}], got ${formatShape(weight)}`);
  const x = reshape(input, [rows(input), classes]);
  const ids = reshape(target, [rows(input), 1]);
  // Without the right class itself, where ∞ − ∞ would be NaN.
  const own = eq(ids, arange(classes));
  const missing = relu(add(where(own, 0, sub(x, gather(x, 1, ids))), margin));
  const powers = p === 2 ? square(missing) : missing;
  const counted = weight ? mul(powers, unsqueeze(indexSelect(weight, 0, reshape(ids, [rows(input)])), 1)) : powers;
  const others = where(own, 0, counted);
  return reduced(reshape(div(sum(others, 1), classes), target.shape), reduction);
}

/** The batch; 1 where there is none. */
const rows = (input: Tensor): number => (input.ndim === 1 ? 1 : input.shape[0]!);

/**
 * Σ max(0, 1 − x[j] + x[i]) / classes over the right classes j and the wrong ones i. Scores [batch, class] or [class] with targets
 * (i32) of the same shape: the right classes of each row, then −1, after which nothing counts → []. Throws ShapeError where
 * shapes differ, IndexError for a target that is no class.
 */
export function multilabelMarginLoss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkArguments('multilabelMarginLoss', arguments);
  const op = 'multilabelMarginLoss';
  wantOneShape(op, input, target, 'scores');
  if (input.ndim === 0 || input.ndim > 2)
    throw new ShapeError(op, [input], `expected [batch, class] or [class], got ${formatShape(input)}`);
  const classes = input.shape.at(-1)!;
  checkIndices(op, target, classes, {
    into: `the ${classes} classes`,
    hint: 'A row of targets is its class indices, then −1 up to its end.',
    ignore: -1,
  });
  const x = reshape(input, [rows(input), classes]);
  const listed = reshape(target, [rows(input), classes]);
  const counts = eq(cumsum(lt(listed, 0), 1), 0);
  const ids = where(counts, listed, 0);
  const right = any(logicalAnd(eq(unsqueeze(ids, 2), arange(classes)), unsqueeze(counts, 2)), 1, true);
  const counted = logicalAnd(unsqueeze(counts, 2), logicalNot(right));
  // Only pairs that count: ∞ − ∞ of others would be NaN.
  const apart = where(counted, sub(unsqueeze(x, 1), unsqueeze(gather(x, 1, ids), 2)), 0);
  const pairs = where(counted, relu(add(apart, 1)), 0);
  return reduced(reshape(div(sum(pairs, [1, 2]), classes), input.shape.slice(0, -1)), reduction);
}

/**
 * −(y log σ(x) + (1 − y) log(1 − σ(x))), meaned over the classes: scores [batch, class] and targets y of 0 … 1 of one shape → [].
 * Throws ShapeError where shapes differ.
 */
export function multilabelSoftMarginLoss(
  input: Tensor,
  target: Tensor,
  { weight, reduction = 'mean' }: LossOptions & { readonly weight?: Tensor | null | undefined } = {},
): Tensor {
  checkArguments('multilabelSoftMarginLoss', arguments);
  wantOneShape('multilabelSoftMarginLoss', input, target, 'scores');
  const losses = neg(add(mul(target, logSigmoid(input)), mul(sub(1, target), logSigmoid(neg(input)))));
  return reduced(mean(weight ? mul(losses, weight) : losses, -1), reduction);
}

/** What triplet losses may be told. */
export interface TripletDistanceOptions extends MarginOptions {
  /** How far two are apart: a, b [batch, embed] → [batch]. The Euclidean distance by default. */
  readonly distanceFunction?: (a: Tensor, b: Tensor) => Tensor;
  /** Also looks from the positive at the negative, and takes the smaller distance (Balntas et al. 2016). */
  readonly swap?: boolean;
}

/**
 * max(0, margin + d(anchor, positive) − d(anchor, negative)) by a distance of one's own: three tensors of one shape, [batch,
 * embed] → []. The margin is 1 by default. Throws ShapeError where shapes differ.
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletDistanceOptions = {},
): Tensor {
  checkArguments('tripletMarginWithDistanceLoss', arguments);
  const { distanceFunction = pairwiseDistance, margin = 1, swap = false, reduction = 'mean' } = options;
  for (const [other, what] of [
    [positive, 'positives'],
    [negative, 'negatives'],
  ] as const)
    if (!sameShape(anchor.shape, other.shape))
      throw new ShapeError(
        'tripletMarginLoss',
        [anchor, other],
        `the anchors ${formatShape(anchor)} and the ${what} ${formatShape(other)} differ`,
        'All three must have the same shape.',
      );
  const near = distanceFunction(anchor, positive);
  const far = distanceFunction(anchor, negative);
  const nearest = swap ? minimum(far, distanceFunction(positive, negative)) : far;
  return reduced(above0(sub(add(near, margin), nearest)), reduction);
}

/** What `tripletMarginLoss` may be told. */
export interface TripletMarginOptions extends Omit<TripletDistanceOptions, 'distanceFunction'> {
  /** Order of the norm that distances are measured by. 2 by default. */
  readonly p?: number;
  /** Added to differences. 1e-6 by default. */
  readonly eps?: number;
}

/**
 * max(0, margin + ‖anchor − positive‖ − ‖anchor − negative‖): three tensors of one shape, [batch, embed] → []. The margin is 1
 * by default. Balntas et al. 2016. Throws ShapeError where shapes differ.
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  { p = 2, eps = 1e-6, ...options }: TripletMarginOptions = {},
): Tensor {
  checkArguments('tripletMarginLoss', arguments);
  const distanceFunction = (a: Tensor, b: Tensor) => pairwiseDistance(a, b, { p, eps });
  return tripletMarginWithDistanceLoss(anchor, positive, negative, { ...options, distanceFunction });
}
