/**
 * Runs the models of one file, for shapes or for values, and hands back the trace and the tensors it speaks of. Knows
 * nothing of files or threads: `load` evaluates the program, the caller owns time and memory limits.
 */
import { backward } from '../autograd/backward.ts';
import { context } from '../context.ts';
import { NeedsValueError, StopRun, TensightError } from '../errors.ts';
import { type DefinedModel, isDefinedModel } from '../model.ts';
import { Module, observeForward, type StateDict, writtenForward } from '../nn/module.ts';
import { Generator } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { bind, parametersOf } from './bind.ts';
import { asModule, evaluate, made, nameOf, sumOf } from './definition.ts';
import { finish } from './finish.ts';
import { notANumber } from './notANumber.ts';
import { Probe } from './probe.ts';
import { type Located, problemOf } from './problem.ts';
import { type Phase, Recorder } from './recorder.ts';
import { noModel, remark, where } from './remarks.ts';
import type { FileTrace, ModelTrace, Problem, RunMode, Site, SiteId, TrainedFor, ValueRef } from './trace.ts';
import { refOf } from './values.ts';

export interface RunOptions {
  readonly file: string;
  readonly run: number;
  readonly mode: RunMode;
  /** Only the model of this export. */
  readonly model?: string | undefined;
  /** Stop once every call of these module paths is done. */
  readonly until?: readonly string[] | undefined;
  /** Whether a shape run that needs a value may become a value run. */
  readonly fallback: boolean;
  /** Bytes. */
  readonly memoryLimit: number;
  readonly sites: readonly Site[];
  /** Parameters to run the model of this export with, in place of those that `model()` makes. Asked in value runs only. */
  trained?(exportName: string): (TrainedFor & { readonly state: StateDict }) | undefined;
  /** Evaluates the file afresh with this probe and returns its exports. Called once or more for each model. */
  load(probe: Probe): Record<string, unknown>;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Asked before every operation. */
  cancelled?(): boolean;
  progress?(phase: Phase, ops: number, bytes: number): void;
  /** Where in the person's files an error was thrown, from its stack. */
  locate?(error: Error): Located | undefined;
}

/** The tensors of one model's run, by `TensorRecord.id`. */
export interface HeldModel {
  readonly tensors: readonly Tensor[];
  /** ∂L/∂tensor, by the same id. */
  readonly gradients: ReadonlyMap<number, Tensor>;
}

export interface RunResult {
  readonly trace: FileTrace;
  readonly held: readonly HeldModel[];
}

export function runFile(options: RunOptions): RunResult {
  const started = options.now();
  const problems: Problem[] = [];
  const models: ModelTrace[] = [];
  const held: HeldModel[] = [];
  let names: readonly string[] | undefined;
  for (let i = 0; names === undefined || i < names.length; i++) {
    const result = new ModelRun(options, names?.[i]).execute();
    problems.push(...result.problems);
    if (names === undefined) names = result.names;
    if (result.trace !== undefined && result.held !== undefined) {
      models.push(result.trace);
      held.push(result.held);
    }
    if (result.names.length === 0) break;
  }
  const trace: FileTrace = {
    format: 'tensight-trace',
    version: 1,
    file: options.file,
    run: options.run,
    mode: options.mode,
    models,
    sites: options.sites,
    problems: unique(problems),
    ms: options.now() - started,
  };
  return { trace, held };
}

/** A mistake in what several models share is one mistake. */
function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = JSON.stringify([problem.site, problem.range, problem.file, problem.message]);
    return seen.size < seen.add(key).size;
  });
}

interface ModelResult {
  /** Export names of all models of the file. */
  readonly names: readonly string[];
  readonly trace: ModelTrace | undefined;
  readonly held: HeldModel | undefined;
  readonly problems: readonly Problem[];
}

/** One model, once (twice where a shape run needs values). The file is evaluated afresh, so that models do not share state. */
class ModelRun {
  #names: readonly string[] = [];
  /** Export names of every model of the file, also those not asked for. */
  #exported: readonly string[] = [];

  constructor(
    private readonly options: RunOptions,
    private readonly exportName: string | undefined,
  ) {}

  execute(): ModelResult {
    const asked = this.options.mode;
    const first = this.#attempt(asked, undefined);
    if (first.needsValue === undefined) return first;
    if (this.options.fallback) {
      const executed = this.#attempt('forward', first.needsValue.text);
      return { ...executed, problems: [...executed.problems, first.needsValue.note] };
    }
    return first;
  }

  #attempt(
    mode: RunMode,
    fallback: string | undefined,
  ): ModelResult & { needsValue?: { text: string; note: Problem } } {
    const { options } = this;
    const counts = mode !== 'shape' && options.until !== undefined ? this.#countCalls(options.until) : undefined;
    const probe = new Probe();
    const recorder = this.#recorder(probe, mode !== 'shape');
    const before = {
      mode: context.mode,
      observer: context.observer,
      generator: context.generator,
      gradEnabled: context.gradEnabled,
    };
    context.mode = mode === 'shape' ? 'shape' : 'value';
    context.observer = recorder;
    context.gradEnabled = true;
    context.generator = new Generator(0);

    const problems: Problem[] = [];
    const started = options.now();
    const run: Progress = { exportName: '', inputs: [], missing: [], remarks: [], complete: false };
    let needsValue: { text: string; note: Problem } | undefined;
    let definition: DefinedModel | undefined;
    try {
      [run.exportName, definition] = this.#define(probe);
      if (definition !== undefined) this.#run(definition, mode, recorder, counts, run);
      else problems.push(noModel(options.file, options.model, this.#exported));
    } catch (error) {
      if (error instanceof StopRun && error.reason === 'reached') run.stoppedAt = options.until?.join(', ');
      else if (error instanceof NeedsValueError && mode === 'shape') {
        const problem = problemOf(error, probe, recorder, options.locate);
        const { hint: _, ...rest } = problem;
        const message =
          'the shapes were found by running the model, because a value is read here: a branch that was not taken was not seen';
        needsValue = { text: where(problem, options.sites), note: { ...rest, severity: 'info', message } };
        if (!options.fallback) problems.push(problem);
      } else {
        const problem = problemOf(error, probe, recorder, options.locate);
        // Nothing of the person's own was being evaluated: the model's definition is the nearest place there is.
        const lacks = run.missing.length > 0 && problem.hint === undefined && recorder.phase === 'forward';
        const homeless = problem.site === undefined && problem.range === undefined && run.site !== undefined;
        problems.push({
          ...problem,
          ...(homeless ? { site: run.site! } : {}),
          ...(lacks ? { hint: `defineModel's inputs give forward no ${run.missing.join(' and no ')}.` } : {}),
        });
      }
    } finally {
      recorder.phase = 'statistics';
      context.observer = undefined;
      problems.push(...run.remarks);
    }
    try {
      options.progress?.('statistics', recorder.ops.length, recorder.bytes);
      if (definition === undefined) return { names: this.#names, trace: undefined, held: undefined, problems };
      const trace = finish(recorder, {
        name: definition.name ?? nameOf(run.exportName, run.root, options.file),
        exportName: run.exportName,
        site: run.site,
        seed: definition.seed ?? 0,
        train: definition.train,
        trained: run.trained,
        executed: mode !== 'shape',
        fallback,
        root: run.root,
        inputs: run.inputs,
        output: run.output,
        loss: run.loss,
        complete: run.complete,
        stoppedAt: run.stoppedAt,
        ms: mode === 'shape' ? undefined : options.now() - started,
      });
      const nan = mode === 'shape' ? undefined : notANumber(trace);
      if (nan !== undefined) problems.push(nan);
      const held = { tensors: recorder.tensors, gradients: recorder.gradients };
      return { names: this.#names, trace, held, problems, ...(needsValue === undefined ? {} : { needsValue }) };
    } finally {
      Object.assign(context, before);
    }
  }

  #recorder(probe: Probe, timed: boolean): Recorder {
    const { options } = this;
    return new Recorder({
      probe,
      timed,
      memoryLimit: options.memoryLimit,
      now: () => options.now(),
      cancelled: () => options.cancelled?.() ?? false,
      progress: (phase, ops, bytes) => options.progress?.(phase, ops, bytes),
    });
  }

  /** Evaluates the file and picks this run's model. */
  #define(probe: Probe): [string, DefinedModel | undefined] {
    const exports = this.options.load(probe);
    const models = Object.entries(exports).filter((entry): entry is [string, DefinedModel] => isDefinedModel(entry[1]));
    // `export { m as default, m }` is one model.
    const unique = models.filter(([, model], i) => models.findIndex(([, other]) => other === model) === i);
    this.#exported = unique.map(([name]) => name);
    const wanted = this.options.model;
    const chosen = wanted === undefined ? unique : unique.filter(([name]) => name === wanted);
    this.#names = chosen.map(([name]) => name);
    const pick = chosen.find(([name]) => name === this.exportName) ?? chosen[0];
    return pick ?? ['', undefined];
  }

  /** Trained parameters take the place of the initial ones; where they no longer fit, that is said. */
  #loadTrained(root: Module, run: Progress): void {
    const { observer } = context;
    // What was trained is no part of the run.
    context.observer = undefined;
    try {
      const trained = this.options.trained?.(run.exportName);
      if (trained === undefined) return;
      root.loadStateDict(trained.state);
      run.trained = { steps: trained.steps, earlierText: trained.earlierText };
    } catch (error) {
      if (!(error instanceof TensightError)) throw error;
      const message = `ran with initial parameters: the trained ones no longer fit (${error.message})`;
      run.remarks.push(remark('warning', message, 'Train the model again.', run.site));
    } finally {
      context.observer = observer;
    }
  }

  /** How often a shape run calls each of these modules: what a run that stops behind them has to wait for. */
  #countCalls(until: readonly string[]): ReadonlyMap<string, number> | undefined {
    const counted = new ModelRun(
      { ...this.options, mode: 'shape', until: undefined, fallback: false },
      this.exportName,
    ).execute();
    const modules = counted.trace?.complete
      ? counted.trace.modules.filter((module) => until.includes(module.path))
      : [];
    return modules.length === 0 ? undefined : new Map(modules.map((module) => [module.path, module.calls.length]));
  }

  #run(
    definition: DefinedModel,
    mode: RunMode,
    recorder: Recorder,
    counts: ReadonlyMap<string, number> | undefined,
    run: Progress,
  ): void {
    run.site = recorder.definitionSite(definition);
    context.generator = new Generator(definition.seed ?? 0);
    const model = made(definition);
    const root = model instanceof Module ? model : asModule(model);
    run.root = root;
    if (mode !== 'shape') this.#loadTrained(root, run);
    for (const [, module] of root.namedModules()) observeForward(module);
    if (definition.training === false) root.eval();

    const inputs = evaluate(definition.inputs);
    const targets = evaluate(definition.targets ?? {});
    for (const [name, value] of [...Object.entries(inputs), ...Object.entries(targets)]) {
      const ref =
        refOf(value, recorder) ??
        (typeof value === 'number' ? ({ kind: 'number', value } as const) : ({ kind: 'other' } as const));
      run.inputs.push({ name, value: ref });
    }

    recorder.phase = 'forward';
    if (counts !== undefined && mode !== 'backward') {
      const paths = new Map(root.namedModules().map(([path, module]) => [path, module]));
      recorder.remaining = new Map(
        [...counts].flatMap(([path, n]) => (n > 0 && paths.has(path) ? [[paths.get(path)!, n] as const] : [])),
      );
      if (recorder.remaining.size === 0) recorder.remaining = undefined;
    }
    const parameters = parametersOf(model instanceof Module ? writtenForward(root) : (model as () => unknown));
    const { args, missing, doubt } = bind(inputs, parameters);
    if (doubt !== undefined)
      run.remarks.push(remark('warning', doubt, 'Name the inputs as the parameters are named.', run.site));
    run.missing = missing;
    const output = root.forward(...args);
    run.output = refOf(output, recorder);
    if (output === undefined)
      run.remarks.push(
        remark('warning', `${root.constructor.name}.forward returned nothing`, 'Let it end with: return …;', run.site),
      );

    recorder.phase = 'loss';
    const loss = definition.loss?.({ output: output as never, inputs, targets, model });
    if (loss !== undefined) run.loss = { tensor: loss, source: 'defined' };
    if (mode === 'backward') {
      const from = loss ?? sumOf(output);
      run.loss ??= { tensor: from, source: 'sum of output' };
      recorder.phase = 'backward';
      backward(from);
    }
    run.complete = true;
  }
}

/** What a run has got to; read even when it failed half-way. */
interface Progress {
  exportName: string;
  root?: Module;
  trained?: TrainedFor | undefined;
  site?: SiteId | undefined;
  inputs: { name: string; value: ValueRef }[];
  output?: ValueRef | undefined;
  loss?: { tensor: Tensor; source: 'defined' | 'sum of output' };
  /** Parameters of `forward` that no input is for. */
  missing: readonly string[];
  /** What is odd, though nothing failed. */
  readonly remarks: Problem[];
  complete: boolean;
  stoppedAt?: string | undefined;
}
