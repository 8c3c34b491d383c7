/**
 * Inputs and attributes to try every operation of the registry with, away from kinks (|x| at 0, ties of a maximum), so
 * that finite differences mean something. An operation without a sample fails the tests.
 */

import { type Tensor, tensor } from '../../../core/index.ts';
import type { CtcAttrs } from '../../../core/ops/ctcLoss.ts';
import type { MultiHeadAttentionAttrs } from '../../../core/ops/multiHeadAttention.ts';
import type { Op } from '../../../core/ops/op.ts';
import type { RecurrenceAttrs } from '../../../core/ops/recurrence.ts';
import type { Axis } from '../../../core/tensor/axes.ts';
import { Generator } from '../../../core/tensor/random.ts';
import { formatShape, type Shape } from '../../../core/tensor/shape.ts';

export interface Sample {
  readonly inputs: readonly Tensor[];
  readonly attrs: unknown;
}

let generator = new Generator(7);

function axesOf(shape: Shape): readonly string[] {
  return shape.map((_, i) => 'abcdefgh'[i]!);
}

function floats(shape: Shape, next: () => number): Tensor {
  const values = Float32Array.from({ length: shape.reduce((n, s) => n * s, 1) }, next);
  return tensor(values, { shape, axes: axesOf(shape), requiresGrad: true });
}

/** Numbers of ±[0.2, 1.7), all different. */
export function away(...shape: number[]): Tensor {
  let sign = 1;
  return floats(shape, () => {
    sign = generator.uniform() < 0.5 ? 1 : -1;
    return sign * (0.2 + 1.5 * generator.uniform());
  });
}

/** Numbers of [0.3, 2). */
function positive(...shape: number[]): Tensor {
  return floats(shape, () => 0.3 + 1.7 * generator.uniform());
}

/** Numbers a quarter apart, shuffled: no two are near each other. */
function apart(...shape: number[]): Tensor {
  const count = shape.reduce((n, s) => n * s, 1);
  const values = Array.from({ length: count }, (_, i) => (i - count / 2) * 0.25 + 0.1);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(generator.uniform() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return floats(shape, () => values.pop()!);
}

function ints(shape: Shape, ...values: number[]): Tensor {
  return tensor(Int32Array.from(values), { shape, axes: axesOf(shape) });
}

function bools(shape: Shape, ...values: number[]): Tensor {
  return tensor(values, { shape, dtype: 'bool', axes: axesOf(shape) });
}

const of = (...inputs: Tensor[]): Sample => ({ inputs, attrs: undefined });
const by = (attrs: unknown, ...inputs: Tensor[]): Sample => ({ inputs, attrs });
const all = { dims: [0, 1, 2], keepdim: false };
const some = { dims: [1], keepdim: false };
const kept = { dims: [0, 2], keepdim: true };
const binary = () => [of(away(2, 3), away(2, 3)), of(away(2, 1, 3), away(4, 1)), of(away(3), away())];
const comparison = () => [of(away(2, 3), away(3)), of(ints([2], 1, 2), ints([2], 1, 3))];
const activation = (p = 0) => [by({ p }, away(2, 3)), by({ p }, away())];
/** Inputs of kernels that compute a gradient: nobody wants theirs. */
const given = (...shape: number[]) => away(...shape).detach();
const derivative = (p = 0) => [by({ p }, given(2, 3), given(2, 3))];
const reduction = (make: (...shape: number[]) => Tensor) => [all, some, kept].map((attrs) => by(attrs, make(2, 3, 4)));
const twoHeads = (batchFirst: boolean, feature: number) => ({
  ...{ heads: 2, headDim: 3, batchFirst, feature },
  axes: [{ name: 'batch' }, { name: 'head' }, { name: 'query' }, { name: 'headDim' }],
});
const spec = (...shape: number[]) => ({ shape, dtype: 'f32', axes: shape.map((): Axis => ({})) });
const target = () => ints([3], 1, 3, 0);

/** Numbers on all sides of the kinks that clipped activations have at whole and half numbers. */
const bends = () => tensor([-7.3, -3.4, -1.7, -0.8, -0.2, 0.3, 0.8, 1.7, 3.4, 6.8], { requiresGrad: true });

/** To other sizes: by mixing neighbours, or by copying. */
const resized = (rank: number, sizes: readonly number[], how: object = {}) => ({
  ...{ rank, sizes, factors: undefined, mode: rank === 1 ? 'linear' : 'bilinear', alignCorners: false },
  ...how,
});

function convolution(rank: number, stride: number, padding: number, dilation: number, groups: number) {
  const each = <T>(value: T) => new Array<T>(rank).fill(value);
  return { rank, stride: each(stride), padding: each([padding, padding]), dilation: each(dilation), groups };
}

function maxPool(rank: number) {
  const each = (value: number) => new Array<number>(rank).fill(value);
  return { rank, kernel: each(3), stride: each(2), padding: each(1), dilation: each(1), ceil: true };
}

/** Windows that overlap each other and the padding, the last of which only half fits. */
function averages(rank: number, how: object = {}) {
  return { ...maxPool(rank), dilation: undefined, countIncludePad: false, divisorOverride: undefined, ...how };
}

function batchStatistics(hasWeight: boolean, hasBias: boolean) {
  return { eps: 1e-2, hasWeight, hasBias, hasStatistics: false };
}

/** Labels one behind the other. */
const paths = (how: Pick<CtcAttrs, 'inputLengths' | 'targetLengths'> & Partial<CtcAttrs>): CtcAttrs => ({
  blank: 0,
  zeroInfinity: false,
  starts: how.targetLengths.map((_, n) => how.targetLengths.slice(0, n).reduce((sum, count) => sum + count, 0)),
  ...how,
});

const steps = (kind: RecurrenceAttrs['kind'], reverse: boolean, hasBias: boolean): RecurrenceAttrs => ({
  kind,
  reverse,
  hasBias,
});

const together: MultiHeadAttentionAttrs['parts'] = [
  [0, 0],
  [0, 6],
  [0, 12],
];

function attention(
  how: Pick<MultiHeadAttentionAttrs, 'parts'> & Partial<MultiHeadAttentionAttrs>,
): MultiHeadAttentionAttrs {
  return { heads: 2, headDim: 3, batchFirst: false, causal: false, hasMask: false, ...how };
}

const drawn: Readonly<Record<string, () => readonly Sample[]>> = {
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  maximum: () => [of(apart(2, 3), away(1)), of(apart(3), apart(2, 1))],
  minimum: () => [of(apart(2, 3), away(1)), of(apart(3), apart(2, 1))],
  pow: () => [of(positive(2, 3), away(3)), of(positive(2), away())],
  powScalar: () => [by({ exponent: 3 }, away(2, 3)), by({ exponent: -0.5 }, positive(4))],

  // No quotient near a whole number, where the rest jumps.
  remainder: () => [
    of(
      tensor(
        [
          [2.3, -1.4],
          [0.7, -3.1],
        ],
        { requiresGrad: true },
      ),
      tensor([0.9, 1.1], { requiresGrad: true }),
    ),
  ],
  fmod: () => [
    of(
      tensor(
        [
          [2.3, -1.4],
          [0.7, -3.1],
        ],
        { requiresGrad: true },
      ),
      tensor([0.9, 1.1], { requiresGrad: true }),
    ),
  ],
  atan: () => [of(away(2, 3))],
  atan2: () => [of(away(2, 3), away(3)), of(away(2, 1), away())],

  eq: comparison,
  ne: comparison,
  lt: comparison,
  le: comparison,
  gt: comparison,
  ge: comparison,
  logicalAnd: comparison,
  logicalOr: comparison,
  logicalXor: comparison,
  logicalNot: () => [of(away(3)), of(bools([2], 0, 1))],
  isnan: () => [of(away(3))],
  isinf: () => [of(away(3))],
  isfinite: () => [of(away(3))],
  where: () => [of(bools([2, 3], 1, 0, 0, 1, 1, 0), away(2, 3), away(3)), of(bools([2, 1], 1, 0), away(), away(3))],
  maskedFill: () => [by({ value: -2 }, away(2, 3), bools([3], 0, 1, 0))],

  neg: () => [of(away(2, 3)), of(ints([2], 1, -2))],
  abs: () => [of(away(2, 3))],
  sign: () => [of(away(2, 3))],
  exp: () => [of(away(2, 3)), of(ints([2], 1, 2))],
  expm1: () => [of(away(2, 3))],
  log: () => [of(positive(2, 3))],
  log2: () => [of(positive(2, 3))],
  log10: () => [of(positive(2, 3))],
  log1p: () => [of(positive(2, 3))],
  sqrt: () => [of(positive(2, 3))],
  rsqrt: () => [of(positive(2, 3))],
  reciprocal: () => [of(positive(2, 3))],
  square: () => [of(away(2, 3))],
  sin: () => [of(away(2, 3))],
  cos: () => [of(away(2, 3))],
  erf: () => [of(away(2, 3))],
  floor: () => [of(apart(2, 3))],
  ceil: () => [of(apart(2, 3))],
  trunc: () => [of(apart(2, 3))],
  round: () => [of(apart(2, 3))],
  clamp: () => [by({ min: -0.1, max: 0.1 }, away(2, 3)), by({ min: 0, max: undefined }, away(4))],

  tanh: () => activation(),
  sigmoid: () => activation(),
  relu: () => activation(),
  gelu: () => activation(),
  geluTanh: () => activation(),
  silu: () => activation(),
  softplus: () => activation(1.5),
  leakyRelu: () => activation(0.2),
  elu: () => activation(0.7),
  tanhBackward: () => derivative(),
  sigmoidBackward: () => derivative(),
  reluBackward: () => derivative(),
  geluBackward: () => derivative(),
  geluTanhBackward: () => derivative(),
  siluBackward: () => derivative(),
  softplusBackward: () => derivative(1.5),
  leakyReluBackward: () => derivative(0.2),
  eluBackward: () => derivative(0.7),

  hardtanh: () => [by({ min: -1, max: 1.5 }, bends())],
  relu6: () => [by({ min: 0, max: 6 }, bends())],
  hardsigmoid: () => [of(bends())],
  hardswish: () => [of(bends())],
  hardshrink: () => [by({ lambda: 0.5 }, bends())],
  softshrink: () => [by({ lambda: 0.5 }, bends())],
  threshold: () => [by({ threshold: 0.5, value: 0.25 }, bends())],
  selu: () => [of(away(2, 3)), of(away())],
  celu: () => [by({ alpha: 0.7 }, away(2, 3))],
  mish: () => [of(away(2, 3))],
  softsign: () => [of(away(2, 3))],
  logSigmoid: () => [of(away(2, 3))],
  tanhshrink: () => [of(away(2, 3))],
  prelu: () => [of(away(2, 3), positive(1)), of(away(2, 3, 2), positive(3)), of(away(3), positive())],

  sum: () => reduction(away),
  mean: () => reduction(away),
  prod: () => reduction(away),
  prodBackward: () => reduction((...shape) => away(...shape).detach()),
  amax: () => reduction(apart),
  amin: () => reduction(apart),
  logsumexp: () => reduction(away),
  norm: () => [...reduction(away), ...[3, 0.5, -1].map((p) => by({ ...some, p }, away(2, 3, 4)))],
  any: () => [by(some, bools([2, 2, 1], 0, 1, 0, 0))],
  all: () => [by(some, bools([2, 2, 1], 0, 1, 1, 1))],
  argmax: () => [by({ dims: [1], keepdim: false }, apart(2, 3)), by({ dims: [0, 1], keepdim: true }, apart(2, 3))],
  argmin: () => [by({ dims: [1], keepdim: false }, apart(2, 3))],
  var: () => [all, some, kept].map((attrs) => by({ ...attrs, correction: 1 }, away(2, 3, 4))),
  std: () => [all, some, kept].map((attrs) => by({ ...attrs, correction: 0 }, away(2, 3, 4))),
  cumprod: () => [
    by({ dim: 0 }, away(3, 2)),
    by(
      { dim: 1 },
      tensor(
        [
          [0.5, 0, 2, 3],
          [1, -2, 0, 0],
        ],
        { requiresGrad: true },
      ),
    ),
    by({ dim: 0 }, ints([3], 1, 2, 3)),
  ],
  cumprodBackward: () => [by({ dim: 1 }, given(2, 3), given(2, 3))],
  kthvalue: () => [
    by({ dim: 1, place: 1, nanWins: true }, apart(2, 3, 2)),
    by({ dim: 0, place: 0, nanWins: false }, away()),
  ],
  median: () => [of(apart(2, 3)), of(apart(5))],
  bernoulli: () => [of(tensor([0.2, 0.55, 0.9], { requiresGrad: true }))],
  multinomial: () => [
    by({ count: 2, replacement: false }, positive(2, 3)),
    by({ count: 4, replacement: true }, positive(3)),
  ],
  unfold: () => [
    by({ dim: 1, size: 3, step: 2, count: 3 }, away(2, 7)),
    by({ dim: 0, size: 2, step: 1, count: 2 }, away(3, 2)),
  ],
  unfoldBackward: () => [by({ dim: 1, size: 3, step: 2, count: 3, of: spec(2, 7) }, away(2, 3, 3))],
  scatterReduce: () =>
    (['sum', 'prod', 'mean', 'amax', 'amin'] as const).flatMap((reduce) =>
      [true, false].map((includeSelf) =>
        by(
          { dim: 0, reduce, includeSelf },
          apart(3, 2),
          ints([3, 2], 0, 2, 0, 1, 0, 2),
          apart(4, 2).detach().mul(1.1).add(0.03).detach().requiresGrad_(),
        ),
      ),
    ),
  cumsum: () => [by({ dim: 0 }, away(3, 2)), by({ dim: 1 }, away(3, 2)), by({ dim: 0 }, ints([3], 1, 2, 3))],

  matmul: () => [
    of(away(3, 4), away(4, 2)),
    of(away(4), away(4)),
    of(away(4), away(2, 4, 3)),
    of(away(2, 3, 4), away(4)),
    of(away(2, 3, 4), away(4, 2)),
    of(away(2, 1, 3, 4), away(3, 4, 2)),
    by({ axes: [{ name: 'query' }, { name: 'key' }] }, away(2, 3), away(3, 2)),
  ],
  bmm: () => [of(away(2, 3, 4), away(2, 4, 2))],
  linear: () => [of(away(2, 3, 4), away(5, 4), away(5)), of(away(4), away(4, 4)), of(away(3, 4), away(2, 4))],

  splitHeads: () => [by(twoHeads(true, 6), away(2, 4, 18)), by(twoHeads(false, 0), away(4, 2, 6))],
  splitHeadsBackward: () => [
    by({ ...twoHeads(true, 6), of: spec(2, 4, 18) }, away(2, 2, 4, 3)),
    by({ ...twoHeads(false, 0), of: spec(4, 2, 6) }, away(2, 2, 4, 3)),
  ],
  combineHeads: () => [true, false].map((batchFirst) => by({ batchFirst, axes: spec(1, 1, 1).axes }, away(2, 2, 4, 3))),
  // Two heads of 3: packed and causal; the batch first, keys and values together, masked and causal; each part by itself.
  multiHeadAttention: () => [
    by(attention({ causal: true, parts: together }), away(4, 2, 18)),
    by(
      attention({
        batchFirst: true,
        parts: [
          [0, 0],
          [1, 0],
          [1, 6],
        ],
        causal: true,
        hasMask: true,
      }),
      away(2, 3, 6),
      away(2, 4, 12),
      away(2, 1, 3, 4).detach(),
    ),
    by(
      attention({
        parts: [
          [0, 0],
          [1, 0],
          [2, 0],
        ],
      }),
      away(2, 2, 6),
      away(3, 2, 6),
      away(3, 2, 6),
    ),
  ],

  // Three steps of two sequences, hidden 3.
  recurrence: () => [
    by(steps('tanh', false, true), away(3, 2, 3), away(3, 3), away(3), away(2, 3)),
    by(steps('relu', true, false), away(3, 2, 3), away(3, 3), away(2, 3)),
    by(steps('lstm', false, true), away(3, 2, 12), away(12, 3), away(12), away(2, 3), away(2, 3)),
    by(steps('lstm', true, false), away(3, 2, 12), away(12, 3), away(2, 3), away(2, 3)),
    by(steps('gru', false, true), away(3, 2, 9), away(9, 3), away(9), away(2, 3)),
    by(steps('gru', true, false), away(3, 2, 9), away(9, 3), away(2, 3)),
  ],

  reshape: () => [by({ shape: [4, -1] }, away(2, 3, 4)), by({ shape: [2, 2, 2] }, away(2, 4))],
  expand: () => [by({ shape: [2, 3, 4] }, away(3, 1))],
  squeeze: () => [by({ dims: [1] }, away(2, 1, 3))],
  unsqueeze: () => [by({ dim: 1 }, away(2, 3)), by({ dim: 0 }, away())],
  permute: () => [by({ dims: [2, 0, 1] }, away(2, 3, 4))],
  transpose: () => [by({ dims: [0, 2, 1] }, away(2, 3, 4))],
  slice: () => [
    by({ dim: 1, start: 1, length: 2, step: 2 }, away(2, 5)),
    by({ dim: 0, start: 2, length: 0, step: 1 }, away(2, 3)),
  ],
  sliceBackward: () => [by({ dim: 1, start: 1, length: 2, step: 2, of: spec(2, 5) }, away(2, 2))],
  select: () => [by({ dim: 1, index: 2 }, away(2, 3, 2))],

  cat: () => [by({ dim: 1 }, away(2, 3), away(2, 1), away(2, 0))],
  repeat: () => [by({ times: [2, 1, 3] }, away(2, 2))],
  flip: () => [by({ dims: [0, 2] }, away(2, 3, 2))],
  pad: () => [by({ before: [1, 0], after: [0, 2], value: 0.5 }, away(2, 3))],
  tril: () => [by({ diagonal: -1 }, away(2, 3, 4)), by({ diagonal: 1 }, away(4, 3))],
  triu: () => [by({ diagonal: 1 }, away(2, 3, 4)), by({ diagonal: -2 }, away(4, 3))],
  causalMask: () => [by({ rows: 3, columns: 4 })],

  gather: () => [
    by({ dim: 1 }, away(2, 3), ints([2, 4], 0, 2, 2, 1, 1, 0, 0, 2)),
    by({ dim: 0 }, away(3, 2), ints([1, 2], 2, 0)),
  ],
  scatterAdd: () => [
    by({ dim: 0 }, away(3, 2), ints([2, 2], 0, 2, 0, 1), away(2, 2)),
    by({ dim: 1 }, away(2, 3), ints([1, 2], 0, 0), away(2, 3)),
  ],
  indexSelect: () => [by({ dim: 1 }, away(2, 3), ints([4], 0, 2, 2, 1))],
  indexAdd: () => [by({ dim: 1 }, away(2, 3), ints([4], 0, 2, 2, 1), away(2, 4))],
  scatter: () => [
    by({ dim: 0 }, away(3, 2), ints([2, 2], 0, 2, 1, 1), away(2, 2)),
    by({ dim: 1 }, away(2, 3), ints([1, 2], 2, 0), away(2, 3)),
  ],
  sliceScatter: () => [
    by({ dim: 1, start: 1, length: 2, step: 2 }, away(2, 5), away(2, 2)),
    by({ dim: 0, start: 2, length: 0, step: 1 }, away(2, 3), away(0, 3)),
  ],
  argsort: () => [
    by({ dim: 1, descending: false, count: undefined }, apart(2, 3, 2)),
    by({ dim: 0, descending: true, count: undefined }, away()),
  ],
  topk: () => [by({ dim: 1, descending: true, count: 2 }, apart(2, 3, 2))],
  diagonal: () => [
    by({ offset: 0, dim1: 0, dim2: 2 }, away(3, 2, 4)),
    by({ offset: -1, dim1: 1, dim2: 0 }, away(3, 4)),
  ],
  diagonalBackward: () => [by({ offset: 1, dim1: 0, dim2: 1, of: spec(3, 4) }, away(3))],
  oneHot: () => [by({ classes: 4 }, ints([2, 2], 0, 3, 1, 1))],
  shift: () => [by({ fill: -100 }, ints([2, 3], 1, 2, 3, 4, 5, 6))],
  embedding: () => [by({ paddingIdx: undefined }, away(4, 3), ints([2, 2], 0, 3, 3, 1))],
  embeddingBackward: () => [by({ paddingIdx: 1, table: spec(4, 3) }, away(2, 2, 3), ints([2, 2], 0, 3, 3, 1))],

  softmax: () => [by({ dim: 1 }, away(2, 4)), by({ dim: 0 }, away(3, 2)), by({ dim: 1 }, away(2, 3, 2))],
  logSoftmax: () => [by({ dim: 1 }, away(2, 4)), by({ dim: 0 }, away(3, 2)), by({ dim: 1 }, away(2, 3, 2))],
  softmaxBackward: () => [by({ dim: 0 }, given(3, 2), given(3, 2))],
  logSoftmaxBackward: () => [by({ dim: 1 }, given(3, 2), given(3, 2))],
  dropout: () => [by({ p: 0.4 }, away(3, 4))],
  layerNorm: () => [
    by({ normalizedShape: [4], eps: 1e-2, hasWeight: true, hasBias: true }, away(2, 4), away(4), away(4)),
    by({ normalizedShape: [3, 2], eps: 1e-2, hasWeight: false, hasBias: true }, away(2, 3, 2), away(3, 2)),
    by({ normalizedShape: [4], eps: 1e-2, hasWeight: false, hasBias: false }, away(2, 4)),
  ],
  rmsNorm: () => [
    by({ normalizedShape: [4], eps: 1e-2, hasWeight: true, hasBias: false }, away(2, 4), away(4)),
    by({ normalizedShape: [3, 2], eps: 1e-2, hasWeight: false, hasBias: false }, away(2, 3, 2)),
  ],
  binaryCrossEntropy: () => [
    of(tensor([0.2, 0.45, 0.8], { requiresGrad: true }), tensor([0.3, 1, 0], { requiresGrad: true })),
  ],
  nllLoss: () => [
    by({ dim: 1, ignoreIndex: -100, reduction: 'mean' }, away(3, 4), target()),
    by({ dim: 1, ignoreIndex: 3, reduction: 'mean' }, away(3, 4), target(), positive(4).detach()),
    by({ dim: 1, ignoreIndex: -100, reduction: 'none' }, away(2, 4, 2), ints([2, 2], 1, -100, 0, 3)),
    by({ dim: 2, ignoreIndex: -100, reduction: 'sum' }, away(2, 2, 4), ints([2, 2], 1, -100, 0, 3)),
  ],
  nllLossBackward: () => [
    by({ dim: 1, ignoreIndex: 3, reduction: 'mean', of: spec(3, 4) }, away(), target(), positive(4).detach()),
    by({ dim: 1, ignoreIndex: 3, reduction: 'none', of: spec(3, 4) }, away(3), target()),
  ],

  ctcLoss: () => [
    by(paths({ inputLengths: [4, 3], targetLengths: [2, 1], starts: [0, 2] }), away(4, 2, 3), ints([2, 2], 1, 2, 2, 0)),
    by(paths({ blank: 2, inputLengths: [4, 1], targetLengths: [2, 0] }), away(4, 2, 3), ints([2], 1, 1)),
    by(paths({ zeroInfinity: true, inputLengths: [2], targetLengths: [2] }), away(2, 1, 3), ints([2], 1, 1)),
  ],
  ctcLossBackward: () => [
    by(paths({ inputLengths: [3, 2], targetLengths: [1, 1] }), given(2), given(3, 2, 3), ints([2], 1, 2)),
  ],

  conv1d: () => [
    by(convolution(1, 2, 1, 2, 1), away(2, 3, 7), away(4, 3, 3), away(4)),
    by(convolution(1, 1, 0, 1, 2), away(1, 4, 5), away(2, 2, 2)),
  ],
  conv2d: () => [
    by(convolution(2, 1, 1, 1, 1), away(2, 2, 3, 4), away(3, 2, 2, 3), away(3)),
    by(convolution(2, 2, 1, 2, 2), away(1, 2, 5, 6), away(2, 1, 2, 2)),
  ],
  convInputBackward: () => [
    by({ ...convolution(2, 2, 1, 1, 2), of: spec(1, 2, 5, 6) }, away(1, 2, 3, 4), away(2, 1, 2, 2)),
  ],
  convWeightBackward: () => [by({ ...convolution(1, 2, 1, 2, 1), of: spec(4, 3, 3) }, away(2, 4, 3), away(2, 3, 7))],
  convTranspose1d: () => [
    by(convolution(1, 2, 1, 2, 1), away(2, 4, 3), away(4, 3, 3), away(3)),
    by({ ...convolution(1, 3, 0, 1, 2), padding: [[0, -2]] }, away(1, 4, 3), away(4, 1, 2)),
  ],
  convTranspose2d: () => [
    by(convolution(2, 2, 1, 1, 1), away(2, 3, 2, 3), away(3, 2, 3, 2), away(2)),
    by(convolution(2, 1, 0, 2, 2), away(1, 2, 3, 3), away(2, 1, 2, 2)),
  ],
  interpolate: () => [
    by(resized(1, [5]), away(2, 2, 3)),
    by(resized(1, [5], { alignCorners: true }), away(2, 2, 3)),
    by(resized(1, [6], { factors: [2.3], mode: 'nearest' }), away(2, 2, 3)),
    by(resized(2, [5, 2]), away(1, 2, 3, 3)),
    by(resized(2, [2, 5], { mode: 'nearest-exact' }), away(1, 2, 3, 3)),
  ],
  interpolateBackward: () => [by({ ...resized(1, [5]), of: spec(2, 1, 3) }, away(2, 1, 5))],
  adaptiveMaxPool1d: () => [by({ rank: 1, sizes: [3] }, apart(2, 2, 7))],
  adaptiveMaxPool2d: () => [by({ rank: 2, sizes: [2, 3] }, apart(1, 2, 3, 5))],
  maxPool1d: () => [by(maxPool(1), apart(2, 2, 7))],
  maxPool2d: () => [by(maxPool(2), apart(1, 2, 5, 6))],
  maxPool1dIndices: () => [by(maxPool(1), apart(2, 2, 7))],
  maxPool2dIndices: () => [by(maxPool(2), apart(1, 2, 5, 6))],
  avgPool1d: () => [by(averages(1), away(1, 2, 5)), by(averages(1, { countIncludePad: true }), away(1, 2, 5))],
  avgPool2d: () => [by(averages(2), away(1, 2, 4, 5)), by(averages(2, { divisorOverride: 2 }), away(1, 2, 4, 5))],
  adaptiveAvgPool1d: () => [by({ rank: 1, sizes: [3] }, away(1, 2, 5))],
  adaptiveAvgPool2d: () => [by({ rank: 2, sizes: [3, 2] }, away(1, 2, 2, 5))],
  averagePoolBackward: () => [
    by({ ...averages(2), name: 'avgPool2d', of: spec(1, 2, 4, 5) }, away(1, 2, 3, 3)),
    by({ rank: 1, sizes: [3], name: 'adaptiveAvgPool1d', of: spec(1, 2, 5) }, away(1, 2, 3)),
  ],
  batchNorm: () => [
    by(batchStatistics(true, true), away(3, 2), away(2), away(2)),
    by(batchStatistics(false, true), away(2, 2, 3), away(2)),
    by(
      { ...batchStatistics(true, false), hasStatistics: true },
      away(2, 2, 2),
      away(2),
      away(2).detach(),
      positive(2).detach(),
    ),
  ],

  named: () => [by({ axes: [{ name: 'batch' }, { name: 'seq' }] }, away(2, 3))],
  detach: () => [of(away(2, 3))],
  clone: () => [of(away(2, 3))],
  contiguous: () => [of(away(2, 3))],
  to: () => [
    by({ dtype: 'f32' }, away(2, 3)),
    by({ dtype: 'i32' }, given(2, 3)),
    by({ dtype: 'f32' }, ints([2], 1, 2)),
    by({ dtype: 'bool' }, given(2)),
  ],
};

/** Each operation's samples, drawn from one seed: an operation more changes nobody else's. */
export const samples: Readonly<Record<string, () => readonly Sample[]>> = Object.fromEntries(
  Object.entries(drawn).map(([name, draw]) => [
    name,
    () => {
      generator = new Generator(7);
      return draw();
    },
  ]),
);

/** `op(f32 [2, 3], i32 [3])`, for test names. */
export function describeSample(op: Op<never>, { inputs }: Sample): string {
  return `${op.name}(${inputs.map((x) => `${x.dtype} ${formatShape({ shape: x.shape })}`).join(', ')})`;
}
