/** The runs of one file that a person asked for, forward and backward: the one under way, how the last ended, and what it left to look at. */
import type { FileTrace } from '../../core/trace/trace.ts';
import type { Program } from '../compiler/program.ts';
import { onAbort } from '../protocol/abort.ts';
import type { RunRequest } from '../protocol/engine.ts';
import type { RunActivity, RunOutcome, RunParams } from '../protocol/server.ts';
import { diagnose, type FileDiagnostic, movedSince } from './diagnostics.ts';
import type { Versions } from './documents.ts';
import type { Engine } from './engine.ts';
import { execute, firstError, isCancelled, keep, type ModelFile, textsOf } from './execution.ts';
import type { Change } from './positions.ts';
import { type TraceSnapshot, withFileName, withName } from './traceSnapshot.ts';

interface UnderWay {
  readonly controller: AbortController;
  activity: RunActivity;
}

export class ValueRuns {
  #last: TraceSnapshot | undefined;
  #params: RunParams | undefined;
  #diagnostics: ReadonlyMap<string, readonly FileDiagnostic[]> = new Map();
  #underWay: UnderWay | undefined;
  #outcome: RunOutcome | undefined;
  #disposed = false;

  constructor(
    private readonly file: ModelFile,
    private readonly engine: Engine,
  ) {}

  /** The last that left something to look at. */
  get last(): TraceSnapshot | undefined {
    return this.#last;
  }

  /** What the last was asked for. */
  get params(): RunParams | undefined {
    return this.#params;
  }

  /** Whether the text was edited since. */
  get outOfDate(): boolean {
    return this.#last !== undefined && !this.#last.asRan;
  }

  get diagnostics(): ReadonlyMap<string, readonly FileDiagnostic[]> {
    return this.outOfDate ? new Map() : this.#diagnostics;
  }

  get activity(): RunActivity | undefined {
    return this.#underWay?.activity;
  }

  get outcome(): RunOutcome | undefined {
    return this.#outcome;
  }

  /** Executes a program, in place of what is under way. */
  async run(
    params: RunParams,
    program: Program,
    versions: Versions,
    trained: RunRequest['trained'],
    signal: AbortSignal,
  ): Promise<void> {
    const { file } = this;
    const { mode, model, layer, at } = params;
    this.stop();
    const controller = new AbortController();
    const startedAt = Date.now();
    const underWay: UnderWay = {
      controller,
      activity: { mode, model, layer, at, startedAt, stopping: false, phase: undefined, ops: 0, bytes: 0 },
    };
    this.#underWay = underWay;
    const news = (change: Partial<RunActivity>) => {
      underWay.activity = { ...underWay.activity, ...change };
      if (this.#underWay === underWay) file.stateChanged();
    };
    onAbort(signal, () => controller.abort());
    onAbort(controller.signal, () => news({ stopping: true }));
    file.stateChanged();
    let outcome: RunOutcome['kind'] = 'failed';
    let problem: string | undefined;
    try {
      const texts = textsOf(program, file.documents);
      const trace = await execute(file, program, {
        ...{ mode, model, layer, trained, engine: this.engine },
        ...{ timeoutMs: file.settings.runTimeout, signal: controller.signal },
        onProgress: ({ phase, ops, bytes }) => news({ phase, ops, bytes }),
      });
      if (this.#disposed || controller.signal.aborted || isCancelled(trace)) {
        this.engine.release(trace.run);
        outcome = 'cancelled';
        throw new RunCancelled();
      }
      problem = firstError(trace.problems)?.message;
      if (problem === undefined) outcome = 'done';
      this.#accept(params, trace, keep(file, trace, texts, versions), versions);
    } finally {
      // One that was replaced has no say in what is shown.
      if (this.#underWay === underWay) {
        this.#underWay = undefined;
        this.#outcome = { kind: outcome, mode, endedAt: Date.now(), problem };
        file.stateChanged();
      }
    }
  }

  stop(): void {
    this.#underWay?.controller.abort();
  }

  /** Moves the places along with an edit; whether that put the last run out of date or brought it back. */
  edited(file: string, changes: readonly Change[]): boolean {
    const before = this.outOfDate;
    for (const change of changes) this.#last?.edit(file, change);
    this.#last?.compare((uri) => this.file.documents.textOf(uri));
    return before !== this.outOfDate;
  }

  /** A file has another name. */
  renamed(from: string, to: string): void {
    this.#last?.rename(from, to);
    this.#params = this.#params && withName(this.#params, from, to);
    this.#diagnostics = withFileName(this.#diagnostics, from, to);
  }

  dispose(): void {
    this.#disposed = true;
    this.stop();
    if (this.#last !== undefined) this.engine.release(this.#last.trace.run);
  }

  #accept(params: RunParams, trace: FileTrace, kept: TraceSnapshot, versions: Versions): void {
    const { file } = this;
    file.show(() => {
      // A run that was ended leaves nothing to look at: the one before it stays.
      if (this.#last === undefined || trace.models.some(({ tensors }) => tensors.length > 0)) {
        if (this.#last !== undefined) this.engine.release(this.#last.trace.run);
        this.#last = kept;
        this.#params = params;
        kept.compare((uri) => file.documents.textOf(uri));
      }
      this.#diagnostics = diagnose(trace.problems, file.uri, kept.places, movedSince(file.documents, versions));
    });
  }
}

/** The person, or a newer run, ended it. */
export class RunCancelled extends Error {
  override name = 'RunCancelled';
  constructor() {
    super('The run was cancelled.');
  }
}
