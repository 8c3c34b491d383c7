import { TensightError } from '../../core/errors.ts';
import { type DefinedModel, isDefinedModel } from '../../core/model.ts';
import type { Module } from '../../core/nn/module.ts';
import { Changes } from '../../core/trace/changes.ts';
import { nameOf, seedOf } from '../../core/trace/definition.ts';
import { Probe } from '../../core/trace/probe.ts';
import { problemOf } from '../../core/trace/problem.ts';
import { Recorder } from '../../core/trace/recorder.ts';
import { textOf } from '../../core/trace/thrown.ts';
import type { Problem, SiteId } from '../../core/trace/trace.ts';
import { train } from '../../core/train.ts';
import type { EngineEvents, Parameters, TrainedModel, TrainReport, TrainRequest } from '../protocol/engine.ts';
import { CurveBuilder } from './curve.ts';
import type { Loader } from './loader.ts';
import type { Realm } from './realm.ts';
import { store } from './storedState.ts';

/** What is told of a training on its way. */
export type Step = EngineEvents['step'];

/** Milliseconds. A curve that is drawn five times a second is a moving one, and leaves the screen time for the rest. */
const toldEvery = 200;

/**
 * Trains the models of one file, each in a fresh evaluation of it, as runs do. A problem ends its own model's training only, and
 * what it came to until then is kept. A cancelled one is asked for its result, too.
 */
export function trainFile(
  request: TrainRequest,
  loader: Pick<Loader, 'load' | 'locate' | 'readable' | 'acknowledge' | 'cancelled'>,
  realm: Pick<Realm, 'seed' | 'settle'>,
  now: () => number,
  onStep: (step: Step) => void = () => {},
): TrainReport {
  const started = now();
  const models: TrainedModel[] = [];
  const problems: Problem[] = [];
  let names: readonly string[] | undefined;
  for (let i = 0; names === undefined || i < names.length; i++) {
    const watch = new Watch();
    const told = new StepReporter(now, onStep);
    const began = now();
    const changes = new Changes(() => realm.settle());
    let failed = false;
    let exportName = '';
    let definition: DefinedModel | undefined;
    let result: TrainedModel['result'] = {};
    try {
      const known = definitionsOf(loader.load(watch.probe));
      names ??= chosen(known, request.model);
      exportName = names[i]!;
      definition = known.get(exportName)!;
      watch.begin(definition);
      realm.seed(seedOf(definition));
      const trained = train(definition, {
        steps: request.steps,
        cancelled: () => loader.cancelled,
        onStart: (model, steps) => told.start(model, steps),
        onStep: (_, loss) => told.step(loss),
        onStopped() {
          loader.acknowledge();
          // What the step was in the middle of is no place of what comes now.
          watch.probe.reset();
          problems.push(watch.placed(cancelled, request.entry));
        },
      });
      result = plainResult(trained.result);
      for (const { message, hint } of trained.remarks)
        problems.push({ severity: 'warning', code: 'model', message, hint, ...watch.place(definition) });
    } catch (error) {
      failed = true;
      // Before anything else is done: the model may have changed what everything else is done with.
      changes.settle();
      const problem = problemOf(error, watch.probe, watch.recorder, (thrown) => loader.locate(thrown), changes);
      problems.push({ ...watch.placed(problem, request.entry), message: loader.readable(problem.message) });
      if (problem.code === 'cancelled') loader.acknowledge();
    }
    changes.settle();
    const changed = failed ? undefined : changes.remark(undefined);
    if (changed !== undefined) problems.push(watch.placed(changed, request.entry));
    told.end();
    const { model, steps, losses } = told;
    if (definition !== undefined && model !== undefined) {
      const name = String(definition.name ?? nameOf(exportName, model, request.entry));
      const parameters =
        request.keepParameters && losses.length > 0
          ? { parameters: parametersOf(model, request.stateFolder, `${request.run}-${i}`) }
          : {};
      const seed = Number(definition.seed ?? 0);
      models.push({ name, exportName, seed, steps, losses, result, ...parameters, ms: now() - began });
    }
    if (names === undefined || problems.some(({ code }) => code === 'cancelled')) break;
  }
  const report = { format: 'tensight-training', version: 1, file: request.entry } as const;
  // The caller has the sites; they need not travel back.
  return { ...report, models, sites: [], problems, ms: now() - started };
}

/** A training that is told of: the first step and the last, and in between not more often than anybody looks. */
class StepReporter {
  readonly losses: number[] = [];
  model: Module | undefined;
  steps = 0;
  readonly #curve = new CurveBuilder();
  #began = 0;
  #last = Number.NEGATIVE_INFINITY;
  #untold = false;

  constructor(
    private readonly now: () => number,
    private readonly tell: (step: Step) => void,
  ) {}

  start(model: Module, steps: number): void {
    this.model = model;
    this.steps = steps;
    this.#began = this.now();
  }

  step(loss: number): void {
    this.losses.push(loss);
    this.#curve.add(loss);
    this.#untold = true;
    if (this.now() - this.#last >= toldEvery) this.end();
  }

  /** Tells what has not been told yet. */
  end(): void {
    if (!this.#untold) return;
    this.#untold = false;
    this.#last = this.now();
    const { losses, steps } = this;
    const ms = this.#last - this.#began;
    const [firstLoss, loss] = [losses[0]!, losses[losses.length - 1]!];
    this.tell({ step: losses.length, steps, firstLoss, loss, ms, curve: this.#curve.curve() });
  }
}

/** Knows where a training is and keeps nothing: it goes on for long. */
class Watch {
  readonly probe = new Probe();
  readonly recorder: Recorder;
  #seen: SiteId | undefined;
  readonly #definitions = new Map<object, SiteId>();

  constructor() {
    const nothing = { now: () => 0, cancelled: () => false, progress: () => {} };
    this.recorder = new Recorder({
      ...{ probe: this.probe, timed: false, memoryLimit: Number.POSITIVE_INFINITY },
      ...nothing,
    });
    this.probe.onValue = (site, value) => {
      this.#seen = site;
      if (isDefinedModel(value) && !this.#definitions.has(value)) this.#definitions.set(value, site);
    };
  }

  /** From here on it is about this model: what the file's later statements gave is no place of its problems. */
  begin(definition: DefinedModel): void {
    this.#seen = this.#definitions.get(definition) ?? this.#seen;
  }

  /** Where this was defined. */
  place(definition: DefinedModel): { readonly site?: SiteId } {
    const site = this.#definitions.get(definition);
    return site === undefined ? {} : { site };
  }

  /** A problem that has no place of its own is of what the person's code gave last: the loss that is NaN, the wrong optimizer. */
  placed(problem: Problem, file: string): Problem {
    if (problem.site !== undefined || problem.range !== undefined) return problem;
    if (this.#seen !== undefined) return { ...problem, site: this.#seen };
    const top = { line: 0, character: 0 };
    return { ...problem, file, range: { start: top, end: top } };
  }
}

const cancelled: Problem = { severity: 'warning', code: 'cancelled', message: 'the training was stopped' };

function parametersOf(root: Module, folder: string | undefined, name: string): Parameters {
  const state = root.stateDict();
  return {
    state: store(state, folder, `${name}.safetensors`),
    shapes: Object.fromEntries(Object.entries(state).map(([name, { shape }]) => [name, shape])),
  };
}

/** Numbers and texts, whatever the person's code gave. */
function plainResult(result: object): TrainedModel['result'] {
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => [name, typeof value === 'number' ? value : textOf(value)]),
  );
}

function definitionsOf(exports: Record<string, unknown>): ReadonlyMap<string, DefinedModel> {
  const seen = new Set<unknown>();
  const known = new Map<string, DefinedModel>();
  for (const [name, value] of Object.entries(exports)) {
    if (!isDefinedModel(value) || seen.has(value)) continue;
    seen.add(value);
    known.set(name, value);
  }
  return known;
}

/** Names of the exports to train. */
function chosen(known: ReadonlyMap<string, DefinedModel>, wanted: string | undefined): readonly string[] {
  const all = [...known.keys()];
  if (wanted !== undefined) {
    if (known.has(wanted)) return [wanted];
    throw new TensightError(
      `this file exports no model named ${wanted}`,
      `It exports ${all.join(', ') || 'no model'}.`,
    );
  }
  const trained = all.filter((name) => known.get(name)!.train !== undefined);
  if (trained.length > 0) return trained;
  throw new TensightError(
    all.length === 0 ? 'this file exports no model' : `no model of this file has a train section: ${all.join(', ')}`,
    'Add train: { steps: 100, optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }) } to defineModel.',
  );
}
