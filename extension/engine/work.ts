/** Work for an engine under limits: a run or a training, how long it may take to stop, and what is answered where there is nothing but a problem. */
import type { FileTrace, Problem } from '../../core/trace/trace.ts';
import type { EngineEvents, RunRequest, TrainReport, TrainRequest } from '../protocol/engine.ts';

export interface RunLimits {
  /** Wall time, once the engine is up; where `eachStep`, between two steps of a training. */
  readonly timeoutMs: number;
  readonly eachStep?: boolean;
  /** Cancels the run, or keeps it from starting. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineEvents['progress']) => void;
  readonly onStep?: (step: EngineEvents['step']) => void;
}

export type HostRequest = Omit<RunRequest, 'cancel' | 'memoryLimit'>;
export type HostTrainRequest = Omit<TrainRequest, 'cancel' | 'memoryLimit' | 'stateFolder'>;

/** In milliseconds; neither is more than half of the work's own limit, or than `least`. */
interface Patience {
  /** How long work may take to stop when it is asked to, before its engine is ended. */
  readonly stop: number;
  /** How much longer where it has stopped and only has to write down what it did. */
  readonly write: number;
  readonly least: number;
}

/** What the worker does under limits, and what it answers with. */
export interface Work<A> {
  readonly method: 'run' | 'train';
  readonly request: Omit<RunRequest, 'cancel' | 'memoryLimit' | 'fallback'>;
  readonly patience: Patience;
  /** The answer where there is none but a problem. */
  failed(problem: Problem, ms: number): A;
}

export type Answer = Pick<FileTrace | TrainReport, 'problems'> & { readonly format: string };

/** Whoever waits for a run wants the next one at once. */
const runPatience: Patience = { stop: 150, write: 1000, least: 0 };
/** What was learnt is worth waiting for: the end of a backward pass, then the definition's `result`. */
const trainPatience: Patience = { stop: 3000, write: 20_000, least: 500 };

/** A run of a program. */
export function runWork(request: HostRequest): Work<FileTrace> {
  const { entry: file, run, mode, sites } = request;
  const empty = { format: 'tensight-trace', version: 1, file, run, mode, models: [], sites } as const;
  return {
    ...{ method: 'run', request, patience: runPatience },
    failed: (problem, ms) => ({ ...empty, problems: [problem], ms }),
  };
}

/** A training of a program's models. */
export function trainWork(request: HostTrainRequest): Work<TrainReport> {
  const { entry: file, sites } = request;
  const empty = { format: 'tensight-training', version: 1, file, models: [], sites } as const;
  return {
    ...{ method: 'train', request, patience: trainPatience },
    failed: (problem, ms) => ({ ...empty, problems: [problem], ms }),
  };
}

/** A run that stopped when asked: what ran before stays, and the problem says why it was asked. */
export function stopped<A extends Answer>(trace: A, why: () => Problem): A {
  // It may have ended by itself in the last moment.
  if (!trace.problems.some(({ code }) => code === 'cancelled')) return trace;
  return { ...trace, problems: [...trace.problems.filter(({ code }) => code !== 'cancelled'), why()] };
}

/** Whether it is an answer, not an error or an end. */
export function isAnswer<A extends Answer>(value: A | object | undefined): value is A {
  return value !== undefined && 'format' in value;
}
