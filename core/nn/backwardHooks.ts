/** Functions that watch, or change, the gradients that go through a module: PyTorch's full backward hooks. */
import { registerJointHook } from '../autograd/hooks.ts';
import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import type { Module } from './module.ts';

/** A gradient for each argument, or each part of a result; undefined where there is none. */
export type Gradients = readonly (Tensor | undefined)[];

/** Gets the gradients of the result before any goes into the module; a list it returns takes their place. */
export type FullBackwardPreHook = (module: Module, gradOutput: Gradients) => Gradients | undefined;

/** Gets the gradients of arguments and result once all are there; a list it returns takes the place of the arguments'. */
export type FullBackwardHook = (module: Module, gradInput: Gradients, gradOutput: Gradients) => Gradients | undefined;

export interface BackwardHooks {
  readonly backwardBefore: ReadonlySet<{ readonly run: FullBackwardPreHook }>;
  readonly backward: ReadonlySet<{ readonly run: FullBackwardHook }>;
}

/** What a hook gave in the place of `gradients`, undefined for what it leaves. Throws TensightError where it does not fit. */
function replaced(hook: string, module: Module, gradients: Gradients, given: Gradients | undefined): Gradients {
  if (given === undefined) return gradients;
  const name = module.constructor.name;
  if (!Array.isArray(given) || given.length !== gradients.length)
    throw new TensightError(
      `${hook}: a hook of ${name} gave ${Array.isArray(given) ? `${given.length} gradients` : 'no list'} for ${gradients.length}`,
      'Return a list with one gradient each, or nothing.',
    );
  return gradients.map((gradient, i) => {
    const own = given[i];
    if (own !== undefined && gradient !== undefined && !sameShape(own.shape, gradient.shape))
      throw new TensightError(
        `${hook}: expected a gradient of ${formatShape(gradient)} from a hook of ${name}, got ${formatShape(own)}`,
      );
    if (own !== undefined && gradient === undefined)
      throw new TensightError(
        `${hook}: a hook of ${name} gave a gradient where there is none, at place ${i}`,
        'Return undefined for what needs no gradient.',
      );
    if (own !== undefined && own.dtype !== 'f32')
      throw new TensightError(
        `${hook}: expected a gradient of f32 from a hook of ${name}, got ${own.dtype}`,
        "Convert it: x.to('f32').",
      );
    return own ?? gradient;
  });
}

/** The tensors of a list as views of themselves, whose gradients `run` gets together, by place in the list. */
function gate(values: readonly unknown[], run: (gradients: Gradients) => Gradients): unknown[] {
  const at = values.flatMap((value, i) => (value instanceof Tensor && value.requiresGrad ? [i] : []));
  const gated = [...values];
  const views = at.map((i) => (values[i] as Tensor).withAxes((values[i] as Tensor).axes));
  for (const [k, i] of at.entries()) gated[i] = views[k];
  registerJointHook(views, (arrived) => {
    const gradients: (Tensor | undefined)[] = values.map(() => undefined);
    for (const [k, i] of at.entries()) gradients[i] = arrived[k];
    const changed = run(gradients);
    return at.map((i) => changed[i]);
  });
  return gated;
}

/** Runs `body`, a module's call, between two gates: gradients on their way back are shown to the hooks. */
export function runWatched(
  module: Module,
  args: readonly unknown[],
  { backwardBefore, backward }: BackwardHooks,
  body: (args: unknown[]) => unknown,
): unknown {
  if (!context.gradEnabled || backwardBefore.size + backward.size === 0) return body([...args]);
  let gradOutput: Gradients = [];
  const arrivedAtInputs = (gradients: Gradients): Gradients => {
    let gradInput = gradients;
    for (const { run } of backward)
      gradInput = replaced('registerFullBackwardHook', module, gradInput, run(module, gradInput, gradOutput));
    return gradInput;
  };
  const wantsGradient = args.some((value) => value instanceof Tensor && value.requiresGrad);
  const result = body(gate(args, arrivedAtInputs));
  const arrivedAtOutputs = (gradients: Gradients): Gradients => {
    gradOutput = gradients;
    for (const { run } of backwardBefore)
      gradOutput = replaced('registerFullBackwardPreHook', module, gradOutput, run(module, gradOutput));
    // Data has no gradient: nothing will arrive at the inputs.
    if (!wantsGradient) arrivedAtInputs(args.map(() => undefined));
    return gradOutput;
  };
  return Array.isArray(result) ? gate(result, arrivedAtOutputs) : gate([result], arrivedAtOutputs)[0];
}
