/**
 * Engines as processes, for Node and for VS Code's extension host. A thread can't promise to end: some of V8's built-ins do not look for
 * interrupts, and a fatal error of V8 is the whole process's. So an engine is a worker thread in a process of its own, whose main
 * thread (watch.ts) carries the messages, as bytes, and can always end it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { parse } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import type { FromWatch, ToEngine, ToWatch } from '../protocol/watch.ts';
import { readUri } from './disk.ts';
import { openFolder, readPrivate, writePrivate } from './folder.ts';
import { helperThreads } from './helpers.ts';
import type { EndReason, EngineHandle, EngineOptions, EnginePort, Host } from './host.ts';
import { compile, format, languageNames } from './javascript.ts';
import { lowerPriority } from './priority.ts';
import { wideVectors } from './vectors.ts';

/**
 * Flags of an engine's process. A young generation of 2 MB, not 16: tensors are not in it, and an idle engine is 13 MB smaller. It collects
 * garbage when it is told to rest.
 */
const nodeFlags: readonly string[] = ['--max-semi-space-size=2', '--expose-gc'];

/** A process that does not end when killed is the system's matter; nobody waits for it longer than this. */
const killPatienceMs = 2000;
/** How long what a process wrote last may take to be read, once it is gone. */
const lastWordMs = 200;
/** Of what it writes to stderr (nothing, but for a fatal error of V8) this much is read, in bytes. */
const longestLastWord = 16_384;

export const host: Host = {
  startEngine,
  openPort,
  openFolder,
  writePrivate,
  readPrivate,
  readSource: readUri,
  compile,
  languageNames,
  format,
  helpers: helperThreads,
  wideVectors,
  lowerPriority,
};

/** Engines end when their channel closes; one that is stopped (SIGSTOP) would not see that, so whoever goes in order kills them. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

function startEngine({ script, heapMegabytes, folder = '' }: EngineOptions): EngineHandle {
  let child: ChildProcess;
  try {
    child = fork(script, [String(heapMegabytes), folder], {
      execArgv: [...nodeFlags],
      env: environment(),
      // A folder that is some process's own can't be removed everywhere.
      cwd: parse(script).root,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      windowsHide: true,
    });
  } catch (error) {
    return neverStarted(error);
  }
  living.add(child);
  child.once('exit', () => living.delete(child));
  const receivers = new Set<(message: unknown) => void>();
  let told: EndReason | undefined;
  const send = (message: ToWatch) => {
    // A channel that is closed is followed by the end.
    if (child.connected) child.send(message, () => {});
  };
  const handle: EngineHandle = {
    transport: {
      post: (message) => send({ to: 'engine', bytes: serialize(message) }),
      listen(receive) {
        receivers.add(receive);
        return { dispose: () => receivers.delete(receive) };
      },
    },
    pid: child.pid,
    ended: whenGone(child, () => told),
    onState: undefined,
    begin: (work) => send({ to: 'begin', work }),
    cancel: (work) => send({ to: 'cancel', work }),
    finish: (work) => send({ to: 'finish', work }),
    kill: () => kill(child, handle.ended),
  };
  child.on('message', (raw) => {
    const message = raw as FromWatch;
    switch (message.from) {
      case 'engine': {
        const received: unknown = deserialize(message.bytes);
        for (const receive of receivers) receive(received);
        break;
      }
      case 'state':
        handle.onState?.(message.state);
        break;
      case 'end':
        told = { kind: message.kind, message: message.message };
        break;
      default:
        message satisfies never;
    }
  });
  return handle;
}

/** Some failures to start a process are thrown, others come as an event. */
function neverStarted(error: unknown): EngineHandle {
  const none = () => {};
  return {
    transport: { post: none, listen: () => ({ dispose: none }) },
    ended: Promise.resolve(notStarted(error)),
    onState: undefined,
    ...{ begin: none, cancel: none, finish: none },
    kill: async () => {},
  };
}

function notStarted(error: unknown): EndReason {
  const why = error instanceof Error ? error.message : String(error);
  return { kind: 'crashed', message: `its process did not start: ${why}` };
}

/** Nothing of the person's environment: only what the program that is started needs to be Node. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...('electron' in process.versions ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
    // Windows' sockets and random numbers do not come up without it.
    ...(process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot } : {}),
  };
}

/** Settles when the process is gone, with what it said itself, else with what can be seen from outside. */
function whenGone(child: ChildProcess, told: () => EndReason | undefined): Promise<EndReason> {
  let lastWord = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWord += text;
    if (lastWord.length > longestLastWord) child.stderr?.destroy();
  });
  return new Promise((resolve) => {
    // Also told where a kill fails; only a process that has no number was never there.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(notStarted(error));
    });
    child.once('exit', (code, signal) => {
      const settle = () => {
        clearTimeout(timer);
        resolve(told() ?? endOf(code, signal, lastWord));
      };
      const timer = setTimeout(settle, lastWordMs);
      child.once('close', settle);
    });
  });
}

function endOf(code: number | null, signal: NodeJS.Signals | null, lastWord: string): EndReason {
  const fatal = /^(?:FATAL ERROR: |# Fatal (?:JavaScript )?)(.*)$/m.exec(lastWord)?.[1];
  if (fatal === undefined) {
    const how = signal === null ? `code ${code}` : signal;
    return { kind: 'crashed', message: `its process was ended from outside (${how})\n${lastWord}`.trimEnd() };
  }
  if (/out of memory|allocation failed/i.test(fatal)) return { kind: 'memory', message: `${fatal}\n${lastWord}` };
  return { kind: 'crashed', message: `a fatal error of JavaScript's engine: ${fatal}\n${lastWord}` };
}

async function kill(child: ChildProcess, ended: Promise<EndReason>): Promise<void> {
  child.kill('SIGKILL');
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([
    ended,
    new Promise((resolve) => {
      timer = setTimeout(resolve, killPatienceMs);
    }),
  ]);
  clearTimeout(timer);
  // Whatever became of it, it keeps nobody from ending.
  child.unref();
  child.stderr?.destroy();
  if (child.connected) child.disconnect();
}

function openPort(settle: () => void): EnginePort {
  const port = parentPort;
  if (port === null) throw new Error('the engine runs as a worker');
  // The language's own, whatever models put in its place.
  const { isView } = ArrayBuffer;
  let shared: SharedArrayBuffer | undefined;
  return {
    shared: () => shared,
    transport: {
      post(message) {
        const bytes = serialize(message);
        port.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
      },
      listen(receive) {
        const read = (message: ToEngine) => {
          if (!isView(message)) {
            shared = message;
            return;
          }
          settle();
          receive(deserialize(message));
        };
        port.on('message', read);
        return { dispose: () => port.off('message', read) };
      },
    },
  };
}
