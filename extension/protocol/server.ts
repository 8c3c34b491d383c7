/**
 * What the editor asks of the language server beyond the Language Server Protocol. Names are method names on the LSP
 * connection; buffers inside are structured-cloned, both ends being threads of one process.
 */
import type { FileTrace, Range, SiteId } from '../../core/trace/trace.ts';
import type { Query, QueryAnswer, QueryName } from './queries.ts';
import type { Training } from './training.ts';

export interface ServerSettings {
  /** Milliseconds. */
  readonly shapeRunTimeout: number;
  /** Milliseconds. */
  readonly runTimeout: number;
  /** Megabytes. */
  readonly memoryLimit: number;
  readonly inlayHints: boolean;
  readonly codeLens: LensLevel;
  /** False in an untrusted workspace: nothing is executed. */
  readonly trusted: boolean;
}

/** Over what lenses stand: nothing; models and their classes; their `forward`s and fields as well. */
export const lensLevels = ['off', 'models', 'layers'] as const;
export type LensLevel = (typeof lensLevels)[number];

/** What a lens can stand over. */
export const lensPlaces = ['model', 'class', 'forward', 'field'] as const;
export type LensPlace = (typeof lensPlaces)[number];

/** A layer, or with no `layer` the whole model: what lenses, hovers and commands hand each other. */
export interface LayerRef {
  readonly uri: string;
  /** Export name; the file's first model where left out. */
  readonly model?: string | undefined;
  /** Module paths of the layer (several where one field stands for several instances); the whole model where left out. */
  readonly layer?: readonly string[] | undefined;
  /** The lens it was asked for at, which then is the one that stops it. */
  readonly at?: LensPlace | undefined;
}

/** What a click on a lens asks for. */
export interface RunParams extends LayerRef {
  readonly mode: 'forward' | 'backward';
}

/** Which parameters the runs of a model use from now on. */
export interface ParametersParams {
  readonly uri: string;
  readonly model: string;
  readonly use: 'trained' | 'initial';
}

/** A caret in a document. */
export interface CaretParams {
  readonly uri: string;
  readonly position: Range['start'];
}

/** What stands at a caret. */
export interface CaretAnswer {
  /** The layer that is named there, else the one whose code it is. */
  readonly layer: LayerRef;
  /** In the trace the panel shows (`run`, else `shape`). */
  readonly site?: SiteId;
}

/** A range of a trace of `uri`, as it was when it ran. */
export interface LocateParams {
  readonly uri: string;
  readonly file: string;
  readonly range: Range;
}

/** A trace as the panel sees it: the text it belongs to may have moved on. */
export interface TraceUpdate {
  readonly uri: string;
  /** Last shape run (or the value run that stood in for it). */
  readonly shape?: FileTrace;
  /** The last whole one before it, where that one ended before a model was called, as in a constructor. */
  readonly before?: FileTrace;
  /** Last value run, forward or backward, that was asked for. */
  readonly run?: FileTrace;
  /** What `run` was asked to look at. */
  readonly layer?: readonly string[];
  /** The text was edited since `run`, so its numbers are of an earlier version. */
  readonly outOfDate: boolean;
}

export const requests = {
  /** RunParams → TraceUpdate. Cancelling it cancels the run. */
  run: 'tensight/run',
  /** { uri } → null: ends the run of the file that is under way. */
  stopRun: 'tensight/stopRun',
  /** LayerRef, of which only the model counts → Training, when it has ended. */
  train: 'tensight/train',
  /** LayerRef, of which only the model counts (all of the file where it is left out) → null. */
  stopTraining: 'tensight/stopTraining',
  /** ParametersParams → null. */
  parameters: 'tensight/parameters',
  /** CaretParams → CaretAnswer | null. */
  caret: 'tensight/caret',
  /** LocateParams → Range | null: where that place stands now; null where no trace of the file has it. */
  locate: 'tensight/locate',
  /** Query → its answer. */
  ask: 'tensight/ask',
} as const;

export interface ServerRequests {
  'tensight/run'(params: RunParams): TraceUpdate;
  'tensight/stopRun'(params: Pick<LayerRef, 'uri'>): null;
  'tensight/train'(params: LayerRef): Training;
  'tensight/stopTraining'(params: LayerRef): null;
  'tensight/parameters'(params: ParametersParams): null;
  'tensight/caret'(params: CaretParams): CaretAnswer | null;
  'tensight/locate'(params: LocateParams): Range | null;
  'tensight/ask'(query: Query): QueryAnswer<QueryName>;
}

export const notifications = {
  /** Server → editor: TraceUpdate, after every run and when an edit puts a run out of date; only for files in `watched`. */
  traceChanged: 'tensight/traceChanged',
  /** Server → editor: Training, whenever something of it has changed; at most five times a second while it goes on. */
  training: 'tensight/training',
  /** Server → editor: FileState, whenever something of it has changed. */
  state: 'tensight/state',
  /** Editor → server: { uris }, the files whose panel is open. A trace crosses to the editor's thread only when it is drawn. */
  watched: 'tensight/watched',
  /** Editor → server: { files }, model files that have another name now: all that is known of them goes with them. */
  renamed: 'tensight/renamed',
  /** Editor → server: ServerSettings. */
  settings: 'tensight/settings',
} as const;

/**
 * What goes on with a model file, and how the last of it ended. The status bar, the panel, lenses and notifications show this one
 * state.
 */
export interface FileState {
  readonly uri: string;
  /** False in an untrusted workspace: nothing runs. */
  readonly trusted: boolean;
  /** `TinyGPT · 108 k parameters`. */
  readonly summary: string;
  /** Whether shapes are being found. */
  readonly shapes: boolean;
  /** The document's version that `summary` and `problem` are of, once a text of it was run or refused. */
  readonly version?: number | undefined;
  /** The run that was asked for, while it goes on. */
  readonly run?: RunActivity | undefined;
  /** How the last run that was asked for ended. */
  readonly lastRun?: RunOutcome | undefined;
  /** `TinyGPT · step 120 of 300 · loss 0.12`, while a training goes on. */
  readonly training?: string | undefined;
  /** The first error of the present text, else of the last run. */
  readonly problem?: string | undefined;
}

/** A run under way. */
export interface RunActivity {
  readonly mode: 'forward' | 'backward';
  /** As it was asked for. */
  readonly model?: string | undefined;
  readonly layer?: readonly string[] | undefined;
  readonly at?: LensPlace | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Whether it was told to stop. */
  readonly stopping: boolean;
  /** What it is doing, once it says so: `forward`, `backward`, `statistics`. */
  readonly phase?: string | undefined;
  /** Operations so far. */
  readonly ops: number;
  /** Held so far. */
  readonly bytes: number;
}

export interface RunOutcome {
  readonly kind: 'done' | 'failed' | 'cancelled';
  readonly mode: 'forward' | 'backward';
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  /** The first error, where it failed. */
  readonly problem?: string | undefined;
}

export interface RenamedParams {
  readonly files: readonly { readonly from: string; readonly to: string }[];
}

export interface WatchedParams {
  readonly uris: readonly string[];
}
