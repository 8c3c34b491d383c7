import { context } from '../context.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { tensor, zeros } from '../ops/creation.ts';
import { cat, stack } from '../ops/rearrange.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFeatures } from './check.ts';
import { configOf, Layer } from './layer.ts';
import { Buffer } from './module.ts';

/** What `RotaryEmbedding` may be told. */
export interface RotaryEmbeddingOptions {
  /** Longest sequence there will be. Default 4096. */
  maxLength?: number;
  /** The n of the angle rates pos / n^(2i/d). Default 10000. */
  base?: number;
  /** Turns neighbours (2i, 2i + 1) as the paper does; else element i with element i + d/2, as Llama does. Default true. */
  interleaved?: boolean;
}

/**
 * Turns every pair of elements by an angle that grows with the position, so that the product of a query and a key depends on
 * how far apart they stand: [..., seq, dim] → the same. For queries and keys, after they are split into heads. Tables `cos`
 * and `sin` [position, dim/2] are buffers outside `stateDict`. Su et al. 2021, section 3.4.2.
 * Throws ShapeError for another width than `dim`, or more than `maxLength` positions.
 */
export class RotaryEmbedding extends Layer {
  /** Width of the vectors that are turned: the head's. */
  readonly dim: number;
  /** How many positions the tables have. */
  readonly maxLength: number;
  /** The n of the angle rates pos / n^(2i/d). */
  readonly base: number;
  /** Whether neighbours make a pair, or the two halves. */
  readonly interleaved: boolean;
  /** Cosine of each angle, [position, dim/2]. */
  readonly cos: Buffer;
  /** Sine of each angle, [position, dim/2]. */
  readonly sin: Buffer;

  /** Throws TensightError for an odd `dim`. */
  constructor(dim: number, { maxLength = 4096, base = 10000, interleaved = true }: RotaryEmbeddingOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    if (!(dim > 0 && dim % 2 === 0))
      throw new TensightError(
        `RotaryEmbedding: expected an even number of elements, got ${dim}`,
        'Use an even headDim.',
      );
    this.dim = dim;
    this.maxLength = maxLength;
    this.base = base;
    this.interleaved = interleaved;
    const table = (f: (angle: number) => number) => {
      const half = dim / 2;
      const axes = ['position', 'pair'];
      if (context.mode === 'shape') return new Buffer(zeros([maxLength, half], { axes }), false);
      const values = new Float32Array(maxLength * half);
      for (let i = 0; i < half; i++) {
        const rate = base ** ((-2 * i) / dim);
        for (let pos = 0; pos < maxLength; pos++) values[pos * half + i] = f(pos * rate);
      }
      return new Buffer(tensor(values, { shape: [maxLength, half], axes }), false);
    };
    this.cos = table(Math.cos);
    this.sin = table(Math.sin);
  }

  /** The first row of x stands at position `start`. */
  forward(x: Tensor, start = 0): Tensor {
    checkFeatures('RotaryEmbedding', x, this.dim, (size) => `nn.RotaryEmbedding(${size})`);
    if (x.ndim < 2) throw new ShapeError('RotaryEmbedding', [x], `expected [..., seq, dim], got ${formatShape(x)}`);
    const length = x.shape.at(-2)!;
    if (start + length > this.maxLength)
      throw new ShapeError(
        'RotaryEmbedding',
        [x],
        `expected at most ${this.maxLength} positions, the length of the table, got ${start + length}: ${formatShape(x)}`,
        `nn.RotaryEmbedding(${this.dim}, { maxLength: ${start + length} }) would fit.`,
      );
    const [cos, sin] = [this.cos.narrow(0, start, length), this.sin.narrow(0, start, length)];
    const half = this.dim / 2;
    const pairs = this.interleaved ? x.unflatten(-1, [half, 2]) : undefined;
    const [a, b] = pairs
      ? [pairs.select(-1, 0), pairs.select(-1, 1)]
      : [x.narrow(-1, 0, half), x.narrow(-1, half, half)];
    const turned = [a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))];
    return (pairs ? stack(turned, -1).flatten(-2) : cat(turned, -1)).withAxes(x.axes);
  }

  override config() {
    return configOf<RotaryEmbeddingOptions>({
      dim: this.dim,
      maxLength: this.maxLength,
      base: this.base,
      interleaved: this.interleaved,
    });
  }

  override extraRepr(): string {
    return `${this.dim}, up to ${this.maxLength} positions`;
  }
}
