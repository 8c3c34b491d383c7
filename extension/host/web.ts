/**
 * Engines as Web Workers, for hosts that have no processes. A browser ends a worker whatever it is doing, and a fault of one is not the
 * page's, so nothing more is needed. Where the page may share memory, this side does what a watch thread does elsewhere; where it may not,
 * work is stopped by ending the engine. What an engine takes can't be told from outside: its tensors' own budget is the limit.
 */
import { Place } from '../engine/place.ts';
import type { Transport } from '../protocol/rpc.ts';
import { stateEveryMs } from '../protocol/watch.ts';
import type { EndReason, EngineHandle, EngineOptions, EnginePort, Host } from './host.ts';

/** What is used of a worker and, inside of one, of its scope; this project's types are Node's. */
interface Port {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  removeEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}
interface WebWorker extends Port {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
  terminate(): void;
}
type Scope = Port & { readonly Worker: new (script: string, options: { readonly name: string }) => WebWorker };

/** Goes ahead of the request that is the work. */
interface Begin {
  readonly begin: SharedArrayBuffer | undefined;
}

const scope = globalThis as unknown as Scope;

const noDisk = (): never => {
  throw new Error('there is no disk here');
};

export const host: Host = {
  startEngine,
  openPort,
  openFolder: () => undefined,
  writePrivate: noDisk,
  readPrivate: noDisk,
  readSource: () => undefined,
  compile,
  languageNames: () => language.split(' '),
  format: (values) => values.map(text).join(' '),
  helpers: () => ({ count: 0, start() {} }),
  wideVectors: undefined,
  lowerPriority: () => {},
};

/** Taken before the realm is closed. */
// biome-ignore lint/security/noGlobalEval: this runs a person's own program, which the page has no other way to start
const evaluate = globalThis.eval;

/** In the global scope; what the body is wrapped in takes no line of its own. */
function compile(body: string, parameters: readonly string[], file: string): (...args: unknown[]) => Iterator<unknown> {
  return evaluate(`(function* (${parameters}) {${body}\n})\n//# sourceURL=${file}`) as ReturnType<typeof compile>;
}

/** Globals of ECMAScript 2025: a worker has no second realm to ask. */
const language =
  'AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError ' +
  'FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN ' +
  'Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError TypeError ' +
  'URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet console decodeURI decodeURIComponent ' +
  'encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat parseInt undefined unescape';

/** Objects as JSON, where they are any. */
function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch (error) {
    return error instanceof Error ? `[${error.message}]` : '[object]';
  }
}

function startEngine({ script }: EngineOptions): EngineHandle {
  const worker = new scope.Worker(script, { name: 'tensight-engine' });
  let settle: (end: EndReason) => void = () => {};
  let finish = () => {};
  let watched: { readonly work: number; cancel(): void } | undefined;
  const handle: EngineHandle = {
    transport: transportOver(worker),
    ended: new Promise((resolve) => {
      settle = resolve;
    }),
    onState: undefined,
    begin(work) {
      finish();
      const shared = typeof SharedArrayBuffer === 'undefined' ? undefined : new Int32Array(new SharedArrayBuffer(20));
      worker.postMessage({ begin: shared?.buffer } satisfies Begin);
      // Of one that shares no memory nothing is known but that it was given work.
      if (shared === undefined) return handle.onState?.({ work, acknowledged: false, resident: 0 });
      const place = new Place(shared);
      const tell = () => {
        place.look();
        const { site, loop } = place;
        handle.onState?.({ work, site, loop, acknowledged: Atomics.load(shared, 0) === 2, resident: 0 });
      };
      const timer = setInterval(tell, stateEveryMs);
      watched = {
        work,
        cancel() {
          tell();
          Atomics.compareExchange(shared, 0, 0, 1);
        },
      };
      finish = () => {
        clearInterval(timer);
        Atomics.store(shared, 0, 1);
      };
    },
    cancel(work) {
      if (watched?.work === work) watched.cancel();
    },
    finish(work) {
      if (watched?.work === work) finish();
    },
    async kill() {
      finish();
      worker.terminate();
      settle({ kind: 'ended', message: 'the engine was ended' });
    },
  };
  worker.addEventListener('error', ({ message = 'it failed' }) => {
    worker.terminate();
    settle({ kind: 'crashed', message });
  });
  return handle;
}

function openPort(settle: () => void): EnginePort {
  let shared: SharedArrayBuffer | undefined;
  return {
    shared: () => shared,
    transport: transportOver(scope, settle, (message) => {
      if (!isBegin(message)) return false;
      shared = message.begin;
      return true;
    }),
  };
}

function isBegin(message: unknown): message is Begin {
  return typeof message === 'object' && message !== null && 'begin' in message;
}

/** Hands on every message that `take` does not keep. */
function transportOver(port: Port, settle = () => {}, take: (message: unknown) => boolean = () => false): Transport {
  return {
    post: (message, transfer) => port.postMessage(message, transfer ?? []),
    listen(receive) {
      const listener = ({ data }: { readonly data: unknown }) => {
        settle();
        if (!take(data)) receive(data);
      };
      port.addEventListener('message', listener);
      return { dispose: () => port.removeEventListener('message', listener) };
    },
  };
}
