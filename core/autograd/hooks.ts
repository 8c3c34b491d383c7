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

/** The gradient after the tensor's hooks have seen it. */
export function hooked(tensor: Tensor, gradient: Tensor): Tensor {
  if (!used) return gradient;
  let result = gradient;
  for (const { run } of hooks.get(tensor) ?? []) {
    const changed = run(result);
    if (changed === undefined) continue;
    if (!sameShape(changed.shape, tensor.shape))
      throw new TensightError(
        `registerHook: a hook gave ${formatShape(changed)} for the gradient of ${formatShape(tensor)}`,
      );
    result = changed;
  }
  return result;
}
