/** What the runs of one file share: its text compiled, the way to an engine, and what became of the text meanwhile. */
import type { FileTrace, Problem, RunMode } from '../../core/trace/trace.ts';
import type { Program } from '../compiler/program.ts';
import type { HostRequest } from '../engine/work.ts';
import type { EngineEvents, RunRequest } from '../protocol/engine.ts';
import type { LayerRef, ServerSettings } from '../protocol/server.ts';
import type { Documents, Versions } from './documents.ts';
import type { Engine } from './engine.ts';
import { TraceSnapshot } from './traceSnapshot.ts';

export type Progress = EngineEvents['progress'];

/** One file as its runs see it. */
export interface ModelFile {
  readonly uri: string;
  readonly documents: Documents;
  readonly settings: ServerSettings;
  nextRun(): number;
  compile(): Program;
  /** Changes what is shown, and has it shown. */
  show(change: () => void): void;
  /** Something of what goes on has changed. */
  stateChanged(): void;
  log(message: string): void;
}

/** What is executed, by whom, and how long it may take. */
interface Execution extends Pick<LayerRef, 'model' | 'layer'> {
  readonly mode: RunMode;
  readonly engine: Engine;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly trained?: RunRequest['trained'] | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Executes a program; what is a fault of the engine's stands in the log, too. */
export async function execute(
  file: ModelFile,
  program: Program,
  { mode, model, layer, engine, timeoutMs, signal, trained, onProgress }: Execution,
): Promise<FileTrace> {
  const request: HostRequest = {
    run: file.nextRun(),
    mode,
    entry: file.uri,
    modules: program.modules,
    sites: program.sites,
    fallback: true,
    ...(model === undefined ? {} : { model }),
    ...(trained === undefined ? {} : { trained }),
    // Gradients need the whole way to the loss.
    ...(layer === undefined || mode === 'backward' ? {} : { until: layer }),
  };
  const trace = await engine.run(request, { timeoutMs, signal, ...(onProgress === undefined ? {} : { onProgress }) });
  for (const { code, message, stack } of trace.problems)
    if (code === 'crashed' || code === 'timeout' || code === 'memory')
      file.log(`${mode} run ${request.run} of ${file.uri}: ${stack ?? message}`);
  return trace;
}

/** A trace with the texts it ran on, moved along with the edits that were made while it ran. */
export function keep(
  { documents }: ModelFile,
  trace: FileTrace,
  texts: ReadonlyMap<string, string>,
  then: Versions,
): TraceSnapshot {
  const kept = new TraceSnapshot(trace, texts);
  for (const file of then.keys()) for (const change of documents.since(file, then)) kept.edit(file, change);
  return kept;
}

/** The texts of a program, by file. */
export function textsOf(program: Program, documents: Documents): ReadonlyMap<string, string> {
  return new Map(program.files.map((file) => [file, documents.textOf(file) ?? '']));
}

export function firstError(problems: readonly Problem[]): Problem | undefined {
  return problems.find(({ severity, code }) => severity === 'error' && code !== 'cancelled');
}

export function isCancelled(trace: FileTrace): boolean {
  return trace.problems.some(({ code }) => code === 'cancelled');
}

/** A trace of nothing. */
export function emptyTrace(file: string): FileTrace {
  return {
    ...{ format: 'tensight-trace', version: 1, file, run: 0, mode: 'shape' },
    ...{ models: [], sites: [], problems: [], ms: 0 },
  };
}
