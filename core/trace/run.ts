/** Runs the models of one file and records them. Stub of the interface; see recorder.ts. */
import type { Tensor } from '../tensor/tensor.ts';
import type { Probe } from './probe.ts';
import type { FileTrace, RunMode, Site } from './trace.ts';

export interface RunOptions {
  readonly file: string;
  readonly run: number;
  readonly mode: RunMode;
  /** Only the model of this export. */
  readonly model?: string | undefined;
  /** Stop once every call of these module paths is done. */
  readonly until?: readonly string[] | undefined;
  /** Whether a shape run that needs a value may become a value run. */
  readonly fallback: boolean;
  /** Bytes. */
  readonly memoryLimit: number;
  readonly sites: readonly Site[];
  /** Evaluates the file afresh with this probe and returns its exports. Called once or more for each model. */
  load(probe: Probe): Record<string, unknown>;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Asked before every operation. */
  cancelled?(): boolean;
  progress?(phase: 'build' | 'forward' | 'loss' | 'backward' | 'statistics', ops: number, bytes: number): void;
}

/** The tensors of one model's run, by `TensorRecord.id`. */
export interface HeldModel {
  readonly tensors: readonly (Tensor | undefined)[];
  /** ∂L/∂tensor, by the same id. */
  readonly gradients: readonly (Tensor | undefined)[];
}

export interface RunResult {
  readonly trace: FileTrace;
  readonly held: readonly HeldModel[];
}
