/**
 * All that is known of one model file: its last traces, laid over the present text, and the runs that renew them.
 *
 * Always: a view is there at once and never waits for a run; a result is taken only if nothing newer was started; what is
 * shown from an earlier text says so.
 */
import type { FileTrace, Problem, Range, RunMode } from '../../core/trace/trace.ts';
import type { HostRequest } from '../engine/runner.ts';
import { onAbort } from '../protocol/abort.ts';
import type { EngineEvents, StoredState } from '../protocol/engine.ts';
import type { LayerRef, RunParams, ServerSettings, StatusParams, TraceUpdate } from '../protocol/server.ts';
import type { Training } from '../protocol/training.ts';
import { compileProgram, type Program } from '../source/program.ts';
import { brokenBy } from '../source/unit.ts';
import { diagnose, type Found, movedSince } from './diagnostics.ts';
import type { Documents, Versions } from './documents.ts';
import type { Engine, TrainingEngine } from './engine.ts';
import { fingerprint } from './fingerprint.ts';
import { Kept } from './kept.ts';
import { type Change, sameRange } from './positions.ts';
import { summary, trainingSummary } from './summary.ts';
import { Trainings } from './training.ts';
import { type Source, View } from './view.ts';

export type Progress = EngineEvents['progress'];

const longestDelay = 120;
const shortestDelay = 8;

export interface AnalysisHost {
  readonly documents: Documents;
  readonly settings: ServerSettings;
  readonly shapes: Engine;
  readonly values: Engine;
  startTrainingEngine(): TrainingEngine;
  release(state: StoredState): void;
  nextRun(): number;
  /** `shown`: whether hints or lenses read differently now. */
  changed(analysis: Analysis, shown: boolean): void;
  trainingChanged(training: Training, shown: boolean): void;
  status(status: StatusParams): void;
  log(message: string): void;
}

export class Analysis {
  readonly trainings: Trainings;
  #latest: Kept | undefined;
  #good: Kept | undefined;
  #run: Kept | undefined;
  #layer: readonly string[] | undefined;
  /** Why the present text could not be run, so that `latest` is of an earlier one. */
  #behind: readonly Problem[] | undefined;
  #view: View | undefined;
  #files: ReadonlySet<string>;
  #diagnostics = new Map<string, Found[]>();
  #runDiagnostics = new Map<string, Found[]>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shapeRun: AbortController | undefined;
  #valueRun: AbortController | undefined;
  #lastMs = longestDelay;
  #disposed = false;

  constructor(
    readonly uri: string,
    private readonly host: AnalysisHost,
  ) {
    this.#files = new Set([uri]);
    this.trainings = new Trainings(uri, {
      startEngine: () => host.startTrainingEngine(),
      release: (state) => host.release(state),
      nextRun: () => host.nextRun(),
      stepTimeout: () => host.settings.runTimeout,
      read: (file) => host.documents.textOf(file),
      log: (message) => host.log(message),
      changed: (training, shown) => {
        host.trainingChanged(training, shown);
        this.#idle();
      },
    });
  }

  get view(): View {
    if (this.#view === undefined) {
      const source = (kept: Kept | undefined, outOfDate: boolean): Source | undefined =>
        kept === undefined ? undefined : { trace: kept.trace, places: kept.places, outOfDate };
      this.#view = new View({
        latest: source(this.#latest, this.#behind !== undefined),
        good: source(this.#good, true),
        run: source(this.#run, !(this.#run?.asRan ?? true)),
      });
    }
    return this.#view;
  }

  /** Files whose edits matter to it. */
  get files(): ReadonlySet<string> {
    return this.#files;
  }

  get diagnostics(): ReadonlyMap<string, readonly Found[]> {
    const all = new Map<string, Found[]>();
    for (const found of [this.#diagnostics, this.#runDiagnostics, ...this.trainings.diagnostics])
      for (const [file, list] of found) {
        const known = all.get(file) ?? [];
        const news = list.filter(
          ({ range, code }) => !known.some((one) => one.code === code && same(one.range, range)),
        );
        all.set(file, [...known, ...news]);
      }
    return all;
  }

  get update(): TraceUpdate {
    // A picture of an earlier text is never shown without what is wrong with this one.
    const shape = this.#latest?.trace ?? (this.#behind === undefined ? undefined : emptyTrace(this.uri));
    const behind = this.#behind === undefined ? {} : { problems: this.#behind };
    return {
      uri: this.uri,
      ...(shape === undefined ? {} : { shape: { ...shape, ...behind } }),
      ...(this.#run === undefined ? {} : { run: this.#run.trace }),
      ...(this.#layer === undefined ? {} : { layer: this.#layer }),
      outOfDate: !(this.#run?.asRan ?? true),
    };
  }

  /** Where a place of one of the kept traces stands now. */
  locate(file: string, range: Range): Range | undefined {
    for (const kept of [this.#run, this.#latest, this.#good, ...this.trainings.places]) {
      const index = kept?.places.inFile(file).find((one) => sameRange(kept.places.places[one]!.range, range));
      if (kept !== undefined && index !== undefined) return kept.places.range(index);
    }
    // A text that can't be compiled has problems and no sites.
    return this.diagnostics.get(file)?.find((found) => sameRange(found.range, range))?.range;
  }

  /** Moves everything along; the runs follow. */
  edited(file: string, changes: readonly Change[]): void {
    if (!this.#files.has(file)) return;
    const wasAsRan = this.#run?.asRan;
    for (const kept of new Set([this.#latest, this.#good, this.#run]))
      for (const change of changes) kept?.edit(file, change);
    this.#run?.compare((uri) => this.host.documents.textOf(uri));
    this.trainings.edited(file, changes);
    if (this.#run?.asRan === false) this.#runDiagnostics = new Map();
    this.#view = undefined;
    if (wasAsRan !== this.#run?.asRan) this.host.changed(this, false);
    this.schedule();
  }

  /** Runs the shapes soon; at once where `delay` is 0. */
  schedule(delay = Math.min(longestDelay, Math.max(shortestDelay, this.#lastMs))): void {
    clearTimeout(this.#timer);
    if (this.#disposed) return;
    this.#timer = setTimeout(() => {
      this.#shapes().catch((error: unknown) => this.#broken(error));
    }, delay);
  }

  async #shapes(): Promise<void> {
    const { host } = this;
    if (!host.settings.trusted) return host.status({ uri: this.uri, running: 'untrusted', summary: '' });
    this.#shapeRun?.abort();
    const controller = new AbortController();
    this.#shapeRun = controller;
    const started = performance.now();
    const versions = host.documents.versions();
    const program = this.#compile();
    if (hasErrors(program.problems)) return this.#fail(program.problems, versions);

    host.status({ uri: this.uri, running: 'shape', summary: this.#summary() });
    const texts = textsOf(program, host.documents);
    const trace = await this.#ask(host.shapes, program, { mode: 'shape' }, host.settings.shapeRunTimeout, controller);
    if (controller.signal.aborted || this.#disposed || isCancelled(trace)) return;
    this.#lastMs = performance.now() - started;
    this.#accept(trace, texts, versions);
  }

  #accept(trace: FileTrace, texts: ReadonlyMap<string, string>, versions: Versions): void {
    const kept = this.#catchUp(new Kept(trace, texts), versions);
    if (this.#latest !== undefined) this.host.shapes.release(this.#latest.trace.run);
    this.#showing(() => {
      if (this.#latest !== undefined && isGood(this.#latest.trace)) this.#good = this.#latest;
      else this.#good ??= this.#latest;
      this.#latest = kept;
      if (isGood(trace)) this.#good = undefined;
      this.#behind = undefined;
      this.#diagnostics = diagnose(trace.problems, this.uri, kept.places, movedSince(this.host.documents, versions));
      if (this.#run?.asRan === false) this.#runDiagnostics = new Map();
    });
    this.trainings.fit(trace);
    this.#idle();
  }

  /** Tensight itself failed: says so where the person looks, and lives on. */
  #broken(error: unknown): void {
    const problem = brokenBy(error, this.uri);
    this.host.log(`shapes of ${this.uri}: ${problem.stack ?? problem.message}`);
    if (!this.#disposed) this.#fail([problem], this.host.documents.versions());
  }

  /** The text can't be run: what was known stays, and is marked. */
  #fail(problems: readonly Problem[], versions: Versions): void {
    this.#showing(() => {
      this.#behind = problems;
      const places = new Kept({ ...emptyTrace(this.uri), problems }, new Map()).places;
      this.#diagnostics = diagnose(problems, this.uri, places, movedSince(this.host.documents, versions));
    });
    this.#idle(problems);
  }

  /** Forward or backward with values, on the text as it is. Throws where it can't even be compiled. */
  async run(params: RunParams, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<TraceUpdate> {
    const { host } = this;
    const { program, versions } = this.#runnable('run');
    this.#valueRun?.abort();
    const controller = new AbortController();
    this.#valueRun = controller;
    onAbort(signal, () => controller.abort());

    host.status({ uri: this.uri, running: params.mode, summary: this.#summary() });
    const texts = textsOf(program, host.documents);
    const trace = await this.#ask(host.values, program, params, host.settings.runTimeout, controller, onProgress);
    if (this.#disposed || controller.signal.aborted || isCancelled(trace)) {
      host.values.release(trace.run);
      this.#idle();
      throw new RunCancelled();
    }
    const kept = this.#catchUp(new Kept(trace, texts), versions);
    this.#showing(() => {
      // A run that was ended leaves nothing to look at: the one before it stays.
      if (trace.models.some(({ tensors }) => tensors.length > 0) || this.#run === undefined) {
        if (this.#run !== undefined) host.values.release(this.#run.trace.run);
        this.#run = kept;
        this.#layer = params.layer;
        kept.compare((uri) => host.documents.textOf(uri));
      }
      this.#runDiagnostics = diagnose(trace.problems, this.uri, kept.places, movedSince(host.documents, versions));
    });
    this.#idle(trace.problems);
    return this.update;
  }

  /** Trains a model; the file's first that says how where none is named. Answers when that has ended. */
  async train({ model }: Pick<LayerRef, 'model'>): Promise<Training> {
    const { program } = this.#runnable('trained');
    const models = (this.#latest ?? this.#good)?.trace.models ?? [];
    const chosen = models.find((one) => (model === undefined ? one.train !== undefined : one.exportName === model));
    if (chosen?.train === undefined)
      throw new Error(
        `${chosen === undefined ? 'No model of this file says' : `${chosen.name} does not say`} how it is trained. Add train: { steps: 100, optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }) } to defineModel.`,
      );
    const { exportName, name } = chosen;
    const texts = textsOf(program, this.host.documents);
    const ended = await this.trainings.train({ exportName, name, program, texts });
    // The model may have been edited meanwhile.
    if (this.#latest !== undefined) this.trainings.fit(this.#latest.trace);
    return this.trainings.of(exportName) ?? ended;
  }

  /** The text as it is, ready to be run. Throws where it may not be, or can't even be compiled. */
  #runnable(what: string): { readonly program: Program; readonly versions: Versions } {
    const { documents, settings } = this.host;
    if (!settings.trusted) throw new Error('This workspace is not trusted, so nothing in it is run.');
    const versions = documents.versions();
    const program = this.#compile();
    const error = program.problems.find(({ severity }) => severity === 'error');
    if (error === undefined) return { program, versions };
    this.#fail(program.problems, versions);
    throw new Error(`The model can't be ${what}: ${error.message}`);
  }

  /** Lets go of everything. */
  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#shapeRun?.abort();
    this.#valueRun?.abort();
    this.trainings.dispose();
    if (this.#latest !== undefined) this.host.shapes.release(this.#latest.trace.run);
    if (this.#run !== undefined) this.host.values.release(this.#run.trace.run);
  }

  #compile(): Program {
    const program = compileProgram(this.uri, this.host.documents);
    this.#files = new Set(program.files);
    for (const { code, message, stack } of program.problems)
      if (code === 'crashed') this.host.log(`compiling ${this.uri}: ${stack ?? message}`);
    return program;
  }

  async #ask(
    engine: Engine,
    program: Program,
    { mode, model, layer }: Pick<RunParams, 'model' | 'layer'> & { readonly mode: RunMode },
    timeoutMs: number,
    { signal }: AbortController,
    onProgress?: (progress: Progress) => void,
  ): Promise<FileTrace> {
    const request: HostRequest = {
      run: this.host.nextRun(),
      mode,
      entry: this.uri,
      modules: program.modules,
      sites: program.sites,
      fallback: true,
      ...(model === undefined ? {} : { model }),
      ...(mode === 'shape' ? {} : { trained: this.trainings.parametersFor(model) }),
      // Gradients need the whole way to the loss.
      ...(layer === undefined || mode === 'backward' ? {} : { until: layer }),
    };
    const trace = await engine.run(request, { timeoutMs, signal, ...(onProgress === undefined ? {} : { onProgress }) });
    for (const { code, message, stack } of trace.problems)
      if (code === 'crashed' || code === 'timeout' || code === 'memory')
        this.host.log(`${mode} run ${request.run} of ${this.uri}: ${stack ?? message}`);
    return trace;
  }

  /** Edits made while it ran. */
  #catchUp(kept: Kept, versions: Versions): Kept {
    for (const file of versions.keys())
      for (const change of this.host.documents.since(file, versions)) kept.edit(file, change);
    return kept;
  }

  #showing(act: () => void): void {
    const before = fingerprint(this.view, this.host.documents);
    act();
    this.#view = undefined;
    this.host.changed(this, fingerprint(this.view, this.host.documents) !== before);
  }

  /** Says what is going on: a training, else nothing. */
  #idle(problems: readonly Problem[] = this.#latest?.trace.problems ?? []): void {
    const error = problems.find(({ severity, code }) => severity === 'error' && code !== 'cancelled');
    const training = this.trainings.underWay;
    this.host.status(
      training !== undefined
        ? { uri: this.uri, running: 'training', summary: trainingSummary(training) }
        : error === undefined
          ? { uri: this.uri, running: 'idle', summary: this.#summary() }
          : { uri: this.uri, running: 'failed', summary: error.message },
    );
  }

  #summary(): string {
    return this.#latest === undefined ? '' : summary(this.#latest.trace);
  }
}

/** The person, or a newer run, ended it. */
export class RunCancelled extends Error {
  override name = 'RunCancelled';
  constructor() {
    super('The run was cancelled.');
  }
}

function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function isGood(trace: FileTrace): boolean {
  return !hasErrors(trace.problems) && trace.models.every(({ complete }) => complete);
}

function isCancelled(trace: FileTrace): boolean {
  return trace.problems.some(({ code }) => code === 'cancelled');
}

function textsOf(program: Program, documents: Documents): ReadonlyMap<string, string> {
  return new Map(program.files.map((file) => [file, documents.textOf(file) ?? '']));
}

function emptyTrace(file: string): FileTrace {
  return {
    format: 'tensight-trace',
    version: 1,
    file,
    run: 0,
    mode: 'shape',
    models: [],
    sites: [],
    problems: [],
    ms: 0,
  };
}

function same(a: Range, b: Range): boolean {
  return a.start.line === b.start.line && a.start.character === b.start.character;
}
