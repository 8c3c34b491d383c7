/**
 * Start values, PyTorch's `torch.nn.init`: each function fills a tensor in place from the run's seeded generator and returns
 * it, by PyTorch's own draws. In a shape run there is nothing to fill. Sources: Glorot & Bengio 2010 (Xavier), He et al. 2015 (Kaiming).
 *
 * @module
 */

import { erf, erfInverse } from '../backends/reference/erf.ts';
import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import { eachInMemory, fillNormal, fillUniform, skipNormal, storeNormal, storeUniform } from '../ops/draws.ts';
import { writable } from '../tensor/keptDraws.ts';
import { formatShape, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';

/** What stands after the layer whose weights are drawn. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/** Throws TensightError for what can't be filled: integers, and views of which several elements are one. */
function checkFillable(t: Tensor): void {
  if (t.dtype !== 'f32')
    throw new TensightError(`init: expected floats, got ${t.dtype} ${formatShape(t)}`, 'Parameters are f32.');
  if (t.numel > 1 && t.strides.some((stride, d) => stride === 0 && t.shape[d]! > 1))
    throw new TensightError(
      `init: several elements of ${formatShape(t)} are one in memory`,
      'Initialise the tensor it was expanded from.',
    );
}

/** Fills it number by number, row by row. */
function write(t: Tensor, value: (i: number) => number): Tensor {
  checkFillable(t);
  if (t.isMeta) return t;
  const data = writable(t.storage);
  if (t.isContiguous) for (let i = 0, n = t.numel; i < n; i++) data[t.offset + i] = value(i);
  else
    eachInMemory(t, (place, i) => {
      data[t.offset + place] = value(i);
    });
  return t;
}

/** Whether it is all of its memory, in blocks of normal numbers. */
const isWhole = (t: Tensor): boolean =>
  !t.isMeta && t.isContiguous && t.storage.data.length === t.numel && t.numel >= 16;

/** Fills it with what `draw` gives, in the order of memory. */
function fill(t: Tensor, draw: (out: Float32Array) => void): Tensor {
  const data = writable(t.storage) as Float32Array;
  if (t.isContiguous) {
    draw(data.subarray(t.offset, t.offset + t.numel));
    return t;
  }
  const drawn = new Float32Array(t.numel);
  draw(drawn);
  let next = 0;
  eachInMemory(t, (place) => {
    data[t.offset + place] = drawn[next++]!;
  });
  return t;
}

/** Uniform in [low, high). */
export function uniform(t: Tensor, low = 0, high = 1): Tensor {
  checkArguments('uniform', arguments);
  checkFillable(t);
  if (isWhole(t)) {
    storeUniform(t.storage, low, high);
    return t;
  }
  if (!t.isMeta) return fill(t, (out) => fillUniform(out, low, high));
  context.generator.skip(t.numel);
  return t;
}

/** Normal with this mean and standard deviation. */
export function normal(t: Tensor, mean = 0, std = 1): Tensor {
  checkArguments('normal', arguments);
  checkFillable(t);
  const { isContiguous } = t;
  if (isWhole(t)) {
    storeNormal(t.storage, mean, std);
    return t;
  }
  if (!t.isMeta) return fill(t, (out) => fillNormal(out, mean, std, isContiguous));
  skipNormal(t.numel, isContiguous);
  return t;
}

/** Normal, without what lies outside [low, high]. */
export function truncNormal(t: Tensor, mean = 0, std = 1, low = -2, high = 2): Tensor {
  if (low >= high) throw new TensightError(`init.truncNormal: low ${low} is not below high ${high}`);
  // Uniform between the distribution's values there, through its inverse.
  uniform(t, erf((low - mean) / std / Math.SQRT2), erf((high - mean) / std / Math.SQRT2));
  if (t.isMeta) return t;
  const { data } = t.storage;
  const [scale, shift] = [Math.fround(std * Math.SQRT2), Math.fround(mean)];
  eachInMemory(t, (place) => {
    const at = t.offset + place;
    const value = Math.fround(Math.fround(erfInverse(data[at]!)) * scale) + shift;
    data[at] = Math.min(Math.max(value, low), high);
  });
  return t;
}

/** Every element the same. */
export function constant(t: Tensor, value: number): Tensor {
  checkArguments('constant', arguments);
  return write(t, () => value);
}

/** All elements 0, in place. */
export function zeros(t: Tensor): Tensor {
  return constant(t, 0);
}

/** All elements 1, in place. */
export function ones(t: Tensor): Tensor {
  return constant(t, 1);
}

/** The identity matrix. Throws where `t` is not two-dimensional. */
export function eye(t: Tensor): Tensor {
  if (t.ndim !== 2) throw new TensightError(`init.eye: expected a matrix, got ${formatShape(t)}`);
  const columns = t.shape[1]!;
  return write(t, (i) => (Math.floor(i / columns) === i % columns ? 1 : 0));
}

/**
 * Filters that let as many channels as there are pass unchanged: 1 in the middle of filter i's channel i, 0 elsewhere, in each of
 * `groups` groups. t [out, in, ...kernel]. Throws for fewer than three dimensions or more than five, or groups that do not divide `out`.
 * Zagoruyko & Komodakis 2017.
 */
export function dirac(t: Tensor, groups = 1): Tensor {
  const [out, into, ...kernel] = t.shape;
  if (out === undefined || into === undefined || kernel.length < 1 || kernel.length > 3)
    throw new TensightError(`init.dirac: expected filters [out, in, ...kernel], got ${formatShape(t)}`);
  const each = out / groups;
  if (!Number.isInteger(each) || groups < 1)
    throw new TensightError(`init.dirac: ${groups} groups do not divide ${out} filters`);
  const field = kernel.reduce((n, size) => n * size, 1);
  const middle = kernel.reduce((at, size) => at * size + Math.floor(size / 2), 0);
  return write(t, (i) => {
    const [filter, rest] = [Math.floor(i / (into * field)), i % (into * field)];
    const channel = filter % each;
    return channel < into && rest === channel * field + middle ? 1 : 0;
  });
}

/**
 * Normal with mean 0 and this standard deviation, but `sparsity` of each column (a part, rounded up) 0. t [out, in]. Throws where
 * `t` is not two-dimensional, or sparsity no part. Martens 2010.
 */
export function sparse(t: Tensor, sparsity: number, std = 0.01): Tensor {
  if (t.ndim !== 2) throw new TensightError(`init.sparse: expected a matrix, got ${formatShape(t)}`);
  if (!(sparsity >= 0 && sparsity <= 1))
    throw new TensightError(`init.sparse: expected a sparsity between 0 and 1, got ${sparsity}`);
  const [rows, columns] = t.shape as [number, number];
  normal(t, 0, std);
  if (t.isMeta) {
    context.generator.skip(columns * Math.max(0, rows - 1));
    return t;
  }
  const zeroed = Math.ceil(sparsity * rows);
  const data = writable(t.storage);
  for (let column = 0; column < columns; column++)
    for (const row of context.generator.permutation(rows).subarray(0, zeroed))
      data[t.offset + row * t.strides[0]! + column * t.strides[1]!] = 0;
  return t;
}

/**
 * A random orthogonal matrix times `gain`: rows (or, where there are more of them than columns, columns) of length 1 at right
 * angles. More than two dimensions count as [first, all others]. Throws for fewer than two. Saxe et al. 2014.
 */
export function orthogonal(t: Tensor, gain = 1): Tensor {
  if (t.ndim < 2) throw new TensightError(`init.orthogonal: expected two dimensions or more, got ${formatShape(t)}`);
  if (t.numel === 0) return t;
  if (t.isMeta) {
    skipNormal(t.numel);
    return t;
  }
  const rows = t.shape[0]!;
  const columns = t.numel / rows;
  const drawn = new Float32Array(t.numel);
  fillNormal(drawn);
  const wide = rows < columns;
  const [count, length] = wide ? [rows, columns] : [columns, rows];
  const vectors = orthonormal(count, length, (k, i) => drawn[wide ? k * columns + i : i * columns + k]!);
  return write(t, (i) => {
    const [r, c] = [Math.floor(i / columns), i % columns];
    return gain * (wide ? vectors[r]![c]! : vectors[c]![r]!);
  });
}

/**
 * `count` vectors of this length, each freed of its part along those before (modified Gram–Schmidt, twice for accuracy): what a QR
 * decomposition leads to whose R is positive on its diagonal, as PyTorch's.
 */
function orthonormal(count: number, length: number, drawn: (vector: number, i: number) => number): Float64Array[] {
  const vectors: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    const v = Float64Array.from({ length }, (_, i) => drawn(k, i));
    for (const u of [...vectors, ...vectors]) {
      let along = 0;
      for (let i = 0; i < length; i++) along += u[i]! * v[i]!;
      for (let i = 0; i < length; i++) v[i]! -= along * u[i]!;
    }
    const size = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
    vectors.push(v.map((x) => x / size));
  }
  return vectors;
}

/** Uniform in ±gain·√(6 / (fanIn + fanOut)). Throws for fewer than two dimensions. */
export function xavierUniform(t: Tensor, gain = 1): Tensor {
  const { fanIn, fanOut } = fans(t);
  // In PyTorch's order of operations: a bound that is rounded otherwise is another number.
  const bound = Math.sqrt(3) * (gain * Math.sqrt(2 / (fanIn + fanOut)));
  return uniform(t, -bound, bound);
}

/** Normal with standard deviation gain·√(2 / (fanIn + fanOut)). Throws for fewer than two dimensions. */
export function xavierNormal(t: Tensor, gain = 1): Tensor {
  const { fanIn, fanOut } = fans(t);
  return normal(t, 0, gain * Math.sqrt(2 / (fanIn + fanOut)));
}

/** What the Kaiming initialisations may be told (He et al. 2015). */
export interface KaimingOptions {
  /** Negative slope of the leaky ReLU after the layer. */
  a?: number;
  /** `fanIn` keeps the variance of the forward pass, `fanOut` of the backward pass. */
  mode?: 'fanIn' | 'fanOut';
  /** What stands after the layer. Default `'leakyRelu'`. */
  nonlinearity?: Nonlinearity;
}

/** Uniform in ±gain·√(3 / fan). Throws for fewer than two dimensions. */
export function kaimingUniform(t: Tensor, options: KaimingOptions = {}): Tensor {
  checkArguments('kaimingUniform', arguments);
  const bound = Math.sqrt(3) * kaimingStd(t, options);
  return uniform(t, -bound, bound);
}

/** Normal with standard deviation gain / √fan. Throws for fewer than two dimensions. */
export function kaimingNormal(t: Tensor, options: KaimingOptions = {}): Tensor {
  checkArguments('kaimingNormal', arguments);
  return normal(t, 0, kaimingStd(t, options));
}

function kaimingStd(t: Tensor, { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' }: KaimingOptions): number {
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(t)[mode]);
}

/** By how much a layer's weights are scaled up to make good for the nonlinearity after it. */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  switch (nonlinearity) {
    case 'linear':
    case 'sigmoid':
      return 1;
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.SQRT2;
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + slope * slope));
    case 'selu':
      return 3 / 4;
    default:
      return nonlinearity satisfies never;
  }
}

/** How many inputs feed one output and how many outputs one input feeds, for a weight [out, in, ...kernel]. */
export function fans(t: Pick<Spec, 'shape'>): {
  /** Inputs that feed one output. */
  fanIn: number;
  /** Outputs that one input feeds. */
  fanOut: number;
} {
  const [out, into, ...kernel] = t.shape;
  if (out === undefined || into === undefined)
    throw new TensightError(
      `init: fan-in and fan-out: expected two dimensions or more, got ${formatShape(t)}`,
      'For a bias use init.zeros or init.uniform.',
    );
  const field = kernel.reduce((n, size) => n * size, 1);
  return { fanIn: into * field, fanOut: out * field };
}
