/** Runs a network with gradients, plain or watched, and for its shapes alone. */
import { backward } from '../../core/autograd/backward.ts';
import { context } from '../../core/context.ts';
import type { DefinedModel, Tensor } from '../../core/index.ts';
import { writtenForward } from '../../core/nn/module.ts';
import { bind, parametersOf } from '../../core/trace/bind.ts';
import { runFile } from '../../core/trace/run.ts';
import type { ModelTrace, RunMode, ValueRef } from '../../core/trace/trace.ts';
import { tensorsOf } from '../../core/trace/values.ts';
import { type Given, spreadTensor } from './given.ts';

/** What a run gives, by the names of reference.py: output.N, loss, gradient.NAME, buffer.NAME. */
export type Found = Readonly<Record<string, Tensor>>;

/** Makes one number of the outputs: the network's own loss, or their sum, each multiplied with a number of its own. */
function lossOf({ model, root, inputs }: Given, output: unknown): Tensor {
  if (model.loss) return model.loss({ output: output as never, inputs, targets: {}, model: root });
  return tensorsOf(output)
    .map((y, i) => y.mul(spreadTensor(`cotangent.${i}`, y.shape)).sum())
    .reduce((a, b) => a.add(b));
}

/** What reference.py is to multiply the outputs with. */
export function cotangents({ model }: Given, shapes: readonly (readonly number[])[]): Record<string, Tensor> {
  if (model.loss) return {};
  return Object.fromEntries(shapes.map((shape, i) => [`cotangent.${i}`, spreadTensor(`cotangent.${i}`, shape)]));
}

/** As a script runs it: nobody watches. */
export function plain(given: Given): Found {
  startAgain(given);
  const { root, inputs } = given;
  const output = root.forward(...bind(inputs, parametersOf(writtenForward(root))).args);
  const loss = lossOf(given, output);
  backward(loss);
  return found(given, tensorsOf(output), loss, (_, parameter) => parameter.grad);
}

/** As the editor runs it: with a trace. */
export function watched(given: Given): Found {
  startAgain(given);
  const model: DefinedModel = {
    ...given.model,
    training: given.training,
    model: () => given.root,
    inputs: given.inputs,
    loss: ({ output }) => lossOf(given, output),
  };
  const { trace, held } = traceOf(model, 'backward');
  const { tensors, gradients } = held[0]!;
  const ids = new Map(
    trace.modules.flatMap(({ path, own }) =>
      own.map(({ name, tensor }) => [path ? `${path}.${name}` : name, tensor] as const),
    ),
  );
  const outputs = referred(trace.output).map((id) => tensors[id]!);
  return found(given, outputs, tensors[trace.loss!.tensor]!, (name) => gradients.get(ids.get(name)!));
}

/** The trace of a shape run. */
export const shapes = (model: DefinedModel): ModelTrace => traceOf(model, 'shape').trace;

function traceOf(model: DefinedModel, mode: RunMode) {
  const { trace, held } = runFile({
    file: 'network.model.ts',
    run: 1,
    mode,
    fallback: false,
    memoryLimit: 2 ** 35,
    sites: [],
    load: () => ({ model }),
    now: () => performance.now(),
  });
  const errors = trace.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '));
  return { trace: trace.models[0]!, held };
}

/** Ids of all tensors in a value, in order. */
export function referred(value: ValueRef | undefined): number[] {
  if (value === undefined) return [];
  if (value.kind === 'tensor') return [value.tensor];
  if (value.kind === 'list') return value.items.flatMap(referred);
  return value.kind === 'dict' ? Object.values(value.entries).flatMap(referred) : [];
}

function startAgain({ root, buffers }: Given): void {
  context.mode = 'value';
  root.zeroGrad();
  for (const [name, buffer] of root.namedBuffers()) {
    const before = buffers.get(name);
    if (before) buffer.storage.data.set(before);
  }
}

function found(
  { root, training }: Given,
  outputs: readonly Tensor[],
  loss: Tensor,
  gradientOf: (name: string, parameter: Tensor) => Tensor | undefined,
): Found {
  const gradients = root.namedParameters().map(([name, parameter]) => {
    const gradient = gradientOf(name, parameter);
    if (gradient === undefined) throw new Error(`${name} has no gradient`);
    return [`gradient.${name}`, gradient] as const;
  });
  const buffers = training ? root.namedBuffers().filter(([, { dtype }]) => dtype === 'f32') : [];
  return {
    ...Object.fromEntries(outputs.map((output, i) => [`output.${i}`, output.detach()])),
    loss: loss.detach(),
    ...Object.fromEntries(gradients),
    ...Object.fromEntries(buffers.map(([name, buffer]) => [`buffer.${name}`, buffer.detach().clone()])),
  };
}
