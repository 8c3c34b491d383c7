import { onAbort } from '../protocol/abort.ts';
import type { WorkState } from '../protocol/watch.ts';
import type { Stop } from './limits.ts';

export interface GuardOptions {
  /** Milliseconds, from `start` on, and anew from each `restart`. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Buffers of the engine itself and garbage not collected yet: the tensors' own budget is exact and speaks first. */
const slackBytes = 64e6;

/** Milliseconds, 24 days: a timer for longer fires at once. */
const longestTimer = 2 ** 31 - 1;

/** Waits for whichever comes first: a cancel, the time limit, the memory limit. The first that comes is the one that counts. */
export class Guard {
  readonly stopped: Promise<Stop>;
  #stop: (stop: Stop) => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #first: { resident: number; heap: number | undefined } | undefined;
  #disposed = false;
  readonly #forget: () => void;

  /** Listens to the signal from the start: a cancel counts however early it comes. */
  constructor(private readonly limits: GuardOptions) {
    this.stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
    this.#forget = onAbort(limits.signal, () => this.#stop({ kind: 'cancelled' }));
  }

  /** Gives it its time, once more where it had some already. */
  restart(): void {
    clearTimeout(this.#timer);
    const { timeoutMs } = this.limits;
    const stop = () => this.#stop({ kind: 'timeout', ms: timeoutMs });
    if (!this.#disposed) this.#timer = setTimeout(stop, Math.min(timeoutMs, longestTimer));
  }

  /** Looks at what it takes; only growth since the first look means anything. */
  look({ resident, heap }: Pick<WorkState, 'resident' | 'heap'>, limit: number): void {
    this.#first ??= { resident, heap };
    this.#first.heap ??= heap;
    const grown = Math.max(resident - this.#first.resident, (heap ?? 0) - (this.#first.heap ?? 0));
    if (grown > limit * 1.25 + slackBytes) this.#stop({ kind: 'memory' });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#forget();
  }
}
