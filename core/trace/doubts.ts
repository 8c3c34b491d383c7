/**
 * What a run did that works and is most likely not meant, found in the record of its operations: a loss that is given something else than
 * it takes.
 */
import { activationOps } from '../ops/activation.ts';
import { batchNormOp } from '../ops/batchNorm.ts';
import { elementwiseOps } from '../ops/elementwise.ts';
import { nllLossOps } from '../ops/nllLoss.ts';
import { normOps } from '../ops/norm.ts';
import { pointwiseOps } from '../ops/pointwise.ts';
import { softmaxOps } from '../ops/softmax.ts';
import { elementsOf, type Tensor } from '../tensor/tensor.ts';
import { distributionOf } from './distribution.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { remark } from './remarks.ts';
import { fromParameters } from './streams.ts';
import type { Problem, TensorId } from './trace.ts';

/** Everything of this kind. `known`: whether values were computed. */
export function doubts(recorder: Recorder, known: boolean): Problem[] {
  return recorder.ops.flatMap((note) => lossInput(note, recorder, known) ?? []);
}

/** A sum of the output that is always the same: its gradient says nothing of the layers. */
export function constantSum(output: Tensor, recorder: Recorder): Problem[] {
  const { ops, madeBy, gradients } = recorder;
  let id = recorder.knownTensor(output);
  for (let steps = 0; id !== undefined && steps < mostAfterwards; steps++) {
    const made: OpNote | undefined = ops[madeBy.get(id) ?? -1];
    const [input, ...others] = made?.inputs ?? [];
    if (made === undefined || input === undefined) return [];
    const [into, from] = [gradients.get(made.output), gradients.get(input)].map((x) => x && lengthOf(x));
    if (into === undefined || from === undefined) return [];
    // Of all else a gradient that small is its slope.
    if (from < 1e-4 * into && isBalanced(made, recorder))
      return [
        remark(
          'warning',
          `the sum over the output of ${made.op.name} is always the same, so its gradient is 0 up to rounding and says nothing about the layers`,
          'Without a loss the gradients are those of the sum of the output. Write loss: ({ output, targets }) => ….',
          made.site,
        ),
      ];
    // A learnt scale, a bias or another layout after it leaves ones what they are.
    const isLaidOut = Math.abs(from - into) <= 1e-6 * into && others.every((x) => fromParameters(x, recorder));
    id = isLaidOut ? input : undefined;
  }
  return [];
}

/** Operations after the one whose sum is constant. */
const mostAfterwards = 8;

/** Whether gradients that are the same for all its elements may cancel each other: what they add up to is fixed, or may be. */
const isBalanced = (note: OpNote, recorder: Recorder) =>
  balanced.has(note.op) || distributionOf(note, recorder) !== undefined;
const balanced = new Set<unknown>([normOps.layerNorm, batchNormOp, elementwiseOps.sub]);

function lengthOf(x: Tensor): number {
  if (x.isMeta) return 0;
  let sum = 0;
  for (const value of elementsOf(x)) sum += value * value;
  return Math.sqrt(sum);
}

/** The operation that made the elements of a tensor, before they were laid out otherwise. */
function originOf(id: TensorId, { ops, madeBy }: Pick<Recorder, 'ops' | 'madeBy'>): OpNote | undefined {
  for (let at = madeBy.get(id); at !== undefined; at = madeBy.get(ops[at]!.inputs[0]!)) {
    const note = ops[at]!;
    if ((note.op.role !== 'arrangement' && !note.op.isView) || note.inputs.length === 0) return note;
  }
  return undefined;
}

/** What makes probabilities. */
const isProbability = (note: OpNote | undefined): note is OpNote =>
  note?.op === softmaxOps.softmax || note?.op === activationOps.sigmoid;

function lossInput(note: OpNote, recorder: Recorder, known: boolean): Problem | undefined {
  const { ops, tensors, madeBy } = recorder;
  const [first] = note.inputs;
  if (first === undefined) return undefined;
  const say = (message: string, hint: string) => remark('warning', message, hint, note.site);
  const twice = (loss: string, { op }: OpNote, hint: string) =>
    say(`${loss} expected logits, got the output of ${op.name}: it would be applied twice`, hint);
  if (note.op === softmaxOps.logSoftmax) {
    const from = originOf(first, recorder);
    // crossEntropy is it and an nllLoss at one place.
    const isLoss = ops.some(
      ({ op, inputs, site }) => op === nllLossOps.nllLoss && inputs[0] === note.output && site === note.site,
    );
    if (!isLoss || !isProbability(from)) return undefined;
    return twice('crossEntropy', from, `Leave ${from.op.name} out before the loss: crossEntropy has a softmax in it.`);
  }
  if (note.op === activationOps.softplus) {
    // binaryCrossEntropyWithLogits has a softplus of −logits at its place.
    const negated = ops[madeBy.get(first) ?? -1];
    if (negated?.op !== pointwiseOps.neg || negated.site !== note.site) return undefined;
    const from = originOf(negated.inputs[0]!, recorder);
    if (!isProbability(from) || from.site === note.site) return undefined;
    const hint = `Leave ${from.op.name} out before the loss, or use binaryCrossEntropy.`;
    return twice('binaryCrossEntropyWithLogits', from, hint);
  }
  if (note.op === nllLossOps.nllLoss) {
    if (tensors[first]!.shape[(note.attrs as { readonly dim: number }).dim] === 1)
      return say(
        'a loss over one class is 0, whatever the output',
        'For yes or no use binaryCrossEntropyWithLogits, for a number mseLoss, for classes one output each.',
      );
    const from = originOf(first, recorder);
    if (from?.op === softmaxOps.logSoftmax || !(isProbability(from) || (known && isPositive(tensors[first]!))))
      return undefined;
    return say(
      `nllLoss expected log-probabilities, got ${isProbability(from) ? `the probabilities of ${from.op.name}` : 'numbers above 0'}`,
      'Use logSoftmax instead, or crossEntropy on the logits.',
    );
  }
  return undefined;
}

/** Whether an element is above 0: no logarithm of a probability is. */
function isPositive(x: Tensor): boolean {
  if (x.isMeta) return false;
  const data = elementsOf(x);
  for (let i = 0; i < data.length; i++) if (data[i]! > 1e-6) return true;
  return false;
}
