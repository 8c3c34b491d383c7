/**
 * Memory of gradients that are mostly zeros, kept as what is not zero. A view made anew at each step of a loop
 * (`x.transpose(0, 1).select(0, t)`) has a gradient as long as the sequence, of which one step is not zero: kept as it is, a trace of
 * all steps would grow with their square.
 */
import type { Storage } from '../backends/backend.ts';

/** Elements that are kept or left out together. */
const block = 32;
/** Below this many elements it is not worth the while. */
const least = 512;

/** The array that was last laid out again: it is read several times in a row, and one is all that is held. */
let latest: { readonly of: SparseStorage; readonly data: Float32Array } | undefined;

class SparseStorage implements Storage {
  readonly #length: number;
  readonly #blocks: readonly number[];
  readonly #values: Float32Array;

  constructor(from: Float32Array, blocks: readonly number[]) {
    this.#length = from.length;
    this.#blocks = blocks;
    this.#values = new Float32Array(blocks.length * block);
    for (const [i, b] of blocks.entries()) this.#values.set(from.subarray(b * block, (b + 1) * block), i * block);
  }

  get byteLength(): number {
    return this.#values.byteLength + 8 * this.#blocks.length;
  }

  get data(): Float32Array {
    if (latest?.of === this) return latest.data;
    const data = new Float32Array(this.#length);
    for (const [i, b] of this.#blocks.entries()) {
      const end = Math.min(block, this.#length - b * block);
      data.set(this.#values.subarray(i * block, i * block + end), b * block);
    }
    latest = { of: this, data };
    return data;
  }
}

/** The same elements in less memory; undefined where most of them are not zero. */
export function sparse(storage: Storage): (Storage & { readonly byteLength: number }) | undefined {
  const { data } = storage;
  if (data.length < least || !(data instanceof Float32Array)) return undefined;
  const most = Math.floor(data.length / block / 2);
  const blocks: number[] = [];
  for (let b = 0; b * block < data.length; b++) {
    if (isZero(data, b * block)) continue;
    if (blocks.length >= most) return undefined;
    blocks.push(b);
  }
  return new SparseStorage(data, blocks);
}

function isZero(data: Float32Array, start: number): boolean {
  const end = Math.min(start + block, data.length);
  for (let i = start; i < end; i++) if (data[i] !== 0) return false;
  return true;
}
