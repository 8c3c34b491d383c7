/**
 * How everything was that exists before a model: the language's objects and the library's. Taken once; compared, and put back where
 * something differs, before and after every run, so that a run finds what the one before it found.
 *
 * Functions that are nothing but functions (methods, getters) are frozen, which costs nothing afterwards. Constructors, prototypes and
 * namespaces are compared property by property, for programs may change them: freezing `Error.prototype` would refuse
 * `error.name = …` in every class of the person's own. Whatever cannot be put back (an object that was frozen, a property that
 * cannot be deleted) is told, and the engine is then not fit for another run.
 *
 * `restore` runs while nothing can be relied on: it calls only functions that it took at the beginning, and reads and writes only elements
 * and properties that its objects have themselves.
 */
const { apply, defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, isExtensible, ownKeys } =
  Reflect;
const { setPrototypeOf } = Reflect;
const { freeze, hasOwn, is, isFrozen } = Object;
const { exec } = RegExp.prototype;

type Key = string | symbol;

/** One object as it was. */
interface Kept {
  readonly name: string;
  readonly object: object;
  readonly prototype: object | null;
  readonly extensible: boolean;
  readonly keys: readonly Key[];
  /** Whether the order of keys can be put back: all of them can be taken away and made anew. */
  readonly ordered: boolean;
  /** Without a prototype: what a model gives `Object.prototype` must not become part of it. Undefined where it cannot change. */
  readonly properties: readonly (PropertyDescriptor | undefined)[];
}

/** What `restore` found. */
export interface Restored {
  /** What differed, by name: `Array.prototype.map`. The first few. */
  readonly changed: readonly string[];
  /** Whether everything is as it was. */
  readonly complete: boolean;
}

const mostNamed = 8;
const unchanged: Restored = freeze({ changed: freeze([]), complete: true });

export class Snapshot {
  readonly #kept: readonly Kept[];
  /** What differs in the `restore` under way: places in `#kept`, and keys. */
  readonly #places = new Int32Array(mostNamed);
  readonly #keys: (Key | undefined)[] = new Array(mostNamed).fill(undefined);
  #differences = 0;

  /** Of everything that can be reached from these, by name. Freezes functions on the way. */
  constructor(roots: Readonly<Record<string, unknown>>) {
    const kept = [keep('Object.prototype', Object.prototype)];
    const seen = new Set<object>([Object.prototype]);
    const open: [name: string, value: unknown][] = [['Object', Object]];
    // One root after another, so that what several lead to has its name from the first.
    const later = Object.entries(roots);
    for (let i = 0; i < open.length || later.length > 0; i++) {
      if (i === open.length) open.push(later.shift()!);
      const [name, value] = open[i]!;
      if (!isObject(value) || seen.has(value)) continue;
      seen.add(value);
      const prototype = getPrototypeOf(value);
      if (prototype !== null) open.push([`${name}'s prototype`, prototype]);
      // Elements of buffers are no state of the language or the library.
      if (ArrayBuffer.isView(value)) continue;
      for (const key of ownKeys(value)) {
        const { value: inner, get, set } = getOwnPropertyDescriptor(value, key)!;
        const path = pathOf(name, key);
        open.push([path, inner], [path, get], [path, set]);
      }
      if (typeof value === 'function' && !hasOwn(value, 'prototype')) freeze(value);
      if (!isFrozen(value)) kept.push(keep(name, value));
    }
    this.#kept = kept;
  }

  /** The objects that are compared. */
  get objects(): readonly object[] {
    return this.#kept.map(({ object }) => object);
  }

  /** Puts everything back. */
  restore(): Restored {
    // What RegExp.$1 and its kind say.
    apply(exec, /(?:)/, ['']);
    const kept = this.#kept;
    this.#differences = 0;
    for (let i = 0; i < kept.length; i++) {
      if (this.#same(i)) continue;
      this.#noteAll(i);
      this.#putBack(i);
      // Object.prototype is the first. What it still has of a model's would be met in every object that is looked at.
      if (i === 0 && !this.#same(0)) return { changed: ['Object.prototype'], complete: false };
    }
    if (this.#differences === 0) return unchanged;
    let complete = true;
    for (let i = 0; i < kept.length; i++) if (!this.#same(i)) complete = false;
    return { changed: this.#changed(), complete };
  }

  #same(place: number): boolean {
    const { object, prototype, extensible, ordered, keys, properties } = this.#kept[place]!;
    if (getPrototypeOf(object) !== prototype || isExtensible(object) !== extensible) return false;
    const now = ownKeys(object);
    if (now.length !== keys.length) return false;
    for (let i = 0; i < keys.length; i++) {
      if (now[i] === keys[i]) continue;
      if (ordered || indexOf(now, keys[i]!) < 0) return false;
    }
    for (let i = 0; i < keys.length; i++) {
      const property = properties[i];
      if (property === undefined) continue;
      if (!sameProperty(property, getOwnPropertyDescriptor(object, keys[i]!)!)) return false;
    }
    return true;
  }

  #putBack(place: number): void {
    const { object, prototype, ordered, keys, properties } = this.#kept[place]!;
    const now = ownKeys(object);
    // A property that was taken away comes back where it was only if those after it are made anew, too.
    let anew = ordered && now.length < keys.length;
    for (let i = 0; i < now.length; i++) {
      if (ordered && i < keys.length && now[i] !== keys[i]) anew = true;
      if (indexOf(keys, now[i]!) < 0) deleteProperty(object, now[i]!);
    }
    if (getPrototypeOf(object) !== prototype) setPrototypeOf(object, prototype);
    for (let i = 0; i < keys.length; i++) {
      const property = properties[i];
      if (property === undefined) continue;
      if (anew) deleteProperty(object, keys[i]!);
      defineProperty(object, keys[i]!, property);
    }
  }

  /** Notes what was added, taken away and changed. */
  #noteAll(place: number): void {
    const { object, keys, properties } = this.#kept[place]!;
    const before = this.#differences;
    const now = ownKeys(object);
    for (let i = 0; i < now.length; i++) if (indexOf(keys, now[i]!) < 0) this.#note(place, now[i]);
    for (let i = 0; i < keys.length; i++) {
      const property = properties[i];
      if (indexOf(now, keys[i]!) < 0) this.#note(place, keys[i]);
      else if (property !== undefined && place > 0) {
        if (!sameProperty(property, getOwnPropertyDescriptor(object, keys[i]!)!)) this.#note(place, keys[i]);
      }
    }
    if (this.#differences === before) this.#note(place, undefined);
  }

  #note(place: number, key: Key | undefined): void {
    const n = this.#differences++;
    if (n >= mostNamed) return;
    this.#places[n] = place;
    this.#keys[n] = key;
  }

  /** Called when everything is back. */
  #changed(): readonly string[] {
    const names = Array.from({ length: Math.min(this.#differences, mostNamed) }, (_, i) => {
      const { name } = this.#kept[this.#places[i]!]!;
      const key = this.#keys[i];
      return key === undefined ? name : pathOf(name, key);
    });
    return this.#differences > mostNamed ? [...names, '…'] : names;
  }
}

function keep(name: string, object: object): Kept {
  const keys = ownKeys(object);
  const properties = keys.map((key) => {
    const property = getOwnPropertyDescriptor(object, key)!;
    const fixed = !property.configurable && property.writable !== true;
    return fixed ? undefined : Object.assign(Object.create(null), property);
  });
  const extensible = isExtensible(object);
  const ordered = keys.every((key) => getOwnPropertyDescriptor(object, key)!.configurable);
  return { name, object, prototype: getPrototypeOf(object), extensible, keys, ordered, properties };
}

function sameProperty(kept: PropertyDescriptor, now: PropertyDescriptor): boolean {
  return (
    is(kept.value, now.value) &&
    kept.get === now.get &&
    kept.set === now.set &&
    kept.writable === now.writable &&
    kept.enumerable === now.enumerable &&
    kept.configurable === now.configurable
  );
}

function indexOf(keys: readonly Key[], key: Key): number {
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return i;
  return -1;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** `Array.prototype.map`, without `globalThis.` before it. */
function pathOf(name: string, key: Key): string {
  const inner = typeof key === 'symbol' ? `[${key.description ?? 'symbol'}]` : key;
  if (name === 'globalThis') return inner;
  return typeof key === 'symbol' ? `${name}${inner}` : `${name}.${inner}`;
}
