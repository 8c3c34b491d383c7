/** One engine as its owner has it: its process, the channel to it, whether it is up, what became of it. */
import { host } from '#host';
import type { EndReason, EngineHandle } from '../host/host.ts';
import type { EngineEvents, EngineMethods } from '../protocol/engine.ts';
import { Rpc } from '../protocol/rpc.ts';

export type EngineRpc = Rpc<EngineMethods, EngineEvents, object>;

export interface StartOptions {
  /** The engine's bundle, `dist/engine.cjs`. */
  readonly script: string;
  /** Where its owner keeps what is too large to be sent. */
  readonly folder?: string | undefined;
  /** What happens to the engine. */
  readonly log?: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Milliseconds an engine may take to start; 20 s by default. */
  readonly startTimeoutMs?: number;
}

/** An engine that is up or coming up. */
export interface Engine {
  readonly handle: EngineHandle;
  readonly rpc: EngineRpc;
  /** Settles when it is up, with nothing, or when it is gone before that, with why. */
  readonly up: Promise<{ readonly gone: EndReason } | undefined>;
  /** Why it is gone. */
  end: EndReason | undefined;
  /** Why its owner ended it, where it did. */
  dropped: string | undefined;
  /** Whether it was given work: one that ends before that would only end again. */
  worked: boolean;
  /** What a run changed that cannot be put back, if one did: it is ended before the next one. */
  spoiled: string | undefined;
  /** Called at the end, by the run that waits for it. Waiting by `ended.then` would keep every run, trace and all, as long as the engine. */
  onEnd: ((end: EndReason) => void) | undefined;
}

const startTimeoutMs = 20_000;

/** Starts one with a heap of at most `megabytes` (10⁶ bytes); `late` is called where it does not come up in time. */
export function startEngine(options: StartOptions, megabytes: number, late: (engine: Engine) => void): Engine {
  const heapMegabytes = Math.max(64, Math.round((megabytes * 1e6) / 2 ** 20));
  const handle = host.startEngine({ script: options.script, heapMegabytes, folder: options.folder });
  const rpc: EngineRpc = new Rpc(handle.transport, {});
  const asked = performance.now();
  const up: Engine['up'] = new Promise((resolve) => {
    const timer = setTimeout(() => late(engine), options.startTimeoutMs ?? startTimeoutMs);
    rpc.on('ready', ({ started }) => {
      clearTimeout(timer);
      const took = Math.round(performance.now() - asked);
      options.log?.(
        'info',
        `Engine up in ${took} ms, ${Math.round(started)} ms of them its own${handle.pid === undefined ? '' : `; process ${handle.pid}`}.`,
      );
      resolve(undefined);
    });
    void handle.ended.then((end) => {
      clearTimeout(timer);
      resolve({ gone: end });
    });
  });
  const engine: Engine = {
    handle,
    rpc,
    up,
    end: undefined,
    dropped: undefined,
    worked: false,
    spoiled: undefined,
    onEnd: undefined,
  };
  void handle.ended.then((end) => {
    engine.end = end;
    engine.onEnd?.(end);
  });
  return engine;
}
