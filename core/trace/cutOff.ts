/** Layers that a backward run does not reach, and what cuts them off. */

import type { Module } from '../nn/module.ts';
import { tensorOps } from '../ops/tensorMethods.ts';
import { elementsOf, type Tensor } from '../tensor/tensor.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { remark } from './remarks.ts';
import type { Problem, SiteId, TensorId, ValueRef } from './trace.ts';

const mostTold = 12;

/** Why a gradient does not come. */
interface Cut {
  readonly why: string;
  readonly hint: string;
  readonly site: SiteId | undefined;
}

/** Each layer that has parameters to learn and none of whose parameters got a gradient, or got any but 0 because of a step function. */
export function cutOff(recorder: Recorder, root: Module): Problem[] {
  const learning = root.namedModules().flatMap(([path, module]) => {
    const own = module.ownParameters().filter(([, { requiresGrad }]) => requiresGrad);
    const gradients = own.map(([, parameter]) => gradientOf(parameter, recorder));
    if (own.length === 0) return [];
    const name = path === '' ? module.constructor.name : path;
    if (gradients.every((gradient) => gradient === undefined))
      return [{ what: `no gradient reaches ${name}`, cut: () => reason(module, recorder) }];
    if (!gradients.every((gradient) => gradient !== undefined && isZero(gradient))) return [];
    return [{ what: `only a gradient of 0 reaches ${name}`, cut: () => stepAfter(module, recorder) }];
  });
  return learning
    .flatMap(({ what, cut }) => {
      const found = cut();
      return found === undefined ? [] : [remark('warning', `${what}: ${found.why}`, found.hint, found.site)];
    })
    .slice(0, mostTold);
}

const isZero = (gradient: Tensor) => !gradient.isMeta && elementsOf(gradient).every((value) => value === 0);

/** The step function that alone makes a module's gradients 0: one goes into it on the way back and comes out of no other operation as 0. */
function stepAfter(module: Module, recorder: Recorder): Cut | undefined {
  const { ops, gradients } = recorder;
  const reached = new Set(module.ownParameters().flatMap(([, parameter]) => recorder.knownTensor(parameter) ?? []));
  const isNonZero = (tensor: TensorId) => {
    const gradient = gradients.get(tensor);
    return gradient !== undefined && !isZero(gradient);
  };
  let step: OpNote | undefined;
  for (const note of ops) {
    const from = note.inputs.filter((input) => reached.has(input));
    if (from.length === 0) continue;
    reached.add(note.output);
    if (!isNonZero(note.output) || from.some(isNonZero)) continue;
    if (!note.op.isStep) return undefined;
    step ??= note;
  }
  if (step === undefined) return undefined;
  const { name } = step.op;
  return { why: `the slope of ${name} is 0`, hint: `${instead} x.add(x.${name}().sub(x).detach()).`, site: step.site };
}

const instead = 'Compute the loss from what comes before it, or let the gradient pass it by:';

/** What cuts a loss off from every parameter, if something does. */
export function cutBehind(loss: Tensor, recorder: Recorder): Cut | undefined {
  const seen = new Set<TensorId>();
  const start = recorder.knownTensor(loss);
  const open = start === undefined ? [] : [start];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const at = recorder.madeBy.get(id);
    if (at === undefined || seen.has(id)) continue;
    seen.add(id);
    const note = recorder.ops[at]!;
    if (isCut(note, recorder)) return said(note);
    open.push(...note.inputs);
  }
  return undefined;
}

const gradientOf = (tensor: Tensor, recorder: Recorder) => {
  const id = recorder.knownTensor(tensor);
  return id === undefined ? undefined : recorder.gradients.get(id);
};

/** Whether a gradient could go into the result of an operation from its inputs, and does not. */
const isCut = ({ inputs, output }: OpNote, { tensors }: Recorder) =>
  !tensors[output]!.requiresGrad && inputs.some((input) => tensors[input]!.requiresGrad);

function said({ op, site }: OpNote): Cut {
  if (op === tensorOps.detach)
    return { why: 'detach() cuts it off here', hint: 'Remove detach() if it should be trained.', site };
  if (op.backward === undefined || op === tensorOps.to)
    return {
      why: `${op.name} has no gradient: its output is a step function`,
      hint: 'Compute the loss from what comes before it.',
      site,
    };
  return { why: `it is computed inside noGrad()`, hint: 'Remove noGrad() if it should be trained.', site };
}

function reason(module: Module, recorder: Recorder): Cut {
  const { calls, ops, tensors } = recorder;
  const own = calls.filter((call) => call.module === module);
  const parameters = module.ownParameters().flatMap(([, parameter]) => recorder.knownTensor(parameter) ?? []);
  const uses = ops.filter(({ inputs }) => inputs.some((input) => parameters.includes(input)));
  const site = own[0]?.site ?? uses[0]?.site ?? recorder.moduleSites.get(module);
  if (own.length === 0 && uses.length === 0)
    return { why: 'it is never called', hint: 'Call it in forward, or remove it.', site };
  const start = new Set<TensorId>([...own.flatMap(({ output }) => idsIn(output)), ...uses.map(({ output }) => output)]);
  if (uses.length === 0 && module.modules().length > 1)
    return {
      why: `its own ${module
        .ownParameters()
        .map(([name]) => name)
        .join(', ')} is not used`,
      hint: 'Use it in forward, or remove it.',
      site: recorder.moduleSites.get(module) ?? site,
    };
  const outside = uses.find((use) => isCut(use, recorder));
  if (outside !== undefined) return { ...said(outside), site };
  // Forward through what it was used for, to the first operation that cuts.
  const reached = new Set(start);
  let isUsed = false;
  for (const note of ops) {
    if (!note.inputs.some((input) => reached.has(input))) continue;
    if (own.length > 0 && note.inputs.some((input) => idsIn(own[0]!.output).includes(input))) isUsed = true;
    if (isCut(note, recorder)) return said(note);
    if (tensors[note.output]!.requiresGrad) reached.add(note.output);
  }
  if (own.length > 0 && !isUsed) return { why: 'its result is not used', hint: 'Use its output, or remove it.', site };
  return {
    why: 'the loss does not depend on what it gives',
    hint: 'Follow its result to the loss: it is used for something else.',
    site,
  };
}

function idsIn(value: ValueRef | undefined): TensorId[] {
  switch (value?.kind) {
    case 'tensor':
      return [value.tensor];
    case 'list':
      return value.items.flatMap(idsIn);
    case 'dict':
      return Object.values(value.entries).flatMap(idsIn);
    default:
      return [];
  }
}
