/** An engine under limits: runs and trainings one after another, on the engine there is or on the next one. */
import type { FileTrace } from '../../core/trace/trace.ts';
import type { EndReason } from '../host/host.ts';
import type { EngineEvents, RunRequest, TrainReport, TrainRequest } from '../protocol/engine.ts';
import type { Query, QueryAnswer, QueryName, QueryParams } from '../protocol/queries.ts';
import { RpcError } from '../protocol/rpc.ts';
import type { WorkState } from '../protocol/watch.ts';
import { type Engine, type EngineRpc, type StartOptions, startEngine } from './engine.ts';
import { Guard } from './guard.ts';
import { type LimitNames, problemOfStop, type Stop, settingNames, type TrainingPlace } from './limits.ts';
import { rehearsal } from './rehearsal.ts';
import {
  type Answer,
  type HostRequest,
  type HostTrainRequest,
  isAnswer,
  type RunLimits,
  runWork,
  stopped,
  trainWork,
  type Work,
} from './work.ts';

type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

export interface EngineHostOptions extends StartOptions {
  /** Megabytes (10⁶ bytes) a run may take. */
  readonly memoryLimit: number;
  /** What models print with `console`. */
  readonly print?: Log;
  /** What the limits are called where the person can change them. */
  readonly names?: LimitNames;
  /** Milliseconds a question about a run may take, while nothing is run; 10 s by default. */
  readonly queryTimeoutMs?: number;
}

/** How long an engine that is gone may take to say why. */
const lastWordMs = 500;
const queryTimeoutMs = 10_000;
/** An engine that is up and says nothing for so long after it was given work stands still. */
const silentMs = 5000;

/** The engine was gone, or stood still, before it began. */
const lost = Symbol('lost');

/**
 * One engine and its limits. Starts it when it is needed, ends it when a run will not stop, starts the next. Runs are one after
 * another, and always answer with a trace: what went wrong, the engine's end included, is a problem in it.
 */
export class EngineHost {
  #engine: Engine | undefined;
  /** The next one, where it is known that this one is not fit for another run, but is still looked at. */
  #next: Engine | undefined;
  /** Whether there is an engine ahead of need, always. */
  #ahead = false;
  /** How often each of those rehearses. */
  #rounds = 0;
  #tail: Promise<unknown> = Promise.resolve();
  /** Work that is waited for, at its turn or not. */
  #waiting = 0;
  #works = 0;
  #progress: RunLimits['onProgress'];
  #onStep: RunLimits['onStep'];
  #memoryLimit: number;
  #disposed = false;
  readonly #ending = new Set<Promise<void>>();

  constructor(private readonly options: EngineHostOptions) {
    this.#memoryLimit = options.memoryLimit;
  }

  /** Takes hold with the next engine for the heap, with the next run for tensors. */
  set memoryLimit(megabytes: number) {
    this.#memoryLimit = megabytes;
  }

  get memoryLimit(): number {
    return this.#memoryLimit;
  }

  /** Starts the engine, while its first program is still being prepared. */
  prepare(): void {
    this.#start();
  }

  /** Starts the engine ahead of the first run, and from then on whenever there is none. Resolves when it is up. */
  async warmUp(): Promise<void> {
    this.#ahead = true;
    const end = await this.#start().up;
    if (end !== undefined) throw new Error(`the engine did not start: ${end.gone.message}`);
  }

  /**
   * Lets the engine, and each that takes its place, run something of its own, a little at a time: a run that is asked for meanwhile goes
   * first. Resolves when this one has.
   */
  async rehearse(rounds = 24): Promise<void> {
    this.#rounds = rounds;
    if (this.#engine !== undefined) await this.#rehearse(this.#engine);
  }

  async #rehearse(engine: Engine): Promise<void> {
    // One that a run came ahead of is cancelled; one that fails makes nothing quicker, and that is all.
    const none = () => {};
    await engine.up;
    for (let round = 0; round < this.#rounds; round++) {
      while (this.#waiting > 0) await this.#tail;
      if (engine !== this.#engine && engine !== this.#next) return;
      const work = ++this.#works;
      engine.handle.begin(work);
      const request = { ...rehearsal(round), memoryLimit: 1e8 };
      await this.#ask((rpc) => rpc.request('rehearse', request), engine).catch(none);
      engine.handle.finish(work);
      // What it leaves is garbage; much of that at once would stay with the process.
      await this.#ask((rpc) => rpc.request('rest', null), engine).catch(none);
    }
  }

  /** Runs a program. Never rejects. */
  run(request: HostRequest, limits: RunLimits): Promise<FileTrace> {
    return this.#queue(runWork(request), limits);
  }

  /** Trains a program's models. Never rejects. */
  train(request: HostTrainRequest, limits: RunLimits): Promise<TrainReport> {
    return this.#queue(trainWork(request), limits);
  }

  #queue<A extends Answer>(work: Work<A>, limits: RunLimits): Promise<A> {
    this.#waiting++;
    const asked = performance.now();
    const guard = new Guard(limits);
    const turn = { begun: false };
    const result = this.#tail
      .then(() => {
        turn.begun = true;
        return this.#run(work, limits, guard);
      })
      .finally(() => {
        this.#waiting--;
      });
    this.#tail = result;
    // One that is cancelled before its turn does not wait for that.
    const early = guard.stopped.then((stop) =>
      turn.begun
        ? result
        : work.failed(
            problemOfStop(stop, work.request, {}, this.#memoryLimit, this.options.names),
            performance.now() - asked,
          ),
    );
    return Promise.race([result, early]);
  }

  release(run: number): void {
    this.#engine?.rpc.request('release', { run }).catch(() => {});
  }

  /** Asks about the tensors of a run. Rejects with RpcError where they are no longer held. */
  ask<Q extends QueryName>(name: Q, params: QueryParams<Q>): Promise<QueryAnswer<Q>> {
    return this.#ask((rpc) => rpc.request('ask', { name, params } as Query)) as Promise<QueryAnswer<Q>>;
  }

  /** Ends the engine; resolves when it is gone. Nothing can be run afterwards. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const engine of [this.#engine, this.#next])
      if (engine !== undefined) this.#drop(engine, 'the engine was closed');
    await Promise.all(this.#ending);
  }

  /** A question to the engine, which answers between two runs. One that does not answer is ended. */
  async #ask<T>(question: (rpc: EngineRpc) => Promise<T>, engine = this.#engine): Promise<T> {
    if (engine === undefined) throw new RpcError('The values are no longer held. Run the model again to look at them.');
    const answer = question(engine.rpc).then((value) => ({ value }));
    for (;;) {
      const works = this.#works;
      const busy = this.#waiting > 0;
      const first = await within(this.options.queryTimeoutMs ?? queryTimeoutMs, answer);
      if (first !== undefined) return first.value;
      // Work has limits of its own, and goes first.
      if (busy || this.#waiting > 0 || works !== this.#works) continue;
      if (engine.end === undefined)
        this.#drop(engine, 'The engine did not answer, so it was ended. Run the model again.');
    }
  }

  /** An engine that was killed or made to stand still while nobody asked it anything is not the work's fault: the next one does it. */
  async #run<A extends Answer>(work: Work<A>, limits: RunLimits, guard: Guard): Promise<A> {
    const once = await this.#try(work, limits, guard, true);
    if (once !== lost) return once;
    this.options.log?.('warn', 'The engine was gone before it began, so the next one is asked.');
    const again = await this.#try(work, limits, new Guard(limits), false);
    if (again === lost) throw new Error('a second try is never lost');
    return again;
  }

  /** `lost`, where there is another try: the engine never said that it began. */
  async #try<A extends Answer>(
    work: Work<A>,
    limits: RunLimits,
    guard: Guard,
    first: boolean,
  ): Promise<A | typeof lost> {
    try {
      return await this.#attempt(work, limits, guard, first);
    } finally {
      guard.dispose();
    }
  }

  async #attempt<A extends Answer>(
    work: Work<A>,
    limits: RunLimits,
    guard: Guard,
    more: boolean,
  ): Promise<A | typeof lost> {
    const { request } = work;
    const started = performance.now();
    let state: WorkState | undefined;
    let phase: EngineEvents['progress']['phase'] | undefined;
    let training: TrainingPlace | undefined;
    const problem = (stop: Stop) =>
      problemOfStop(stop, request, { ...state, phase }, this.#memoryLimit, this.options.names, training);
    const failed = (stop: Stop): A => work.failed(problem(stop), performance.now() - started);
    if (limits.signal?.aborted) return failed({ kind: 'cancelled' });
    if (this.#disposed) return failed({ kind: 'crashed', message: 'the engine was closed' });

    // What the last run spoiled was still good for looking at its tensors.
    if (this.#engine?.spoiled !== undefined) this.#end('a run changed the language in ways that cannot be undone');
    const engine = this.#start();
    const { handle } = engine;
    const notUp = await Promise.race([engine.up, guard.stopped]);
    const again = more && !this.#disposed;
    if (notUp !== undefined && 'gone' in notUp) {
      if (again && engine.dropped === undefined && notUp.gone.kind === 'crashed') return lost;
      return failed(stopOf(engine, notUp.gone));
    }
    if (notUp !== undefined) return failed(notUp);

    engine.worked = true;
    const number = ++this.#works;
    const memoryLimit = this.#memoryLimit * 1e6;
    this.#progress = (progress) => {
      ({ phase } = progress);
      limits.onProgress?.(progress);
    };
    this.#onStep = (step) => {
      if (limits.eachStep) guard.restart();
      training = { step: step.step, steps: step.steps, eachStep: limits.eachStep === true };
      limits.onStep?.(step);
    };
    let silence: ReturnType<typeof setTimeout> | undefined;
    handle.onState = (now) => {
      if (now.work !== number) return;
      clearTimeout(silence);
      state = now;
      guard.look(now, memoryLimit);
    };
    guard.restart();
    handle.begin(number);
    const { memoryLimit: memoryLimitName } = this.options.names ?? settingNames;
    const whole = { ...request, memoryLimit, memoryLimitName, stateFolder: this.options.folder };
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
      // Its watch thread says every few milliseconds how the work goes, whatever that does.
      const silent = new Promise<typeof lost>((resolve) => {
        if (again) silence = setTimeout(() => resolve(lost), silentMs);
      });
      const first = await Promise.race([answer, guard.stopped, gone, silent]);
      if (first === lost || (again && state === undefined && 'kind' in first && first.kind === 'timeout')) {
        this.#end('it stood still');
        return lost;
      }
      if (isAnswer(first)) return first;
      if (first instanceof Error) {
        const why = await this.#whyGone(engine, first);
        if (again && state === undefined && engine.end?.kind === 'crashed') return lost;
        // Where it is not gone, it is not trusted any more.
        if (this.#engine === engine) this.#end('the run failed');
        return failed(why);
      }
      if ('gone' in first)
        return again && state === undefined && first.gone.kind === 'crashed' ? lost : failed(first.gone);
      guard.dispose();
      handle.cancel(number);
      const { stop, write, least } = work.patience;
      const most = Math.max(limits.timeoutMs / 2, least);
      const answered: Promise<A | Error | { gone: Stop }> = Promise.race([answer, gone]);
      let late = await within(Math.min(stop, most), answered);
      if (late === undefined && state?.acknowledged) late = await within(Math.min(write, most), answered);
      if (isAnswer(late)) return stopped(late, () => problem(first));
      this.#end('the run was stopped');
      // The next run is likely: let it find the engine up.
      if (!this.#disposed) void this.#rehearse(this.#start());
      return failed(first);
    } finally {
      clearTimeout(silence);
      handle.finish(number);
      handle.onState = undefined;
      engine.onEnd = undefined;
      this.#progress = undefined;
      this.#onStep = undefined;
    }
  }

  /** A request fails with its engine, whose own last word says more; where that is as well as before, the failure is the request's. */
  async #whyGone(engine: Engine, error: Error): Promise<Stop> {
    const end = await within(lastWordMs, engine.handle.ended);
    if (end !== undefined) return stopOfEnd(end);
    return engine.spoiled === undefined
      ? { kind: 'failed', message: error.message }
      : { kind: 'spoiled', changed: engine.spoiled };
  }

  #start(): Engine {
    if (this.#disposed) throw new Error('the engine was closed');
    if (this.#engine === undefined) {
      this.#engine = this.#next ?? this.#another();
      this.#next = undefined;
    }
    return this.#engine;
  }

  #another(): Engine {
    const log = this.options.log ?? (() => {});
    const engine = startEngine(this.options, this.#memoryLimit, (late) =>
      this.#drop(late, 'it took too long to start'),
    );
    const { rpc } = engine;
    rpc.on('log', ({ level, message }) => (this.options.print ?? log)(level, message));
    rpc.on('progress', (progress) => this.#progress?.(progress));
    rpc.on('step', (step) => this.#onStep?.(step));
    rpc.on('spoiled', ({ changed }) => {
      engine.spoiled = changed;
      if (!this.#ahead || this.#disposed || this.#next !== undefined) return;
      this.#next = this.#another();
      void this.#rehearse(this.#next);
    });
    void engine.handle.ended.then(({ kind, message }) => {
      if (this.#next === engine) this.#next = undefined;
      else if (this.#engine === engine) this.#engine = undefined;
      else return;
      rpc.close(message);
      log(kind === 'ended' ? 'info' : 'error', message);
      if (this.#ahead && engine.worked && this.#engine === undefined) void this.#rehearse(this.#start());
    });
    return engine;
  }

  #end(reason: string): void {
    if (this.#engine !== undefined) this.#drop(this.#engine, reason);
  }

  #drop(engine: Engine, reason: string): void {
    engine.dropped ??= reason;
    if (this.#engine === engine) this.#engine = undefined;
    if (this.#next === engine) this.#next = undefined;
    engine.rpc.close(reason);
    const ending = engine.handle.kill().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

/** Of an engine that never came up: its end says less than why it was ended. */
function stopOf({ dropped }: Engine, end: EndReason): Stop {
  return dropped === undefined ? stopOfEnd(end) : { kind: 'crashed', message: dropped };
}

function stopOfEnd({ kind, message }: EndReason): Stop {
  return kind === 'memory' ? { kind } : { kind: 'crashed', message };
}

/** The first of these, or undefined where none comes in time. */
async function within<T>(ms: number, ...ones: readonly Promise<T>[]): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([...ones, late]);
  } finally {
    clearTimeout(timer);
  }
}
