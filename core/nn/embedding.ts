import { ShapeError, TensightError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkSizes, checkTensor } from './check.ts';
import { embedding } from './functional.ts';
import * as init from './init.ts';
import { Module, type Parameter } from './module.ts';
import { parameter } from './parameter.ts';

/** What `Embedding` may be told. */
export interface EmbeddingOptions {
  /** The index that stands for nothing: its row starts as zeros and gets no gradient. Negative counts from the end. */
  paddingIdx?: number;
}

/**
 * A table of vectors, one a word: indices [...] → [..., embed]. Weight [vocab, embed], standard normal at the start.
 * Throws ShapeError where the input is not i32, IndexError for an index outside 0 … numEmbeddings − 1.
 */
export class Embedding extends Module {
  /** Number of rows: indices are 0 … numEmbeddings − 1. */
  readonly numEmbeddings: number;
  /** Length of each row. */
  readonly embeddingDim: number;
  /** The row that stands for nothing, counted from 0. */
  readonly paddingIdx: number | undefined;
  /** The table, [vocab, embed]. */
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, { paddingIdx }: EmbeddingOptions = {}) {
    super();
    checkSizes('Embedding(numEmbeddings, embeddingDim, options)', { numEmbeddings, embeddingDim });
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    if (paddingIdx !== undefined && !(paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings))
      throw new TensightError(
        `Embedding: paddingIdx ${paddingIdx} is outside the table of ${numEmbeddings} rows`,
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
    storage.data.fill(0, start, start + this.embeddingDim);
  }

  /** indices [...], i32 → [..., embed]. */
  forward(indices: Tensor): Tensor {
    const layer = `Embedding(${this.numEmbeddings} → ${this.embeddingDim})`;
    checkTensor(layer, indices);
    if (indices.dtype !== 'i32')
      throw new ShapeError(
        layer,
        [indices],
        `wants indices (i32), the input is ${indices.dtype} ${formatShape(indices)}`,
        "Make them with tokens(words, vocab) or tensor([1, 2], { dtype: 'i32' }).",
      );
    return embedding(indices, this.weight, this.paddingIdx === undefined ? {} : { paddingIdx: this.paddingIdx });
  }

  override extraRepr(): string {
    const padding = this.paddingIdx === undefined ? '' : `, padding ${this.paddingIdx}`;
    return `${this.numEmbeddings} → ${this.embeddingDim}${padding}`;
  }
}
