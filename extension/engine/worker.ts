/** The engine's worker: evaluates model files, keeps the tensors of their runs, answers questions about them. */
import { host } from '#host';
import { threaded } from '../../core/backends/wasm/index.ts';
import { context } from '../../core/context.ts';
import * as core from '../../core/index.ts';
import { KeptDraws } from '../../core/tensor/keptDraws.ts';
import { runFile } from '../../core/trace/run.ts';
import type { Problem } from '../../core/trace/trace.ts';
import type { EngineEvents, EngineMethods, RunRequest, TrainRequest } from '../protocol/engine.ts';
import { type Methods, Rpc, Transfer } from '../protocol/rpc.ts';
import { answers } from './answers.ts';
import { type Aside, isStop } from './aside.ts';
import { HeldRuns } from './held.ts';
import { asleep } from './helpers.ts';
import { libraryFor } from './library.ts';
import { Loader } from './loader.ts';
import { reachable } from './reachable.ts';
import { Realm } from './realm.ts';
import { restore } from './storedState.ts';
import { trainFile } from './train.ts';

// Between two messages what a model left waiting (a promise) may have run. Nothing is put back before one is sent: it may be what a model
// prints while it runs.
const port = host.openPort(() => realm.settle());
const performance = globalThis.performance;
const started = performance.now();
/** Taken before the realm is closed; `gc` is there by the process's flags (host/node.ts). */
const { gc, setImmediate: soon, process: node } = globalThis;
const library = libraryFor(core);
const held = new HeldRuns();
const keptDraws = new KeptDraws();
const realm = new Realm(
  (level, message) => rpc.notify('log', { level, message }),
  (changed) => rpc.notify('spoiled', { changed }),
);

const progressEvery = 100;

/** Values are computed with the machine's other cores; shapes need none. */
let threadsEnabled = false;
function useThreads(): void {
  if (threadsEnabled) return;
  threadsEnabled = true;
  context.backend = threaded({ helpers: asleep(host.helpers()), wide: host.wideVectors }) ?? context.backend;
}

function loaderFor(request: RunRequest | TrainRequest): Loader {
  const cancel = port.shared();
  return new Loader(cancel === undefined ? request : { ...request, cancel }, library, realm);
}

/** Runs until what waits for nothing has gone on: what a model left behind (its promises), then the platform's word on that. */
async function asideOf(loader: Loader): Promise<Problem[]> {
  realm.settle();
  loader.close();
  asides = loader.aside;
  await new Promise<void>((resolve) => void soon(() => resolve()));
  asides = undefined;
  realm.settle();
  return loader.aside.problems((error) => loader.locate(error));
}
let asides: Aside | undefined;

async function run(request: RunRequest, kept = true) {
  if (request.mode !== 'shape') useThreads();
  realm.startRun();
  const loader = loaderFor(request);
  let told = performance.now();
  const result = runFile({
    file: request.entry,
    run: request.run,
    mode: request.mode,
    model: request.model,
    until: request.until,
    fallback: request.fallback,
    memoryLimit: request.memoryLimit,
    memoryLimitName: request.memoryLimitName,
    sites: request.sites,
    kept: keptDraws,
    load: (probe) => loader.load(probe),
    trained(exportName) {
      const trained = request.trained?.[exportName];
      return trained && { ...trained, state: restore(trained.state) };
    },
    now: () => performance.now(),
    cancelled: () => loader.cancelled,
    locate: (error) => loader.locate(error),
    seeded: (seed) => realm.seed(seed),
    settle: () => realm.settle(),
    progress(phase, ops, bytes) {
      if (phase === 'statistics') loader.acknowledge();
      if (!kept || performance.now() - told < progressEvery) return;
      told = performance.now();
      rpc.notify('progress', { run: request.run, phase, ops, bytes });
    },
  });
  const aside = await asideOf(loader);
  if (kept) held.keep(result);
  const problems = [...result.trace.problems, ...aside].map((problem) => ({
    ...problem,
    message: loader.readable(problem.message),
  }));
  // The caller has the sites; they need not travel back.
  return { ...result.trace, sites: [], problems };
}

async function train(request: TrainRequest) {
  // Before the helpers, which come after it in line.
  if (request.background) host.lowerPriority();
  useThreads();
  realm.startRun();
  const loader = loaderFor(request);
  const report = trainFile(
    request,
    loader,
    realm,
    () => performance.now(),
    (step) => rpc.notify('step', step),
  );
  return { ...report, problems: [...report.problems, ...(await asideOf(loader))] };
}

const methods = {
  run: (request) => run(request),
  train,
  rehearse: (request) => run(request, false),
  rest: () => void gc?.(),
  release: ({ run }) => held.release(run),
  ask: ({ name, params }) => transferred(answers[name](held, params as never)),
} satisfies { [K in keyof EngineMethods]: (params: Parameters<EngineMethods[K]>[0]) => unknown } & Methods;

/** The typed arrays of an answer move, where the transport can. */
function transferred<T>(answer: T): Transfer<T> {
  const buffers: ArrayBuffer[] = [];
  const look = (value: unknown) => {
    if (ArrayBuffer.isView(value)) buffers.push(value.buffer as ArrayBuffer);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  look(answer);
  return new Transfer(answer, buffers);
}

const rpc = new Rpc<Record<string, never>, object, EngineEvents>(port.transport, methods);

// A promise of the model's that nobody waits for must not take the engine with it, nor a finalizer that fails.
node.on('unhandledRejection', (reason, promise) => {
  if (asides !== undefined) asides.rejected(promise, reason);
  else if (!isStop(reason)) realm.failedAside('A promise was rejected', reason);
});

realm.close(reachable(core));
// Only now: what fails before is the engine's own, and ends it.
node.on('uncaughtException', (error) => {
  if (!isStop(error)) realm.failedAside('Something that a run left unfinished failed', error);
});
rpc.notify('ready', { started: performance.now() - started });
