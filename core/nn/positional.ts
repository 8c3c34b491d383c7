import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import { tensor, zeros } from '../ops/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { Dropout } from './dropout.ts';
import { configOf, Layer } from './layer.ts';
import { Buffer } from './module.ts';
import { positionsFor } from './positions.ts';

/** What `PositionalEncoding` may be told. */
export interface PositionalEncodingOptions {
  /** Longest sequence there will be. Default 5000. */
  maxLength?: number;
  /** Applied to the sum. Default 0.1. */
  dropout?: number;
  /** The n of the angle rates pos / n^(2i/d). Default 10000. */
  base?: number;
  /** Input is [batch, seq, embed] instead of [seq, batch, embed]. Default false, as for PyTorch's layers. */
  batchFirst?: boolean;
}

/**
 * The table pe [length, dModel] of Vaswani et al. 2017, section 3.5: pe[pos, 2i] = sin(pos / base^(2i/dModel)),
 * pe[pos, 2i+1] = cos of the same angle. Positions count from `start`. In a shape run it has no data.
 */
export function sinusoidalTable(
  length: number,
  dModel: number,
  { base = 10000, start = 0 }: { base?: number; start?: number } = {},
): Tensor {
  checkArguments('sinusoidalTable', arguments);
  if (context.mode === 'shape') return zeros([length, dModel], { axes: ['position', 'embed'] });
  const values = new Float32Array(length * dModel);
  for (let column = 0; column < dModel; column++) {
    const isSine = column % 2 === 0;
    const wave = base ** ((isSine ? column : column - 1) / dModel);
    for (let pos = 0; pos < length; pos++) {
      const angle = (pos + start) / wave;
      values[pos * dModel + column] = isSine ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return tensor(values, { shape: [length, dModel], axes: ['position', 'embed'] });
}

/**
 * Adds to every vector the sinusoidal code of its position: [seq, batch, embed] → the same ([batch, seq, embed] with
 * `batchFirst`; [seq, embed] without a batch). The table `pe` is a buffer outside `stateDict`.
 * Throws ShapeError for another width than `dModel`, or more than `maxLength` positions.
 */
export class PositionalEncoding extends Layer {
  /** Width of every vector. */
  readonly dModel: number;
  /** How many positions the table has. */
  readonly maxLength: number;
  /** The n of the angle rates pos / n^(2i/d). */
  readonly base: number;
  /** Whether the batch is the first axis, not the second. */
  readonly batchFirst: boolean;
  /** [position, embed] */
  readonly pe: Buffer;
  /** Applied to the sum. */
  readonly dropout: Dropout;

  constructor(
    dModel: number,
    { maxLength = 5000, dropout = 0.1, base = 10000, batchFirst = false }: PositionalEncodingOptions = {},
  ) {
    checkArguments(new.target, arguments);
    super();
    if (!(maxLength > 0))
      throw new TensightError(`PositionalEncoding: expected a maxLength of 1 or more, got ${maxLength}`);
    this.dModel = dModel;
    this.maxLength = maxLength;
    this.base = base;
    this.batchFirst = batchFirst;
    this.pe = new Buffer(sinusoidalTable(maxLength, dModel, { base }), false);
    this.dropout = new Dropout(dropout);
  }

  /** The first vector stands at position `start`: `cache.length` where a text is written with a key–value cache. */
  forward(x: Tensor, start = 0): Tensor {
    return this.dropout.forward(x.add(positionsFor('PositionalEncoding', x, this.pe, this.batchFirst, start)));
  }

  override config() {
    return configOf<PositionalEncodingOptions>({
      dModel: this.dModel,
      maxLength: this.maxLength,
      dropout: this.dropout.p,
      base: this.base,
      batchFirst: this.batchFirst,
    });
  }

  override extraRepr(): string {
    return `${this.dModel}, up to ${this.maxLength} positions`;
  }
}
