/** Whether what `forward` and `loss` gave can be gone on with; where not, what was expected and what came. */
import { TensightError } from '../errors.ts';
import { Module } from '../nn/module.ts';
import { formatShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { cut } from './thrown.ts';
import { tensorsOf } from './values.ts';

/** Throws TensightError where there is no tensor in what `name` gave. */
export function checkOutput(output: unknown, name: string): void {
  if (output instanceof Tensor || tensorsOf(output).length > 0) return;
  throw new TensightError(
    `${name} returned ${inWords(output)}; expected a tensor, or a list or dict of tensors`,
    whatToDo(output),
  );
}

/** Throws TensightError where the loss is not one number as a tensor. `who` says who needs it: `train: `. */
export function checkLoss(loss: unknown, who = ''): asserts loss is Tensor {
  if (!(loss instanceof Tensor))
    throw new TensightError(
      `${who}the loss returned ${inWords(loss)}; expected a tensor of one number`,
      whatToDo(loss),
    );
  if (loss.numel !== 1)
    throw new TensightError(`${who}the loss is ${formatShape(loss)}, not one number`, 'Reduce it: .mean() or .sum().');
}

/** What a value is, for a message: `nothing`, `the number 0.5`, `a promise`, `a list without a tensor`. */
export function inWords(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'number':
    case 'bigint':
      return `the number ${value}`;
    case 'boolean':
      return String(value);
    case 'string':
      return `the text ${JSON.stringify(cut(value, 40))}`;
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    default:
      return value === null ? 'null' : objectInWords(value as object);
  }
}

function objectInWords(value: object): string {
  const has = (key: PropertyKey) => typeof (value as Record<PropertyKey, unknown>)[key] === 'function';
  try {
    if (value instanceof Tensor) return `a tensor ${formatShape(value)}`;
    if (value instanceof Module) return `the module ${value.constructor.name}`;
    if (has('then')) return 'a promise';
    const without = tensorsOf(value).length === 0 ? ' without a tensor' : '';
    if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list${without}`;
    if (has('next')) return 'a generator';
    const { name } = value.constructor ?? { name: 'Object' };
    return name === 'Object' || name === '' ? `an object${without}` : `a ${cut(name, 80)}${without}`;
  } catch {
    // A proxy that refuses every question.
    return 'an object that cannot be read';
  }
}

function whatToDo(value: unknown): string {
  if (value === undefined) return 'Let it end with: return …;';
  if (typeof value === 'number') return 'Leave out .item(): a number knows nothing of how it was computed.';
  if (typeof value === 'function' || value instanceof Module) return 'Call it, and return what it gives.';
  if (typeof value === 'object' && value !== null && inWords(value) === 'a promise')
    return 'Leave out async and await: a model runs from its input to its output at once.';
  if (typeof value === 'object' && value !== null && inWords(value) === 'a generator')
    return 'Leave out the * of function*, or collect what it gives in a list.';
  return 'Return the tensor itself.';
}
