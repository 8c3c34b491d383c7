import { indexSelect } from '../ops/indexing.ts';
import { cat } from '../ops/rearrange.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Module } from './module.ts';

interface Entry {
  readonly key: Tensor;
  readonly value: Tensor;
  /** Whether it grows with the sequence; keys of an encoder's output do not. */
  readonly grows: boolean;
}

/**
 * Keys and values that attention layers have seen, so that a text is written one token at a time without going over what is there
 * already. Hand the same cache to every call and only the new tokens: self-attention puts the keys and values of earlier calls
 * before those of this one, attention to a memory projects it once. One cache belongs to one sequence (or batch of them).
 *
 * What comes before attention must know where the new tokens stand: add positions from `cache.length` on.
 */
export class KeyValueCache {
  readonly #entries = new Map<Module, Entry>();

  /** How many positions are kept: where the next token stands. Ask before the layers run. */
  get length(): number {
    for (const { key, grows } of this.#entries.values()) if (grows) return key.shape.at(-2)!;
    return 0;
  }

  /** How many positions this layer has kept. */
  lengthOf(layer: Module): number {
    const entry = this.#entries.get(layer);
    return entry?.grows ? entry.key.shape.at(-2)! : 0;
  }

  /** What the layer kept, followed by `key` and `value` [batch, head, seq, headDim]. All of it is kept. */
  extend(layer: Module, key: Tensor, value: Tensor): [key: Tensor, value: Tensor] {
    const before = this.#entries.get(layer);
    const entry: Entry =
      before === undefined
        ? { key, value, grows: true }
        : { key: cat([before.key, key], -2), value: cat([before.value, value], -2), grows: true };
    this.#entries.set(layer, entry);
    return [entry.key, entry.value];
  }

  /** What the layer kept of a memory that stays the same; made at the first call. */
  keep(layer: Module, make: () => [key: Tensor, value: Tensor]): [key: Tensor, value: Tensor] {
    let entry = this.#entries.get(layer);
    if (entry === undefined) {
      const [key, value] = make();
      entry = { key, value, grows: false };
      this.#entries.set(layer, entry);
    }
    return [entry.key, entry.value];
  }

  /** Batch elements in another order, some perhaps several times: how a beam search goes on with the best. indices [batch], i32. */
  reorder(indices: Tensor): void {
    for (const [layer, { key, value, grows }] of this.#entries)
      this.#entries.set(layer, { key: indexSelect(key, 0, indices), value: indexSelect(value, 0, indices), grows });
  }

  /** Forgets everything: the next call starts a new sequence. */
  clear(): void {
    this.#entries.clear();
  }
}
