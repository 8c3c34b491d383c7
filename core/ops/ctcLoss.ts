/**
 * Connectionist temporal classification (Graves et al. 2006): how unlikely a sequence of labels is, summed over all ways to lay it
 * along a longer sequence of class probabilities, with blanks between. One operation: alone its sums over paths have dozens of steps.
 */

import { gradients } from '../autograd/backward.ts';
import { context } from '../context.ts';
import { IndexError, ShapeError, TensightError } from '../errors.ts';
import { unnamed } from '../tensor/axes.ts';
import { formatShape, numel, type Spec } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { lt, where } from './compare.ts';
import { tensor, zerosLike } from './creation.ts';
import { div, mul } from './elementwise.ts';
import { gather } from './indexing.ts';
import { type LossOptions, reduced } from './losses.ts';
import type { Op } from './op.ts';
import { clamp, neg } from './pointwise.ts';
import { pad, stack } from './rearrange.ts';
import { logsumexp } from './reduce.ts';
import { select } from './slice.ts';
import { reshape, unsqueeze } from './view.ts';

export interface CtcAttrs {
  /** The class that stands for no label. */
  readonly blank: number;
  /** How many steps of each sequence count. */
  readonly inputLengths: readonly number[];
  /** How many labels each sequence has. */
  readonly targetLengths: readonly number[];
  /** Where in the targets, row-major, the labels of each sequence start. */
  readonly starts: readonly number[];
  /** Whether a sequence that its labels do not fit into counts as 0, without a gradient. */
  readonly zeroInfinity: boolean;
}

/** Logarithm of Σ eˣ; −∞ of nothing. */
function logSum(a: number, b: number, c: number): number {
  const most = Math.max(a, b, c);
  if (most === Number.NEGATIVE_INFINITY) return most;
  return most + Math.log(Math.exp(a - most) + Math.exp(b - most) + Math.exp(c - most));
}

/** The labels of a sequence with blanks before, between and after. */
function extended(ids: ArrayLike<number>, n: number, { blank, starts, targetLengths }: CtcAttrs): Int32Array {
  const labels = new Int32Array(2 * targetLengths[n]! + 1).fill(blank);
  for (let s = 0; s < targetLengths[n]!; s++) labels[2 * s + 1] = ids[starts[n]! + s]!;
  return labels;
}

/** Whether a path may leave out the blank before `s`: between two different labels. */
const mayJump = (labels: ArrayLike<number>, s: number, blank: number): boolean =>
  s > 1 && labels[s] !== blank && labels[s] !== labels[s - 2];

/** One sequence's logarithms, by step and class. */
type Logs = (t: number, label: number) => number;

function logsOf(logProbs: Tensor, n: number): Logs {
  const data = elementsOf(logProbs);
  const [, batch, classes] = logProbs.shape as [number, number, number];
  return (t, label) => data[(t * batch + n) * classes + label]!;
}

/** Logarithm of the probability of all paths that are at `s` after step t − 1, for t from 0: rows of `labels.length`. */
function forwards(logs: Logs, steps: number, labels: Int32Array, blank: number): Float64Array {
  const width = labels.length;
  const alpha = new Float64Array((steps + 1) * width).fill(Number.NEGATIVE_INFINITY);
  alpha[0] = 0;
  for (let t = 0; t < steps; t++)
    for (let s = 0; s < width; s++) {
      const from = t * width + s;
      const [before, jump] = [
        s > 0 ? alpha[from - 1]! : -Infinity,
        mayJump(labels, s, blank) ? alpha[from - 2]! : -Infinity,
      ];
      alpha[from + width] = logSum(alpha[from]!, before, jump) + logs(t, labels[s]!);
    }
  return alpha;
}

/** Logarithm of the probability of all paths that go on from `s` at step t to the end. */
function backwards(logs: Logs, steps: number, labels: Int32Array, blank: number): Float64Array {
  const width = labels.length;
  const beta = new Float64Array(steps * width).fill(Number.NEGATIVE_INFINITY);
  for (let s = Math.max(0, width - 2); s < width && steps > 0; s++) beta[(steps - 1) * width + s] = 0;
  for (let t = steps - 2; t >= 0; t--)
    for (let s = 0; s < width; s++) {
      const next = (to: number, may: boolean) =>
        may && to < width ? beta[(t + 1) * width + to]! + logs(t + 1, labels[to]!) : Number.NEGATIVE_INFINITY;
      beta[t * width + s] = logSum(next(s, true), next(s + 1, true), next(s + 2, mayJump(labels, s + 2, blank)));
    }
  return beta;
}

/** Logarithm of the probability of all whole paths. */
function whole(alpha: Float64Array, width: number): number {
  return logSum(alpha.at(-1)!, width > 1 ? alpha.at(-2)! : Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY);
}

function checkTargets(target: Spec, classes: number, attrs: CtcAttrs): void {
  if (!(target instanceof Tensor) || target.isMeta) return;
  const ids = elementsOf(target);
  for (const [n, count] of attrs.targetLengths.entries())
    for (let s = 0; s < count; s++) {
      const id = ids[attrs.starts[n]! + s]!;
      if (id === attrs.blank)
        throw new IndexError(
          `ctcLoss: label ${s} of sequence ${n} is ${id}, which is the blank`,
          'The blank stands for no label.',
        );
      if (!(id >= 0 && id < classes))
        throw new IndexError(`ctcLoss: label ${s} of sequence ${n} is ${id}, but there are ${classes} classes`);
    }
}

const ctcLossBackwardOp: Op<CtcAttrs> = {
  name: 'ctcLossBackward',
  shape: ([, logProbs]) => ({ shape: logProbs!.shape, dtype: 'f32', axes: logProbs!.axes }),
  forward([grad, logProbs, target], attrs, out) {
    const result = allocate(out);
    const [, batch, classes] = out.shape as [number, number, number];
    const [data, upstream, ids] = [result.storage.data, elementsOf(grad!), elementsOf(target!)];
    for (let n = 0; n < batch; n++) {
      const labels = extended(ids, n, attrs);
      const width = labels.length;
      const steps = attrs.inputLengths[n]!;
      const logs = logsOf(logProbs!, n);
      const alpha = forwards(logs, steps, labels, attrs.blank);
      const beta = backwards(logs, steps, labels, attrs.blank);
      const total = whole(alpha, width);
      if (attrs.zeroInfinity && total === Number.NEGATIVE_INFINITY) continue;
      // How likely a path is at `s` at step t, given that it is one of those that count.
      for (let t = 0; t < steps; t++)
        for (let s = 0; s < width; s++) {
          const share = Math.exp(alpha[(t + 1) * width + s]! + beta[t * width + s]! - total);
          data[(t * batch + n) * classes + labels[s]!]! -= share * upstream[n]!;
        }
    }
    return result;
  },
  backward: undefined,
  flops: ([, logProbs], _out, attrs) => 3 * pathCost(logProbs!, attrs),
};

/** Some ten operations for each step and label. */
function pathCost(logProbs: Spec, { targetLengths }: CtcAttrs): number {
  return 10 * logProbs.shape[0]! * targetLengths.reduce((n, count) => n + 2 * count + 1, 0);
}

const ctcLossOp: Op<CtcAttrs> = {
  name: 'ctcLoss',
  shape([logProbs, target], attrs) {
    checkTargets(target!, logProbs!.shape[2]!, attrs);
    return { shape: [logProbs!.shape[1]!], dtype: 'f32', axes: [logProbs!.axes[1] ?? unnamed] };
  },
  forward([logProbs, target], attrs, out) {
    const result = allocate(out);
    const data = result.storage.data;
    const ids = elementsOf(target!);
    for (let n = 0; n < data.length; n++) {
      const labels = extended(ids, n, attrs);
      const loss = -whole(forwards(logsOf(logProbs!, n), attrs.inputLengths[n]!, labels, attrs.blank), labels.length);
      data[n] = attrs.zeroInfinity && loss === Number.POSITIVE_INFINITY ? 0 : loss;
    }
    return result;
  },
  backward: (grad, { inputs: [logProbs, target], attrs }) => [
    context.gradEnabled
      ? secondTime(grad, logProbs!, target!, attrs)
      : apply(ctcLossBackwardOp, [grad, logProbs!, target!], attrs),
    undefined,
  ],
  flops: ([logProbs], _out, attrs) => pathCost(logProbs!, attrs),
};

export const ctcLossOps = { ctcLoss: ctcLossOp, ctcLossBackward: ctcLossBackwardOp };

/** Stands for −∞, whose differences would be NaN. */
const nothing = -1e30;

/** The same in tensor operations, which can be differentiated twice: all sequences at once, step by step. */
function fromOps(logProbs: Tensor, target: Tensor, attrs: CtcAttrs): Tensor {
  const { blank, inputLengths, targetLengths, zeroInfinity } = attrs;
  const [steps, batch] = logProbs.shape as [number, number];
  const width = 2 * Math.max(1, ...targetLengths) + 1;
  const known = target.isMeta ? new Int32Array(numel(target.shape)) : elementsOf(target);
  const labels = inputLengths.map((_, n) => extended(known, n, attrs));
  const table = <T>(at: (n: number, s: number) => T): T[] =>
    Array.from({ length: batch * width }, (_, i) => at(Math.floor(i / width), i % width));
  const shape = [batch, width];
  const ids = tensor(
    table((n, s) => labels[n]![s] ?? blank),
    { shape, dtype: 'i32' },
  );
  const jumps = tensor(
    table((n, s) => Number(mayJump(labels[n]!, s, blank))),
    { shape, dtype: 'bool' },
  );
  let alpha = tensor(
    table((_, s) => (s === 0 ? 0 : nothing)),
    { shape },
  );
  for (let t = 0; t < steps; t++) {
    const jumped = where(jumps, pad(alpha, [2, -2], nothing), nothing);
    const logs = clamp(gather(select(logProbs, 0, t), 1, ids), nothing);
    const next = logsumexp(stack([alpha, pad(alpha, [1, -1], nothing), jumped]), 0).add(logs);
    const runs = tensor(
      inputLengths.map((length) => Number(t < length)),
      { shape: [batch, 1], dtype: 'bool' },
    );
    alpha = where(runs, next, alpha);
  }
  const ends = tensor(
    targetLengths.flatMap((count) => [2 * count, Math.max(0, 2 * count - 1)]),
    { shape: [batch, 2], dtype: 'i32' },
  );
  const hasTwo = tensor(
    targetLengths.flatMap((count) => [1, Number(count > 0)]),
    { shape: [batch, 2], dtype: 'bool' },
  );
  const total = logsumexp(where(hasTwo, gather(alpha, 1, ends), nothing), 1);
  return mul(neg(total), where(lt(total, nothing / 10), zeroInfinity ? 0 : Number.NaN, 1));
}

/** The gradient once more, to be differentiated; zeros where no step counts. */
function secondTime(grad: Tensor, logProbs: Tensor, target: Tensor, attrs: CtcAttrs): Tensor {
  const losses = fromOps(logProbs, target, attrs);
  const [gradient] = losses.requiresGrad ? gradients(losses, grad, [logProbs]) : [];
  return gradient ?? zerosLike(logProbs);
}

/** Lengths of sequences: [batch] (i32), or plain numbers; one number without a batch. */
export type Lengths = Tensor | readonly number[] | number;

/** What the CTC loss may be told. */
export interface CtcLossOptions extends LossOptions {
  /** The class that stands for no label. 0 by default. */
  readonly blank?: number;
  /** Whether a sequence that is too short for its labels counts as 0 and gets no gradient, in the place of ∞. */
  readonly zeroInfinity?: boolean;
}

/**
 * −log of the probability of the targets, over all ways to lay them along the input. logProbs [seq, batch, class] (log-softmax'd)
 * or [seq, class]; targets (i32) [batch, label], or all labels one after another [Σ targetLengths] → []. The mean divides each
 * by its number of labels first, as PyTorch does. The gradient is that of log-probabilities as they are given; PyTorch's supposes a
 * log-softmax before, after which both are the same. Throws ShapeError where sizes and lengths do not fit, IndexError for a
 * label that is the blank or no class.
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Lengths,
  targetLengths: Lengths,
  { blank = 0, reduction = 'mean', zeroInfinity = false }: CtcLossOptions = {},
): Tensor {
  checkArguments('ctcLoss', arguments);
  const op = 'ctcLoss';
  if ((logProbs.ndim !== 2 && logProbs.ndim !== 3) || logProbs.dtype !== 'f32')
    throw new ShapeError(
      op,
      [logProbs],
      `expected log-probabilities [seq, batch, class], got ${formatShape(logProbs)}`,
    );
  if (targets.dtype !== 'i32' || targets.ndim === 0 || targets.ndim > 2)
    throw new ShapeError(
      op,
      [targets],
      `expected labels (i32) [batch, label], or all of them one after another, got ${targets.dtype} ${formatShape(targets)}`,
    );
  const one = logProbs.ndim === 2;
  const x = one ? unsqueeze(logProbs, 1) : logProbs;
  const [steps, batch, classes] = x.shape as [number, number, number];
  if (!(Number.isInteger(blank) && blank >= 0 && blank < classes))
    throw new TensightError(`${op}: expected one of the classes 0 … ${classes - 1} as blank, got ${blank}`);
  const inputs = lengthsOf('input', inputLengths, batch, steps);
  const padded = targets.ndim === 2;
  if (padded && targets.shape[0] !== batch)
    throw new ShapeError(op, [logProbs, targets], `${targets.shape[0]} rows of labels for a batch of ${batch}`);
  const labels = lengthsOf('target', targetLengths, batch, targets.shape.at(-1)!);
  const starts = labels.map((_, n) =>
    padded ? n * targets.shape[1]! : labels.slice(0, n).reduce((sum, count) => sum + count, 0),
  );
  const total = labels.reduce((sum, count) => sum + count, 0);
  if (!padded && total !== targets.numel)
    throw new ShapeError(op, [targets], `target lengths add up to ${total}, but there are ${targets.numel} labels`);
  const attrs = { blank, inputLengths: inputs, targetLengths: labels, starts, zeroInfinity };
  const losses = apply(ctcLossOp, [x, targets], attrs);
  const alone = reduction === 'mean' ? div(losses, tensor(labels.map((count) => Math.max(count, 1)))) : losses;
  return reduced(one ? reshape(alone, []) : alone, reduction);
}

function lengthsOf(what: 'input' | 'target', given: Lengths, batch: number, most: number): number[] {
  const list = given instanceof Tensor ? [...elementsOf(given)] : typeof given === 'number' ? [given] : [...given];
  if (list.length !== batch)
    throw new ShapeError('ctcLoss', [], `${list.length} ${what} lengths for a batch of ${batch}`);
  const bad = list.find((n) => !(Number.isInteger(n) && n >= 0 && n <= most));
  if (bad !== undefined)
    throw new ShapeError('ctcLoss', [], `expected ${what} lengths between 0 and ${most}, got ${bad}`);
  return list;
}
