/**
 * What a run did that works and is most likely not meant, found in the record of its operations: a loss that is given something else than
 * it takes.
 */
import type { Tensor } from '../tensor/tensor.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { remark } from './remarks.ts';
import type { Problem, TensorId } from './trace.ts';

/** Operations that lay elements out otherwise and leave them as they are. */
const layouts: ReadonlySet<string> = new Set([
  ...['reshape', 'permute', 'transpose', 'squeeze', 'unsqueeze', 'contiguous', 'clone', 'named', 'slice', 'select'],
  ...['narrow', 'indexSelect', 'gather', 'expand'],
]);

/** Everything of this kind. `known`: whether values were computed. */
export function doubts(recorder: Recorder, known: boolean): Problem[] {
  return recorder.ops.flatMap((note) => lossInput(note, recorder, known) ?? []);
}

/** The operation that made the elements of a tensor, before they were laid out otherwise. */
function originOf(id: TensorId, { ops, madeBy }: Pick<Recorder, 'ops' | 'madeBy'>): OpNote | undefined {
  for (let at = madeBy.get(id); at !== undefined; at = madeBy.get(ops[at]!.inputs[0]!)) {
    const note = ops[at]!;
    if (!layouts.has(note.op.name) || note.inputs.length === 0) return note;
  }
  return undefined;
}

function lossInput(note: OpNote, recorder: Recorder, known: boolean): Problem | undefined {
  const { ops, tensors } = recorder;
  const say = (message: string, hint: string) => remark('warning', message, hint, note.site);
  const [first] = note.inputs;
  if (first === undefined) return undefined;
  const from = originOf(first, recorder)?.op.name;
  switch (note.op.name) {
    case 'logSoftmax': {
      // Only inside crossEntropy, which is it and a nllLoss at one place.
      const isLoss = ops.some(
        (other) => other.op.name === 'nllLoss' && other.inputs[0] === note.output && other.site === note.site,
      );
      if (!isLoss) return undefined;
      if (from === 'softmax' || from === 'sigmoid')
        return say(
          `crossEntropy takes logits, and is given what ${from} made of them: it is applied twice`,
          `Leave ${from} out before the loss: crossEntropy has a softmax in it.`,
        );
      return undefined;
    }
    case 'nllLoss': {
      const classes = tensors[first]!.shape[(note.attrs as { readonly dim: number }).dim];
      if (classes === 1)
        return say(
          'a loss over one class is 0, whatever the output',
          'For yes or no use binaryCrossEntropyWithLogits, for a number mseLoss, for classes one output each.',
        );
      if (from === 'logSoftmax') return undefined;
      if (from === 'softmax' || from === 'sigmoid' || (known && isPositive(tensors[first]!)))
        return say(
          `nllLoss takes log-probabilities, and is given ${from === 'softmax' || from === 'sigmoid' ? `the probabilities of ${from}` : 'numbers above 0'}`,
          'Write logSoftmax in its place, or crossEntropy on the logits themselves.',
        );
      return undefined;
    }
    case 'softplus': {
      // Inside binaryCrossEntropyWithLogits, softplus(−logits) at one place.
      const negated = from === 'neg' ? ops[recorder.madeBy.get(first)!] : undefined;
      if (negated === undefined || negated.op.name !== 'neg' || negated.site !== note.site) return undefined;
      const before = originOf(negated.inputs[0]!, recorder);
      if ((before?.op.name !== 'sigmoid' && before?.op.name !== 'softmax') || before.site === note.site)
        return undefined;
      return say(
        `binaryCrossEntropyWithLogits takes logits, and is given what ${before.op.name} made of them: it is applied twice`,
        `Leave ${before.op.name} out before the loss, or use binaryCrossEntropy.`,
      );
    }
    default:
      return undefined;
  }
}

/** Whether an element is above 0: no logarithm of a probability is. */
function isPositive(x: Tensor): boolean {
  if (x.isMeta) return false;
  const data = x.toTypedArray();
  for (let i = 0; i < data.length; i++) if (data[i]! > 1e-6) return true;
  return false;
}
