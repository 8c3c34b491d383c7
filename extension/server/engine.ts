import type { FileTrace } from '../../core/trace/trace.ts';
import type { EngineEvents, EngineMethods, RunRequest } from '../protocol/engine.ts';

export type Progress = EngineEvents['progress'];

/** What the server needs of an engine: `EngineHost`, or in the tests something quicker. */
export interface Engine {
  /** Answers with a trace whatever happens to the model; an aborted run's trace says `cancelled`. */
  run(
    request: RunRequest,
    options: {
      readonly timeoutMs: number;
      readonly signal?: AbortSignal;
      readonly onProgress?: (progress: Progress) => void;
    },
  ): Promise<FileTrace>;
  release(run: number): void;
  tile(query: Parameters<EngineMethods['tile']>[0]): Promise<ReturnType<EngineMethods['tile']>>;
  histogram(query: Parameters<EngineMethods['histogram']>[0]): Promise<ReturnType<EngineMethods['histogram']>>;
  attentionGrid(
    query: Parameters<EngineMethods['attentionGrid']>[0],
  ): Promise<ReturnType<EngineMethods['attentionGrid']>>;
  attentionMap(query: Parameters<EngineMethods['attentionMap']>[0]): Promise<ReturnType<EngineMethods['attentionMap']>>;
}
