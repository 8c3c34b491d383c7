import type { LogOutputChannel } from 'vscode';
import type { FileState, LayerRef, RunParams, ServerRequests, TraceUpdate } from '../protocol/server.ts';
import type { Training } from '../protocol/training.ts';

/** What panels and commands need of the session that owns them. */
export interface Host {
  readonly log: Pick<LogOutputChannel, 'info' | 'warn' | 'error' | 'show'>;
  /** Asks the server, starting it where it is not there yet. */
  ask<K extends keyof ServerRequests>(
    method: K,
    params: Parameters<ServerRequests[K]>[0],
  ): Promise<ReturnType<ServerRequests[K]>>;
  /** Runs a layer or a model and shows it; `undefined` when it was cancelled. Rejects when the server does. */
  run(layer: LayerRef, mode: RunParams['mode']): Promise<TraceUpdate | undefined>;
  /** Which files' traces are drawn. */
  watch(uris: readonly string[]): Promise<void>;
  /** What is known of the trainings of a file. */
  trainingsOf(uri: string): readonly Training[];
  /** What goes on with a file, once that is known. */
  stateOf(uri: string): FileState | undefined;
  /** Starts the server anew. */
  restart(): Promise<void>;
}
