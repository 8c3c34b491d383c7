import { TensightError } from './errors.ts';
import { inWords } from './inWords.ts';
import type { Module, Parameter } from './nn/module.ts';
import type { AnyOptimizer } from './optim/optimizer.ts';
import type { Tensor } from './tensor/tensor.ts';

/** What can be a model: a module, or a plain function of tensors. */
// biome-ignore lint/suspicious/noExplicitAny: any arguments are allowed; `never[]` would refuse to be called
export type ModelLike = Module | ((...args: any[]) => unknown);

/** What a model gives back: the result of its `forward`. */
export type OutputOf<M> = M extends {
  /** The module's own. */
  forward(...args: never[]): infer R;
}
  ? R
  : M extends (...args: never[]) => infer R
    ? R
    : never;

/** Named inputs of a model: tensors, and numbers, booleans and null, which are handed on as they are. */
export type Inputs = Readonly<Record<string, Tensor | number | boolean | null>>;

/** What training came to, by name: `{ accuracy: 0.97, written: 'the cat sat' }`. */
export type TrainResult = Readonly<Record<string, number | string>>;

/** How a model is trained. */
export interface TrainDefinition<
  M extends ModelLike = ModelLike,
  I extends Inputs = Inputs,
  T extends Inputs = Inputs,
> {
  /** How often all parameters are corrected. */
  steps: number;
  /** Makes the optimizer: `(parameters) => new optim.Adam(parameters, { lr: 0.01 })`. */
  optimizer: (parameters: Parameter[]) => AnyOptimizer;
  /** Fresh data for a step, counted from 0; the sample's inputs or targets by default. Drawn from a stream of its own, which goes on from step to step. */
  batch?: (step: number) => {
    /** In place of the sample's inputs. */
    inputs?: I;
    /** In place of the sample's targets. */
    targets?: T;
  };
  /** Changes the learning rate after each step; any of `optim`'s. `step` is told the loss. */
  schedule?: (optimizer: AnyOptimizer) => {
    /** Called after each of the optimizer's own steps. */
    step(loss: number): void;
  };
  /** Gradients longer than this, all taken together, are scaled down to it. */
  clipGradNorm?: number;
  /** What was learnt, in a few numbers or texts. Called at the end with the model in evaluation mode: try it on something it has not seen. */
  result?: (trained: { model: M; losses: readonly number[] }) => TrainResult;
}

/** What `defineModel` is told: the model, a sample to look at, and how wrong its output is. */
export interface ModelDefinition<
  M extends ModelLike = ModelLike,
  I extends Inputs = Inputs,
  T extends Inputs = Inputs,
> {
  /** Shown in the editor; the export's name by default. */
  name?: string;
  /** Makes the model. Called afresh, under the seed, for every run. */
  model: () => M;
  /** A sample to look at, handed to the parameters of `forward` by name; in this order where a name is no parameter's. */
  inputs: I | (() => I);
  /** What the loss compares with; not handed to `forward`. */
  targets?: T | (() => T);
  /** One number that says how wrong the output is; `backward` starts here. */
  loss?: (run: { output: OutputOf<M>; inputs: I; targets: T; model: M }) => Tensor;
  /**
   * Where random numbers start; 0 by default. `model` draws what PyTorch draws after `torch.manual_seed(seed)` on a processor, in the order of the
   * constructors, and its forward passes go on from there (dropout). `inputs`, `targets` and `batch` draw from streams of their own: seed + 1,000,000,
   * + 2,000,000 and + 3,000,000.
   */
  seed?: number;
  /** Runs in evaluation mode (no dropout) where false. Default true, as a fresh PyTorch module. */
  training?: boolean;
  /** How the model is trained; the lens *Train* above it does it, and `tensight train`. */
  train?: TrainDefinition<M, NoInfer<I>, NoInfer<T>>;
}

/** What `defineModel` gives back: export it, and the editor finds it. */
export interface DefinedModel<M extends ModelLike = ModelLike, I extends Inputs = Inputs, T extends Inputs = Inputs>
  extends ModelDefinition<M, I, T> {
  /** Tells it from other objects. */
  readonly [definedModel]: true;
}

const definedModel: unique symbol = Symbol.for('tensight.definedModel') as never;

/** Declares a model for Tensight to look into. Export the result, as default or by name; a file may export several. */
export function defineModel<M extends ModelLike, I extends Inputs, T extends Inputs = Record<string, never>>(
  definition: ModelDefinition<M, I, T>,
): DefinedModel<M, I, T> {
  const given: unknown = definition;
  const isModel = typeof (given as { readonly forward?: unknown } | null)?.forward === 'function';
  if (typeof given !== 'object' || given === null || isModel)
    throw new TensightError(
      `defineModel: expected an object with a model and its inputs, got ${inWords(given)}`,
      `Write defineModel({ model: () => ${isModel ? `new ${given!.constructor.name || 'MyModel'}()` : 'new MyModel()'}, inputs: { x: randn([2, 4]) } }).`,
    );
  return { ...definition, [definedModel]: true };
}

/** Whether a value came from `defineModel`. */
export function isDefinedModel(value: unknown): value is DefinedModel {
  try {
    return typeof value === 'object' && value !== null && definedModel in value;
  } catch {
    // A proxy that refuses to be looked at.
    return false;
  }
}
