import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import { onesLike } from '../ops/creation.ts';
import { add } from '../ops/elementwise.ts';
import { namedRefusal } from '../tensor/memory.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { hooked } from './hooks.ts';
import type { Node } from './node.ts';

/**
 * Reverse-mode differentiation from `root`: walks the recorded operations from the last made to the first and adds up, for
 * every tensor on the way, ∂root/∂tensor. Leaves keep it in `grad` (added to what is there, as in PyTorch). With
 * `createGraph` the gradients are themselves differentiable.
 */
export function backward(root: Tensor, seed?: Tensor, { createGraph = false } = {}): void {
  if (!root.requiresGrad)
    throw new TensightError(
      'backward: nothing this tensor came from requires a gradient',
      'Start from a tensor computed from parameters, outside noGrad().',
    );
  if (seed === undefined && root.numel !== 1)
    throw new TensightError(
      `backward: wants one number to start from, this tensor is ${formatShape(root)}`,
      'Reduce it first: .sum() or .mean(), or pass its gradient.',
    );
  if (seed !== undefined && !sameShape(seed.shape, root.shape))
    throw new TensightError(`backward: the gradient is ${formatShape(seed)}, the tensor ${formatShape(root)}`);

  const before = context.gradEnabled;
  context.gradEnabled = createGraph;
  try {
    const arrived = propagate(root, seed ?? onesLike(root), createGraph);
    for (const [leaf, complete] of arrived) {
      const gradient = hooked(leaf, complete, arrived);
      context.observer?.gradient(leaf, gradient);
      leaf.grad = leaf.grad === undefined ? gradient : add(leaf.grad, gradient);
    }
  } finally {
    context.gradEnabled = before;
  }
}

/**
 * ∂root/∂input for each of `inputs` (undefined where there is none), differentiable again: what an operation done in one pass
 * answers with when its gradient is to have a gradient. The walk ends at `inputs`.
 */
export function gradients(root: Tensor, seed: Tensor, inputs: readonly Tensor[]): (Tensor | undefined)[] {
  const found = propagate(root, seed, true, new Set(inputs));
  return inputs.map((input) => found.get(input));
}

/** Walks back from `root` to leaves, or to `ends`, and gives what arrived there. */
function propagate(root: Tensor, seed: Tensor, createGraph: boolean, ends?: ReadonlySet<Tensor>): Map<Tensor, Tensor> {
  const arrived = new Map<Tensor, Tensor>([[root, seed]]);
  // Sums made here and seen by nobody else yet grow in place: a recurrent weight has a part for each step.
  const sums = createGraph || context.observer !== undefined ? undefined : new Set<Tensor>();
  for (const node of inReverseOrder(root, ends)) {
    const complete = arrived.get(node.output);
    if (complete === undefined) continue;
    arrived.delete(node.output);
    const gradient = hooked(node.output, complete, arrived);
    context.observer?.gradient(node.output, gradient);
    context.observer?.backwardOp(node);
    const needs = node.inputs.map((input) => input.requiresGrad);
    let parts: (Tensor | undefined)[];
    try {
      parts = node.op.backward!(gradient, {
        inputs: node.inputs,
        output: node.output,
        attrs: node.attrs,
        tensors: node.saved,
        needs,
      });
    } catch (error) {
      throw namedRefusal(error, `the gradient of ${node.op.name}`, node.output);
    }
    for (let i = 0; i < node.inputs.length; i++) {
      const input = node.inputs[i]!;
      const part = parts[i];
      if (part === undefined || !input.requiresGrad) continue;
      const sofar = arrived.get(input);
      if (sofar === undefined) arrived.set(input, part);
      else if (sums?.has(sofar) && !part.isMeta) context.backend.binary('add', sofar, part, sofar);
      else {
        const sum = add(sofar, part);
        sums?.add(sum);
        arrived.set(input, sum);
      }
    }
  }
  return arrived;
}

/** Every operation `root` came from, later ones first; not those behind `ends`. */
function inReverseOrder(root: Tensor, ends?: ReadonlySet<Tensor>): Node[] {
  const nodes = new Set<Node>();
  const stack: Tensor[] = [root];
  while (stack.length > 0) {
    const node = stack.pop()!.node;
    if (node === undefined || nodes.has(node)) continue;
    nodes.add(node);
    for (const input of node.inputs) if (input.requiresGrad && !ends?.has(input)) stack.push(input);
  }
  return [...nodes].sort((a, b) => b.order - a.order);
}
