/**
 * What the editor asks of the language server beyond the Language Server Protocol. Names are method names on the LSP
 * connection; buffers inside are structured-cloned, both ends being threads of one process.
 */
import type { FileTrace } from '../../core/trace/trace.ts';
import type {
  AttentionGrid,
  AttentionGridQuery,
  AttentionMapQuery,
  Histogram,
  HistogramQuery,
  Tile,
  TileQuery,
} from './views.ts';

export interface ServerSettings {
  /** Milliseconds. */
  readonly shapeRunTimeout: number;
  /** Milliseconds. */
  readonly runTimeout: number;
  /** Megabytes. */
  readonly memoryLimit: number;
  readonly inlayHints: boolean;
  readonly codeLens: boolean;
  /** False in an untrusted workspace: nothing is executed. */
  readonly trusted: boolean;
}

/** What a click on a lens asks for. */
export interface RunParams {
  readonly uri: string;
  readonly mode: 'forward' | 'backward';
  /** Export name; the file's first model where left out. */
  readonly model?: string;
  /** Module paths of the layer (several where one field stands for several instances); the whole model where left out. */
  readonly layer?: readonly string[];
}

/** A trace as the panel sees it: the text it belongs to may have moved on. */
export interface TraceUpdate {
  readonly uri: string;
  /** Last shape run (or the value run that stood in for it). */
  readonly shape?: FileTrace;
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
  /** { uri } → TraceUpdate | null, of what is known now. */
  trace: 'tensight/trace',
  tile: 'tensight/tile',
  histogram: 'tensight/histogram',
  attentionGrid: 'tensight/attentionGrid',
  attentionMap: 'tensight/attentionMap',
} as const;

export interface ServerRequests {
  'tensight/run'(params: RunParams): TraceUpdate;
  'tensight/trace'(params: { readonly uri: string }): TraceUpdate | null;
  'tensight/tile'(query: TileQuery): Tile;
  'tensight/histogram'(query: HistogramQuery): Histogram;
  'tensight/attentionGrid'(query: AttentionGridQuery): AttentionGrid;
  'tensight/attentionMap'(query: AttentionMapQuery): Tile;
}

export const notifications = {
  /** Server → editor: TraceUpdate, after every run and when an edit puts a run out of date. */
  traceChanged: 'tensight/traceChanged',
  /** Server → editor: { uri, phase, ops, bytes } while a run goes on. */
  progress: 'tensight/progress',
  /** Server → editor: { running: 'shape' | 'forward' | 'backward' | 'idle', uri, summary }. */
  status: 'tensight/status',
  /** Editor → server: ServerSettings. */
  settings: 'tensight/settings',
} as const;

export interface StatusParams {
  readonly uri: string;
  readonly running: 'shape' | 'forward' | 'backward' | 'idle' | 'untrusted' | 'failed';
  /** `TinyGPT · 108 k parameters · 12 ms`. */
  readonly summary: string;
}
