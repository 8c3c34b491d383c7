/** The one place that makes an engine's thread. */
import { Worker } from 'node:worker_threads';
import type { Transport } from '../protocol/rpc.ts';

/** Why a thread is no more. */
export type EndReason = { readonly kind: 'memory' | 'crashed' | 'ended'; readonly message: string };

/** A thread as its owner sees it. */
export interface EngineThread {
  readonly transport: Transport;
  /** Settles when the thread is gone, for whatever reason. */
  readonly ended: Promise<EndReason>;
  /** Bytes it uses, its own heap and buffers where the host can tell, else of the whole process; only growth means anything. */
  memory(): Promise<number>;
  /** Ends it, whatever it is doing. */
  terminate(): Promise<void>;
}

/** Starts `script` with a heap of at most `heapMegabytes`. */
export function startEngine(script: string, heapMegabytes: number): EngineThread {
  const worker = new Worker(script, {
    name: 'tensight-engine',
    argv: [],
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  const ended = new Promise<EndReason>((resolve) => {
    worker.once('error', (error: Error & { code?: string }) =>
      resolve({
        kind: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crashed',
        message: error.stack ?? error.message,
      }),
    );
    worker.once('exit', (code) => resolve({ kind: 'ended', message: `the engine ended with code ${code}` }));
  });
  return {
    transport: {
      post: (message, transfer) => worker.postMessage(message, transfer ?? []),
      listen(receive) {
        worker.on('message', receive);
        return { dispose: () => worker.off('message', receive) };
      },
    },
    ended,
    memory: () => memoryOf(worker),
    async terminate() {
      await worker.terminate();
    },
  };
}

/** Of the worker alone since Node 22.16; before that of the process it is part of. */
async function memoryOf(worker: Worker): Promise<number> {
  if (typeof worker.getHeapStatistics !== 'function') return process.memoryUsage.rss();
  const heap = await worker.getHeapStatistics();
  return heap.used_heap_size + heap.external_memory;
}
