/** One model of a file, run once: made, called, its loss taken, walked back through; and what there is to say of it, however far it came. */

import { backward } from '../autograd/backward.ts';
import { context } from '../context.ts';
import { NeedsValueError, StopRun, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { type DefinedModel, isDefinedModel } from '../model.ts';
import { Module, observeForward, writtenForward } from '../nn/module.ts';
import { Generator } from '../tensor/random.ts';
import { takeMiss } from '../usage/members.ts';
import { oddAttention } from './attention.ts';
import { bind, checkPatterns, parametersOf } from './bind.ts';
import { Changes } from './changes.ts';
import { cutBehind, cutOff } from './cutOff.ts';
import {
  asModule,
  checkDefinition,
  checkDepth,
  checkForward,
  evaluate,
  instantiate,
  nameOf,
  seedOf,
  sumOf,
} from './definition.ts';
import { constantSum, doubts } from './doubts.ts';
import { finish } from './finish.ts';
import { notANumber } from './notANumber.ts';
import { checkLoss, checkOutput } from './outcome.ts';
import { outside } from './outside.ts';
import { Probe } from './probe.ts';
import { problemOf } from './problem.ts';
import { type Failure, insideOf, type Progress, placed } from './progress.ts';
import { Recorder } from './recorder.ts';
import { alwaysTrue, divisions, noModel, notTaken, remark, tuples, where } from './remarks.ts';
import type { HeldModel, RunOptions } from './runOptions.ts';
import { cut, toldOf } from './thrown.ts';
import type { ModelTrace, Problem, RunMode } from './trace.ts';
import { refOf } from './values.ts';

const longestName = 200;

export interface ModelResult {
  /** Export names of all models of the file. */
  readonly names: readonly string[];
  readonly trace: ModelTrace | undefined;
  readonly held: HeldModel | undefined;
  readonly problems: readonly Problem[];
}

/** One model, once (twice where a shape run needs values). The file is evaluated afresh, so that models do not share state. */
export class ModelRun {
  #names: readonly string[] = [];
  /** Export names of every model of the file, also those not asked for. */
  #exported: readonly string[] = [];
  #changes = new Changes(undefined);

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

  #attempt(mode: RunMode, fallback: string | undefined): ModelResult & Pick<Failure, 'needsValue'> {
    const { options } = this;
    const counts = mode !== 'shape' && options.until !== undefined ? this.#countCalls(options.until) : undefined;
    const probe = new Probe();
    const recorder = this.#recorder(probe, mode !== 'shape');
    // What another run asked for in vain is no cause of what goes wrong in this one.
    takeMiss();
    const before = {
      mode: context.mode,
      observer: context.observer,
      generator: context.generator,
      kept: context.kept,
      gradEnabled: context.gradEnabled,
    };
    context.mode = mode === 'shape' ? 'shape' : 'value';
    context.observer = recorder;
    context.gradEnabled = true;
    context.generator = new Generator(0);
    context.kept = options.mode === 'shape' ? undefined : options.kept;

    const problems: Problem[] = [];
    const changes = new Changes(options.settle);
    this.#changes = changes;
    const started = options.now();
    const run: Progress = { exportName: '', inputs: [], missing: [], remarks: [], complete: false };
    let definition: DefinedModel | undefined;
    let failure: Failure = {};
    try {
      try {
        // What the file makes for other models is in the first one's trace.
        recorder.shelving = this.exportName !== undefined;
        const picked = this.#define(probe);
        recorder.shelving = false;
        if (picked !== undefined) run.exportName = picked[0];
        definition = picked?.[1];
        if (definition !== undefined) this.#run(definition, mode, recorder, counts, run);
        else problems.push(noModel(options.file, options.model, this.#exported));
      } catch (error) {
        // Before anything else is done: the model may have changed what everything else is done with.
        changes.settle();
        failure = this.#failed(error, mode, probe, recorder, run, changes);
      }
      changes.settle();
      recorder.phase = 'statistics';
      context.observer = undefined;
      // The model is over: whoever stopped it need not end the engine, which would lose what ran.
      options.progress?.('statistics', recorder.ops.length, recorder.bytes);
      for (const { message, hint, site } of recorder.remarks.values())
        run.remarks.push(remark('warning', message, hint, site ?? run.site));
      try {
        run.remarks.push(...this.#remarks(mode, recorder, run));
      } catch (error) {
        // A module that cannot be asked what it consists of.
        changes.settle();
        probe.reset();
        if (failure.problem === undefined)
          failure = { ...failure, problem: placed(problemOf(error, probe, recorder, options.locate, changes), run) };
      }
      problems.push(...(failure.problem === undefined ? [] : [failure.problem]), ...run.remarks);
      options.progress?.('statistics', recorder.ops.length, recorder.bytes);
      const nothing = { names: this.#names, trace: undefined, held: undefined, problems };
      if (definition === undefined) return nothing;
      let trace: ModelTrace;
      try {
        trace = this.#finish(recorder, definition, mode, fallback, run, options.now() - started);
      } catch (error) {
        // A module that cannot be asked what it consists of or how it is called.
        changes.settle();
        probe.reset();
        // After something that failed it is most likely more of the same.
        if (failure.problem === undefined)
          problems.push(placed(problemOf(error, probe, recorder, options.locate, changes), run));
        return nothing;
      }
      problems.push(...oddAttention(trace));
      const changed = failure.problem === undefined ? changes.remark(run.site) : undefined;
      if (changed !== undefined) problems.push(changed);
      const ran = recorder.ops.map(({ op }) => op);
      const held = { tensors: recorder.tensors, gradients: recorder.gradients };
      const nan = mode === 'shape' ? undefined : notANumber(trace, ran, held);
      if (nan !== undefined) problems.push(nan);
      const { needsValue } = failure;
      return { names: this.#names, trace, held, problems, ...(needsValue === undefined ? {} : { needsValue }) };
    } finally {
      Object.assign(context, before);
    }
  }

  /** What works and is not meant, as far as the recording shows it. */
  #remarks(mode: RunMode, recorder: Recorder, run: Progress): Problem[] {
    const { sites } = this.options;
    const found = [
      ...alwaysTrue(recorder, sites),
      ...tuples(sites),
      ...divisions(sites),
      ...doubts(recorder, mode !== 'shape'),
    ];
    if (run.ran !== undefined) found.push(...outside(recorder, run.ran, sites));
    if (run.complete && mode === 'backward' && run.root !== undefined) {
      found.push(...cutOff(recorder, run.root));
      if (run.loss?.source === 'sum of output' && run.output?.kind === 'tensor') {
        const constant = constantSum(recorder.tensors[run.output.tensor]!, recorder);
        if (constant.length > 0) run.loss = { ...run.loss, isConstant: true };
        found.push(...constant);
      }
    }
    return found;
  }

  /** What a run that was not complete has to say. */
  #failed(thrown: unknown, mode: RunMode, probe: Probe, recorder: Recorder, run: Progress, changes: Changes): Failure {
    const { options } = this;
    const { error } = toldOf(thrown);
    if (error instanceof StopRun && error.reason === 'reached') {
      run.stoppedAt = options.until?.join(', ');
      return {};
    }
    const problem = problemOf(thrown, probe, recorder, options.locate, changes);
    if (error instanceof NeedsValueError && mode === 'shape') {
      const { hint: _, ...rest } = problem;
      const message =
        'shapes come from a run with values, because a value is read here: branches that were not taken are not covered';
      const needsValue = { text: where(problem, options.sites), note: { ...rest, severity: 'info', message } as const };
      return options.fallback ? { needsValue } : { needsValue, problem };
    }
    // Of what was not given there is nothing, or undefined.
    const isMissing = /\b(?:nothing|undefined)\b/.test(problem.message);
    const isBare = problem.hint === undefined || problem.message.includes('Cannot read properties of undefined');
    const lacks = run.missing.length > 0 && isMissing && isBare && recorder.phase === 'forward';
    return {
      problem: {
        ...placed(insideOf(problem, recorder, run), run),
        ...(lacks ? { hint: `defineModel's inputs give forward no ${run.missing.join(' and no ')}.` } : {}),
      },
    };
  }

  #finish(
    recorder: Recorder,
    definition: DefinedModel,
    mode: RunMode,
    fallback: string | undefined,
    run: Progress,
    ms: number,
  ): ModelTrace {
    return finish(recorder, {
      name: cut(String(definition.name ?? nameOf(run.exportName, run.root, this.options.file)), longestName),
      exportName: run.exportName,
      site: run.site,
      seed: Number(definition.seed ?? 0),
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
      ms: mode === 'shape' ? undefined : ms,
    });
  }

  #recorder(probe: Probe, timed: boolean): Recorder {
    const { options } = this;
    return new Recorder({
      probe,
      timed,
      memoryLimit: options.memoryLimit,
      memoryLimitName: options.memoryLimitName,
      now: () => options.now(),
      cancelled: () => options.cancelled?.() ?? false,
      progress: (phase, ops, bytes) => options.progress?.(phase, ops, bytes),
    });
  }

  /** Evaluates the file and picks this run's model. */
  #define(probe: Probe): readonly [name: string, model: DefinedModel] | undefined {
    const exports = this.options.load(probe);
    const unique = modelsOf(exports);
    if (unique.length === 0) this.#changes.settle();
    const { names } = this.#changes;
    if (unique.length === 0 && names.length > 0)
      throw new TensightError(
        `the file's own statements have changed ${names.join(', ')}: what it exports cannot be read`,
        'Do not change built-in objects.',
      );
    this.#exported = unique.map((entry) => entry[0]);
    const wanted = this.options.model;
    const chosen = wanted === undefined ? unique : unique.filter((entry) => entry[0] === wanted);
    this.#names = chosen.map((entry) => entry[0]);
    return chosen.find((entry) => entry[0] === this.exportName) ?? chosen[0];
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

  /** How often a shape run calls each of these modules: what a run that stops after them has to wait for. */
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
    const { probe } = recorder;
    run.site = recorder.definitionSite(definition);
    const seed = seedOf(definition);
    context.generator = new Generator(seed);
    this.options.seeded?.(seed);
    checkDefinition(definition);
    const model = instantiate(definition);
    const root = model instanceof Module ? model : asModule(model);
    checkDepth(root);
    run.root = root;
    if (mode !== 'shape') this.#loadTrained(root, run);
    for (const [, module] of root.namedModules()) observeForward(module);
    checkForward(root);
    if (definition.training === false) root.eval();

    const inputs = evaluate(definition, 'inputs');
    const targets = evaluate(definition, 'targets');
    for (const [name, value] of [...Object.entries(inputs), ...Object.entries(targets)]) {
      const ref =
        refOf(value, recorder) ??
        (typeof value === 'number' ? ({ kind: 'number', value } as const) : ({ kind: 'other' } as const));
      run.inputs.push({ name, value: ref });
      if (ref.kind === 'tensor') recorder.given.add(ref.tensor);
    }

    recorder.phase = 'forward';
    if (counts !== undefined && mode !== 'backward') {
      const paths = new Map(root.namedModules().map(([path, module]) => [path, module]));
      recorder.remaining = new Map(
        [...counts].flatMap(([path, n]) => (n > 0 && paths.has(path) ? [[paths.get(path)!, n] as const] : [])),
      );
      if (recorder.remaining.size === 0) recorder.remaining = undefined;
    }
    const forward = model instanceof Module ? writtenForward(root) : (model as () => unknown);
    const parameters = parametersOf(forward);
    const { args, missing, untaken, doubt } = bind(inputs, parameters);
    const callee = model instanceof Module ? `${root.constructor.name || 'this model'}.forward` : 'the model';
    checkPatterns(callee, forward, args);
    if (doubt !== undefined)
      run.remarks.push(remark('warning', doubt, 'Name the inputs as the parameters are named.', run.site));
    else if (untaken.length > 0) run.remarks.push(notTaken(callee, untaken, run.site));
    run.missing = missing;
    // A result that cannot be gone on with is a mistake of the expression that gave it.
    const givenBy = (check: () => void) => {
      run.givenBy = probe.last ?? run.site;
      check();
      run.givenBy = undefined;
    };
    probe.last = undefined;
    const output = root.forward(...args);
    run.output = refOf(output, recorder);
    run.ran = root;
    givenBy(() => checkOutput(output, callee, String(writtenForward(root))));

    recorder.phase = 'loss';
    probe.last = undefined;
    const { loss: lossOf } = definition;
    if (lossOf !== undefined && typeof lossOf !== 'function')
      throw new TensightError(
        `defineModel: expected a function for loss, got ${inWords(lossOf)}`,
        'Write loss: ({ output, targets }) => ….',
      );
    const loss = lossOf?.({ output: output as never, inputs, targets, model });
    if (lossOf !== undefined) givenBy(() => checkLoss(loss));
    if (loss !== undefined) run.loss = { tensor: loss, source: 'defined' };
    if (mode === 'backward') {
      const from = loss ?? sumOf(output);
      run.loss ??= { tensor: from, source: 'sum of output' };
      recorder.phase = 'backward';
      if (!from.requiresGrad && loss !== undefined) {
        const cut = cutBehind(from, recorder);
        if (cut !== undefined) {
          run.givenBy = cut.site ?? run.site;
          throw new TensightError(`backward: the loss depends on no parameter: ${cut.why}`, cut.hint);
        }
      }
      backward(from);
    }
    run.complete = true;
  }
}

/** What a file exports of models, by export name; one that is exported twice (`export { m as default, m }`) is one model. */
function modelsOf(exports: Record<string, unknown>): readonly [name: string, model: DefinedModel][] {
  const models = Object.entries(exports).filter((entry): entry is [string, DefinedModel] => isDefinedModel(entry[1]));
  const seen = new Set<DefinedModel>();
  // Without patterns of lists, which a file may have changed.
  return models.filter((entry) => seen.size < seen.add(entry[1]).size);
}
