/** The way to the editor: the only file that knows we are inside a webview. What comes in is checked before it is used. */
import * as v from 'valibot';
import { nameNonFinite, reviveNonFinite } from '../extension/protocol/nonFinite.ts';
import {
  checkFromEditor,
  type PanelEvents,
  type PanelMethods,
  type PanelNotices,
} from '../extension/protocol/panel.ts';
import { Rpc, type Transport } from '../extension/protocol/rpc.ts';
import type { Training } from '../extension/protocol/training.ts';
import type { KeptAnswer } from './answers.ts';

interface Host {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  getState(): unknown;
  setState(state: Saved): void;
}
declare function acquireVsCodeApi(): Host;

/** What a reload brings back. The editor keeps it, and hands it to the panel's serializer after a restart. */
export interface Saved {
  readonly uri: string | undefined;
  readonly locked: boolean;
  /** By the name that `persisted` gives it. */
  readonly chosen: Readonly<Record<string, unknown>>;
  /** The same of files that were shown before. */
  readonly others: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The trace that was shown last, where it is small enough to be kept: the first picture after a reload. */
  readonly last?: PanelEvents['update'] | undefined;
  /** What the engine answered of it. */
  readonly answers: readonly KeptAnswer[];
  /** Trainings of the file that is shown. */
  readonly trainings: readonly Training[];
}

const host = acquireVsCodeApi();

const transport: Transport = {
  post: (message) => host.postMessage(message),
  listen(receive) {
    const listener = (event: MessageEvent<unknown>): void => receive(reviveNonFinite(event.data));
    window.addEventListener('message', listener);
    return { dispose: () => window.removeEventListener('message', listener) };
  },
};

export const editor = new Rpc<PanelMethods, PanelEvents, PanelNotices>(transport, {}, checkFromEditor, (reason) =>
  console.warn(`Tensight rejected a message: ${reason}`),
);

const chosen = v.record(v.string(), v.unknown());
const saved = v.object({
  uri: v.optional(v.string()),
  locked: v.optional(v.boolean(), false),
  chosen,
  others: v.optional(v.record(v.string(), chosen), {}),
  last: v.optional(v.unknown()),
  answers: v.optional(v.array(v.tuple([v.string(), v.string()])), []),
  trainings: v.optional(v.array(v.unknown()), []),
});

/** What the editor said once; undefined where it is of another version of the page. */
function heardBefore<E extends 'update' | 'training'>(event: E, raw: unknown): PanelEvents[E] | undefined {
  if (raw === undefined) return undefined;
  try {
    return checkFromEditor(event, reviveNonFinite(raw)) as PanelEvents[E];
  } catch {
    return undefined;
  }
}

export function loadState(): Saved {
  const state = v.safeParse(saved, host.getState());
  if (!state.success) return { uri: undefined, locked: false, chosen: {}, others: {}, answers: [], trainings: [] };
  const { uri, last, trainings, ...rest } = state.output;
  return {
    ...{ ...rest, uri, last: heardBefore('update', last) },
    trainings: trainings.flatMap((training) => heardBefore('training', training) ?? []),
  };
}

/** Characters of a trace, as text, that are kept. */
const mostKept = 800_000;
/** As they are kept; undefined where they are too large. */
const traces = new WeakMap<object, { readonly named: unknown }>();

export function saveState({ last, answers, trainings, ...state }: Saved): void {
  let trace = last && traces.get(last);
  if (last !== undefined && trace === undefined) {
    const named = nameNonFinite(last);
    trace = { named: JSON.stringify(named).length <= mostKept ? named : undefined };
    traces.set(last, trace);
  }
  const kept = { ...state, trainings: nameNonFinite(trainings) as Saved['trainings'] };
  // Pictures without their trace have no place.
  host.setState(
    trace?.named === undefined ? { ...kept, answers: [] } : { ...kept, answers, last: trace.named as Saved['last'] },
  );
}
