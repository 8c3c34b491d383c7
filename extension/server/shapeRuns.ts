/**
 * The shape runs of one file: one after every edit. The last result is kept, the last whole one beside it where that failed, and why
 * the present text could not be run at all.
 */
import type { FileTrace, Problem } from '../../core/trace/trace.ts';
import { brokenBy } from '../compiler/unit.ts';
import { diagnose, type FileDiagnostic, movedSince } from './diagnostics.ts';
import type { Versions } from './documents.ts';
import type { Engine } from './engine.ts';
import { emptyTrace, execute, firstError, isCancelled, keep, type ModelFile, textsOf } from './execution.ts';
import type { Change } from './positions.ts';
import { TraceSnapshot, withFileName, withName } from './traceSnapshot.ts';

const longestDelay = 120;
const shortestDelay = 8;

export class ShapeRuns {
  #latest: TraceSnapshot | undefined;
  #good: TraceSnapshot | undefined;
  #refused: readonly Problem[] | undefined;
  #diagnostics: ReadonlyMap<string, readonly FileDiagnostic[]> = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #underWay: AbortController | undefined;
  #version: number | undefined;
  #lastMs = longestDelay;
  #disposed = false;

  /** `done`: what a new result is handed to. */
  constructor(
    private readonly file: ModelFile,
    private readonly engine: Engine,
    private readonly done: (trace: FileTrace) => void,
  ) {}

  get latest(): TraceSnapshot | undefined {
    return this.#latest;
  }

  /** The last whole one, where the latest is not. */
  get good(): TraceSnapshot | undefined {
    return this.#good;
  }

  /** Why the present text could not be run, so that `latest` is of an earlier one. */
  get refused(): readonly Problem[] | undefined {
    return this.#refused;
  }

  /** What is wrong with the present text. */
  get problems(): readonly Problem[] {
    return this.#refused ?? this.#latest?.trace.problems ?? [];
  }

  get diagnostics(): ReadonlyMap<string, readonly FileDiagnostic[]> {
    return this.#diagnostics;
  }

  /** Of the document, when it was last run or refused. */
  get version(): number | undefined {
    return this.#version;
  }

  get isRunning(): boolean {
    return this.#underWay !== undefined;
  }

  /** Moves the places along with an edit; a run follows. */
  edited(file: string, changes: readonly Change[]): void {
    for (const kept of [this.#latest, this.#good]) for (const change of changes) kept?.edit(file, change);
    this.schedule();
  }

  /** A file has another name. */
  renamed(from: string, to: string): void {
    for (const kept of [this.#latest, this.#good]) kept?.rename(from, to);
    this.#refused = this.#refused && withName(this.#refused, from, to);
    this.#diagnostics = withFileName(this.#diagnostics, from, to);
  }

  /** Runs soon; at once where `delay` is 0. */
  schedule(delay = Math.min(longestDelay, Math.max(shortestDelay, this.#lastMs))): void {
    clearTimeout(this.#timer);
    if (this.#disposed) return;
    this.#timer = setTimeout(() => {
      this.#run().catch((error: unknown) => this.#broken(error));
    }, delay);
  }

  /** The text can't be run: what was known stays, and is marked. */
  refuse(problems: readonly Problem[], versions: Versions): void {
    const { file } = this;
    this.#version = versions.get(file.uri);
    file.show(() => {
      this.#refused = problems;
      const { places } = new TraceSnapshot({ ...emptyTrace(file.uri), problems }, new Map());
      this.#diagnostics = diagnose(problems, file.uri, places, movedSince(file.documents, versions));
    });
    file.stateChanged();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#underWay?.abort();
    if (this.#latest !== undefined) this.engine.release(this.#latest.trace.run);
  }

  async #run(): Promise<void> {
    const { file } = this;
    this.#underWay?.abort();
    this.#underWay = undefined;
    if (!file.settings.trusted) return file.stateChanged();
    const started = performance.now();
    const versions = file.documents.versions();
    const program = file.compile();
    if (firstError(program.problems) !== undefined) return this.refuse(program.problems, versions);

    const controller = new AbortController();
    this.#underWay = controller;
    file.stateChanged();
    const { signal } = controller;
    const texts = textsOf(program, file.documents);
    const timeoutMs = file.settings.shapeRunTimeout;
    try {
      const trace = await execute(file, program, { mode: 'shape', engine: this.engine, timeoutMs, signal });
      if (signal.aborted || this.#disposed || isCancelled(trace)) return;
      this.#lastMs = performance.now() - started;
      this.#accept(trace, keep(file, trace, texts, versions), versions);
    } finally {
      if (this.#underWay === controller) {
        this.#underWay = undefined;
        file.stateChanged();
      }
    }
  }

  #accept(trace: FileTrace, kept: TraceSnapshot, versions: Versions): void {
    const { file } = this;
    this.#version = versions.get(file.uri);
    if (this.#latest !== undefined) this.engine.release(this.#latest.trace.run);
    file.show(() => {
      if (this.#latest !== undefined && isGood(this.#latest.trace)) this.#good = this.#latest;
      else this.#good ??= this.#latest;
      this.#latest = kept;
      if (isGood(trace)) this.#good = undefined;
      this.#refused = undefined;
      this.#diagnostics = diagnose(trace.problems, file.uri, kept.places, movedSince(file.documents, versions));
    });
    this.done(trace);
  }

  /** Tensight itself failed: says so where the person looks, and goes on. */
  #broken(error: unknown): void {
    const { file } = this;
    const problem = brokenBy(error, file.uri);
    file.log(`shapes of ${file.uri}: ${problem.stack ?? problem.message}`);
    if (!this.#disposed) this.refuse([problem], file.documents.versions());
  }
}

function isGood(trace: FileTrace): boolean {
  return trace.problems.every(({ severity }) => severity !== 'error') && trace.models.every(({ complete }) => complete);
}
