/**
 * Closes the worker's global scope to model code: what is left is the language itself and a console. This keeps a model
 * file from reaching Node by accident and makes runs repeatable; code that is meant to do harm is kept away by workspace
 * trust, not by this.
 */
import { host } from '#host';
import { Tensor } from '../../core/tensor/tensor.ts';
import type { Change } from '../../core/trace/changes.ts';
import { printable } from '../../core/trace/printable.ts';
import { cut, textOf } from '../../core/trace/thrown.ts';
import { Snapshot } from './snapshot.ts';

export type Level = 'info' | 'warn' | 'error';
export type Log = (level: Level, message: string) => void;

/** What a model may use of Node and the web platform; everything ECMAScript defines stays as well. */
const platform = ['structuredClone', 'TextEncoder', 'TextDecoder'];

const loggedARun = 200;
const longestLine = 4000;

/** Where Math.random starts while a file's own statements run, and what a model's seed is mixed with. */
const ofFile = 0x7e25197;
const ofModel = 0x2545f491;

export class Realm {
  #logged = 0;
  #snapshot: Snapshot | undefined;
  #random: () => number = Math.random;
  #spoilt = false;
  /** Whether no model has run since everything was put back. */
  #settled = false;

  /** `spoiled` is told, once, that what a model changed cannot be put back. */
  constructor(
    readonly log: Log,
    private readonly spoiled: (changed: string) => void = () => {},
  ) {}

  /**
   * Takes away what model code must not reach, and remembers how everything else is. Called once, after everything of ours is
   * loaded; `library` is what model code can reach of that.
   */
  close(library: Readonly<Record<string, unknown>>): void {
    const { now, timeOrigin } = performance;
    const clock = now.bind(performance);
    const allowed = new Set([...languageNames(), ...platform]);
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      if (!allowed.has(name)) remove(name);
      // What Node loads when it is first asked for is loaded now.
      else if (platform.includes(name)) define(name, (globalThis as Record<string, unknown>)[name]);
    }
    refuseCodeFromText();
    define('console', this.#console());
    // The platform's own keeps a list of marks, from run to run.
    define('performance', Object.freeze({ now: () => clock(), timeOrigin }));
    Math.random = () => this.#random();
    Error.stackTraceLimit = 50;
    this.#snapshot = new Snapshot({ globalThis, ...hiddenIntrinsics(), ...library });
  }

  /** Makes everything as it was before the first evaluation: the same file gives the same picture. */
  reset(): void {
    if (!this.#settled) this.settle();
    this.#settled = false;
    this.#random = mulberry32(ofFile);
  }

  /** Math.random goes on in a stream of its own that starts at the model's seed. */
  seed(seed: number): void {
    this.#random = mulberry32(Math.imul(seed | 0, 0x9e3779b1) ^ ofModel);
  }

  /** Puts back what model code changed in the language and the library; returns what that was. Safe whatever it was. */
  settle(): readonly Change[] {
    if (this.#snapshot === undefined) return [];
    const { changed, complete } = this.#snapshot.restore();
    this.#settled = true;
    if (!complete && !this.#spoilt) {
      this.#spoilt = true;
      // By nothing but what the language does by itself: little else can be relied on.
      let names = '';
      for (let i = 0; i < changed.length; i++) names += `${i === 0 ? '' : ', '}${changed[i]!.name}`;
      this.spoiled(names);
    }
    return changed;
  }

  /** A new run may log again. */
  startRun(): void {
    this.#logged = 0;
  }

  /** Something of a model's failed where nobody waits for it. */
  failedAside(what: string, reason: unknown): void {
    this.settle();
    this.#write('error', `${what}: ${textOf(reason)}`);
  }

  #print(level: Level, args: readonly unknown[]): void {
    if (this.#logged > loggedARun) return;
    const shown = args.map((arg) =>
      arg instanceof Tensor ? String(arg) : typeof arg === 'string' ? cut(arg, longestLine) : arg,
    );
    this.#write(level, host.format(shown));
  }

  #write(level: Level, text: string): void {
    if (this.#logged > loggedARun) return;
    if (this.#logged++ === loggedARun)
      return this.log('warn', `More than ${loggedARun} lines; the rest of this run is left out.`);
    this.log(level, printable(cut(text, longestLine)));
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

/** What the language itself has. WebAssembly is no part of it: its memory is seen by no limit. */
function languageNames(): readonly string[] {
  return host.languageNames().filter((name) => name !== 'gc' && name !== 'WebAssembly');
}

/** Objects of the language that no global leads to: they are met by what functions give. */
function hiddenIntrinsics(): Readonly<Record<string, object>> {
  function* generator() {}
  async function* asyncGenerator() {}
  return {
    generator,
    asyncGenerator,
    async: async () => {},
    'array iterator': [][Symbol.iterator](),
    'map iterator': new Map()[Symbol.iterator](),
    'set iterator': new Set()[Symbol.iterator](),
    'string iterator': ''[Symbol.iterator](),
    'regular expression iterator': ''.matchAll(/./g),
    'segments of Intl': new Intl.Segmenter().segment(''),
    'segment iterator of Intl': new Intl.Segmenter().segment('')[Symbol.iterator](),
    ...iteratorHelpers(),
  };
}

/** Since ECMAScript 2025. */
function iteratorHelpers(): Readonly<Record<string, object>> {
  const { Iterator } = globalThis as {
    readonly Iterator?: {
      /** Wraps what is no iterator of the language's own. */
      from?(iterator: object): object;
      readonly prototype: { /** A lazy one. */ map?(f: (value: unknown) => unknown): object };
    };
  };
  const map = Iterator?.prototype.map;
  return {
    ...(map === undefined ? {} : { 'iterator helper': map.call([].values(), (value) => value) }),
    ...(Iterator?.from === undefined ? {} : { 'wrapped iterator': Iterator.from({ next() {} }) }),
  };
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
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
