/** What the language server (or the command line) and the engine worker say to each other. Trusted on both sides, typed only. */
import type { FileTrace, Problem, Range, RunMode, Site, TrainedFor } from '../../core/trace/trace.ts';
import type { Query, QueryAnswer, QueryName } from './queries.ts';
import type { LossCurve } from './training.ts';

/** One source file, instrumented and stripped of types, as the body of a function of `exports` and `require`. */
export interface CompiledModule {
  /** Its name in stack traces and in `FileTrace`: a URI in the editor. */
  readonly file: string;
  readonly code: string;
  /** Its own site n is site `siteBase + n` of the program, so that an edit in one file leaves the others' code as it is. */
  readonly siteBase: number;
  /** What shares a line with other code: a comment in the code before it has its position here (extension/compiler/marks.ts). */
  readonly places?: readonly Range[];
  /** Import specifier → `file` of the module it means. `tensight` is not listed. */
  readonly imports: Readonly<Record<string, string>>;
  readonly exports: ExportTable;
}

/** A module's exports, as its text declares them. */
export interface ExportTable {
  /** Exported name → how it is declared, in the order of the text. */
  readonly own: Readonly<Record<string, DeclarationKind>>;
  /** Handed on from another module, by exported name; of the name `*` it is that module's namespace. */
  readonly indirect: Readonly<Record<string, { readonly specifier: string; readonly name: string }>>;
  /** `export * from`. */
  readonly stars: readonly string[];
  /** Types: nothing when it runs. */
  readonly types: readonly string[];
}

/** When a name can be read: a function before its module runs, a `var` too (as undefined), anything else once it is declared. */
export type DeclarationKind = 'function' | 'var' | 'lexical';

export interface RunRequest {
  readonly run: number;
  readonly mode: RunMode;
  readonly entry: string;
  readonly modules: readonly CompiledModule[];
  /** Site ids are positions here, across all modules; handed back in the trace. */
  readonly sites: readonly Site[];
  /** Only this model of the file; all by default. */
  readonly model?: string;
  /** Stop once every call of these module paths is done. */
  readonly until?: readonly string[];
  /** For a shape run that meets `item()`: whether to answer with a value run. */
  readonly fallback: boolean;
  /** By export name: parameters to run a model with in place of its initial ones. */
  readonly trained?: Readonly<Record<string, TrainedFor & { readonly state: StoredState }>>;
  /** Bytes its tensors may hold. */
  readonly memoryLimit: number;
  /** What that limit is called where it can be changed. */
  readonly memoryLimitName?: string;
  /**
   * Shared with the engine's watch thread, which adds it, as an Int32Array: a non-zero [0] asks the run to stop at its next operation, call or loop round
   * (1; the run makes it 2 once it has, and is only writing down what it did);
   * [1] is one more than the site being evaluated, [2] one more than that of the loop that went round last, [3] how often
   * it did in a row, [4] how often 2³¹ more, so that a run that had to be killed can still say where it was.
   */
  readonly cancel?: SharedArrayBuffer;
}

export interface TrainRequest extends Omit<RunRequest, 'until' | 'fallback' | 'trained'> {
  readonly mode: 'backward';
  /** In place of what the models say. */
  readonly steps?: number;
  /** Whether the parameters it ends with are wanted. */
  readonly keepParameters?: boolean;
  /** A private folder for those that are too large to be sent. */
  readonly stateFolder?: string | undefined;
  /** Whether the editor goes first where there are fewer processors than work. */
  readonly background?: boolean;
}

/** A safetensors file: its bytes, or where a large one is. */
export type StoredState = Uint8Array | { readonly file: string };

/** A model's parameters and persistent buffers. */
export interface Parameters {
  readonly state: StoredState;
  /** By stateDict name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

/** One model's training: all of it, or as far as it came. */
export interface TrainedModel {
  readonly name: string;
  readonly exportName: string;
  readonly seed: number;
  /** How many steps were asked for. */
  readonly steps: number;
  /** At each step that was made, before its correction. */
  readonly losses: readonly number[];
  /** What the definition's `result` says. */
  readonly result: Readonly<Record<string, number | string>>;
  readonly parameters?: Parameters;
  readonly ms: number;
}

/** What training a file's models came to. Models without a `train` section are left out where none was asked for by name. */
export interface TrainReport {
  readonly format: 'tensight-training';
  readonly version: 1;
  readonly file: string;
  readonly models: readonly TrainedModel[];
  readonly sites: readonly Site[];
  readonly problems: readonly Problem[];
  readonly ms: number;
}

export type EngineMethods = {
  run(request: RunRequest): FileTrace;
  train(request: TrainRequest): TrainReport;
  /** A run that only warms the engine up: nothing of it is kept or told while it goes on. */
  rehearse(request: RunRequest): FileTrace;
  /** Gives back memory that nothing needs any more, while nobody waits. */
  rest(params: null): void;
  /** Lets go of a run's tensors. */
  release(params: { readonly run: number }): void;
  ask(query: Query): QueryAnswer<QueryName>;
};

export interface EngineEvents {
  ready: { readonly started: number };
  /** A model changed what cannot be put back: the engine is not fit for another run. */
  spoiled: { readonly changed: string };
  /** Sent at most ten times a second while a run goes on. */
  progress: {
    readonly run: number;
    readonly ops: number;
    readonly bytes: number;
    readonly phase: 'build' | 'forward' | 'loss' | 'backward' | 'statistics';
  };
  /** Sent after a training's first and last step, and at most five times a second between them. */
  step: {
    /** Steps made, and asked for. */
    readonly step: number;
    readonly steps: number;
    readonly firstLoss: number;
    readonly loss: number;
    /** Since before the first step. */
    readonly ms: number;
    readonly curve: LossCurve;
  };
  log: { readonly level: 'info' | 'warn' | 'error'; readonly message: string };
}
