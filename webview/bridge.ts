/** The way to the editor: the only file that knows we are inside a webview. What comes in is checked before it is used. */
import { reviveNonFinite } from '../extension/protocol/nonFinite.ts';
import {
  checkFromEditor,
  type PanelEvents,
  type PanelMethods,
  type PanelNotices,
  type PanelView,
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
  readonly uri?: string;
  readonly view?: PanelView;
  readonly model?: string;
  readonly layer?: string;
  readonly attention?: { readonly key: string; readonly head: number; readonly batch: number };
  readonly scroll?: number;
  /** Where it was chosen. */
  readonly lossAxis?: 'log' | 'linear';
  /** When the run was first seen, to say `executed 12:04` after a reload too. */
  readonly seen?: { readonly run: number; readonly at: number };
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
  console.warn(`Tensight turned away a message: ${reason}`),
);

export function loadState(): Saved {
  const state = host.getState();
  return typeof state === 'object' && state !== null ? (state as Saved) : {};
}

export function saveState(state: Saved): void {
  host.setState(state);
}
