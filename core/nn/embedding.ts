import { drawingFrom } from '../drawing.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { writable } from '../tensor/keptDraws.ts';
import { Generator } from '../tensor/random.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkWhole } from '../usage/values.ts';
import { checkRank, checkSizes, checkTensor } from './check.ts';
import { embedding, embeddingBag } from './functional.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import { Parameter } from './module.ts';
import { parameter } from './parameter.ts';

/** What `Embedding` may be told. */
export interface EmbeddingOptions {
  /** The index that stands for nothing: its row starts as zeros and gets no gradient. Negative counts from the end. */
  paddingIdx?: number;
}

/** What the tables share. */
abstract class Table extends Layer {
  /** Its arguments by position. */
  /** Number of rows: indices are 0 … numEmbeddings − 1. */
  readonly numEmbeddings: number;
  /** Length of each row. */
  readonly embeddingDim: number;
  /** The row that stands for nothing, counted from 0. */
  readonly paddingIdx: number | undefined;
  /** The table, [vocab, embed]. */
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, paddingIdx: number | undefined) {
    super();
    const { name } = new.target;
    checkSizes(`${name}(numEmbeddings, embeddingDim, options)`, { numEmbeddings, embeddingDim });
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    checkWhole(name, { paddingIdx });
    if (paddingIdx !== undefined && !(paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings))
      throw new TensightError(
        `${name}: paddingIdx ${paddingIdx} is outside the table of ${numEmbeddings} rows`,
        `Use 0 … ${numEmbeddings - 1}.`,
      );
    this.paddingIdx = paddingIdx !== undefined && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.weight = parameter([numEmbeddings, embeddingDim], ['vocab', 'embed']);
    this.resetParameters();
  }

  /** Draws the table afresh. */
  resetParameters(): void {
    init.normal(this.weight);
    if (this.paddingIdx === undefined || this.weight.isMeta) return;
    const { storage, offset } = this.weight;
    const start = offset + this.paddingIdx * this.embeddingDim;
    writable(storage).fill(0, start, start + this.embeddingDim);
  }

  /** Throws ShapeError for what are no indices. */
  protected check(indices: Tensor): void {
    const layer = `${this.constructor.name}(${this.numEmbeddings} → ${this.embeddingDim})`;
    checkTensor(layer, indices);
    if (indices.dtype !== 'i32')
      throw new ShapeError(
        layer,
        [indices],
        `expected indices (i32), got ${indices.dtype} ${formatShape(indices)}`,
        "Make them with tokens(words, vocab) or tensor([1, 2], { dtype: 'i32' }).",
      );
  }

  /** The arguments it was made with. */
  override config() {
    return configOf<EmbeddingOptions>({
      numEmbeddings: this.numEmbeddings,
      embeddingDim: this.embeddingDim,
      paddingIdx: this.paddingIdx,
    });
  }

  override extraRepr(): string {
    const padding = this.paddingIdx === undefined ? '' : `, padding ${this.paddingIdx}`;
    return `${this.numEmbeddings} → ${this.embeddingDim}${padding}`;
  }
}

/**
 * A table of vectors, one a word: indices [...] → [..., embed]. Weight [vocab, embed], standard normal at the start.
 * Throws ShapeError where the input is not i32, IndexError for an index outside 0 … numEmbeddings − 1.
 */
export class Embedding extends Table {
  constructor(numEmbeddings: number, embeddingDim: number, { paddingIdx }: EmbeddingOptions = {}) {
    checkArguments(new.target, arguments);
    super(numEmbeddings, embeddingDim, paddingIdx);
  }

  /** A table that is there already, [vocab, embed], whose memory it shares; `freeze` (default true) keeps it from being learnt. */
  static fromPretrained(
    weight: Tensor,
    { freeze = true, ...options }: EmbeddingOptions & { freeze?: boolean } = {},
  ): Embedding {
    checkRank('Embedding.fromPretrained', weight, [2], 'a table [vocab, embed]');
    const [rows, width] = weight.shape as [number, number];
    // What it starts with is replaced: none of it counts as drawn.
    const layer = drawingFrom(new Generator(0), () => new Embedding(rows, width, options));
    layer.weight = new Parameter(weight.detach().named('vocab', 'embed'), !freeze);
    return layer;
  }

  /** indices [...], i32 → [..., embed]. */
  forward(indices: Tensor): Tensor {
    this.check(indices);
    return embedding(indices, this.weight, this.paddingIdx === undefined ? {} : { paddingIdx: this.paddingIdx });
  }
}

/** What `EmbeddingBag` may be told. */
export interface EmbeddingBagLayerOptions {
  /** What becomes of the rows of a bag. Default `'mean'`. */
  mode?: 'sum' | 'mean' | 'max';
  /** Whether the last offset is the end of the last bag. Default false. */
  includeLastOffset?: boolean;
  /** The index that does not count: its row starts as zeros and gets no gradient. Negative counts from the end. */
  paddingIdx?: number;
}

/**
 * A table of vectors, summed (or meaned) bag by bag: indices [bag, item], or [item] with where each bag starts → [bag, embed].
 * Weight [vocab, embed], standard normal at the start. Throws IndexError for an index outside 0 … numEmbeddings − 1.
 */
export class EmbeddingBag extends Table {
  /** What becomes of the rows of a bag. */
  readonly mode: 'sum' | 'mean' | 'max';
  /** Whether the last offset is the end of the last bag. */
  readonly includeLastOffset: boolean;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingBagLayerOptions = {}) {
    checkArguments(new.target, arguments);
    const { mode = 'mean', includeLastOffset = false, paddingIdx } = options;
    super(numEmbeddings, embeddingDim, paddingIdx);
    this.mode = mode;
    this.includeLastOffset = includeLastOffset;
  }

  /** indices [bag, item], or [item] with offsets [bag]; a weight for each in mode `'sum'` → [bag, embed]. */
  forward(indices: Tensor, offsets?: Tensor | readonly number[], perSampleWeights?: Tensor): Tensor {
    this.check(indices);
    const { mode, includeLastOffset, paddingIdx } = this;
    return embeddingBag(indices, this.weight, offsets, { mode, includeLastOffset, paddingIdx, perSampleWeights });
  }

  override config() {
    return configOf({
      ...super.config(),
      mode: this.mode,
      includeLastOffset: this.includeLastOffset,
    });
  }

  /** `5 → 3, mean` */
  override extraRepr(): string {
    return `${super.extraRepr()}, ${this.mode}`;
  }
}
