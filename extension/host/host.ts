/**
 * What the server and its engines need of the machine they run on. One type, and beside it a file for each kind of host: node.ts (the editor on a desk, the
 * command line) and web.ts (a browser). Import it as `#host`: package.json says which file that is, by the bundle's platform.
 */
import type { Helpers, WideVectors } from '../../core/backends/wasm/index.ts';
import type { Transport } from '../protocol/rpc.ts';
import type { WorkState } from '../protocol/watch.ts';

/** Why an engine ended: by its heap's limit, by a fault or from outside, or because it was asked to. */
export interface EndReason {
  readonly kind: 'memory' | 'crashed' | 'ended';
  /** The first line is for people, the rest for the log. */
  readonly message: string;
}

export interface EngineOptions {
  /** The engine's bundle. */
  readonly script: string;
  /** Megabytes (2²⁰ bytes) its JavaScript heap may take. */
  readonly heapMegabytes: number;
  /** A private folder of its owner's, removed by the engine where the owner can't any more. */
  readonly folder?: string | undefined;
}

/** A folder that only this person can look into. */
export interface PrivateFolder {
  readonly path: string;
  remove(file: string): void;
  dispose(): void;
}

/** An engine as its owner sees it. Work (a run, a training) is numbered by the owner; there is one at a time. */
export interface EngineHandle {
  /** Carries the messages of protocol/engine.ts. */
  readonly transport: Transport;
  /** Of its process, where it has one of its own. */
  readonly pid?: number | undefined;
  /** Settles when it is gone, for whatever reason. */
  readonly ended: Promise<EndReason>;
  /** Called while work goes on, every `stateEveryMs` (protocol/watch.ts), and at once when it is cancelled. */
  onState: ((state: WorkState) => void) | undefined;
  /** Says that the next request is this work. */
  begin(work: number): void;
  /** Asks the work to stop at its next operation, call or loop round. */
  cancel(work: number): void;
  /** Says that the work was answered: what it left behind stops, too. */
  finish(work: number): void;
  /** Ends it, whatever it is doing; resolves when its memory is free, at the latest after two seconds. */
  kill(): Promise<void>;
}

/** The engine's own end of it. */
export interface EnginePort {
  readonly transport: Transport;
  /** Of the work that was begun last: see `RunRequest.cancel`. Absent where nobody can watch it. */
  shared(): SharedArrayBuffer | undefined;
}

export interface Host {
  startEngine(options: EngineOptions): EngineHandle;
  /** Undefined where there is no disk. Throws where it has no room. */
  openFolder(): PrivateFolder | undefined;
  /** Writes a new file into a private folder; returns its path. */
  writePrivate(folder: string, name: string, bytes: Uint8Array): string;
  readPrivate(file: string): Uint8Array;
  /** The text of a file as it is on disk, by its URI; undefined where there is none. Throws UnreadableError where it can't be read. */
  readSource(uri: string): string | undefined;
  /** In the engine: a generator with this body, named after its file in stacks. Throws SyntaxError. */
  compile(body: string, parameters: readonly string[], file: string): (...args: unknown[]) => Iterator<unknown>;
  /** In the engine: the globals that are the language's own. */
  languageNames(): readonly string[];
  /** In the engine: values as a console prints them. */
  format(values: readonly unknown[]): string;
  /** In the engine: the threads that may help it. */
  helpers(): Helpers;
  /** In the engine: undefined where there are none. */
  readonly wideVectors: WideVectors | undefined;
  /** In the engine: lets all else on this machine go first. */
  lowerPriority(): void;
  /** Called in the engine, once. `settle` is called ahead of every message of the owner's, before it is read. */
  openPort(settle: () => void): EnginePort;
}
