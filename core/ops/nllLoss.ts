import { remark } from '../context.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { unnamedAxes } from '../tensor/axes.ts';
import { formatShape, numel, type Shape, type Spec, specOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { checkIndices } from './indices.ts';
import { isInfinite } from './notANumber.ts';
import type { Op } from './op.ts';

/** What becomes of the losses of single elements. */
export type Reduction = 'none' | 'mean' | 'sum';

interface NllAttrs {
  /** The dimension of the classes. */
  readonly dim: number;
  readonly ignoreIndex: number;
  readonly reduction: Reduction;
}

const without = <T>(list: readonly T[], dim: number): T[] => list.filter((_, i) => i !== dim);

/** Names of axes that count classes, and that do not. */
const ofClasses = /^(class|vocab|label|feature|logit|token ?type)/;
const ofPlaces = /^(batch|seq|time|step|position|height|width|length|query|key|head)/;

/** How well the axes' names agree that `dim` of `input` counts the classes of `target`. */
function agreement(input: Spec, target: Spec, dim: number): number {
  const own = input.axes[dim]?.name ?? '';
  let sum = ofClasses.test(own) ? 1 : ofPlaces.test(own) ? -1 : 0;
  for (const [i, { name }] of without(input.axes, dim).entries()) {
    const other = target.axes[i]?.name;
    if (name !== undefined && other !== undefined) sum += name === other ? 1 : -1;
    if (name !== undefined && ofClasses.test(name)) sum--;
  }
  return sum;
}

/** Throws ShapeError where class indices stand in the place of the scores, and the scores in theirs. */
export function checkOrder(op: 'crossEntropy' | 'nllLoss', scores: Tensor, target: Tensor): void {
  if (scores.dtype === 'f32' || target.dtype !== 'f32') return;
  throw new ShapeError(
    op,
    [scores, target],
    `expected the ${op === 'nllLoss' ? 'log-probabilities' : 'logits'} first and the targets after them, got ${scores.dtype} ${formatShape(scores)} first`,
    `Write nn.functional.${op}(${op === 'nllLoss' ? 'logProbs' : 'logits'}, targets).`,
  );
}

/**
 * The dimension of the classes: the second, or the first where there is no batch. Where only the last one fits (logits
 * [batch, seq, class] with targets [batch, seq], as language models have them), that. Where both do (as many positions as classes), the
 * names of axes settle it; where they do not, it is the second, as in PyTorch, and that is remarked.
 */
export function classDim(op: string, input: Spec, target: Spec): number {
  const rank = input.shape.length;
  const fits = (dim: number) => String(without(input.shape, dim)) === String(target.shape);
  const dim = rank === 1 ? 0 : 1;
  if (rank > 0 && rank === target.shape.length + 1) {
    if (rank > 2 && fits(dim) && fits(rank - 1)) {
      const second = agreement(input, target, dim);
      const last = agreement(input, target, rank - 1);
      if (last > second) return rank - 1;
      if (last === second)
        remark(
          `the classes of ${formatShape(input)} may be on axis 1 or on the last one, since both have size ${input.shape[1]}; axis 1 is taken, as in PyTorch`,
          'Flatten the positions: reshape the logits to [-1, classes] and the targets to [-1]; or name the axes of the targets as those of the logits.',
        );
      return dim;
    }
    if (fits(dim)) return dim;
    if (fits(rank - 1)) return rank - 1;
  }
  const wanted = rank === 0 ? 'logits of one dimension or more' : `targets [${without(input.shape, dim).join(', ')}]`;
  throw new ShapeError(
    op,
    [input, target],
    `targets ${formatShape(target)} do not fit ${formatShape(input)}: expected ${wanted}`,
    'One class index for each row of logits: logits [batch, class] with targets [batch], or [batch, class, seq] with [batch, seq]; flatten other shapes.',
  );
}

/** Calls `visit(flat position of the target's class, weight, flat position of the target)` for every one that counts. */
function eachTarget(
  shape: Shape,
  target: Tensor,
  weight: Tensor | undefined,
  { dim, ignoreIndex }: NllAttrs,
  visit: (at: number, weight: number, i: number) => void,
): void {
  const classes = shape[dim]!;
  const after = numel(shape.slice(dim + 1));
  const ids = elementsOf(target);
  const weights = weight && elementsOf(weight);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id === ignoreIndex) continue;
    const at = (Math.floor(i / after) * classes + id) * after + (i % after);
    visit(at, weights === undefined ? 1 : weights[id]!, i);
  }
}

function totalWeight(shape: Shape, target: Tensor, weight: Tensor | undefined, attrs: NllAttrs): number {
  let total = 0;
  eachTarget(shape, target, weight, attrs, (_at, w) => {
    total += w;
  });
  return total;
}

/** The loss is linear in its input: this is the transpose of that map, and its own gradient the loss again. */
const nllLossBackwardOp: Op<NllAttrs & { readonly of: Spec }> = {
  name: 'nllLossBackward',
  shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
  forward([grad, target, weight], attrs, out) {
    const result = allocate(out);
    const upstream = elementsOf(grad!);
    const data = result.storage.data;
    const { reduction } = attrs;
    const divisor = reduction === 'mean' ? totalWeight(out.shape, target!, weight, attrs) : 1;
    eachTarget(out.shape, target!, weight, attrs, (at, w, i) => {
      data[at] = (-w * upstream[reduction === 'none' ? i : 0]!) / divisor;
    });
    return result;
  },
  backward: (grad, { inputs: [, target, weight], attrs: { dim, ignoreIndex, reduction } }) => [
    applied(grad, target!, weight, { dim, ignoreIndex, reduction }),
    undefined,
    undefined,
  ],
  flops: ([, target]) => 2 * numel(target!.shape),
};

/** What is said of a `reduction` there is not. */
export const noReduction = (reduction: unknown): TensightError =>
  new TensightError(`there is no reduction '${String(reduction)}'`, "Use 'mean', 'sum' or 'none'.");

export const nllLossOps = {
  nllLoss: {
    name: 'nllLoss',
    nan: {
      cause: ([input]) =>
        isInfinite(input) ? undefined : 'no target counts, each is ignoreIndex, and a mean over none is 0 / 0',
      hint: "Keep at least one target that counts, or use reduction: 'sum'.",
    },
    shape([input, target, weight], { dim, ignoreIndex, reduction }): Spec {
      if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none') throw noReduction(reduction);
      const classes = input!.shape[dim]!;
      checkIndices('nllLoss', target!, classes, {
        into: `the ${classes} classes`,
        hint: 'Targets are class indices from 0 on; a target that should not count is ignoreIndex (−100).',
        ignore: ignoreIndex,
      });
      if (weight !== undefined && String(weight.shape) !== String([classes]))
        throw new ShapeError(
          'nllLoss',
          [weight],
          `expected one weight per class, [${classes}], got ${formatShape(weight)}`,
        );
      return reduction === 'none'
        ? { shape: without(input!.shape, dim), dtype: 'f32', axes: without(input!.axes, dim) }
        : { shape: [], dtype: 'f32', axes: unnamedAxes(0) };
    },
    forward([input, target, weight], attrs, out) {
      const result = allocate(out);
      const data = elementsOf(input!);
      const losses = result.storage.data;
      let sum = 0;
      let total = 0;
      eachTarget(input!.shape, target!, weight, attrs, (at, w, i) => {
        const loss = -w * data[at]!;
        if (attrs.reduction === 'none') losses[i] = loss;
        sum += loss;
        total += w;
      });
      if (attrs.reduction !== 'none') losses[0] = attrs.reduction === 'mean' ? sum / total : sum;
      return result;
    },
    backward: (grad, { inputs: [input, target, weight], attrs }) => [
      apply(nllLossBackwardOp, weight === undefined ? [grad, target!] : [grad, target!, weight], {
        ...attrs,
        of: specOf(input!),
      }),
      undefined,
      undefined,
    ],
    flops: ([, target]) => 2 * numel(target!.shape),
  } satisfies Op<NllAttrs>,
  nllLossBackward: nllLossBackwardOp,
};

/** What losses over classes may be told. */
export interface NllOptions {
  /** How much each class counts, [class]. */
  readonly weight?: Tensor | null | undefined;
  /** Targets of this index do not count. −100 by default. */
  readonly ignoreIndex?: number;
  /** `mean`, over the weight of the targets that count, by default. */
  readonly reduction?: Reduction;
}

function applied(input: Tensor, target: Tensor, weight: Tensor | undefined, attrs: NllAttrs): Tensor {
  return apply(nllLossOps.nllLoss, weight === undefined ? [input, target] : [input, target, weight], attrs);
}

/**
 * −input at the target's class. input [batch, class, ...] of log-probabilities (or [class]), target [batch, ...] (i32) → []
 * (reduction `none`: the target's shape). Throws ShapeError where the two do not fit, IndexError for a target that is no class.
 */
export function nllLoss(
  input: Tensor,
  target: Tensor,
  { weight, ignoreIndex = -100, reduction = 'mean' }: NllOptions = {},
): Tensor {
  checkArguments('nllLoss', arguments);
  checkOrder('nllLoss', input, target);
  const dim = classDim('nllLoss', input, target);
  return applied(input, target, weight ?? undefined, { dim, ignoreIndex, reduction });
}
