import type { FileTrace, Problem } from '../../core/trace/trace.ts';
import type { EngineEvents, EngineMethods, RunRequest, TrainReport, TrainRequest } from '../protocol/engine.ts';
import { Rpc, RpcError } from '../protocol/rpc.ts';
import type {
  AttentionGrid,
  AttentionGridQuery,
  AttentionMapQuery,
  Histogram,
  HistogramQuery,
  Tile,
  TileQuery,
} from '../protocol/views.ts';
import { type LimitNames, Place, problemOfStop, type Stop } from './limits.ts';
import { type EndReason, type EngineThread, startEngine } from './start.ts';

type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

export interface EngineHostOptions {
  /** The engine's bundle, `dist/engine.cjs`. */
  readonly script: string;
  /** Megabytes (10⁶ bytes) a run may take. */
  readonly memoryLimit: number;
  /** What happens to the thread. */
  readonly log?: Log;
  /** What models print with `console`. */
  readonly print?: Log;
  /** What the limits are called where the person can change them. */
  readonly names?: LimitNames;
}

export interface RunLimits {
  /** Wall time, once the engine is up; where `eachStep`, between two steps of a training. */
  readonly timeoutMs: number;
  readonly eachStep?: boolean;
  /** Cancels the run, or keeps it from starting. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineEvents['progress']) => void;
  readonly onStep?: (step: EngineEvents['step']) => void;
}

export type HostRequest = Omit<RunRequest, 'cancel' | 'memoryLimit'>;
export type HostTrainRequest = Omit<TrainRequest, 'cancel' | 'memoryLimit'>;

/** What the worker does under limits, and what it answers with. */
interface Work<A> {
  readonly method: 'run' | 'train';
  readonly request: Omit<RunRequest, 'cancel' | 'memoryLimit' | 'fallback'>;
  /** How long it may take to stop when it is asked to, before its thread is ended. */
  readonly graceMs: number;
  /** How much longer where it has stopped and only has to write down what it did. */
  readonly writingMs: number;
  /** The answer where there is none but a problem. */
  failed(problem: Problem, ms: number): A;
}

type Answer = Pick<FileTrace | TrainReport, 'problems'> & { readonly format: string };

type EngineRpc = Rpc<EngineMethods, EngineEvents, object>;

/** A thread that is up or coming up. */
interface Engine {
  readonly thread: EngineThread;
  readonly rpc: EngineRpc;
  readonly ready: Promise<void>;
  /** Why the thread is no more. */
  end: EndReason | undefined;
  /** Whether a run changed what cannot be put back: it is ended before the next one. */
  spoiled: boolean;
  /** Told of the end by the run that waits for it. Waiting by `thread.ended.then` would keep every run, trace and all, as long as the thread. */
  onEnd: ((end: EndReason) => void) | undefined;
}

/** Whoever waits for a run wants the next one at once. */
const runPatience = { graceMs: 150, writingMs: 1000 };
/** What was learnt is worth waiting for: the end of a backward pass, then the definition's `result`. */
const trainPatience = { graceMs: 3000, writingMs: 20_000 };
/** How long a thread that is gone may take to say why. */
const lastWordMs = 150;
/** How often a run's memory is looked at. */
const watchEveryMs = 50;
/** Buffers of the engine itself and garbage not collected yet: the tensors' own budget is exact and speaks first. */
const slackBytes = 64e6;

/**
 * One engine thread and its limits. Starts it when it is needed, ends it when a run will not stop, starts the next. Runs are
 * one after another, and always answer with a trace: what went wrong, the thread's death included, is a problem in it.
 */
export class EngineHost {
  #engine: Engine | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #progress: RunLimits['onProgress'];
  #onStep: RunLimits['onStep'];
  #memoryLimit: number;
  #disposed = false;
  readonly #ending = new Set<Promise<void>>();

  constructor(private readonly options: EngineHostOptions) {
    this.#memoryLimit = options.memoryLimit;
  }

  /** Takes hold with the next thread for the heap, with the next run for tensors. */
  set memoryLimit(megabytes: number) {
    this.#memoryLimit = megabytes;
  }

  get memoryLimit(): number {
    return this.#memoryLimit;
  }

  /** Starts the thread ahead of the first run. Resolves when it is up. */
  async warmUp(): Promise<void> {
    await this.#start().ready;
  }

  /** Lets the thread run something of its own, a little at a time: a run that is asked for meanwhile goes first. */
  async rehearse(rounds = 24): Promise<void> {
    for (let i = 0; i < rounds && !this.#disposed; i++) {
      await this.#tail;
      await this.#engine?.rpc.request('rehearse', null).catch(() => {});
    }
  }

  /** Runs a program. Never rejects. */
  run(request: HostRequest, limits: RunLimits): Promise<FileTrace> {
    const { entry: file, run, mode, sites } = request;
    const empty = { format: 'tensight-trace', version: 1, file, run, mode, models: [], sites } as const;
    return this.#queue(
      {
        ...{ method: 'run', request, ...runPatience },
        failed: (problem, ms): FileTrace => ({ ...empty, problems: [problem], ms }),
      },
      limits,
    );
  }

  /** Trains a program's models. Never rejects. */
  train(request: HostTrainRequest, limits: RunLimits): Promise<TrainReport> {
    const { entry: file, sites } = request;
    const empty = { format: 'tensight-training', version: 1, file, models: [], sites } as const;
    return this.#queue(
      {
        ...{ method: 'train', request, ...trainPatience },
        failed: (problem, ms): TrainReport => ({ ...empty, problems: [problem], ms }),
      },
      limits,
    );
  }

  #queue<A extends Answer>(work: Work<A>, limits: RunLimits): Promise<A> {
    const result = this.#tail.then(() => this.#run(work, limits));
    this.#tail = result;
    return result;
  }

  release(run: number): void {
    this.#engine?.rpc.request('release', { run }).catch(() => {});
  }

  tile(query: TileQuery): Promise<Tile> {
    return this.#ask((rpc) => rpc.request('tile', query));
  }

  histogram(query: HistogramQuery): Promise<Histogram> {
    return this.#ask((rpc) => rpc.request('histogram', query));
  }

  attentionGrid(query: AttentionGridQuery): Promise<AttentionGrid> {
    return this.#ask((rpc) => rpc.request('attentionGrid', query));
  }

  attentionMap(query: AttentionMapQuery): Promise<Tile> {
    return this.#ask((rpc) => rpc.request('attentionMap', query));
  }

  /** Ends the thread; resolves when it is gone. Nothing can be run afterwards. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#end('the engine was closed');
    await Promise.all(this.#ending);
  }

  #ask<T>(question: (rpc: EngineRpc) => Promise<T>): Promise<T> {
    if (this.#engine === undefined)
      return Promise.reject(new RpcError('The values are no longer held. Run the model again to look at them.'));
    return question(this.#engine.rpc);
  }

  async #run<A extends Answer>(work: Work<A>, limits: RunLimits): Promise<A> {
    const { request } = work;
    const started = performance.now();
    const shared = new Int32Array(new SharedArrayBuffer(20));
    const place = new Place(shared);
    const failed = (stop: Stop): A => work.failed(this.#problem(stop, request, place), performance.now() - started);
    if (limits.signal?.aborted) return failed({ kind: 'cancelled' });
    if (this.#disposed) return failed({ kind: 'crashed', message: 'the engine was closed' });

    // What the last run spoiled was still good for looking at its tensors.
    if (this.#engine?.spoiled) this.#end('a run changed the language in ways that cannot be undone');
    const engine = this.#start();
    let startProblem: string | undefined;
    await engine.ready.catch((error: Error) => {
      startProblem = error.message;
    });
    if (startProblem !== undefined) return failed({ kind: 'crashed', message: startProblem });

    this.#progress = limits.onProgress;
    this.#onStep = (step) => {
      if (limits.eachStep) watch.restart();
      limits.onStep?.(step);
    };
    const watch = new Watch(engine.thread, this.#memoryLimit * 1e6, limits, () => place.look());
    const memoryLimit = this.#memoryLimit * 1e6;
    const whole = { ...request, memoryLimit, cancel: shared.buffer as SharedArrayBuffer };
    const answer = engine.rpc.request(work.method, whole as RunRequest & TrainRequest).then(
      // The worker answers each method with that method's kind.
      (given) => ({ ...given, sites: request.sites }) as unknown as A,
      (error: Error) => error,
    );
    try {
      const gone = new Promise<{ gone: Stop }>((resolve) => {
        engine.onEnd = (end) => resolve({ gone: stopOfEnd(end) });
        if (engine.end !== undefined) engine.onEnd(engine.end);
      });
      const first = await Promise.race([answer, watch.stopped, gone]);
      if (isAnswer(first)) return first;
      if (first instanceof Error) {
        const why = await this.#whyGone(engine, first);
        // Where it is not gone, it is not trusted any more.
        if (this.#engine === engine) this.#end('the run failed');
        return failed(why);
      }
      if ('gone' in first) return failed(first.gone);
      watch.dispose();
      place.look();
      Atomics.store(shared, 0, 1);
      let late = await Promise.race([answer, pause(work.graceMs), gone]);
      if (late === undefined && Atomics.load(shared, 0) === 2)
        late = await Promise.race([answer, pause(work.writingMs), gone]);
      if (isAnswer(late)) return this.#stopped(late, first, place, request);
      this.#end('the run was stopped');
      // The next run is likely: let it find the thread up.
      if (!this.#disposed) this.#start().ready.catch(() => {});
      return failed(first);
    } finally {
      // What the run left behind (an asynchronous loop) ends with it.
      Atomics.store(shared, 0, 1);
      watch.dispose();
      engine.onEnd = undefined;
      this.#progress = undefined;
      this.#onStep = undefined;
    }
  }

  /** A run that stopped when asked: what ran before stays, and the problem says why it was asked. */
  #stopped<A extends Answer>(trace: A, stop: Stop, place: Place, request: Work<A>['request']): A {
    // It may have ended by itself in the last moment.
    if (!trace.problems.some(({ code }) => code === 'cancelled')) return trace;
    const others = trace.problems.filter(({ code }) => code !== 'cancelled');
    return { ...trace, problems: [...others, this.#problem(stop, request, place)] };
  }

  #problem(stop: Stop, request: Work<Answer>['request'], place: Place): Problem {
    return problemOfStop(stop, request, place, this.#memoryLimit, this.options.names);
  }

  /** A request fails with its thread, whose own last word says more. */
  async #whyGone(engine: Engine, error: Error): Promise<Stop> {
    const end = await Promise.race([engine.thread.ended, pause(lastWordMs)]);
    return end === undefined ? { kind: 'crashed', message: error.message } : stopOfEnd(end);
  }

  #start(): Engine {
    if (this.#engine !== undefined) return this.#engine;
    if (this.#disposed) throw new Error('the engine was closed');
    const thread = startEngine(this.options.script, Math.max(64, Math.round((this.#memoryLimit * 1e6) / 2 ** 20)));
    const rpc: EngineRpc = new Rpc(thread.transport, {});
    const log = this.options.log ?? (() => {});
    rpc.on('log', ({ level, message }) => (this.options.print ?? log)(level, message));
    rpc.on('progress', (progress) => this.#progress?.(progress));
    rpc.on('step', (step) => this.#onStep?.(step));
    const ready = new Promise<void>((resolve, reject) => {
      rpc.on('ready', ({ started }) => {
        log('info', `Engine up in ${Math.round(started)} ms.`);
        resolve();
      });
      thread.ended.then(({ message }) => reject(new Error(`the engine did not start: ${message}`)));
    });
    ready.catch(() => {});
    const engine: Engine = { thread, rpc, ready, end: undefined, spoiled: false, onEnd: undefined };
    rpc.on('spoiled', () => {
      engine.spoiled = true;
    });
    this.#engine = engine;
    thread.ended.then((end) => {
      engine.end = end;
      engine.onEnd?.(end);
      if (this.#engine !== engine) return;
      const { kind, message } = end;
      this.#engine = undefined;
      rpc.close(message);
      log(kind === 'ended' ? 'info' : 'error', message);
    });
    return engine;
  }

  #end(reason: string): void {
    const engine = this.#engine;
    if (engine === undefined) return;
    this.#engine = undefined;
    engine.rpc.close(reason);
    const ending = engine.thread.terminate().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

/** Waits for whichever comes first: the time limit, the memory limit, a cancel. */
class Watch {
  readonly stopped: Promise<Stop>;
  readonly #dispose: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restart: () => void = () => {};

  constructor(thread: EngineThread, memoryLimit: number, { timeoutMs, signal }: RunLimits, tick: () => void) {
    this.stopped = new Promise((resolve) => {
      this.#restart = () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => resolve({ kind: 'timeout', ms: timeoutMs }), timeoutMs);
      };
      this.#restart();
      const cancel = () => resolve({ kind: 'cancelled' });
      signal?.addEventListener('abort', cancel, { once: true });
      let before: number | undefined;
      let asking = false;
      const look = async () => {
        tick();
        if (asking) return;
        asking = true;
        // A thread on its way out has no statistics; its end is waited for elsewhere.
        const now = await thread.memory().catch(() => undefined);
        asking = false;
        if (now === undefined) return;
        before ??= now;
        if (now - before > memoryLimit * 1.25 + slackBytes) resolve({ kind: 'memory' });
      };
      void look();
      const interval = setInterval(look, watchEveryMs);
      this.#dispose.push(
        () => clearTimeout(this.#timer),
        () => clearInterval(interval),
        () => signal?.removeEventListener('abort', cancel),
      );
    });
  }

  /** Gives it the whole time once more. */
  restart(): void {
    this.#restart();
  }

  dispose(): void {
    this.#restart = () => {};
    for (const dispose of this.#dispose) dispose();
  }
}

function isAnswer<A extends Answer>(value: A | object | undefined): value is A {
  return value !== undefined && 'format' in value;
}

function stopOfEnd({ kind, message }: EndReason): Stop {
  return kind === 'memory' ? { kind } : { kind: 'crashed', message };
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
