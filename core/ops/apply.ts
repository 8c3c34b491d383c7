import { Node } from '../autograd/node.ts';
import { context } from '../context.ts';
import { notItself, TensightError } from '../errors.ts';
import { inWords, unquoted } from '../inWords.ts';
import type { PlainOf } from '../plain.ts';
import { asOutOfMemory } from '../tensor/memory.ts';
import { numel, type Spec } from '../tensor/shape.ts';
import { isTensor, Tensor } from '../tensor/tensor.ts';
import type { AnyOp, Attributes, Op } from './op.ts';

/** Integer and boolean results up to this many elements keep their data in a shape run, so that indices can be checked while typing. */
export const knownIntegers = 65536;

/** Every operation goes through here: shape rule, kernel (or none, in a shape run), graph, recorder. */
export function apply<A extends PlainOf<A>>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor {
  const output = run(op, inputs, attrs);
  saved = none;
  return output;
}

/** `apply`, with what the forward kernel saved (nothing in a shape run): a batch's statistics, which others follow. */
export function applyWithSaved<A extends PlainOf<A>>(
  op: Op<A>,
  inputs: readonly Tensor[],
  attrs: A,
): readonly [output: Tensor, saved: readonly Tensor[]] {
  const output = run(op, inputs, attrs);
  const kept = saved;
  saved = none;
  return [output, kept];
}

/** Leaves what the kernel saved in `saved`. */
function run<A extends PlainOf<A>>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor {
  for (let i = 0; i < inputs.length; i++)
    if (!isTensor(inputs[i]))
      throw (inputs[i] as unknown) instanceof Tensor
        ? notItself(`${op.name}: what it got`, 'tensor')
        : new TensightError(`${op.name}: expected a tensor, got ${inWords(inputs[i])}`, insteadOf(inputs[i]));
  const any = op as AnyOp;
  const observer = context.observer;
  const token = observer === undefined ? 0 : observer.opStart(any, inputs);
  const spec = op.shape(inputs, attrs);
  let output: Tensor;
  saved = none;
  if (isMeta(inputs, spec, op)) {
    output = new Tensor(spec, undefined);
  } else {
    if (observer !== undefined && !op.isView) observer.allocate(spec, op.name);
    try {
      output = op.forward(inputs, attrs, spec, context.backend, save);
    } catch (error) {
      throw asOutOfMemory(error, op.name, spec);
    }
  }
  if (context.gradEnabled && spec.dtype === 'f32' && wantsGrad(inputs) && hasGradient(any)) {
    output.requiresGrad = true;
    output.node = new Node(any, inputs, attrs as Attributes, output, saved);
  }
  if (observer !== undefined) observer.opEnd(token, any, inputs, attrs as Attributes, output);
  return output;
}

/** What to do about something that is no tensor. */
export function insteadOf(value: unknown): string | undefined {
  if (typeof value === 'function') return 'If it is a method, call it: x.mT().';
  if (Array.isArray(value))
    return value.some((item) => item instanceof Tensor)
      ? 'Take one of its tensors: const [output] = layer.forward(x).'
      : 'Make a tensor of it: tensor([…]).';
  if (typeof value === 'number' || typeof value === 'boolean') return `Make a tensor of it: tensor(${String(value)}).`;
  return unquoted(value);
}

/** A fresh, zero-filled tensor of this spec, for a kernel to write. */
export function allocate(spec: Spec): Tensor {
  return new Tensor(spec, context.backend.allocate(spec.dtype, numel(spec.shape)));
}

const none: readonly Tensor[] = [];
/** What the forward kernel under way has kept; one variable and one function instead of a closure an operation. */
let saved: readonly Tensor[] = none;
function save(...tensors: Tensor[]): void {
  saved = tensors;
}

function isMeta(inputs: readonly Tensor[], spec: Spec, op: { readonly isView?: true }): boolean {
  for (let i = 0; i < inputs.length; i++) if (inputs[i]!.isMeta) return true;
  if (context.mode !== 'shape' || op.isView) return false;
  return spec.dtype === 'f32' || numel(spec.shape) > knownIntegers;
}

/** Whether a gradient flows through. Throws for kernels of gradients, which have none: a graph without it would be wrong in silence. */
function hasGradient(op: AnyOp): boolean {
  if (op.backward !== undefined) return true;
  if (op.isView) return false;
  throw new TensightError(
    `${op.name} can't be differentiated`,
    'It computes a first derivative in one pass. Inside backward(…, { createGraph: true }) write it with other operations.',
  );
}

function wantsGrad(inputs: readonly Tensor[]): boolean {
  for (let i = 0; i < inputs.length; i++) if (inputs[i]!.requiresGrad) return true;
  return false;
}
