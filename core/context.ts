/**
 * What is true of the run that is going on: whether it computes values or only shapes, where kernels run, who is watching.
 * One object, because JavaScript is single-threaded and every operation must reach it in nanoseconds.
 */
import type { Node } from './autograd/node.ts';
import type { Backend } from './backends/backend.ts';
import { TensightError } from './errors.ts';
import { inWords } from './inWords.ts';
import type { Module } from './nn/module.ts';
import type { AnyOp, Attributes } from './ops/op.ts';
import type { KeptDraws } from './tensor/keptDraws.ts';
import { Generator } from './tensor/random.ts';
import type { Spec } from './tensor/shape.ts';
import type { Tensor } from './tensor/tensor.ts';

/** Whoever records a run. Every call is optional work for the run and must not change it. */
export interface Observer {
  /** Before an operation's kernel; may throw `StopRun`. Returns a token handed back to `opEnd`. */
  opStart(op: AnyOp, inputs: readonly Tensor[]): number;
  opEnd(token: number, op: AnyOp, inputs: readonly Tensor[], attrs: Attributes, output: Tensor): void;
  /** A module was constructed (its fields are not there yet). */
  moduleCreated(module: Module): void;
  callStart(module: Module, args: readonly unknown[]): number;
  callEnd(token: number, module: Module, result: unknown, failed: boolean): void;
  /**
   * The complete gradient of a tensor, each once, in backward order. `part`: the operation that took the one part of the tensor that a
   * gradient came from, where there is one alone; all else is zeros.
   */
  gradient(tensor: Tensor, gradient: Tensor, part?: Node): void;
  /** After an operation's step back, which left gradients of so many bytes; all else that it allocated is free again. */
  backwardOp(node: Node, bytes: number): void;
  /** Something is odd, though nothing failed: told of the expression under way. */
  remark?(message: string, hint: string): void;
  /** Memory for a tensor is about to be allocated by `what`, an operation; may throw `OutOfMemoryError`. */
  allocate(spec: Spec, what: string): void;
}

export interface Context {
  /** `shape`: meta tensors, no arithmetic. `value`: for real. */
  mode: 'value' | 'shape';
  gradEnabled: boolean;
  backend: Backend;
  observer: Observer | undefined;
  generator: Generator;
  /** Where large draws are kept from run to run; undefined where they are not. */
  kept: KeptDraws | undefined;
}

export const context: Context = {
  mode: 'value',
  gradEnabled: true,
  backend: undefined as unknown as Backend,
  observer: undefined,
  generator: new Generator(0),
  kept: undefined,
};

/** Tells whoever is watching that something is odd, though nothing failed. */
export function remark(message: string, hint: string): void {
  context.observer?.remark?.(message, hint);
}

/** Seeds the generator that initialisation, dropout and sampling draw from (`torch.manual_seed`): the numbers are PyTorch's on a processor. */
export function manualSeed(seed: number): void {
  context.generator = new Generator(seed);
}

/** Runs `body` without recording gradients (`torch.no_grad`). */
export function noGrad<T>(body: () => T): T {
  if (typeof body !== 'function')
    throw new TensightError(
      `noGrad: expected a function, got ${inWords(body)}`,
      'What is computed without gradients goes into it: const y = noGrad(() => layer.forward(x));',
    );
  return withGrad(false, body);
}

/** Runs `body` recording gradients or not (`torch.set_grad_enabled`). */
export function withGrad<T>(enabled: boolean, body: () => T): T {
  const before = context.gradEnabled;
  context.gradEnabled = enabled;
  try {
    return body();
  } finally {
    context.gradEnabled = before;
  }
}
