/** Functions that watch, or change, what goes through a module: PyTorch's forward hooks. */
import type { HookHandle } from '../autograd/hooks.ts';
import type { Module } from './module.ts';

/** Gets the arguments before `forward` runs; a list it returns takes their place. */
export type ForwardPreHook = (module: Module, args: readonly unknown[]) => unknown;

/** Gets arguments and result after `forward` ran; what it returns, unless undefined, takes the result's place. */
export type ForwardHook = (module: Module, args: readonly unknown[], output: unknown) => unknown;

/** Adds a hook to a set; two registrations of one function are two hooks. */
export function registered<F>(hooks: Set<{ readonly run: F }>, run: F): HookHandle {
  const entry = { run };
  hooks.add(entry);
  return { remove: () => void hooks.delete(entry) };
}

export interface Hooks {
  readonly before: Set<{ readonly run: ForwardPreHook }>;
  readonly after: Set<{ readonly run: ForwardHook }>;
}

/** Runs `forward` of a module with hooks around it. */
export function runHooked(
  module: Module,
  forward: (...args: unknown[]) => unknown,
  given: unknown[],
  { before, after }: Hooks,
): unknown {
  let args = given;
  for (const { run } of before) {
    const changed = run(module, args);
    if (Array.isArray(changed)) args = changed;
  }
  let result = forward.apply(module, args);
  for (const { run } of after) result = run(module, args, result) ?? result;
  return result;
}
