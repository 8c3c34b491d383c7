/**
 * All that is known of one model file: its shape runs, the runs that were asked for and its trainings, laid over the present text.
 *
 * Always: a view is there at once and never waits for a run; a result is taken only if nothing newer was started; what is
 * shown from an earlier text says so; what goes on is one state, the same for everybody who shows it.
 */
import type { FileTrace, ModelTrace, Range } from '../../core/trace/trace.ts';
import { compileProgram, type Program } from '../compiler/program.ts';
import type { StoredState } from '../protocol/engine.ts';
import type { FileState, LayerRef, RunParams, ServerSettings, TraceUpdate } from '../protocol/server.ts';
import type { Training } from '../protocol/training.ts';
import { fileName } from '../reading/scene.ts';
import type { FileDiagnostic } from './diagnostics.ts';
import type { Documents, Versions } from './documents.ts';
import type { Engine, TrainingEngine } from './engine.ts';
import { emptyTrace, firstError, type ModelFile, textsOf } from './execution.ts';
import { fingerprint } from './fingerprint.ts';
import { type Change, sameRange } from './positions.ts';
import { ShapeRuns } from './shapeRuns.ts';
import { summary, trainingSummary } from './summary.ts';
import type { TraceSnapshot } from './traceSnapshot.ts';
import { Trainings } from './training.ts';
import { ValueRuns } from './valueRuns.ts';
import { type Source, View } from './view.ts';

export interface AnalysisHost {
  readonly documents: Documents;
  readonly settings: ServerSettings;
  readonly shapes: Engine;
  readonly values: Engine;
  startTrainingEngine(): TrainingEngine;
  release(state: StoredState): void;
  nextRun(): number;
  /** Whether a panel shows the file. */
  isWatched(uri: string): boolean;
  /** `shown`: whether hints or lenses read differently now. */
  changed(analysis: Analysis, shown: boolean): void;
  trainingChanged(training: Training, shown: boolean): void;
  stateChanged(state: FileState, lensesDiffer: boolean): void;
  log(message: string): void;
}

export class Analysis {
  readonly trainings: Trainings;
  readonly #shapes: ShapeRuns;
  readonly #values: ValueRuns;
  readonly #file: ModelFile;
  #view: View | undefined;
  #files: ReadonlySet<string>;
  #state = '';
  #running: string | undefined;

  constructor(
    private entry: string,
    private readonly host: AnalysisHost,
  ) {
    this.#files = new Set([entry]);
    const uri = () => this.entry;
    this.#file = {
      get uri() {
        return uri();
      },
      documents: host.documents,
      get settings() {
        return host.settings;
      },
      nextRun: () => host.nextRun(),
      compile: () => this.#compile(),
      show: (change) => this.#show(change),
      stateChanged: () => this.#tellState(),
      log: (message) => host.log(message),
    };
    this.#shapes = new ShapeRuns(this.#file, host.shapes, (trace) => this.trainings.fit(trace));
    this.#values = new ValueRuns(this.#file, host.values);
    this.trainings = new Trainings(entry, {
      startEngine: () => host.startTrainingEngine(),
      release: (state) => host.release(state),
      nextRun: () => host.nextRun(),
      stepTimeout: () => host.settings.runTimeout,
      read: (file) => host.documents.textOf(file),
      log: (message) => host.log(message),
      changed: (training, shown) => {
        host.trainingChanged(training, shown);
        this.#tellState();
      },
    });
  }

  /** The model file. */
  get uri(): string {
    return this.entry;
  }

  get view(): View {
    if (this.#view === undefined) {
      const source = (kept: TraceSnapshot | undefined, outOfDate: boolean): Source | undefined =>
        kept === undefined ? undefined : { trace: kept.trace, places: kept.places, outOfDate };
      this.#view = new View({
        latest: source(this.#shapes.latest, this.#shapes.refused !== undefined),
        good: source(this.#shapes.good, true),
        run: source(this.#values.last, this.#values.outOfDate),
      });
    }
    return this.#view;
  }

  /** Files whose edits matter to it. */
  get files(): ReadonlySet<string> {
    return this.#files;
  }

  get diagnostics(): ReadonlyMap<string, readonly FileDiagnostic[]> {
    const all = new Map<string, FileDiagnostic[]>();
    const told = new Set<string>();
    for (const found of [this.#shapes.diagnostics, this.#values.diagnostics, ...this.trainings.diagnostics]) {
      const news: string[] = [];
      for (const [file, list] of found)
        for (const one of list) {
          const { line, character } = one.range.start;
          const matter = `${line}:${character} ${one.code} ${file}`;
          if (told.has(matter)) continue;
          news.push(matter);
          const known = all.get(file);
          if (known === undefined) all.set(file, [one]);
          else known.push(one);
        }
      // One run may say two things of a place.
      for (const matter of news) told.add(matter);
    }
    return all;
  }

  get update(): TraceUpdate {
    const { latest, good, refused } = this.#shapes;
    // A picture of an earlier text is never shown without what is wrong with this one.
    const shape = latest?.trace ?? (refused === undefined ? undefined : emptyTrace(this.uri));
    const { last, params, outOfDate } = this.#values;
    return {
      uri: this.uri,
      ...(shape === undefined ? {} : { shape: refused === undefined ? shape : { ...shape, problems: refused } }),
      ...(latest !== undefined && good !== undefined && endedEarly(latest.trace) ? { before: good.trace } : {}),
      ...(last === undefined ? {} : { run: last.trace }),
      ...(params?.layer === undefined ? {} : { layer: params.layer }),
      outOfDate,
    };
  }

  /** What goes on. */
  get state(): FileState {
    const { latest, isRunning } = this.#shapes;
    const training = this.trainings.underWay;
    const problem = firstError(this.#shapes.problems)?.message ?? this.#values.outcome?.problem;
    return {
      uri: this.uri,
      trusted: this.host.settings.trusted,
      summary: latest === undefined ? '' : summary(latest.trace),
      shapes: isRunning,
      version: this.#shapes.version,
      run: this.#values.activity,
      lastRun: this.#values.outcome,
      training: training === undefined ? undefined : trainingSummary(training),
      problem,
    };
  }

  /** Where a place of one of the kept traces stands now. */
  locate(file: string, range: Range): Range | undefined {
    const { latest, good } = this.#shapes;
    for (const kept of [this.#values.last, latest, good, ...this.trainings.places]) {
      const index = kept?.places.inFile(file).find((one) => sameRange(kept.places.places[one]!.range, range));
      if (kept !== undefined && index !== undefined) return kept.places.range(index);
    }
    // A text that can't be compiled has problems and no sites.
    return this.diagnostics.get(file)?.find((found) => sameRange(found.range, range))?.range;
  }

  /** Moves everything along; the runs follow. */
  edited(file: string, changes: readonly Change[]): void {
    if (!this.#files.has(file)) return;
    const turned = this.#values.edited(file, changes);
    this.trainings.edited(file, changes);
    this.#view = undefined;
    if (turned) this.host.changed(this, false);
    this.#shapes.edited(file, changes);
  }

  /** A file has another name, the model file or one it imports: what is known goes with it. */
  renamed(from: string, to: string): void {
    if (!this.#files.has(from)) return;
    if (this.entry === from) this.entry = to;
    this.#files = new Set([...this.#files].map((file) => (file === from ? to : file)));
    this.#shapes.renamed(from, to);
    this.#values.renamed(from, to);
    this.trainings.renamed(from, to);
    this.#view = undefined;
    this.host.changed(this, true);
    this.#tellState();
    this.schedule(0);
  }

  /** Runs the shapes soon; at once where `delay` is 0. */
  schedule(delay?: number): void {
    this.#shapes.schedule(delay);
  }

  /** Forward or backward with values, on the text as it is. Throws where it can't even be compiled. */
  async run(params: RunParams, signal: AbortSignal): Promise<TraceUpdate> {
    const { program, versions } = this.#runnable('run');
    await this.#values.run(params, program, versions, this.trainings.parametersFor(params.model), signal);
    return this.update;
  }

  /** Ends the run under way. */
  stopRun(): void {
    this.#values.stop();
  }

  /** Trains a model; the file's first that says how where none is named. Answers when that has ended. */
  async train({ model }: Pick<LayerRef, 'model'>): Promise<Training> {
    const { program } = this.#runnable('trained');
    const { exportName, name } = this.#trainable(model, program);
    const texts = textsOf(program, this.host.documents);
    const ended = await this.trainings.train({ exportName, name, program, texts });
    // The model may have been edited meanwhile.
    if (this.#shapes.latest !== undefined) this.trainings.fit(this.#shapes.latest.trace);
    const training = this.trainings.of(exportName) ?? ended;
    this.#showTrained(training);
    return training;
  }

  /** The model to train: the one that is named, else the first that says how. Throws where there is none. */
  #trainable(model: string | undefined, program: Program): Pick<ModelTrace, 'exportName' | 'name'> {
    const { latest, good } = this.#shapes;
    const error = latest === undefined ? undefined : firstError(latest.trace.problems);
    const known = [latest, error === undefined ? undefined : good].flatMap((kept) => kept?.trace.models ?? []);
    const chosen = known.find((one) => (model === undefined ? one.train !== undefined : one.exportName === model));
    if (chosen?.train !== undefined) return chosen;
    // Where the run of shapes was over too early to know, a training has more time.
    const exported = Object.keys(program.modules[0]?.exports.own ?? {});
    const only = model ?? (exported.length === 1 ? exported[0] : undefined);
    if (chosen === undefined && (latest === undefined || error !== undefined)) {
      if (only !== undefined) return { exportName: only, name: only === 'default' ? fileName(this.uri) : only };
      throw new Error(
        `The models of this file are not known yet, because it was not run to its end: ${error?.message ?? 'its shapes are being computed'}`,
      );
    }
    throw new Error(
      `${chosen === undefined ? 'No model in this file says' : `${chosen.name} does not say`} how it is trained. Add train: { steps: 100, optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }) } to defineModel.`,
    );
  }

  /** Lets go of everything. */
  dispose(): void {
    this.#shapes.dispose();
    this.#values.dispose();
    this.trainings.dispose();
  }

  /** What is on the screen is run again, with what was learnt. */
  #showTrained({ model, parameters, outOfDate }: Training): void {
    if (parameters !== 'trained' || outOfDate || !this.host.isWatched(this.uri)) return;
    if (this.#values.activity !== undefined) return;
    const { params } = this.#values;
    const shown = params !== undefined && (params.model ?? model) === model;
    this.run(shown ? { ...params, model } : { uri: this.uri, model, mode: 'forward' }, new AbortController().signal)
      // What went wrong is in the state.
      .catch((error: unknown) => this.host.log(`the run after the training of ${model}: ${String(error)}`));
  }

  /** The text as it is, ready to be run. Throws where it may not be, or can't even be compiled. */
  #runnable(what: string): { readonly program: Program; readonly versions: Versions } {
    const { documents, settings } = this.host;
    if (!settings.trusted) throw new Error('This workspace is not trusted, so nothing in it is run.');
    const versions = documents.versions();
    const program = this.#compile();
    const error = program.problems.find(({ severity }) => severity === 'error');
    if (error === undefined) return { program, versions };
    this.#shapes.refuse(program.problems, versions);
    throw new Error(`The model can't be ${what}: ${error.message}`);
  }

  #compile(): Program {
    const program = compileProgram(this.uri, this.host.documents);
    this.#files = new Set(program.files);
    for (const { code, message, stack } of program.problems)
      if (code === 'crashed') this.host.log(`compiling ${this.uri}: ${stack ?? message}`);
    return program;
  }

  #show(change: () => void): void {
    const before = fingerprint(this.view, this.host.documents);
    change();
    this.#view = undefined;
    this.host.changed(this, fingerprint(this.view, this.host.documents) !== before);
  }

  /** Says what goes on, where that has changed. */
  #tellState(): void {
    const { state } = this;
    const text = JSON.stringify(state);
    if (text === this.#state) return;
    this.#state = text;
    // Lenses say which model runs, and whether it stops, not how far it is.
    const { run } = state;
    const running = run && `${run.mode} ${run.model} ${run.stopping}`;
    this.host.stateChanged(state, running !== this.#running);
    this.#running = running;
  }
}

/** Whether a run ended before it called the models it has: there is less to see of them than before. */
const endedEarly = ({ models }: FileTrace): boolean =>
  models.length === 0 || models.some(({ complete, calls }) => !complete && calls.length === 0);
