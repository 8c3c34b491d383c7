/**
 * The main thread of an engine's process. It starts the engine's worker and does nothing that could take long: it passes messages on
 * unread, tells where work is and what it takes, asks it to stop, and ends the process when the worker ends or the owner is gone. It
 * alone shares memory with the worker. The process is ended by SIGKILL: an exit would wait for a worker that does not stop.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Place } from '../engine/place.ts';
import { type FromWatch, stateEveryMs, type ToEngine, type ToWatch } from '../protocol/watch.ts';
import { removeFolder } from './folder.ts';

const [, , heapMegabytes, folder] = process.argv;
const worker = new Worker(join(import.meta.dirname, 'engine-worker.cjs'), {
  name: 'tensight-engine',
  argv: [],
  execArgv: [],
  env: {},
  resourceLimits: { maxOldGenerationSizeMb: Number(heapMegabytes) },
});

/** How long the last message may take to leave. */
const farewellMs = 500;

function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function send(message: FromWatch, sent: () => void = () => {}): void {
  // Where the channel is closed, `disconnect` ends the process.
  process.send?.(message, undefined, undefined, sent);
}

// Ctrl-C in a terminal reaches every process in it. What it means is the owner's decision, who may still want what was done.
process.on('SIGINT', () => {});

let ending = false;
function sayWhy(kind: 'memory' | 'crashed' | 'ended', message: string): void {
  if (ending) return;
  ending = true;
  state?.tell();
  send({ from: 'end', kind, message }, end);
  setTimeout(end, farewellMs);
}

/** Work that goes on, as it can be seen from here. */
class State {
  readonly shared = new Int32Array(new SharedArrayBuffer(20));
  readonly #place = new Place(this.shared);
  readonly #timer = setInterval(() => this.tell(), stateEveryMs);
  #heap: number | undefined;
  #asking = false;

  constructor(readonly work: number) {}

  tell(): void {
    this.#place.look();
    void this.#measure();
    const { site, loop } = this.#place;
    const acknowledged = Atomics.load(this.shared, 0) === 2;
    const state = { work: this.work, site, loop, acknowledged, resident: process.memoryUsage.rss(), heap: this.#heap };
    send({ from: 'state', state });
  }

  cancel(): void {
    this.tell();
    Atomics.compareExchange(this.shared, 0, 0, 1);
  }

  /** What it left behind (an asynchronous loop) ends with it. */
  finish(): void {
    clearInterval(this.#timer);
    Atomics.store(this.shared, 0, 1);
  }

  /** The worker answers between two steps of its own, if at all; Node before 22.16 can't ask. */
  async #measure(): Promise<void> {
    if (this.#asking || typeof worker.getHeapStatistics !== 'function') return;
    this.#asking = true;
    // A thread on its way out has no statistics.
    const heap = await worker.getHeapStatistics().catch(() => undefined);
    this.#asking = false;
    if (heap !== undefined) this.#heap = heap.used_heap_size + heap.external_memory;
  }
}

let state: State | undefined;

process.on('message', (message: ToWatch) => {
  switch (message.to) {
    case 'engine': {
      // What was received is a part of what came with it.
      const bytes = new Uint8Array(message.bytes);
      worker.postMessage(bytes satisfies ToEngine, [bytes.buffer]);
      break;
    }
    case 'begin':
      state?.finish();
      state = new State(message.work);
      worker.postMessage(state.shared.buffer satisfies ToEngine);
      state.tell();
      break;
    case 'cancel':
      if (state?.work === message.work) state.cancel();
      break;
    case 'finish':
      if (state?.work !== message.work) break;
      state.finish();
      state = undefined;
      break;
    default:
      message satisfies never;
  }
});
process.on('disconnect', () => {
  // The owner is gone and can't remove it any more.
  try {
    if (folder) removeFolder(folder);
  } finally {
    end();
  }
});
process.on('uncaughtException', (error: unknown) => sayWhy('crashed', textOf(error)));

worker.on('message', (bytes: Uint8Array) => send({ from: 'engine', bytes }));
worker.once('error', (error: unknown) => {
  const outOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  sayWhy(outOfMemory ? 'memory' : 'crashed', textOf(error));
});
worker.once('exit', (code) => sayWhy('ended', `the engine ended with code ${code}`));

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : 'something was thrown that is no error';
}
