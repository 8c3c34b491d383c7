/**
 * Numbers that a run drew, kept for the next one that draws the same: a model of 124 million parameters is edited many times before what
 * makes them is. They are known by what made them: where the generator stood, how it was drawn, how many. A run that finds them there
 * shares their memory, and whoever writes to a tensor takes a copy first (`writable`); the generator goes on from where drawing them
 * left it.
 */
import type { Storage } from '../backends/backend.ts';
import type { TypedArray } from './dtype.ts';
import type { Generator, GeneratorState } from './random.ts';

/** Elements from which on they are kept: fewer are drawn in no time. */
const least = 16_384;

interface Kept {
  readonly before: Int32Array;
  readonly after: GeneratorState;
  readonly data: TypedArray;
  /** By the run that goes on. */
  used: boolean;
  /** What it was last put into; something else may have been drawn over it there. */
  holder: Storage;
}

export class KeptDraws {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** Bytes that a run may hold. */
  #limit = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** A run begins, which may hold so many bytes. */
  begin(limit: number): void {
    this.#limit = limit;
    for (const kept of this.#kept.values()) kept.used = false;
    this.makeRoom(0);
  }

  /** A run has ended that drew all it needs: what it did not draw is let go. */
  end(): void {
    for (const [key, kept] of this.#kept) if (!kept.used) this.#letGo(key, kept);
  }

  /** Lets go of what no tensor of the run holds, as far as a run of so many bytes needs its room. */
  makeRoom(bytes: number): void {
    if (this.#bytes + bytes <= this.#limit) return;
    let free = 0;
    for (const kept of this.#kept.values()) if (!isHeld(kept)) free += kept.data.byteLength;
    for (const [key, kept] of this.#kept) {
      if (free + bytes <= this.#limit) return;
      if (isHeld(kept)) continue;
      this.#letGo(key, kept);
      free -= kept.data.byteLength;
    }
  }

  /** Fills a storage: with what is kept, or else by `draw`, and then keeps that. `recipe`: how it is drawn, with everything it depends on. */
  fill(storage: Storage, recipe: string, generator: Generator, draw: (out: Float32Array) => void): void {
    const { length } = storage.data;
    if (length < least) return draw(blank(storage));
    const { words, at } = generator.twister;
    const key = `${recipe} ${length} ${at} ${words[0]} ${words[at]}`;
    const known = this.#kept.get(key);
    if (known?.before.every((word, i) => word === words[i])) {
      known.used = true;
      known.holder = storage;
      // The second of a pair of normal numbers is no part of it.
      generator.state = { ...known.after, kept: generator.state.kept };
      share(storage, known.data);
      return;
    }
    const before = words.slice();
    const data = blank(storage);
    draw(data);
    if (known !== undefined) this.#letGo(key, known);
    if (this.#bytes + data.byteLength > this.#limit) return;
    this.#bytes += data.byteLength;
    this.#kept.set(key, { before, after: generator.state, data, used: true, holder: storage });
    share(storage, data);
  }

  #letGo(key: string, { data }: Kept): void {
    this.#kept.delete(key);
    this.#bytes -= data.byteLength;
  }
}

const isHeld = ({ used, holder, data }: Kept): boolean => used && holder.data === data;

/** Storages whose numbers are shared, and not to be written to. */
const shared = new WeakSet<Storage>();

function share(storage: Storage, data: TypedArray): void {
  (storage as { data: TypedArray }).data = data;
  shared.add(storage);
}

/** Whether what it holds is never written to. */
export const isShared = (storage: Storage): boolean => shared.has(storage);

/** The elements of a storage, to be written to: its own, from now on. */
export function writable(storage: Storage): TypedArray {
  if (shared.delete(storage)) (storage as { data: TypedArray }).data = storage.data.slice();
  return storage.data;
}

/** Room for as many floats as a storage has, to be filled as a whole: its own, where nobody shares it. */
export function blank(storage: Storage): Float32Array {
  if (shared.delete(storage)) (storage as { data: TypedArray }).data = new Float32Array(storage.data.length);
  return storage.data as Float32Array;
}
