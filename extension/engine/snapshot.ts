/**
 * How everything was that exists before a model: the language's objects and the library's. Taken once; compared, and put back where
 * something differs, before and after every run, so that a run finds what the one before it found.
 *
 * Functions that are nothing but functions (methods, getters, functions of modules) are frozen, which costs nothing afterwards.
 * Constructors, prototypes and namespaces are compared property by property, for programs may change them: freezing `Error.prototype`
 * would refuse `error.name = …` in every class of the person's own. Whatever cannot be put back (an object that was frozen, a property that
 * cannot be deleted) is told, and the engine is then not fit for another run.
 *
 * `restore` runs while nothing can be relied on: it calls only functions that it took at the beginning, and reads and writes only elements
 * and properties that its objects have themselves.
 */
import type { Change } from '../../core/trace/changes.ts';

const { apply, defineProperty, deleteProperty, getPrototypeOf, has, isExtensible, ownKeys, setPrototypeOf } = Reflect;
// V8's Reflect.getOwnPropertyDescriptor takes five times as long.
const { freeze, getOwnPropertyDescriptor, hasOwn, is, isFrozen } = Object;
const { exec } = RegExp.prototype;

type Key = string | symbol;

/**
 * What a property was, in the form that `defineProperty` takes. There are thousands and each run reads them all, so they are of two shapes
 * that V8 keeps as records; and nothing that a model gives `Object.prototype` becomes part of them.
 */
class Value {
  constructor(
    readonly value: unknown,
    readonly writable: boolean,
    readonly enumerable: boolean,
    readonly configurable: boolean,
  ) {}
}

class Accessor {
  constructor(
    readonly get: PropertyDescriptor['get'] | undefined,
    readonly set: PropertyDescriptor['set'] | undefined,
    readonly enumerable: boolean,
    readonly configurable: boolean,
  ) {}
}

for (const { prototype } of [Value, Accessor]) {
  setPrototypeOf(prototype, null);
  freeze(prototype);
}

type Property = Value | Accessor;

/** One object as it was. */
interface ObjectState {
  readonly name: string;
  readonly object: object;
  readonly prototype: object | null;
  readonly extensible: boolean;
  readonly keys: readonly Key[];
  /** Whether the order of keys can be put back: all of them can be taken away and made anew. */
  readonly ordered: boolean;
  /** Undefined where it cannot change. */
  readonly properties: readonly (Property | undefined)[];
}

/** What `restore` found. */
export interface RestoreResult {
  /** What differed. The first few. */
  readonly changed: readonly Change[];
  /** Whether everything is as it was. */
  readonly complete: boolean;
}

const mostNamed = 8;
const unchanged: RestoreResult = freeze({ changed: freeze([]), complete: true });

export class Snapshot {
  readonly #kept: readonly ObjectState[];
  /** What differs in the `restore` under way: places in `#kept`, and keys. */
  readonly #places = new Int32Array(mostNamed);
  readonly #keys: (Key | undefined)[] = new Array(mostNamed).fill(undefined);
  /** Whether they were not there before. */
  readonly #added = new Int32Array(mostNamed);
  #differences = 0;

  /** Of everything that can be reached from these, by name. Freezes functions on the way. */
  constructor(roots: Readonly<Record<string, unknown>>) {
    const kept: ObjectState[] = [];
    const seen = new Set<unknown>();
    const open: { readonly name: string; readonly value: object }[] = [];
    const meet = (name: string, value: unknown) => {
      if (isObject(value) && seen.size < seen.add(value).size) open.push({ name, value });
    };
    // It is put back first.
    meet('Object.prototype', Object.prototype);
    meet('Object', Object);
    // One root after another, so that what several lead to has its name from the first.
    const later = Object.entries(roots);
    for (let i = 0; i < open.length || later.length > 0; i++) {
      while (i === open.length && later.length > 0) meet(...later.shift()!);
      if (i === open.length) break;
      const { name, value } = open[i]!;
      const prototype = getPrototypeOf(value);
      if (!seen.has(prototype)) meet(`${name}'s prototype`, prototype);
      // Elements of buffers are no state of the language or the library.
      if (ArrayBuffer.isView(value)) continue;
      const keys = ownKeys(value);
      const properties: PropertyDescriptor[] = [];
      for (let k = 0; k < keys.length; k++) {
        const property = getOwnPropertyDescriptor(value, keys[k]!)!;
        properties.push(property);
        for (const inner of [property.value, property.get, property.set])
          if (isObject(inner) && !seen.has(inner)) meet(pathOf(name, keys[k]!), inner);
      }
      if (isMereFunction(value)) freeze(value);
      else if (!isFrozen(value)) kept.push(keep(name, value, prototype, keys, properties));
    }
    this.#kept = kept;
  }

  /** The objects that are compared. */
  get objects(): readonly object[] {
    return this.#kept.map(({ object }) => object);
  }

  /** Puts everything back. */
  restore(): RestoreResult {
    // What RegExp.$1 and its kind say.
    apply(exec, /(?:)/, ['']);
    const kept = this.#kept;
    this.#differences = 0;
    for (let i = 0; i < kept.length; i++) {
      if (this.#same(i)) continue;
      this.#noteAll(i);
      this.#putBack(i);
      // Object.prototype is the first. What it still has of a model's would be met in every object that is looked at.
      if (i === 0 && !this.#same(0)) return { changed: this.#left(), complete: false };
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
      defineProperty(object, keys[i]!, property as PropertyDescriptor);
    }
  }

  /** Notes what was added, taken away and changed. */
  #noteAll(place: number): void {
    const { object, prototype, keys, properties } = this.#kept[place]!;
    const before = this.#differences;
    const now = ownKeys(object);
    // What was inherited was there: Float32Array's own fill stands before that of all typed arrays.
    for (let i = 0; i < now.length; i++)
      if (indexOf(keys, now[i]!) < 0) this.#note(place, now[i], prototype === null || !has(prototype, now[i]!));
    for (let i = 0; i < keys.length; i++) {
      const property = properties[i];
      if (indexOf(now, keys[i]!) < 0) this.#note(place, keys[i]);
      else if (property !== undefined && !sameOwn(property, getOwnPropertyDescriptor(object, keys[i]!)!))
        this.#note(place, keys[i]);
    }
    if (this.#differences === before) this.#note(place, undefined);
  }

  #note(place: number, key: Key | undefined, added = false): void {
    const n = this.#differences++;
    if (n >= mostNamed) return;
    this.#places[n] = place;
    this.#keys[n] = key;
    this.#added[n] = added ? 1 : 0;
  }

  /** Called when nothing can be relied on: only with what the language does by itself. */
  #left(): readonly Change[] {
    let name = '';
    for (let i = 0; i < this.#differences && i < mostNamed; i++) {
      const key = this.#keys[i];
      if (typeof key !== 'symbol')
        name += `${name === '' ? '' : ', '}Object.prototype${key === undefined ? '' : `.${key}`}`;
    }
    return [{ name: name === '' ? 'Object.prototype' : name, added: false }];
  }

  /** Called when everything is back. */
  #changed(): readonly Change[] {
    const changes = Array.from({ length: Math.min(this.#differences, mostNamed) }, (_, i): Change => {
      const { name } = this.#kept[this.#places[i]!]!;
      const key = this.#keys[i];
      return { name: key === undefined ? name : pathOf(name, key), added: this.#added[i] === 1 };
    });
    return this.#differences > mostNamed ? [...changes, { name: '…', added: true }] : changes;
  }
}

/** No class and no constructor of the language's; the object that each `function` brings for `new` is frozen with it. */
function isMereFunction(value: object): boolean {
  if (typeof value !== 'function') return false;
  const own = getOwnPropertyDescriptor(value, 'prototype');
  if (own === undefined) return true;
  // A class's own cannot be replaced.
  if (own.writable !== true) return false;
  const unused: unknown = own.value;
  if (isObject(unused) && ownKeys(unused).every((key) => key === 'constructor')) freeze(unused);
  return true;
}

function keep(
  name: string,
  object: object,
  prototype: object | null,
  keys: readonly Key[],
  found: readonly PropertyDescriptor[],
): ObjectState {
  let ordered = true;
  const properties = found.map(({ value, writable, get, set, enumerable = false, configurable = false }) => {
    if (!configurable) ordered = false;
    if (!configurable && writable !== true) return undefined;
    return writable === undefined
      ? new Accessor(get, set, enumerable, configurable)
      : new Value(value, writable, enumerable, configurable);
  });
  return { name, object, prototype, extensible: isExtensible(object), keys, ordered, properties };
}

/** What a descriptor leaves out is undefined, once `Object.prototype` is as it was. */
function sameProperty(property: Property, now: PropertyDescriptor): boolean {
  if (property.enumerable !== now.enumerable || property.configurable !== now.configurable) return false;
  return property instanceof Value
    ? property.writable === now.writable && is(property.value, now.value)
    : property.get === now.get && property.set === now.set && now.writable === undefined;
}

/** The same where `Object.prototype` may have what a descriptor leaves out. */
function sameOwn(property: Property, now: PropertyDescriptor): boolean {
  const kept = property as PropertyDescriptor;
  return (
    is(kept.value, hasOwn(now, 'value') ? now.value : undefined) &&
    kept.get === (hasOwn(now, 'get') ? now.get : undefined) &&
    kept.set === (hasOwn(now, 'set') ? now.set : undefined) &&
    kept.writable === (hasOwn(now, 'writable') ? now.writable : undefined) &&
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
