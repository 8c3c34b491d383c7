import type { Storage } from '../backends/backend.ts';
import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import { allocate } from '../ops/apply.ts';
import { onesLike } from '../ops/creation.ts';
import { add } from '../ops/elementwise.ts';
import type { Attributes, Saved } from '../ops/op.ts';
import { asOutOfMemory } from '../tensor/memory.ts';
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
      'backward: the tensor depends on nothing that requires a gradient',
      'Start from a tensor computed from parameters, outside noGrad().',
    );
  if (seed === undefined && root.numel !== 1)
    throw new TensightError(
      `backward: expected one number to start from, got ${formatShape(root)}`,
      'Reduce it first: .sum() or .mean(), or pass its gradient.',
    );
  if (seed !== undefined && !sameShape(seed.shape, root.shape))
    throw new TensightError(
      `backward: expected a gradient of the tensor's shape ${formatShape(root)}, got ${formatShape(seed)}`,
    );

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
  const sums = createGraph ? undefined : new Map<Tensor, Tensor>();
  const counted = new WeakSet<Storage>();
  const single = context.observer === undefined ? undefined : new Map<Tensor, Single>();
  for (const node of inReverseOrder(root, ends)) {
    const complete = arrived.get(node.output);
    if (complete === undefined) continue;
    arrived.delete(node.output);
    // From here on others may hold it: the operation hands it on to several inputs, a hook or a trace keeps it.
    sums?.delete(node.output);
    const gradient = hooked(node.output, complete, arrived);
    const made = single?.get(node.output);
    context.observer?.gradient(node.output, gradient, made?.gradient === gradient ? made.by : undefined);
    single?.delete(node.output);
    try {
      handBack(node, gradient, arrived, sums, single);
    } catch (error) {
      throw asOutOfMemory(error, `the gradient of ${node.op.name}`, node.output);
    }
    if (context.observer !== undefined) context.observer.backwardOp(node, bytesAdded(node.inputs, arrived, counted));
  }
  return arrived;
}

/** A gradient that one part of the tensor has handed back, and nothing else: zeros but for that part. */
interface Single {
  readonly gradient: Tensor;
  readonly by: Node;
}

/**
 * Adds what `node` makes of the gradient of its output to what has arrived at its inputs. `sums` are the gradients, by their tensor,
 * that were made here and are held by nobody else yet: they grow in place, since a recurrent weight has a part for each step, and a
 * sequence one for each element.
 */
function handBack(
  node: Node,
  gradient: Tensor,
  arrived: Map<Tensor, Tensor>,
  sums: Map<Tensor, Tensor> | undefined,
  single: Map<Tensor, Single> | undefined,
): void {
  const { op, inputs, output, attrs, saved: tensors } = node;
  const saved: Saved<Attributes> = { inputs, output, attrs, tensors, needs: inputs.map((input) => input.requiresGrad) };
  const [first] = inputs;
  const into = arrived.get(first!);
  if (op.accumulate !== undefined && sums !== undefined && into !== undefined && !into.isMeta && !gradient.isMeta) {
    const sum = sums.get(first!) === into ? into : copied(into);
    arrived.set(first!, sum);
    sums.set(first!, sum);
    single?.delete(first!);
    op.accumulate(gradient, saved, sum);
    return;
  }
  const parts = op.backward!(gradient, saved);
  for (const [i, input] of inputs.entries()) {
    const part = parts[i];
    if (part === undefined || !input.requiresGrad) continue;
    const sofar = arrived.get(input);
    if (sofar === undefined) {
      arrived.set(input, part);
      if (op.accumulate !== undefined) sums?.set(input, part);
      if (op.accumulate !== undefined) single?.set(input, { gradient: part, by: node });
      continue;
    }
    single?.delete(input);
    if (sums?.get(input) === sofar && !part.isMeta) {
      context.backend.binary('add', sofar, part, sofar);
    } else {
      const sum = add(sofar, part);
      sums?.set(input, sum);
      arrived.set(input, sum);
    }
  }
}

/** The same numbers in memory of their own, row by row. */
function copied(x: Tensor): Tensor {
  context.observer?.allocate(x, 'a gradient');
  const copy = allocate({ shape: x.shape, dtype: x.dtype, axes: x.axes });
  context.backend.copy(x, copy);
  return copy;
}

/** How much memory the gradients of `inputs` hold that was not `counted` yet. */
function bytesAdded(inputs: readonly Tensor[], arrived: Map<Tensor, Tensor>, counted: WeakSet<Storage>): number {
  let bytes = 0;
  for (const input of inputs) {
    const gradient = arrived.get(input);
    if (gradient === undefined || gradient.isMeta || counted.has(gradient.storage)) continue;
    counted.add(gradient.storage);
    bytes += gradient.storage.data.byteLength;
  }
  return bytes;
}

/** Every operation `root` came from, later ones first; not those after `ends`. */
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
