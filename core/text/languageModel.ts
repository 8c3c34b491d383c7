/** What can write a text, and how it is asked for its next token. */
import { ShapeError, TensightError } from '../errors.ts';
import { KeyValueCache } from '../nn/keyValueCache.ts';
import { tensor } from '../ops/creation.ts';
import type { TypedArray } from '../tensor/dtype.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * ids [batch, seq] (i32) → logits [batch, seq, vocab], of which the last position's count, or [batch, vocab]. With a `cache` ids are the
 * new tokens alone: hand it on to attention, and count positions from `cache.length`. A decoder closes over its memory:
 * `(ids, cache) => model.decode(ids, memory, cache)`.
 */
export type NextTokens = (ids: Tensor, cache?: KeyValueCache) => Tensor;

/** A function, or a module whose `forward` is one. */
export type LanguageModel =
  | NextTokens
  | {
      /** As the function. */
      forward(ids: Tensor, cache?: KeyValueCache): Tensor;
    };

export interface AskOptions {
  /** Uses a key–value cache: the model takes one as its second argument. Default false. */
  readonly cache?: boolean | undefined;
  /** The model sees so many of the last tokens at most; all by default. Beyond it a cache can't be used. */
  readonly contextLength?: number | undefined;
}

/** Asks a model for logits of the token after each sequence of a batch, with a cache where there is one. */
export class Asker {
  readonly #model: NextTokens;
  readonly #contextLength: number;
  #cache: KeyValueCache | undefined;

  constructor(model: LanguageModel, { cache = false, contextLength = Number.POSITIVE_INFINITY }: AskOptions) {
    if (!(contextLength >= 1))
      throw new TensightError(`generate: expected a whole number of 1 or more for contextLength, got ${contextLength}`);
    this.#model = typeof model === 'function' ? model : (ids, known) => model.forward(ids, known);
    this.#contextLength = contextLength;
    this.#cache = cache ? new KeyValueCache() : undefined;
  }

  /** One row of logits a sequence; sequences are equally long, and continue those of the call before. */
  ask(sequences: readonly (readonly number[])[]): TypedArray[] {
    const length = sequences[0]!.length;
    // The window moves on: what the cache holds was computed at other positions.
    if (length > this.#contextLength) this.#cache = undefined;
    const known = this.#cache?.length ?? 0;
    const shown = sequences.map((ids) => ids.slice(Math.max(known, length - this.#contextLength)));
    const ids = tensor(Int32Array.from(shown.flat()), {
      shape: [shown.length, shown[0]!.length],
      axes: ['batch', 'seq'],
    });
    const logits = this.#cache === undefined ? this.#model(ids) : this.#model(ids, this.#cache);
    if (this.#cache !== undefined && this.#cache.length !== length)
      throw new TensightError(
        `generate: the cache holds ${this.#cache.length} of ${length} tokens`,
        'Pass the second argument on to every attention layer: { cache }. Or leave out { cache: true }.',
      );
    if ((logits.ndim !== 2 && logits.ndim !== 3) || logits.shape[0] !== shown.length || logits.numel === 0)
      throw new ShapeError(
        'generate',
        [logits],
        `expected logits for ids ${formatShape(ids)}, got ${formatShape(logits)}`,
        'Return [batch, seq, vocab], or [batch, vocab] for the next token only.',
      );
    const last = logits.ndim === 3 ? logits.select(1, -1) : logits;
    return shown.map((_, row) => last.select(0, row).toTypedArray().slice());
  }

  /** Goes on with these of the sequences asked for last, in this order. */
  follow(rows: readonly number[]): void {
    this.#cache?.reorder(tensor(Int32Array.from(rows)));
  }
}
