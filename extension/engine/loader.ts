import { host } from '#host';
import { StopRun } from '../../core/errors.ts';
import type { Probe } from '../../core/trace/probe.ts';
import type { ErrorPlace } from '../../core/trace/problem.ts';
import { probeNames } from '../compiler/marks.ts';
import type { CompiledModule, RunRequest } from '../protocol/engine.ts';
import { Aside } from './aside.ts';
import { Instances } from './instances.ts';
import { spotAround } from './locate.ts';
import type { Realm } from './realm.ts';

/** A module's code as a generator of what it may use: it stops once where its names are bound. */
type Body = (
  exports: object,
  require: (specifier: string) => object,
  ...probes: readonly unknown[]
) => Iterator<unknown>;

/** Compiled bodies by file, kept while the code is the same. */
const bodies = new Map<string, { readonly code: string; readonly body: Body }>();
const keptBodies = 100;

/** What a caller shares with a run: see `RunRequest.cancel`. */
const cancelFlag = 0;
const siteSlot = 1;
const loopSlot = 2;
const roundSlot = 3;
const wrapSlot = 4;

/** Evaluates a program's modules, each time afresh. */
export class Loader {
  readonly #modules: ReadonlyMap<string, CompiledModule>;
  readonly #shared: Int32Array;
  /** What goes wrong where nobody waits for it. */
  readonly aside = new Aside();
  #closed = false;

  constructor(
    private readonly request: Pick<RunRequest, 'entry' | 'modules' | 'sites' | 'cancel'>,
    private readonly library: object,
    private readonly realm: Realm,
  ) {
    this.#modules = new Map(request.modules.map((module) => [module.file, module]));
    this.#shared = request.cancel === undefined ? new Int32Array(5) : new Int32Array(request.cancel);
  }

  /** Whether the caller asks the run to stop. */
  get cancelled(): boolean {
    return Atomics.load(this.#shared, cancelFlag) !== 0;
  }

  /** The run is over: whatever of it is still to come (after an await, in a finalizer) ends at its first probe. */
  close(): void {
    this.#closed = true;
  }

  /** Tells a caller who asked for the run to stop that it has, and is being written down. */
  acknowledge(): void {
    Atomics.compareExchange(this.#shared, cancelFlag, 1, 2);
  }

  /** Evaluates the entry and what it imports; returns the entry's exports, in the order of its text. */
  load(probe: Probe): Record<string, unknown> {
    this.realm.reset();
    const instances = new Instances(this.#modules, this.library, (module, exports, require) =>
      bodyOf(module)(exports, require, ...this.#probes(probe, module.siteBase)),
    );
    return instances.evaluateEntry(this.request.entry);
  }

  /** Where in the person's files an error was thrown: the expression where it can be told, else the line. */
  locate(error: Error): ErrorPlace | undefined {
    for (const line of (error.stack ?? '').split('\n')) {
      for (const module of this.#modules.values()) {
        const at = line.indexOf(`${module.file}:`);
        const place = at < 0 ? null : /^(\d+)(?::(\d+))?/.exec(line.slice(at + module.file.length + 1));
        if (place === null) continue;
        const row = Number(place[1]) - 1;
        const spot = place[2] === undefined ? undefined : spotAround(module.code, row, Number(place[2]) - 1);
        const range =
          spot?.kind === 'place'
            ? module.places?.[spot.id]
            : this.request.sites[module.siteBase + (spot?.id ?? NaN)]?.range;
        return { file: module.file, range: range ?? this.#line(module.file, row) };
      }
    }
    return undefined;
  }

  /** Of a line, the part that is known to hold code. */
  #line(file: string, line: number): ErrorPlace['range'] {
    let [from, to] = [Number.POSITIVE_INFINITY, 0];
    for (const site of this.request.sites) {
      const { start, end } = site.range;
      if (site.file !== file || start.line !== line) continue;
      from = Math.min(from, start.character);
      if (end.line === line) to = Math.max(to, end.character);
    }
    const known = from < to;
    return { start: { line, character: known ? from : 0 }, end: { line, character: known ? to : longestShown } };
  }

  /** An error's message without the names that compiling put into it: `__v(...).x`, `_tensight.nn`. */
  readable(message: string): string {
    let text = message.replace(/\b__[xv](?:\(\.\.\.\)|\b)/g, '(…)').replaceAll('__default', 'default');
    for (const { code } of this.#modules.values())
      for (const [, name] of code.matchAll(/(?:\bvar|\bconst|,) (_\w+) = (?:require|_interop)/g))
        text = text.replaceAll(new RegExp(`(?<![\\w.])${name}\\.`, 'g'), '');
    // A function of another module is called without a receiver.
    return text.replaceAll(/\(0 ?, ([A-Za-z_$][\w$.]*)\)/g, '$1');
  }

  /** In the order of `probeNames`. Each also tells the caller where the run is, and ends it where the caller asks for that. */
  #probes(probe: Probe, base: number): readonly unknown[] {
    const shared = this.#shared;
    const { aside } = this;
    const check = (site: number) => {
      if (this.#closed) aside.late(site);
      // What has been acknowledged is only written down, or, in a training, asked for its result. Read as ordinary memory: this is asked
      // at every expression, and an atomic read takes longer than all else a probe does.
      if (this.#closed || shared[cancelFlag] === 1) throw new StopRun('cancelled');
    };
    const probes: Record<keyof typeof probeNames, unknown> = {
      enter: (site: number): number => {
        const id = base + site;
        shared[siteSlot] = id + 1;
        check(id);
        probe.enter(id);
        return id;
      },
      leave: <T>(id: number, value: T): T => {
        probe.leave(id, value);
        shared[siteSlot] = (probe.current ?? -1) + 1;
        if (typeof value === 'object' && value !== null) aside.gave(id, value);
        return value;
      },
      see: <T>(site: number, value: T): T => probe.see(base + site, value),
      loop: (site: number): void => {
        const slot = base + site + 1;
        shared[siteSlot] = slot;
        if (shared[loopSlot] !== slot) {
          shared[loopSlot] = slot;
          shared[roundSlot] = 1;
          shared[wrapSlot] = 0;
        } else if (++shared[roundSlot]! < 0) {
          shared[roundSlot] = 0;
          shared[wrapSlot]!++;
        }
        check(slot - 1);
      },
    };
    return Object.keys(probeNames).map((name) => probes[name as keyof typeof probeNames]);
  }
}

function bodyOf({ file, code }: CompiledModule): Body {
  const known = bodies.get(file);
  if (known?.code === code) return known.body;
  const body = compiled(file, code);
  bodies.delete(file);
  bodies.set(file, { code, body });
  if (bodies.size > keptBodies) {
    const oldest = bodies.keys().next();
    if (!oldest.done) bodies.delete(oldest.value);
  }
  return body;
}

/** Throws SyntaxError, in its stack the line it is about. */
function compiled(file: string, code: string): Body {
  try {
    return host.compile(code, ['exports', 'require', ...Object.values(probeNames)], file) as Body;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // V8 names the place ahead of the message.
    const line = error.stack?.startsWith(`${file}:`) ? /^\d+/.exec(error.stack.slice(file.length + 1))?.[0] : undefined;
    if (line !== undefined) error.stack = `${error.name}: ${error.message}\n    at ${file}:${line}`;
    throw error;
  }
}

/** Characters of a line of which nothing else is known. */
const longestShown = 200;
