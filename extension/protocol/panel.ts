/**
 * What the editor and the webview say to each other. The webview is a boundary of trust: every message is checked by these
 * schemas on both sides before a handler sees it.
 */
import * as v from 'valibot';
import { checkQuery, type Query, type QueryAnswer, type QueryName } from './queries.ts';
import type { FileState, TraceUpdate } from './server.ts';
import type { Training } from './training.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31));
const path = v.pipe(v.string(), v.maxLength(1000));
/** Id of a view: the page has the list. */
const view = v.pipe(v.string(), v.maxLength(100));

/** Webview → editor, answered; beside `ask`, a question of queries.ts. */
const panelRequests = {
  /** Runs the model (or one layer) of the file the panel shows. Answers when the run has ended; its trace comes as an event. */
  run: v.strictObject({
    mode: v.picklist(['forward', 'backward']),
    model: v.optional(path),
    layer: v.optional(v.pipe(v.array(path), v.maxLength(1000))),
  }),
  /** Ends the run under way. */
  stopRun: v.strictObject({}),
  /** Opens the editor's page on trusting the folder. */
  manageTrust: v.strictObject({}),
  /** Trains a model of the file the panel shows. Answers when that has ended; how it goes comes as events. */
  train: v.strictObject({ model: path }),
  stopTraining: v.strictObject({ model: path }),
  /** Which parameters the model's runs use from now on. */
  parameters: v.strictObject({ model: path, use: v.picklist(['trained', 'initial']) }),
} as const;

/** Webview → editor, unanswered. */
export const panelNotices = {
  /** The page is up and wants its state. */
  ready: v.strictObject({}),
  /** Back to the code: it has the focus. */
  leave: v.strictObject({}),
  /** Show this site of the trace in the editor; as a preview only where it is in sight already. */
  revealSite: v.strictObject({
    file: path,
    line: count,
    character: count,
    endLine: count,
    endCharacter: count,
    preview: v.boolean(),
  }),
} as const;

/** What the webview may ask of the editor. */
export type PanelMethods = {
  ask(query: Query): Promise<QueryAnswer<QueryName>>;
  run(params: v.InferOutput<typeof panelRequests.run>): Promise<null>;
  stopRun(params: v.InferOutput<typeof panelRequests.stopRun>): Promise<null>;
  manageTrust(params: v.InferOutput<typeof panelRequests.manageTrust>): Promise<null>;
  train(params: v.InferOutput<typeof panelRequests.train>): Promise<null>;
  stopTraining(params: v.InferOutput<typeof panelRequests.stopTraining>): Promise<null>;
  parameters(params: v.InferOutput<typeof panelRequests.parameters>): Promise<null>;
};

/** What the webview tells the editor. */
export type PanelNotices = { [K in keyof typeof panelNotices]: v.InferOutput<(typeof panelNotices)[K]> };

/** What the editor tells the webview. */
export interface PanelEvents {
  /** What the panel shows from now on: another file, or the same by another name where it was called `from`. */
  file: { readonly uri: string; readonly locked: boolean; readonly from?: string };
  /** Everything known of the file the panel shows. */
  update: TraceUpdate;
  /** Look at this: a lens was clicked, or the cursor moved into a layer. */
  select: { readonly view?: string; readonly model?: string; readonly layer?: string; readonly site?: number };
  /** What goes on with the file. */
  state: FileState;
  /** News of a training of the file, the whole of it. */
  training: Training;
}

/** Turns away what the webview must not say. */
export function checkFromWebview(name: string, params: unknown): unknown {
  if (name === 'ask') return checkQuery(params);
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
const place = v.strictObject({ line: count, character: count });
const losses = v.pipe(v.array(v.number()), v.maxLength(1024));
const training = v.strictObject({
  uri: v.string(),
  model: v.string(),
  name: v.string(),
  state: v.picklist(['running', 'stopping', 'done', 'stopped', 'failed']),
  step: v.pipe(v.number(), v.integer(), v.minValue(0)),
  steps: v.pipe(v.number(), v.integer(), v.minValue(0)),
  firstLoss: v.optional(v.number()),
  loss: v.optional(v.number()),
  ms: v.pipe(v.number(), v.minValue(0)),
  curve: v.pipe(
    v.strictObject({ width: v.pipe(v.number(), v.integer(), v.minValue(1)), mean: losses, min: losses, max: losses }),
    v.check(({ mean, min, max }) => mean.length === min.length && mean.length === max.length, 'curves of one length'),
  ),
  result: v.record(v.string(), v.union([v.number(), v.string()])),
  problem: v.optional(
    v.strictObject({
      severity: v.picklist(['error', 'warning', 'info']),
      message: v.string(),
      hint: v.optional(v.string()),
      place: v.optional(v.strictObject({ file: v.string(), range: v.strictObject({ start: place, end: place }) })),
    }),
  ),
  outOfDate: v.boolean(),
  parameters: v.picklist(['trained', 'initial', 'none']),
  remark: v.optional(v.string()),
});
const mode = v.picklist(['forward', 'backward']);
const time = v.pipe(v.number(), v.minValue(0));
const runActivity = v.strictObject({
  mode,
  model: v.optional(v.string()),
  layer: v.optional(v.array(v.string())),
  at: v.optional(v.string()),
  startedAt: time,
  stopping: v.boolean(),
  phase: v.optional(v.string()),
  ops: time,
  bytes: time,
});
const runOutcome = v.strictObject({
  kind: v.picklist(['done', 'failed', 'cancelled']),
  mode,
  endedAt: time,
  problem: v.optional(v.string()),
});
const panelEvents = {
  file: v.strictObject({ uri: v.string(), locked: v.boolean(), from: v.optional(v.string()) }),
  update: v.looseObject({
    uri: v.string(),
    shape: v.optional(trace),
    before: v.optional(trace),
    run: v.optional(trace),
    layer: v.optional(v.array(v.string())),
    outOfDate: v.boolean(),
  }),
  select: v.strictObject({
    view: v.optional(view),
    model: v.optional(v.string()),
    layer: v.optional(v.string()),
    site: v.optional(count),
  }),
  state: v.strictObject({
    uri: v.string(),
    trusted: v.boolean(),
    summary: v.string(),
    shapes: v.boolean(),
    version: v.optional(v.number()),
    run: v.optional(runActivity),
    lastRun: v.optional(runOutcome),
    training: v.optional(v.string()),
    problem: v.optional(v.string()),
  }),
  training,
} as const;

/** Turns away what did not come from our own editor side. */
export function checkFromEditor(name: string, params: unknown): unknown {
  if (!Object.hasOwn(panelEvents, name)) throw new Error('unknown message');
  return v.parse(panelEvents[name as keyof typeof panelEvents] as v.GenericSchema, params);
}
