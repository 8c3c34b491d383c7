/** Functions that watch, or change, the gradient of a tensor while `backward()` runs. */
import { TensightError } from '../errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Gets a tensor's whole gradient; a tensor it returns takes the gradient's place. */
export type GradientHook = (gradient: Tensor) => Tensor | undefined;

/** What registering a hook gives. */
export interface HookHandle {
  /** Takes the hook away. */
  remove(): void;
}

const hooks = new WeakMap<Tensor, Set<{ readonly run: GradientHook }>>();
/** Whether there was ever a hook: until then no gradient is looked up. */
let used = false;

/** Has `run` called with the tensor's gradient, once a `backward()`. Throws TensightError where no gradient flows. */
export function registerHook(tensor: Tensor, run: GradientHook): HookHandle {
  if (!tensor.requiresGrad)
    throw new TensightError(
      `registerHook: no gradient flows through ${formatShape(tensor)}`,
      'It must be a parameter, or computed from one outside noGrad().',
    );
  used = true;
  const own = hooks.get(tensor) ?? new Set();
  hooks.set(tensor, own);
  const entry = { run };
  own.add(entry);
  return { remove: () => void own.delete(entry) };
}

/** Gets the gradients of several tensors, undefined where none arrived; those it gives take their places. */
export type JointHook = (gradients: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[];

interface Joint {
  readonly tensors: readonly Tensor[];
  readonly run: JointHook;
}

/** Which joint hooks have run in a walk: each runs once. Gone with the walk, whose gradients it is known by. */
const ran = new WeakMap<ReadonlyMap<Tensor, Tensor>, Set<Joint>>();

const joints = new WeakMap<Tensor, Joint>();

/**
 * Has `run` called once a `backward()` with the gradients of all these tensors. They must have been made one right after the
 * other, so that the gradients of all are complete when that of the last is.
 */
export function registerJointHook(tensors: readonly Tensor[], run: JointHook): void {
  used = true;
  const joint = { tensors, run };
  for (const tensor of tensors) joints.set(tensor, joint);
}

/** Calls the joint hook of this tensor, whose gradient this is, if it has not run yet in this walk. */
function jointly(tensor: Tensor, gradient: Tensor, arrived: Map<Tensor, Tensor>): Tensor {
  const joint = joints.get(tensor);
  if (joint === undefined) return gradient;
  const done = ran.get(arrived) ?? new Set();
  if (done.has(joint)) return gradient;
  ran.set(arrived, done.add(joint));
  const changed = joint.run(joint.tensors.map((each) => (each === tensor ? gradient : arrived.get(each))));
  for (const [i, each] of joint.tensors.entries()) {
    const replacement = changed[i];
    if (each !== tensor && replacement !== undefined) arrived.set(each, replacement);
  }
  return changed[joint.tensors.indexOf(tensor)] ?? gradient;
}

/** The gradient after the tensor's hooks have seen it; `arrived` holds those of the others that the walk has come to so far. */
export function hooked(tensor: Tensor, gradient: Tensor, arrived: Map<Tensor, Tensor>): Tensor {
  if (!used) return gradient;
  let result = jointly(tensor, gradient, arrived);
  for (const { run } of hooks.get(tensor) ?? []) {
    const changed = run(result);
    if (changed === undefined) continue;
    if (!sameShape(changed.shape, tensor.shape))
      throw new TensightError(
        `registerHook: expected the gradient of ${formatShape(tensor)} from a hook, got ${formatShape(changed)}`,
      );
    if (changed.dtype !== 'f32')
      throw new TensightError(
        `registerHook: expected a gradient of f32 from a hook, got ${changed.dtype}`,
        "Convert it: x.to('f32').",
      );
    result = changed;
  }
  return result;
}
