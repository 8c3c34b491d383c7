/** Trains a model as its definition says. */
import { backward } from './autograd/backward.ts';
import { context } from './context.ts';
import { drawingFrom, streamOf } from './drawing.ts';
import { StopRun, TensightError } from './errors.ts';
import type { DefinedModel, Inputs, ModelDefinition, ModelLike, TrainResult } from './model.ts';
import { Module, writtenForward } from './nn/module.ts';
import { clipGradNorm } from './nn/utils.ts';
import { Generator } from './tensor/random.ts';
import { bind, checkPatterns, parametersOf } from './trace/bind.ts';
import { asModule, checkDefinition, evaluate, instantiate, seedOf } from './trace/definition.ts';
import { checkLoss, checkOutput } from './trace/outcome.ts';
import { toldOf } from './trace/thrown.ts';
import { notFiniteIn, type TrainingRemark, TrainingWatch } from './trainingWatch.ts';
import { checkBatch, checkOptimizer, checkResult, checkSchedule, checkTrainSection } from './trainSection.ts';

/** What may be said about one training, beside what the definition says. */
export interface TrainOptions {
  /** In place of the definition's number of steps. */
  readonly steps?: number | undefined;
  /** Told of the model, before its first step, and of how many steps there will be. */
  onStart?(model: Module, steps: number): void;
  /** Told of every step, from 0, and its loss. */
  onStep?(step: number, loss: number): void;
  /** Asked before every step; training ends there where it is true, as it does where a step throws `StopRun`. */
  cancelled?(): boolean;
  /** Told that it ended so, before `result` is asked for. */
  onStopped?(): void;
}

/** What training gives. */
export interface Trained<M extends ModelLike = ModelLike> {
  /** In evaluation mode. */
  readonly model: M;
  /** The loss at each step, before the step's correction. */
  readonly losses: readonly number[];
  /** What the definition's `result` says; empty where it says nothing, or no step was made. */
  readonly result: TrainResult;
  /** What is most likely not meant, though nothing failed: gradients that are 0, a loss that does not move. */
  readonly remarks: readonly TrainingRemark[];
  /** Whether it was cancelled: the model is as the last whole step left it. */
  readonly stopped: boolean;
}

/**
 * Makes the model and corrects its parameters step by step: forward, loss, backward, optimizer. The same seed gives the same
 * numbers. Nothing of a step is kept but its loss. Throws TensightError where there is no `train` section or no loss, and at the
 * first loss that is not finite.
 */
export function train<M extends ModelLike, I extends Inputs, T extends Inputs>(
  definition: ModelDefinition<M, I, T>,
  options: TrainOptions = {},
): Trained<M> {
  checkDefinition(definition as unknown as DefinedModel);
  const { train: how, loss: lossOf } = definition;
  if (how === undefined)
    throw new TensightError(
      'train: the model has no train section',
      'Add train: { steps: 100, optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }) } to defineModel.',
    );
  if (lossOf === undefined)
    throw new TensightError(
      'train: the model has no loss, so there is nothing to make smaller',
      'Add loss: ({ output, targets }) => … to defineModel.',
    );
  const steps = options.steps ?? how.steps;
  checkTrainSection(how as unknown as NonNullable<DefinedModel['train']>, steps);

  const before = { mode: context.mode, generator: context.generator, gradEnabled: context.gradEnabled };
  Object.assign(context, { mode: 'value', generator: new Generator(seedOf(definition)), gradEnabled: true });
  try {
    const model = instantiate(definition as unknown as DefinedModel);
    const root = model instanceof Module ? model : asModule(model);
    const forward = model instanceof Module ? writtenForward(model) : model;
    const parameters = parametersOf(forward);
    const sample = {
      inputs: evaluate(definition as unknown as DefinedModel, 'inputs') as I,
      targets: evaluate(definition as unknown as DefinedModel, 'targets') as T,
    };
    const learnt = root.parameters();
    const optimizer: unknown = how.optimizer(learnt);
    checkOptimizer(optimizer);
    const scheduler = how.schedule?.(optimizer);
    if (how.schedule !== undefined) checkSchedule(scheduler);
    const losses: number[] = [];
    const batches = streamOf(seedOf(definition), 'batch');
    const watch = new TrainingWatch(root, optimizer, scheduler !== undefined);
    watch.start();
    let given: Inputs = sample.inputs;
    const makeStep = (step: number) => {
      watch.beginStep();
      const fresh = drawingFrom(batches, () => how.batch?.(step));
      if (how.batch !== undefined) checkBatch(fresh);
      const { inputs, targets } = { ...sample, ...fresh };
      given = inputs;
      const { args } = bind(inputs, parameters);
      checkPatterns(root.constructor.name, forward, args);
      const output = root.forward(...args);
      checkOutput(output, `${root.constructor.name}.forward`);
      const loss = lossOf({ output: output as never, inputs, targets, model: model as M });
      const value = numberOf(loss, step, { ...inputs, ...targets });
      watch.lookAtGraph(step, loss);
      optimizer.zeroGrad();
      backward(loss);
      watch.lookAtGradients(step, steps);
      if (how.clipGradNorm !== undefined) clipGradNorm(learnt, how.clipGradNorm);
      optimizer.step();
      losses.push(value);
      scheduler?.step(value);
      options.onStep?.(step, value);
    };
    options.onStart?.(root, steps);
    root.train();
    let stopped = false;
    for (let step = 0; step < steps && !stopped; step++) {
      try {
        if (options.cancelled?.()) stopped = true;
        else makeStep(step);
      } catch (error) {
        if (!(toldOf(error).error instanceof StopRun)) throw error;
        stopped = true;
      }
    }
    if (!stopped) watch.end(losses, given);
    optimizer.zeroGrad();
    root.eval();
    if (stopped) options.onStopped?.();
    const trained = { model: model as M, losses };
    const result = losses.length === 0 ? undefined : how.result?.(trained);
    checkResult(result);
    return {
      ...trained,
      result: result ?? {},
      remarks: watch.remarks,
      stopped,
    };
  } finally {
    Object.assign(context, before);
  }
}

/** The value of a loss that can be trained with. */
function numberOf(loss: unknown, step: number, data: Inputs): number {
  checkLoss(loss, 'train: ');
  const value = loss.item();
  const source = step === 0 && !Number.isFinite(value) ? notFiniteIn(data) : undefined;
  if (source !== undefined)
    throw new TensightError(
      `train: the loss is ${value} at step 1, because ${source} holds numbers that are not finite`,
      'Look at where it is read or made.',
    );
  if (!Number.isFinite(value))
    throw new TensightError(
      `train: the loss is ${value} at step ${step + 1}`,
      step === 0
        ? 'No step was taken yet: the initial parameters give it. Run Backward, or inspect --backward, shows which tensor has the first NaN.'
        : 'Use a smaller learning rate, or clipGradNorm: 1 in the train section.',
    );
  return value;
}
