/**
 * The trace: what a run leaves. Plain data and small; tensors' elements stay with the engine and are asked for by id.
 * Everything the editor, the pictures and the command line show is read from here. Types only: any side may import them.
 *
 * Ids are positions in the arrays of one `ModelTrace`. A `SiteId` is a position in `FileTrace.sites`.
 */

import type { Plain } from '../plain.ts';

export type { Plain };

export type RunMode = 'shape' | 'forward' | 'backward';

/** How its numbers came about, as far as a run itself knows: who reads a trace says what each means, and what became of it since. */
export type RunProvenance = 'inferred' | 'assumed' | 'executed' | 'sampled' | 'changed';

export type SiteId = number;
export type TensorId = number;

/** One run of one model file. */
export interface FileTrace {
  readonly format: 'tensight-trace';
  readonly version: 1;
  /** The entry file, as it was asked for (a URI in the editor, a path on the command line). */
  readonly file: string;
  /** Names the run in later questions about its tensors. */
  readonly run: number;
  readonly mode: RunMode;
  /** One a `defineModel` in the entry file, in order of export. */
  readonly models: readonly ModelTrace[];
  readonly sites: readonly Site[];
  readonly problems: readonly Problem[];
  /** Wall time of the whole run. */
  readonly ms: number;
}

/** Zero-based, as in the Language Server Protocol; `character` counts UTF-16 units. */
export interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** A place in the source whose value was recorded. */
export interface Site {
  readonly file: string;
  readonly range: Range;
  /** The expression's text (shortened past 120 characters) or the name that is declared. */
  readonly text: string;
  /**
   * `expression`: any expression. `declaration`: a name a value is bound to (`const h`, a destructured name).
   * `argument`: a parameter of a function. `field`: a class field's name. `return`: the value of a `return`.
   */
  readonly kind: 'expression' | 'declaration' | 'argument' | 'field' | 'return';
  /** The class and method (or function) around it, `Block.forward`. */
  readonly scope?: string;
  /** What an operation gave decides which way the program goes: a tensor is always `true`, and `equal` to nothing but itself. */
  readonly decides?: 'true' | 'equal';
  /** Numbers and names in brackets, with commas between them: the language takes the last, and Python all. */
  readonly tuple?: true;
  /** Ends in a comment that Python would take for a divisor. */
  readonly division?: true;
  /** Of `new …(…)`: what stands between its brackets, up to the first spread. */
  readonly arguments?: readonly SiteArgument[];
}

/** An argument, or a property of an object among them, which has a name then. */
export interface SiteArgument {
  readonly name?: string;
  readonly range: Range;
  /** Shortened past 120 characters. */
  readonly text: string;
}

/** What a recorded expression held. */
export type ValueRef =
  | { readonly kind: 'tensor'; readonly tensor: TensorId }
  | { readonly kind: 'module'; readonly module: number }
  | { readonly kind: 'list'; readonly items: readonly ValueRef[] }
  | { readonly kind: 'dict'; readonly entries: Readonly<Record<string, ValueRef>> }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'other' };

/** The values one site took, in order of execution; the first 32 are kept. */
export interface SiteValues {
  readonly count: number;
  readonly values: readonly { readonly value: ValueRef /** The module call it ran in. */; readonly call?: number }[];
}

export interface ModelTrace {
  /** `defineModel({ name })`, else the export's name, else the file's. */
  readonly name: string;
  /** `default` or the export's name. */
  readonly exportName: string;
  readonly className: string;
  /** Where `defineModel(...)` stands. */
  readonly site?: SiteId;
  readonly provenance: RunProvenance;
  /** Of the definition's `train` section, where it has one. */
  readonly train?: { readonly steps: number };
  /** Whose parameters it ran with, where that is not what `model()` made: those that so many steps of training left. */
  readonly trained?: TrainedFor;
  /** Why a shape run computed values after all (`item()` at a line). */
  readonly fallback?: string;
  readonly seed: number;
  readonly inputs: readonly { readonly name: string; readonly value: ValueRef }[];
  readonly output?: ValueRef;
  readonly loss?: {
    readonly tensor: TensorId;
    readonly value?: number;
    /** `sum of output`: the model defines no loss, so gradients are of the sum of its outputs. */
    readonly source: 'defined' | 'sum of output';
    /** That sum is the same whatever the layers do (after a softmax, a normalisation): small gradients are no fault of theirs. */
    readonly isConstant?: true;
  };
  /** Module tree, parents first; [0] is the model itself (a plain function counts as one module). */
  readonly modules: readonly ModuleRecord[];
  readonly calls: readonly CallRecord[];
  readonly ops: readonly OpRecord[];
  readonly tensors: readonly TensorRecord[];
  readonly values: Readonly<Record<SiteId, SiteValues>>;
  readonly attention: readonly AttentionRecord[];
  readonly totals: Totals;
  /** Operations that ran in all, where there were too many to keep: `ops` and `calls` are the first of them. */
  readonly ran?: number;
  /** False where an error or the layer asked for ended it early. */
  readonly complete: boolean;
  /** The layer a run was asked to stop after. */
  readonly stoppedAt?: string;
}

/** How parameters came to be what they are. */
export interface TrainedFor {
  readonly steps: number;
  /** The text was edited since they were trained. */
  readonly earlierText: boolean;
}

export interface ModuleRecord {
  readonly id: number;
  /** PyTorch's path, `layers.0.self_attn`; empty for the model itself. */
  readonly path: string;
  readonly name: string;
  readonly className: string;
  readonly parent?: number;
  /** The expression that constructed it. */
  readonly site?: SiteId;
  /** Parameters and buffers of its own, by stateDict name. */
  readonly own: readonly {
    readonly name: string;
    readonly tensor: TensorId;
    readonly kind: 'parameter' | 'buffer' /** The path that owns it first, where it is tied. */;
    readonly tiedTo?: string;
  }[];
  /** Elements of all parameters at and below it, each tensor once. */
  readonly parameters: number;
  readonly trainable: number;
  /** Constructor arguments worth seeing: `64 → 256, bias`. */
  readonly detail?: string;
  /** All of them by name, of a layer of `nn`: `{ inFeatures: 64, outFeatures: 256, bias: true }`. */
  readonly config?: Readonly<Record<string, Plain>>;
  readonly training: boolean;
  readonly calls: readonly number[];
}

/** One call of a module's `forward`. */
export interface CallRecord {
  readonly id: number;
  readonly module: number;
  readonly parent?: number;
  /** The expression in the user's file that made it, directly or through library layers. */
  readonly site?: SiteId;
  readonly inputs: readonly ValueRef[];
  readonly output?: ValueRef;
  /** Position in `ops` of what ran next when it was called: its order among the operations around it. */
  readonly firstOp: number;
  /** Of everything inside it. */
  readonly flops: number;
  /** Wall time, children included; absent in a shape run. */
  readonly ms?: number;
}

export interface OpRecord {
  readonly name: string;
  /** All it computes with: parameters, running statistics and masks too. */
  readonly inputs: readonly TensorId[];
  readonly output: TensorId;
  /** How it computes, where that can be chosen: `{ dim: -1 }`, `{ rank: 2, stride: [1, 1], … }`. Long lists are described. */
  readonly attrs?: Readonly<Record<string, Plain>>;
  readonly call?: number;
  readonly site?: SiteId;
  readonly flops: number;
  readonly ms?: number;
}

export interface AxisRecord {
  readonly name?: string;
  readonly labels?: readonly string[] | readonly (readonly string[])[];
}

export interface TensorRecord {
  readonly id: TensorId;
  readonly shape: readonly number[];
  readonly axes: readonly AxisRecord[];
  readonly dtype: 'f32' | 'i32' | 'bool';
  readonly bytes: number;
  readonly role: 'input' | 'parameter' | 'buffer' | 'constant' | 'activation';
  /** The op that made it. */
  readonly op?: number;
  /** Path of a parameter or buffer, name of an input. */
  readonly name?: string;
  readonly requiresGrad: boolean;
  /** Whether the engine holds its elements. */
  readonly held: boolean;
  /** After a value run. */
  readonly stats?: Statistics;
  /** ∂L/∂this, after a backward run. */
  readonly gradient?: Statistics;
}

/** Of all elements; NaN and infinities are counted apart and left out of min, max, mean, std and norm. */
export interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Biased (divided by the count). */
  readonly std: number;
  /** L2. */
  readonly norm: number;
  readonly nan: number;
  readonly posInf: number;
  readonly negInf: number;
  readonly zeros: number;
}

/** Weights that sum to one over keys and mix values, found in the graph of operations whatever made them. */
export interface AttentionRecord {
  readonly id: number;
  /** The module it happened in. */
  readonly module?: number;
  readonly call?: number;
  readonly site?: SiteId;
  /** After softmax, [batch…, head?, query, key] as a rule; `dims` says which dimension is which. */
  readonly weights: TensorId;
  /** Before softmax, mask applied. */
  readonly scores: TensorId;
  readonly query?: TensorId;
  readonly key?: TensorId;
  readonly value?: TensorId;
  /** `self` where query and key come from one tensor. */
  readonly kind: 'self' | 'cross';
  /** Whether each query sees only keys up to its own position, as the mask says; absent in a shape run. */
  readonly causal?: boolean;
  /**
   * What the weights sum to one over: the keys, as attention's do, or the queries or another dimension (heads, the batch),
   * which is most likely not meant.
   */
  readonly over: 'keys' | 'queries' | 'others';
  readonly heads: number;
  readonly batch: number;
  readonly queryLength: number;
  readonly keyLength: number;
  /**
   * Of the weights' dimensions, that of the keys, that of the queries (absent where there is one query an element of the batch) and those
   * of heads. What is left is the batch.
   */
  readonly dims: { readonly key: number; readonly query?: number; readonly heads: readonly number[] };
  /** The weights are before the division by their sum over the keys, which comes after the mixing. */
  readonly unnormalised?: true;
  /** Heads and batch are one dimension of the weights (`dims.heads` is empty), with the batch innermost: [head · batch, query, key]. */
  readonly headsOutside?: true;
}

export interface Totals {
  readonly parameters: number;
  readonly trainable: number;
  readonly parameterBytes: number;
  readonly activationBytes: number;
  /** Forward. */
  readonly flops: number;
  readonly ms?: number;
}

/** Something wrong, at its place. */
export interface Problem {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** What to try. */
  readonly hint?: string;
  /** The hint as data, where the right value is known: another argument for the call at `site`. */
  readonly fix?: {
    readonly site: SiteId;
    /** What is called there, `Conv2d`. */
    readonly callee: string;
    readonly argument: string;
    /** Where it stands among the arguments by position; undefined for an option. */
    readonly position?: number;
    /** As it is written in the text. */
    readonly value: string;
  };
  readonly site?: SiteId;
  /** Where no site is known: a position in `file`. */
  readonly file?: string;
  readonly range?: Range;
  readonly code:
    | 'shape'
    | 'index'
    | 'syntax'
    | 'import'
    | 'exception'
    | 'timeout'
    | 'memory'
    | 'crashed'
    | 'cancelled'
    | 'nan'
    | 'model';
  /** Where each operand was made. */
  readonly related?: readonly { readonly message: string; readonly site: SiteId }[];
  readonly stack?: string;
}
