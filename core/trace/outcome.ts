/** Whether what `forward` and `loss` gave can be gone on with; where not, what was expected and what came. */
import { notItself, TensightError } from '../errors.ts';
import { inWords, isClass } from '../inWords.ts';
import { isModule } from '../nn/module.ts';
import { formatShape } from '../tensor/shape.ts';
import { isTensor, Tensor } from '../tensor/tensor.ts';
import { tensorsOf } from './values.ts';

/** Throws TensightError where there is no tensor in what `name` gave. */
export function checkOutput(output: unknown, name: string, written = ''): void {
  if (isProxyOf(output)) throw notItself(`what ${name} returned`, 'tensor');
  if (tensorsOf(output).length > 0) return;
  throw new TensightError(
    `${name} returned ${withoutTensor(output)}; expected a tensor, or a list or dict of tensors`,
    output === undefined && /\breturn\s*[^\s;}]/.test(written)
      ? 'What it returns is undefined: a name that got nothing, such as the third of a list of two, or a field that was never set. A recurrent layer gives two: const [output, state] = lstm.forward(x).'
      : whatToDo(output),
  );
}

/** Throws TensightError where the loss is not one number as a tensor. `who` says who needs it: `train: `. */
export function checkLoss(loss: unknown, who = ''): asserts loss is Tensor {
  if (isProxyOf(loss)) throw notItself(`${who}what the loss returned`, 'tensor');
  if (!isTensor(loss))
    throw new TensightError(
      `${who}the loss returned ${inWords(loss)}; expected a tensor of one number`,
      whatToDo(loss),
    );
  if (loss.numel !== 1)
    throw new TensightError(
      `${who}expected a loss of one number, got ${formatShape(loss)}`,
      'Reduce it: .mean() or .sum().',
    );
}

/** Whether it passes for a tensor and is none. */
function isProxyOf(value: unknown): boolean {
  try {
    return value instanceof Tensor && !isTensor(value);
  } catch {
    // A proxy that refuses to be asked.
    return false;
  }
}

/** As `inWords`, and that no tensor is in it. */
function withoutTensor(output: unknown): string {
  const words = inWords(output);
  return /^an? (list|dict|object|Map|Set)$/.test(words) ? `${words} without a tensor` : words;
}

function whatToDo(value: unknown): string {
  if (isModule(value)) return 'A layer is called by its forward: layer.forward(x).';
  if (isClass(value)) return 'Make a layer of it where the model is made, and return what its forward gives.';
  switch (inWords(value)) {
    case 'nothing':
      return 'End it with return …;';
    case 'a promise':
      return 'Remove async and await: a model runs synchronously.';
    case 'a generator':
      return 'Remove the * of function*, or collect its values in a list.';
    case 'a function':
      return 'Call it, and return what it gives.';
    default:
      if (Array.isArray(value) && value.length > 1 && value.every((item) => item instanceof Tensor))
        return 'Make one of them: their sum, or cat or stack of them.';
      return typeof value === 'number'
        ? 'Return the tensor itself: a number, such as .item() and .size(0) give, has no gradient.'
        : 'Return the tensor itself.';
  }
}
