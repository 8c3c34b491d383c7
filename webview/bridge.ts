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
});

function lastOf(raw: unknown): Saved['last'] {
  if (raw === undefined) return undefined;
  try {
    return checkFromEditor('update', reviveNonFinite(raw)) as PanelEvents['update'];
  } catch {
    // Of another version of the page.
    return undefined;
  }
}

export function loadState(): Saved {
  const state = v.safeParse(saved, host.getState());
  return state.success
    ? { ...state.output, uri: state.output.uri, last: lastOf(state.output.last) }
    : { uri: undefined, locked: false, chosen: {}, others: {} };
}

/** Characters of a trace, as text, that are kept. */
const mostKept = 400_000;

export function saveState({ last, ...state }: Saved): void {
  const named = last === undefined ? undefined : nameNonFinite(last);
  const keep = named !== undefined && JSON.stringify(named).length <= mostKept;
  host.setState(keep ? { ...state, last: named as Saved['last'] } : state);
}
