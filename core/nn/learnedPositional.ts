import { TensightError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { Dropout } from './dropout.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';
import type { PositionalEncodingOptions } from './positional.ts';
import { positionsFor } from './positions.ts';

/**
 * Adds to every vector the learnt vector of its position, as GPT-2 and BERT do: [seq, batch, embed] → the same ([batch, seq,
 * embed] with `batchFirst`; [seq, embed] without a batch). Weight [position, embed], normal with deviation 0.02 at the start.
 * Throws ShapeError for another width than `dModel`, or more than `maxLength` positions.
 */
export class LearnedPositionalEmbedding extends Layer {
  /** How many positions the table has. */
  readonly maxLength: number;
  /** Whether the batch is the first axis, not the second. */
  readonly batchFirst: boolean;
  /** [position, embed] */
  weight: Parameter;
  /** Applied to the sum. */
  readonly dropout: Dropout;

  /** `maxLength` is 1024 and `dropout` 0 by default. */
  constructor(dModel: number, options: Omit<PositionalEncodingOptions, 'base'> = {}) {
    checkArguments(new.target, arguments);
    super();
    const { maxLength = 1024, dropout = 0, batchFirst = false } = options;
    if (!(maxLength > 0))
      throw new TensightError(`LearnedPositionalEmbedding: expected a maxLength of 1 or more, got ${maxLength}`);
    this.maxLength = maxLength;
    this.batchFirst = batchFirst;
    this.weight = parameter([maxLength, dModel], ['position', 'embed']);
    this.dropout = new Dropout(dropout);
    this.resetParameters();
  }

  /** Draws the table afresh. */
  resetParameters(): void {
    init.normal(this.weight, 0, 0.02);
  }

  /** The first vector stands at position `start`: `cache.length` where a text is written with a key–value cache. */
  forward(x: Tensor, start = 0): Tensor {
    const positions = positionsFor('LearnedPositionalEmbedding', x, this.weight, this.batchFirst, start);
    return this.dropout.forward(x.add(positions));
  }

  override config() {
    return configOf<Omit<PositionalEncodingOptions, 'base'>>({
      dModel: this.weight.shape[1],
      maxLength: this.maxLength,
      dropout: this.dropout.p,
      batchFirst: this.batchFirst,
    });
  }

  override extraRepr(): string {
    return `${this.weight.shape[1]}, up to ${this.maxLength} positions`;
  }
}
