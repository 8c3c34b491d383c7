/**
 * Closes the worker's global scope to model code: what is left is the language itself and a console. This keeps a model
 * file from reaching Node by accident and makes runs repeatable; code that is meant to do harm is kept away by workspace
 * trust, not by this.
 */
import { formatWithOptions } from 'node:util';
import { Tensor } from '../../core/tensor/tensor.ts';

export type Level = 'info' | 'warn' | 'error';
export type Log = (level: Level, message: string) => void;

/** Names of Node and the web platform that a model may use; everything ECMAScript defines stays as well. */
const allowed: ReadonlySet<string> = new Set(
  `globalThis undefined NaN Infinity Object Array String Number Boolean Symbol BigInt Function eval Math JSON Date RegExp
  Map Set WeakMap WeakSet WeakRef FinalizationRegistry Promise Proxy Reflect Intl Iterator Atomics WebAssembly
  ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array
  Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array
  DisposableStack AsyncDisposableStack
  Error SuppressedError AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
  isNaN isFinite parseInt parseFloat encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape
  structuredClone TextEncoder TextDecoder performance`.split(/\s+/),
);

const loggedARun = 200;
const longestLine = 4000;

export class Realm {
  #logged = 0;
  #own: ReadonlySet<string | symbol> = new Set();
  #random: () => number = Math.random;

  constructor(readonly log: Log) {}

  /** Takes away what model code must not reach. Called once, after everything of ours is loaded. */
  close(): void {
    for (const name of Object.getOwnPropertyNames(globalThis)) if (!allowed.has(name)) remove(name);
    refuseCodeFromText();
    Object.defineProperty(globalThis, 'console', { value: this.#console(), writable: true, configurable: true });
    Math.random = () => this.#random();
    Error.stackTraceLimit = 50;
    this.#own = new Set(Reflect.ownKeys(globalThis));
  }

  /** Makes everything as it was before the first evaluation: the same file gives the same picture. */
  reset(): void {
    for (const key of Reflect.ownKeys(globalThis)) if (!this.#own.has(key)) Reflect.deleteProperty(globalThis, key);
    this.#random = mulberry32(0x7e25197);
  }

  /** A new run may log again. */
  startRun(): void {
    this.#logged = 0;
  }

  #print(level: Level, args: readonly unknown[]): void {
    if (this.#logged > loggedARun) return;
    if (this.#logged++ === loggedARun)
      return this.log('warn', `More than ${loggedARun} lines; the rest of this run is left out.`);
    const shown = args.map((arg) => (arg instanceof Tensor ? String(arg) : arg));
    const text = formatWithOptions({ depth: 2, breakLength: 120, maxArrayLength: 50, maxStringLength: 1000 }, ...shown);
    this.log(level, text.length > longestLine ? `${text.slice(0, longestLine)}…` : text);
  }

  #console(): Record<string, (...args: unknown[]) => void> {
    const at =
      (level: Level) =>
      (...args: unknown[]) =>
        this.#print(level, args);
    const info = at('info');
    const none = () => {};
    return {
      ...{ log: info, info, debug: info, dir: info, table: info, trace: info, group: info, groupCollapsed: info },
      ...{
        warn: at('warn'),
        error: at('error'),
        groupEnd: none,
        count: none,
        time: none,
        timeEnd: none,
        timeLog: none,
      },
      assert: (condition, ...args) => {
        if (!condition) this.#print('error', ['Assertion failed', ...args]);
      },
    };
  }
}

function remove(name: string): void {
  if (Reflect.deleteProperty(globalThis, name)) return;
  try {
    (globalThis as Record<string, unknown>)[name] = undefined;
  } catch {
    // Not writable either: a constant of the language.
  }
}

/** `eval` and `Function` would run code no probe has seen, and reach `import()`. */
function refuseCodeFromText(): void {
  function refuse(): never {
    throw new EvalError('code from text (eval, new Function) is not available in a model file');
  }
  const kinds = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const kind of kinds)
    Object.defineProperty(Object.getPrototypeOf(kind), 'constructor', { value: refuse, configurable: true });
  // `x instanceof Function` stays true of functions.
  refuse.prototype = Function.prototype;
  Object.assign(globalThis, { Function: refuse, eval: refuse });
}

/** A small seeded generator (Tommy Ettinger's mulberry32), uniform in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
