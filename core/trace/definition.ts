/** From what `defineModel` was given to what can be run: a module, its inputs, a number to differentiate. */

import { drawingFrom, streamOf } from '../drawing.ts';
import { TensightError } from '../errors.ts';
import { integer } from '../format/numbers.ts';
import { inWords, isClass } from '../inWords.ts';
import type { DefinedModel, Inputs, ModelLike } from '../model.ts';
import { nearest } from '../nearest.ts';
import { isModule, Module } from '../nn/module.ts';
import { add } from '../ops/elementwise.ts';
import { sum } from '../ops/reduce.ts';
import { formatShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { namesTaken, parametersOf } from './bind.ts';
import { tensorsOf } from './values.ts';

/** What `model` gives, if it can be one. */
export function instantiate(definition: DefinedModel): ModelLike {
  if (typeof definition.model !== 'function')
    throw new TensightError(
      'defineModel: expected a function that makes the model',
      'Write model: () => new MyModel().',
    );
  if (isClass(definition.model))
    throw new TensightError(
      'defineModel: model is a class; expected a function that makes the model',
      `Write model: () => new ${definition.model.name || 'MyModel'}().`,
    );
  if (definition.model.length > 0)
    throw new TensightError(
      'defineModel: model takes arguments; expected a function without any, that makes the model',
      'For a plain function of tensors write model: () => (x) => ….',
    );
  const model: unknown = definition.model();
  if (model instanceof Module || (typeof model === 'function' && !isClass(model))) return model as ModelLike;
  throw new TensightError(
    `defineModel: expected a module or a function from model, got ${inWords(model)}`,
    'Write model: () => new MyModel(), or, for a plain function of tensors, model: () => (x) => ….',
  );
}

/** Throws TensightError where a definition says what none can say: a misspelt name would be left out without a word. */
export function checkDefinition(definition: DefinedModel): void {
  checkArguments('defineModel', [{ ...definition }]);
  const { train } = definition;
  checkLossFunction(definition.loss);
  if (typeof train === 'object' && train !== null) checkArguments('defineModel’s train', [train]);
}

/** PyTorch's losses take output and target, one after the other. */
function checkLossFunction(loss: unknown): void {
  const isFunction = typeof loss === 'function' && !isClass(loss);
  const given = ['output', 'inputs', 'targets', 'model'];
  if (isFunction) checkNames('loss', loss as never, given);
  // `(output) => output.mean()`: all of it goes by the name of a part. Brackets come with the probes.
  const [whole] = isFunction && loss.length === 1 ? parametersOf(loss as never) : [];
  if (
    whole !== undefined &&
    given.includes(whole) &&
    !new RegExp(`\\b${whole}[)\\s]*\\.(?:${given.join('|')})\\b`).test(String(loss))
  )
    throw new TensightError(
      `defineModel: loss takes one object, { output, inputs, targets, model }, which is called ${whole} here`,
      `Write loss: ({ ${whole} }) => …, with braces.`,
    );
  if (loss === undefined || (isFunction && loss.length < 2)) return;
  const hint = 'Write loss: ({ output, targets }) => nn.functional.crossEntropy(output, targets.y).';
  throw isFunction
    ? new TensightError('defineModel: loss takes one object, { output, inputs, targets, model }', hint)
    : new TensightError(`defineModel: expected a function for loss, got ${inWords(loss)}`, hint);
}

/** Throws TensightError where a function takes by name what the object it gets does not have: it would be undefined. */
export function checkNames(what: string, of: (...args: never[]) => unknown, given: readonly string[]): void {
  const unknown = namesTaken(of).find((name) => !given.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, given);
  throw new TensightError(
    `${what} takes ${unknown}, which it is not given; it is given ${given.slice(0, -1).join(', ')} and ${given.at(-1)}`,
    meant === undefined
      ? `Write ${what.replace('train: ', '')}: ({ ${given.join(', ')} }) => …, with those it needs.`
      : `Write ${meant}.`,
  );
}

/** The seed a definition says, 0 where it says none. */
export function seedOf({ seed = 0 }: Pick<DefinedModel, 'seed'>): number {
  if (typeof seed === 'number') return seed;
  throw new TensightError(`defineModel: expected a number for seed, got ${inWords(seed)}`, 'Write seed: 1.');
}

/** A definition's inputs or targets, drawn from a stream of their own. */
export function evaluate(
  definition: Pick<DefinedModel, 'inputs' | 'targets' | 'seed'>,
  what: 'inputs' | 'targets',
): Inputs {
  const inputs = what === 'targets' ? (definition.targets ?? {}) : definition.inputs;
  const given: unknown =
    typeof inputs === 'function' ? drawingFrom(streamOf(seedOf(definition), what), inputs) : inputs;
  const kinds = [Tensor, Module, Array, Map, Set, Promise];
  if (typeof given === 'object' && given !== null && !kinds.some((kind) => given instanceof kind))
    return given as Inputs;
  const gave = typeof inputs === 'function' ? 'gave' : 'is';
  throw new TensightError(
    `defineModel: ${what} ${gave} ${inWords(given)}; expected tensors by name`,
    what === 'inputs' ? 'Write inputs: { x: randn([2, 4]) }.' : 'Write targets: { y: randn([2, 4]) }.',
  );
}

/** Throws TensightError where a module does not say what it computes. */
export function checkForward(root: Module): void {
  if (typeof root.forward === 'function') return;
  const name = root.constructor.name || 'the module';
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(root)).filter((key) => key !== 'constructor');
  const near = nearest('forward', own);
  throw new TensightError(
    `${name}: expected a method forward, which computes its output`,
    near === undefined ? 'Write forward(x: Tensor) { … }.' : `It has ${near}: write forward, as it is spelt here.`,
  );
}

/** As deep as Python's calls may be: paths of layers grow with their depth, and all of them are shown. */
const deepest = 1000;

/** Throws TensightError where layers hold layers too often. */
export function checkDepth(root: Module): void {
  const seen = new Set<Module>([root]);
  let level = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest)
      throw new TensightError(
        `${root.constructor.name || 'the model'}: its layers are nested more than ${integer(deepest)} deep`,
        'Keep them beside each other, in an nn.Sequential or an nn.ModuleList, or use fewer.',
      );
    const next: Module[] = [];
    // What only looks like a layer is told of where layers are listed.
    for (const module of level.filter(isModule))
      for (const [, child] of module.namedChildren()) if (seen.size < seen.add(child).size) next.push(child);
    level = next;
  }
}

/** A plain function of tensors counts as a model of one module. */
export function asModule(forward: (...args: never[]) => unknown): Module {
  const name = forward.name && forward.name !== 'model' ? forward.name : 'Function';
  const named = {
    [name]: class extends Module {
      forward(...args: unknown[]): unknown {
        return forward(...(args as never[]));
      }
    },
  }[name]!;
  const module = new named();
  functions.add(module);
  return module;
}

const functions = new WeakSet<Module>();

/** Whether it stands for a function that is a model. */
export function isFunction(module: Module): boolean {
  return functions.has(module);
}

/** Where a model defines no loss, gradients are of the sum of its outputs. */
export function sumOf(output: unknown): Tensor {
  const tensors = tensorsOf(output);
  const parts = tensors.filter((tensor) => tensor.requiresGrad).map((tensor) => sum(tensor));
  if (tensors.length > 0 && tensors.every(({ dtype }) => dtype !== 'f32'))
    throw new TensightError(
      `backward: the output is ${formatShape(tensors[0]!)} of ${tensors[0]!.dtype}, and only floats have gradients`,
      'Return what it was chosen or compared from, such as the logits, beside it.',
    );
  if (parts.length === 0)
    throw new TensightError(
      'backward: the output depends on no parameter, so there is no gradient to compute',
      'Give the model a parameter (nn.Linear, new nn.Parameter(…)), or an input made with { requiresGrad: true }.',
    );
  return parts.reduce((a, b) => add(a, b));
}

export function nameOf(exportName: string, root: Module | undefined, file: string): string {
  if (exportName !== 'default') return exportName;
  return root?.constructor.name ?? file.slice(file.lastIndexOf('/') + 1);
}
