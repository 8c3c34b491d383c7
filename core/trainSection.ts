/** Whether a definition's `train` section can be followed, and what its functions gave; where not, what was expected and what came. */
import { TensightError } from './errors.ts';
import { inWords, isClass, unquoted } from './inWords.ts';
import type { DefinedModel, Inputs } from './model.ts';
import { Module } from './nn/module.ts';
import { type AnyOptimizer, Optimizer } from './optim/optimizer.ts';
import { Tensor } from './tensor/tensor.ts';
import { checkNames } from './trace/definition.ts';

type Section = NonNullable<DefinedModel['train']>;

const anOptimizer = 'Write optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }).';

/** Throws TensightError where a part of it is missing or of another kind; `steps` stands in place of its own number. */
export function checkTrainSection(how: Section, steps: unknown = how.steps): void {
  if (!isDict(how)) throw expected('train', how, 'a section', 'Write train: { steps: 100, optimizer: … }.');
  if (how.optimizer === undefined) throw new TensightError('train: there is no optimizer', anOptimizer);
  if (typeof how.optimizer !== 'function' || isClass(how.optimizer))
    throw expected('train', how.optimizer, 'a function for optimizer', anOptimizer);
  if (!(typeof steps === 'number' && Number.isInteger(steps) && steps >= 1))
    throw new TensightError(
      `train: expected a whole number of 1 or more for steps, got ${typeof steps === 'number' ? steps : inWords(steps)}`,
      unquoted(steps) ?? 'Write steps: 100.',
    );
  const functions = {
    batch: '(step) => ({ inputs: { … } })',
    schedule: '(optimizer) => new optim.StepLR(optimizer, { stepSize: 10 })',
  };
  for (const [name, form] of Object.entries({ ...functions, result: '({ model, losses }) => ({ … })' })) {
    const given: unknown = how[name as keyof Section];
    if (given !== undefined && (typeof given !== 'function' || isClass(given)))
      throw expected('train', given, `a function for ${name}`, `Write ${name}: ${form}.`);
  }
  if (how.result !== undefined) checkNames('train: result', how.result, ['model', 'losses']);
  const norm: unknown = how.clipGradNorm;
  if (norm !== undefined && !(typeof norm === 'number' && norm > 0))
    throw new TensightError(
      `train: expected a number above 0 for clipGradNorm, got ${typeof norm === 'number' ? norm : inWords(norm)}`,
      'It is the largest norm that all gradients together may have: clipGradNorm: 1. Leave it out where there is no limit.',
    );
}

/** Throws TensightError unless the function `optimizer` gave one. */
export function checkOptimizer(given: unknown): asserts given is AnyOptimizer {
  if (!(given instanceof Optimizer)) throw expected('train: optimizer', given, 'an optimizer', anOptimizer);
}

/** Throws TensightError unless the function `schedule` gave what has a method `step`. */
export function checkSchedule(given: unknown): void {
  if (typeof given === 'object' && given !== null && typeof (given as { step?: unknown }).step === 'function') return;
  throw expected(
    'train: schedule',
    given,
    'a schedule of optim',
    'Write schedule: (optimizer) => new optim.StepLR(optimizer, { stepSize: 10 }).',
  );
}

/** Throws TensightError unless the function `batch` gave inputs, targets or both, by name. */
export function checkBatch(given: unknown): asserts given is { inputs?: Inputs; targets?: Inputs } {
  const form = 'Write batch: (step) => ({ inputs: { x: … }, targets: { y: … } }).';
  if (!isDict(given)) throw expected('train: batch', given, 'inputs and targets', form);
  for (const [name, value] of Object.entries(given)) {
    if (name !== 'inputs' && name !== 'targets')
      throw new TensightError(`train: batch returned ${name}; expected inputs and targets`, form);
    if (value !== undefined && !isDict(value))
      throw new TensightError(`train: batch returned ${inWords(value)} for ${name}; expected tensors by name`, form);
  }
}

/** Throws TensightError unless the function `result` gave numbers and texts by name, or nothing. */
export function checkResult(given: unknown): void {
  if (given === undefined || isDict(given)) return;
  throw expected(
    'train: result',
    given,
    'numbers and texts by name',
    'Write result: ({ losses }) => ({ steps: losses.length }).',
  );
}

/** Anything with fields that is not a thing of its own kind. */
function isDict(value: unknown): value is object {
  const kinds = [Tensor, Module, Array, Map, Set, Promise];
  return typeof value === 'object' && value !== null && !kinds.some((kind) => value instanceof kind);
}

function expected(who: string, given: unknown, what: string, hint: string): TensightError {
  const came = inWords(given);
  const isCall = who !== 'train';
  return new TensightError(
    isCall ? `${who} returned ${came}; expected ${what}` : `${who}: expected ${what}, got ${came}`,
    came === 'a promise' ? 'Remove async and await: training runs synchronously.' : hint,
  );
}
