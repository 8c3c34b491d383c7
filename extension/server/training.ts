/**
 * The trainings of one model file: those under way, and what the last one of each model came to. A training has an engine of its
 * own, so that it holds nothing up and nothing is lost with it; the parameters it ends with are kept here, as bytes or as the name of a file, and handed to
 * the runs that look at the trained model.
 *
 * Always: what is told of a training is plain and whole, so that a panel that opens late needs only the last of it.
 */
import type { FileTrace, ModelTrace, Problem } from '../../core/trace/trace.ts';
import type { Program } from '../compiler/program.ts';
import { onAbort } from '../protocol/abort.ts';
import type { Parameters, RunRequest, StoredState, TrainReport } from '../protocol/engine.ts';
import type { Training } from '../protocol/training.ts';
import { isTraining } from '../reading/training.ts';
import { diagnose, type FileDiagnostic } from './diagnostics.ts';
import type { TrainingEngine } from './engine.ts';
import type { Change } from './positions.ts';
import { TraceSnapshot, withName } from './traceSnapshot.ts';

export interface TrainingsHost {
  /** Starts an engine for one training. */
  startEngine(): TrainingEngine;
  nextRun(): number;
  /** Milliseconds a step may take. */
  stepTimeout(): number;
  read(file: string): string | undefined;
  /** Lets go of parameters that are kept as a file. */
  release(state: StoredState): void;
  /** `shown`: whether the lenses read differently now. */
  changed(training: Training, shown: boolean): void;
  log(message: string): void;
}

/** What is trained. */
export interface TrainingTarget {
  readonly exportName: string;
  readonly name: string;
  readonly program: Program;
  /** Of the program, by file. */
  readonly texts: ReadonlyMap<string, string>;
}

interface Entry {
  now: Training;
  readonly kept: TraceSnapshot;
  /** Asks it to stop. */
  readonly stop: AbortController;
  engine: TrainingEngine | undefined;
  parameters: Parameters | undefined;
  problems: readonly Problem[];
}

export class Trainings {
  readonly #records = new Map<string, Entry>();

  constructor(
    private uri: string,
    private readonly host: TrainingsHost,
  ) {}

  get all(): readonly Training[] {
    return [...this.#records.values()].map(({ now }) => now);
  }

  of(exportName: string): Training | undefined {
    return this.#records.get(exportName)?.now;
  }

  /** The one to tell of where there is room for one only. */
  get underWay(): Training | undefined {
    return this.all.findLast(isTraining);
  }

  /** Of those whose text is still the one there is. */
  get diagnostics(): readonly ReadonlyMap<string, readonly FileDiagnostic[]>[] {
    return [...this.#records.values()]
      .filter(({ kept, problems }) => kept.asRan && problems.length > 0)
      .map(({ kept, problems }) => diagnose(problems, this.uri, kept.places, (_file, range) => range));
  }

  /** Where their places stand by now. */
  get places(): readonly TraceSnapshot[] {
    return [...this.#records.values()].map(({ kept }) => kept);
  }

  /** Trains a model from its beginning; answers when that has ended. */
  async train({ exportName, name, program, texts }: TrainingTarget): Promise<Training> {
    const before = this.of(exportName);
    if (before !== undefined && isTraining(before)) throw new Error(`${before.name} is already being trained.`);
    const { host, uri } = this;
    const trace: FileTrace = {
      ...{ format: 'tensight-trace', version: 1, file: uri, run: 0, mode: 'backward', models: [] },
      ...{ sites: program.sites, problems: [], ms: 0 },
    };
    const engine = host.startEngine();
    const stop = new AbortController();
    const { signal } = stop;
    const curve = { width: 1, mean: [], min: [], max: [] };
    const record: Entry = {
      now: {
        ...{ uri, model: exportName, name, state: 'running', step: 0, steps: 0, ms: 0, curve },
        ...{ result: {}, outOfDate: false, parameters: 'none' },
      },
      kept: new TraceSnapshot(trace, texts),
      stop,
      engine,
      parameters: undefined,
      problems: [],
    };
    this.#letGo(this.#records.get(exportName));
    this.#records.set(exportName, record);
    const tell = (news: Partial<Training>, shown: boolean) => {
      record.now = { ...record.now, ...news };
      if (this.#records.get(exportName) === record) host.changed(record.now, shown);
    };
    tell({}, true);
    onAbort(signal, () => {
      if (isTraining(record.now)) tell({ state: 'stopping' }, false);
    });
    try {
      const report = await engine.train(
        {
          ...{ run: host.nextRun(), mode: 'backward', entry: uri, model: exportName },
          ...{ modules: program.modules, sites: program.sites, keepParameters: true, background: true },
        },
        { timeoutMs: host.stepTimeout(), eachStep: true, signal, onStep: (step) => tell(step, false) },
      );
      for (const { code, message, stack } of report.problems)
        if (code === 'crashed' || code === 'timeout' || code === 'memory')
          host.log(`training of ${name} in ${uri}: ${stack ?? message}`);
      record.parameters = report.models[0]?.parameters;
      record.problems = report.problems;
      record.engine = undefined;
      const closed = this.#records.get(exportName) !== record;
      if (closed) this.#letGo(record);
      tell(closed ? { state: 'stopped' } : outcome(report, record), true);
      return record.now;
    } finally {
      record.engine = undefined;
      await engine.dispose();
    }
  }

  /** Stops the training of this model after its last whole step; of all where none is named. */
  stop(exportName: string | undefined): void {
    for (const [name, { stop }] of this.#records) if (exportName === undefined || name === exportName) stop.abort();
  }

  /** What a run of these models (all where none is named) is to use. */
  parametersFor(model: string | undefined): NonNullable<RunRequest['trained']> {
    return Object.fromEntries(
      [...this.#records].flatMap(([exportName, { now, kept, parameters }]) =>
        (model !== undefined && model !== exportName) || parameters === undefined || now.parameters !== 'trained'
          ? []
          : [[exportName, { steps: now.step, earlierText: !kept.asRan, state: parameters.state }]],
      ),
    );
  }

  /** Which parameters the model's next runs use. */
  use(exportName: string, which: 'trained' | 'initial'): void {
    const record = this.#records.get(exportName);
    if (record === undefined || record.now.parameters === 'none')
      throw new Error('This model has no trained parameters. Train it first.');
    if (record.now.parameters === which) return;
    record.now = { ...record.now, parameters: which };
    this.host.changed(record.now, true);
  }

  /** A file has another name. */
  renamed(from: string, to: string): void {
    if (this.uri === from) this.uri = to;
    for (const record of this.#records.values()) {
      record.kept.rename(from, to);
      record.problems = withName(record.problems, from, to);
      record.now = withName(record.now, from, to);
      this.host.changed(record.now, true);
    }
  }

  /** Moves the places along with an edit. */
  edited(file: string, changes: readonly Change[]): void {
    for (const record of this.#records.values()) {
      for (const change of changes) record.kept.edit(file, change);
      record.kept.compare((uri) => this.host.read(uri));
      const outOfDate = !record.kept.asRan;
      if (outOfDate === record.now.outOfDate) continue;
      record.now = { ...record.now, outOfDate };
      this.host.changed(record.now, true);
    }
  }

  /** Lets go of parameters that do not fit the models as they are now. */
  fit(trace: FileTrace): void {
    for (const [exportName, record] of this.#records) {
      const model = trace.models.find((one) => one.exportName === exportName);
      if (record.parameters === undefined || model === undefined || model.modules.length === 0) continue;
      const misfit = misfitOf(record.parameters.shapes, model);
      if (misfit === undefined) continue;
      this.#letGo(record);
      const remark = `The trained parameters were dropped because they no longer fit the model: ${misfit}.`;
      record.now = { ...record.now, parameters: 'none', remark };
      this.host.changed(record.now, true);
    }
  }

  dispose(): void {
    for (const record of this.#records.values()) {
      void record.engine?.dispose();
      this.#letGo(record);
    }
    this.#records.clear();
  }

  #letGo(record: Entry | undefined): void {
    if (record?.parameters === undefined) return;
    this.host.release(record.parameters.state);
    record.parameters = undefined;
  }
}

/** How it ended. What was told on the way stays where the engine's last word is only that it is gone. */
function outcome(report: TrainReport, { now, kept }: Entry): Partial<Training> {
  const [model] = report.models;
  const error = report.problems.find(({ severity }) => severity === 'error');
  const stopped = report.problems.find(({ code }) => code === 'cancelled');
  const ended = error ?? stopped;
  const site = ended?.site === undefined ? undefined : kept.trace.sites[ended.site];
  const place =
    site !== undefined
      ? { file: site.file, range: site.range }
      : ended?.range === undefined
        ? undefined
        : { file: ended.file ?? report.file, range: ended.range };
  const lost = model === undefined && now.step > 0;
  return {
    state: error !== undefined ? 'failed' : stopped !== undefined ? 'stopped' : 'done',
    // What ran away is worth a look at, but nobody's next run should meet it unasked.
    parameters: model?.parameters === undefined ? 'none' : error === undefined ? 'trained' : 'initial',
    ...(model === undefined ? {} : { result: model.result, steps: model.steps }),
    ...(error === undefined
      ? {}
      : {
          problem: {
            severity: error.severity,
            message: error.message,
            ...(error.hint === undefined ? {} : { hint: error.hint }),
            ...(place === undefined ? {} : { place }),
          },
        }),
    ...(lost ? { remark: 'The step did not finish, so the engine was ended and the parameters were lost.' } : {}),
  };
}

/** What of a state does not fit a model: `fc.weight is [4, 5], the trained one [4, 4]`. */
function misfitOf(shapes: Parameters['shapes'], model: ModelTrace): string | undefined {
  const own = new Map<string, { readonly shape: readonly number[]; readonly learnt: boolean }>();
  for (const module of model.modules) {
    if (module.path.startsWith('(outside)')) continue;
    for (const { name, tensor, kind } of module.own)
      own.set(module.path === '' ? name : `${module.path}.${name}`, {
        shape: model.tensors[tensor]?.shape ?? [],
        learnt: kind === 'parameter',
      });
  }
  const text = (shape: readonly number[]) => `[${shape.join(', ')}]`;
  for (const [name, shape] of Object.entries(shapes)) {
    const now = own.get(name);
    if (now === undefined) return `${name} no longer exists`;
    if (String(now.shape) !== String(shape)) return `${name} is ${text(now.shape)}, the trained one ${text(shape)}`;
  }
  // Buffers that no state holds are in the trace, too.
  for (const [name, { learnt }] of own) if (learnt && !(name in shapes)) return `${name} is new`;
  return undefined;
}
