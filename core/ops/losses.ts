/** How wrong an output is. Each is made of visible operations, reduced to one number unless `reduction` is `none`. */

import { ShapeError } from '../errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkNumbers, checkWhole } from '../usage/values.ts';
import { softplus } from './activation.ts';
import { apply } from './apply.ts';
import { binaryCrossEntropyOp } from './binaryCrossEntropy.ts';
import { eq, gt, lt, maskedFill, ne, where } from './compare.ts';
import { add, div, mul, sub } from './elementwise.ts';
import { indexSelect } from './indexing.ts';
import { checkOrder, classDim, type NllOptions, nllLoss, noReduction, type Reduction } from './nllLoss.ts';
import { abs, clamp, exp, log, neg, square } from './pointwise.ts';
import { mean, sum } from './reduce.ts';
import { logSoftmax } from './softmax.ts';
import { reshape } from './view.ts';

/** What `reduction` makes of the losses of single elements. */
export function reduced(losses: Tensor, reduction: Reduction): Tensor {
  switch (reduction) {
    case 'none':
      return losses;
    case 'mean':
      return mean(losses);
    case 'sum':
      return sum(losses);
    default:
      throw noReduction(reduction satisfies never);
  }
}

/** What cross-entropy may be told. */
export interface CrossEntropyOptions extends NllOptions {
  /** How much of the target is spread evenly over all classes (Szegedy et al. 2016). 0 by default. */
  readonly labelSmoothing?: number;
}

/**
 * −log softmax(logits) at the target. logits [batch, class, ...] (or [class]) with targets [batch, ...] of class indices
 * (i32), or of the logits' shape with probabilities (f32) → []. Logits [batch, seq, class] with targets [batch, seq] fit
 * too. Throws ShapeError where the two do not fit, IndexError for a target that is no class.
 */
export function crossEntropy(logits: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkArguments('crossEntropy', arguments);
  const { weight, ignoreIndex = -100, labelSmoothing = 0, reduction = 'mean' } = options;
  checkWhole('crossEntropy', { ignoreIndex });
  checkNumbers('crossEntropy', { labelSmoothing });
  if (target.dtype === 'f32') return withProbabilities(logits, target, options);
  const dim = classDim('crossEntropy', logits, target);
  const classes = logits.shape[dim]!;
  const logs = logSoftmax(logits, dim);
  const loss = nllLoss(logs, target, { weight, ignoreIndex, reduction });
  if (labelSmoothing === 0) return loss;

  const ignored = eq(target, ignoreIndex);
  const even = maskedFill(neg(sum(weighted(logs, weight, dim), dim)), ignored, 0);
  const counted = ne(target, ignoreIndex);
  const smooth =
    reduction === 'mean' ? div(sum(even), countedWeight(target, counted, weight)) : reduced(even, reduction);
  return add(mul(loss, 1 - labelSmoothing), mul(smooth, labelSmoothing / classes));
}

/** Total weight of the targets that count. */
function countedWeight(target: Tensor, counted: Tensor, weight: Tensor | null | undefined): Tensor {
  if (!weight) return sum(counted);
  const ids = where(counted, target, 0);
  return sum(mul(reshape(indexSelect(weight, 0, reshape(ids, [ids.numel])), ids.shape), counted));
}

function weighted(logs: Tensor, weight: Tensor | null | undefined, dim: number): Tensor {
  if (!weight) return logs;
  return mul(
    logs,
    reshape(
      weight,
      logs.shape.map((_, i) => (i === dim ? -1 : 1)),
    ),
  );
}

function withProbabilities(logits: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const { weight, labelSmoothing = 0, reduction = 'mean' } = options;
  checkOrder('crossEntropy', logits, target);
  if (!sameShape(logits.shape, target.shape))
    throw new ShapeError(
      'crossEntropy',
      [logits, target],
      `probabilities ${formatShape(target)} do not fit the logits ${formatShape(logits)}`,
      "Probabilities have the logits' shape; class indices must be whole numbers: target.to('i32').",
    );
  const dim = logits.ndim === 1 ? 0 : 1;
  const classes = logits.shape[dim]!;
  const goal = labelSmoothing === 0 ? target : add(mul(target, 1 - labelSmoothing), labelSmoothing / classes);
  const losses = neg(sum(mul(weighted(logSoftmax(logits, dim), weight, dim), goal), dim));
  return reduction === 'mean' ? div(sum(losses), losses.numel) : reduced(losses, reduction);
}

/** Options of losses between two tensors of one shape. */
export interface LossOptions {
  /** `mean` by default. */
  readonly reduction?: Reduction;
}

function difference(op: string, input: Tensor, target: Tensor): Tensor {
  // PyTorch broadcasts here, with a warning; [batch, 1] against [batch] is a mistake that trains to nonsense.
  if (!sameShape(input.shape, target.shape))
    throw new ShapeError(
      op,
      [input, target],
      `the output ${formatShape(input)} and the target ${formatShape(target)} differ`,
      input.numel === target.numel
        ? `Reshape one: target.reshape(${input.shape.join(', ')}).`
        : 'Both must have the same shape.',
    );
  return sub(input, target);
}

/** Mean squared error: (input − target)², for two tensors of one shape → []. Throws ShapeError where shapes differ. */
export function mseLoss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkArguments('mseLoss', arguments);
  return reduced(square(difference('mseLoss', input, target)), reduction);
}

/** Mean absolute error: |input − target|, for two tensors of one shape → []. Throws ShapeError where shapes differ. */
export function l1Loss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkArguments('l1Loss', arguments);
  return reduced(abs(difference('l1Loss', input, target)), reduction);
}

/**
 * ½(input − target)²/beta where they differ by less than `beta`, else |input − target| − ½beta: two of one shape → [].
 * Girshick 2015. Throws ShapeError where shapes differ.
 */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  { beta = 1, reduction = 'mean' }: LossOptions & { readonly beta?: number } = {},
): Tensor {
  checkArguments('smoothL1Loss', arguments);
  const distance = abs(difference('smoothL1Loss', input, target));
  if (beta === 0) return reduced(distance, reduction);
  const losses = where(
    lt(distance, beta),
    mul(square(clamp(distance, undefined, beta)), 0.5 / beta),
    sub(distance, 0.5 * beta),
  );
  return reduced(losses, reduction);
}

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** How much each element counts, broadcast. */
  readonly weight?: Tensor | null | undefined;
  /** How much positives count against negatives, broadcast. */
  readonly posWeight?: Tensor | null | undefined;
}

/** −(y log σ(x) + (1 − y) log(1 − σ(x))) for logits x and targets y of 0 … 1 of one shape → [], without overflow. */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  { weight, posWeight, reduction = 'mean' }: BinaryCrossEntropyOptions = {},
): Tensor {
  checkArguments('binaryCrossEntropyWithLogits', arguments);
  wantOneShape('binaryCrossEntropyWithLogits', input, target, 'logits');
  const positive = softplus(neg(input));
  const scaled = posWeight ? mul(add(mul(sub(posWeight, 1), target), 1), positive) : positive;
  const losses = add(mul(sub(1, target), input), scaled);
  return reduced(weight ? mul(losses, weight) : losses, reduction);
}

/**
 * −(y log x + (1 − y) log(1 − x)) for probabilities x and targets y, both 0 … 1, of one shape → []. Logarithms stop at −100, as
 * in PyTorch. `binaryCrossEntropyWithLogits` is the safer one: it takes what comes before the sigmoid.
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  { weight, reduction = 'mean' }: Omit<BinaryCrossEntropyOptions, 'posWeight'> = {},
): Tensor {
  checkArguments('binaryCrossEntropy', arguments);
  wantOneShape('binaryCrossEntropy', input, target, 'probabilities');
  const losses = apply(binaryCrossEntropyOp, [input, target], undefined);
  return reduced(weight ? mul(losses, weight) : losses, reduction);
}

/**
 * ½(input − target)² where they differ by less than `delta`, else delta·(|input − target| − ½delta): two of one shape →
 * []. Huber 1964. Throws ShapeError where shapes differ.
 */
export function huberLoss(
  input: Tensor,
  target: Tensor,
  { delta = 1, reduction = 'mean' }: LossOptions & { readonly delta?: number } = {},
): Tensor {
  checkArguments('huberLoss', arguments);
  const distance = abs(difference('huberLoss', input, target));
  // Held where the other side counts: an overflow there, times its 0, would be NaN in the gradient.
  const losses = where(
    lt(distance, delta),
    mul(square(clamp(distance, undefined, delta)), 0.5),
    mul(sub(distance, 0.5 * delta), delta),
  );
  return reduced(losses, reduction);
}

/** What the Kullback–Leibler divergence may be told. */
export interface KlDivOptions {
  /** `batchmean` divides the sum by the batch, as the mathematics has it; `mean` (by default) by the number of elements. */
  readonly reduction?: Reduction | 'batchmean';
  /** Whether targets are logarithms too. */
  readonly logTarget?: boolean;
}

/**
 * Kullback–Leibler divergence Σ y·(log y − x) of targets y (probabilities) from x (log-probabilities), of one shape → []. Where
 * y is 0 nothing is added.
 */
export function klDiv(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean', logTarget = false }: KlDivOptions = {},
): Tensor {
  checkArguments('klDiv', arguments);
  wantOneShape('klDiv', input, target, 'log-probabilities');
  const losses = logTarget
    ? mul(exp(target), sub(target, input))
    : sub(mul(target, log(where(gt(target, 0), target, 1))), mul(target, input));
  return reduction === 'batchmean' ? div(sum(losses), input.shape[0] ?? 1) : reduced(losses, reduction);
}

/** Throws ShapeError where the two have not one shape. */
export function wantOneShape(op: string, input: Tensor, target: Tensor, what: string, against = 'targets'): void {
  if (!sameShape(input.shape, target.shape))
    throw new ShapeError(
      op,
      [input, target],
      `the ${what} ${formatShape(input)} and the ${against} ${formatShape(target)} differ`,
      'Both must have the same shape.',
    );
}
