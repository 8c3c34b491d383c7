/**
 * What the editor and the webview say to each other. The webview is a boundary of trust: every message is checked by these
 * schemas on both sides before a handler sees it.
 */
import * as v from 'valibot';
import type { TraceUpdate } from './server.ts';
import type {
  AttentionGrid,
  AttentionGridQuery,
  AttentionMapQuery,
  Histogram,
  HistogramQuery,
  Tile,
  TileQuery,
} from './views.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31));
const cells = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));
const span = v.tuple([count, count]);
const tensorQuery = { run: count, model: count, tensor: count, of: v.picklist(['value', 'gradient']) };
const path = v.pipe(v.string(), v.maxLength(1000));

/** Webview → editor, answered. */
export const panelRequests = {
  tile: v.strictObject({
    ...tensorQuery,
    at: v.pipe(v.array(count), v.maxLength(32)),
    rows: span,
    columns: span,
    maxRows: cells,
    maxColumns: cells,
  }),
  histogram: v.strictObject({ ...tensorQuery, bins: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512)) }),
  attentionGrid: v.strictObject({ run: count, model: count, attention: count, batch: count, maxSize: cells }),
  attentionMap: v.strictObject({
    run: count,
    model: count,
    attention: count,
    batch: count,
    head: count,
    of: v.picklist(['weights', 'scores', 'gradient']),
    maxRows: cells,
    maxColumns: cells,
  }),
  /** Runs the model (or one layer) of the file the panel shows. Answers when the run has ended; its trace comes as an event. */
  run: v.strictObject({
    mode: v.picklist(['forward', 'backward']),
    model: v.optional(path),
    layer: v.optional(v.pipe(v.array(path), v.maxLength(1000))),
  }),
} as const;

/** Webview → editor, unanswered. */
export const panelNotices = {
  /** The page is up and wants its state. */
  ready: v.strictObject({}),
  /** Show this site of the trace in the editor. */
  revealSite: v.strictObject({ file: path, line: count, character: count, endLine: count, endCharacter: count }),
  /** Remembered across reloads. */
  selected: v.strictObject({
    view: v.picklist(['shapes', 'attention', 'gradients']),
    model: v.optional(path),
    layer: v.optional(path),
  }),
} as const;

export type PanelView = 'shapes' | 'attention' | 'gradients';

/** What the webview may ask of the editor. */
export type PanelMethods = {
  tile(query: TileQuery): Promise<Tile>;
  histogram(query: HistogramQuery): Promise<Histogram>;
  attentionGrid(query: AttentionGridQuery): Promise<AttentionGrid>;
  attentionMap(query: AttentionMapQuery): Promise<Tile>;
  run(params: v.InferOutput<typeof panelRequests.run>): Promise<null>;
};

/** What the webview tells the editor. */
export type PanelNotices = { [K in keyof typeof panelNotices]: v.InferOutput<(typeof panelNotices)[K]> };

/** What the editor tells the webview. */
export interface PanelEvents {
  /** Everything known of the file the panel shows. */
  update: TraceUpdate;
  /** Look at this: a lens was clicked, or the cursor moved into a layer. */
  select: { readonly view?: PanelView; readonly model?: string; readonly layer?: string; readonly site?: number };
  /** A run goes on. */
  progress: { readonly phase: string; readonly ops: number } | null;
}

/** Turns away what the webview must not say. */
export function checkFromWebview(name: string, params: unknown): unknown {
  const schema = Object.hasOwn(panelRequests, name)
    ? panelRequests[name as keyof typeof panelRequests]
    : Object.hasOwn(panelNotices, name)
      ? panelNotices[name as keyof typeof panelNotices]
      : undefined;
  if (schema === undefined) throw new Error('unknown message');
  return v.parse(schema as v.GenericSchema, params);
}

const trace = v.looseObject({
  format: v.literal('tensight-trace'),
  version: v.literal(1),
  models: v.array(v.looseObject({})),
  sites: v.array(v.looseObject({})),
});
const panelEvents = {
  update: v.looseObject({
    uri: v.string(),
    shape: v.optional(trace),
    run: v.optional(trace),
    layer: v.optional(v.array(v.string())),
    outOfDate: v.boolean(),
  }),
  select: v.strictObject({
    view: v.optional(v.picklist(['shapes', 'attention', 'gradients'])),
    model: v.optional(v.string()),
    layer: v.optional(v.string()),
    site: v.optional(count),
  }),
  progress: v.nullable(v.strictObject({ phase: v.string(), ops: count })),
} as const;

/** Turns away what did not come from our own editor side. */
export function checkFromEditor(name: string, params: unknown): unknown {
  if (!Object.hasOwn(panelEvents, name)) throw new Error('unknown message');
  return v.parse(panelEvents[name as keyof typeof panelEvents] as v.GenericSchema, params);
}
