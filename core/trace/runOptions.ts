/** What a run is given and what it gives. */
import type { StateDict } from '../nn/module.ts';
import type { KeptDraws } from '../tensor/keptDraws.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Change } from './changes.ts';
import type { Probe } from './probe.ts';
import type { ErrorPlace } from './problem.ts';
import type { Phase } from './recorder.ts';
import type { FileTrace, RunMode, Site, TrainedFor } from './trace.ts';

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
  /** What the limit is called where it can be changed. */
  readonly memoryLimitName?: string | undefined;
  readonly sites: readonly Site[];
  /** Where large draws are kept for the next run with values. */
  readonly kept?: KeptDraws;
  /** Parameters to run the model of this export with, in place of those that `model()` makes. Asked in value runs only. */
  trained?(exportName: string): (TrainedFor & { readonly state: StateDict }) | undefined;
  /** Evaluates the file afresh with this probe and returns its exports. Called once or more for each model. */
  load(probe: Probe): Record<string, unknown>;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Asked before every operation. */
  cancelled?(): boolean;
  progress?(phase: Phase, ops: number, bytes: number): void;
  /** Where in the person's files an error was thrown, from its stack. */
  locate?(error: Error): ErrorPlace | undefined;
  /** Told of the model's seed, before the model is made. */
  seeded?(seed: number): void;
  /**
   * Called when the model's code has ended or thrown, before anything is made of what it left: puts back what it changed outside itself,
   * such as `Array.prototype.map`, and says what that was.
   */
  settle?(): readonly Change[];
}

/** The tensors of one model's run, by `TensorRecord.id`. */
export interface HeldModel {
  readonly tensors: readonly Tensor[];
  /** ∂L/∂tensor, by the same id. */
  readonly gradients: ReadonlyMap<number, Tensor>;
}

export interface RunResult {
  readonly trace: FileTrace;
  readonly held: readonly HeldModel[];
}
