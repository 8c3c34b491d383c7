/** Functions that watch, or change, what goes through a module: PyTorch's forward hooks. */
import type { HookHandle } from '../autograd/hooks.ts';
import { type FullBackwardHook, type FullBackwardPreHook, runWatched } from './backwardHooks.ts';
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
  readonly backwardBefore: Set<{ readonly run: FullBackwardPreHook }>;
  readonly backward: Set<{ readonly run: FullBackwardHook }>;
}

export const noHooks = (): Hooks => ({
  before: new Set(),
  after: new Set(),
  backwardBefore: new Set(),
  backward: new Set(),
});

/** Runs `forward` of a module with hooks around it. */
export function runHooked(
  module: Module,
  forward: (...args: unknown[]) => unknown,
  given: unknown[],
  hooks: Hooks,
): unknown {
  let args = given;
  for (const { run } of hooks.before) {
    const changed = run(module, args);
    if (Array.isArray(changed)) args = changed;
  }
  return runWatched(module, args, hooks, (inputs) => {
    let result = forward.apply(module, inputs);
    for (const { run } of hooks.after) result = run(module, inputs, result) ?? result;
    return result;
  });
}
