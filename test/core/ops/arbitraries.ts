/**
 * Random inputs and attributes for every operation of the registry: sizes of 0 and 1 among them, operands that broadcast, and
 * tensors that lie in memory in every way (any order of dimensions, gaps, stride 0, backwards). Kinks and ties are wanted here: all
 * backends must take the same side. An operation without an entry fails the tests.
 */
import fc from 'fast-check';
import { unnamedAxes } from '../../../core/tensor/axes.ts';
import { finite, shapes } from '../backends/views.ts';
import {
  along,
  alongTwice,
  anyNumber,
  anyTensor,
  binary,
  bools,
  broadcast,
  comparison,
  derivative,
  dtypes,
  given,
  indexShape,
  indices,
  int,
  laid,
  leads,
  matrices,
  ofDim,
  ofShape,
  part,
  permuted,
  positive,
  products,
  reduction,
  sample,
  span,
  spec,
  unary,
  unaryOfAny,
  unaryOfWhole,
  valuesOf,
  whole,
  windowsOf,
  withBias,
} from './cases/draw.ts';
import {
  batchNorm,
  classified,
  cutInHeads,
  labelled,
  multiHeadAttention,
  normalized,
  recurrence,
} from './cases/networks.ts';
import {
  adaptive,
  averaged,
  averages,
  convolution,
  convolved,
  maxPool,
  ofEither,
  resized,
  transposed,
} from './cases/windows.ts';
import type { Sample } from './samples.ts';

export const arbitraries: Readonly<Record<string, fc.Arbitrary<Sample>>> = {
  add: fc.oneof(binary(), comparison),
  sub: binary(),
  mul: fc.oneof(binary(), comparison),
  div: binary(),
  maximum: binary(),
  minimum: binary(),
  pow: fc.oneof(binary(positive, finite), binary(finite, int(0, 3))),
  powScalar: fc.oneof(
    unary(finite, { exponent: 3 }),
    unary(positive, { exponent: -0.5 }),
    unary(finite, { exponent: 0 }),
  ),

  remainder: fc.oneof(binary(), binary(finite, positive)),
  fmod: fc.oneof(binary(), binary(finite, positive)),
  atan: unary(),
  atan2: binary(),

  eq: comparison,
  ne: comparison,
  lt: comparison,
  le: comparison,
  gt: comparison,
  ge: comparison,
  logicalAnd: comparison,
  logicalOr: comparison,
  logicalXor: comparison,
  logicalNot: unaryOfAny,
  isnan: unaryOfAny,
  isinf: unaryOfAny,
  isfinite: unaryOfAny,
  where: broadcast.chain(([a, b]) =>
    fc
      .constantFrom([a, b, b], [a, a, b], [b, a, a])
      .chain(([c, x, y]) => sample([bools(c!), laid(x!, { values: anyNumber }), laid(y!, { values: anyNumber })])),
  ),
  maskedFill: broadcast
    .filter(([a, b]) => a.length <= b.length && a.every((size, i) => size === 1 || size === b[b.length - a.length + i]))
    .chain(([mask, x]) => sample([anyTensor(x), bools(mask)], { value: 1 })),

  neg: fc.oneof(unary(), unaryOfWhole),
  abs: fc.oneof(unary(), unaryOfWhole),
  sign: unary(),
  exp: fc.oneof(unary(), unaryOfAny),
  expm1: unary(),
  log: unary(),
  log2: unary(),
  log10: unary(),
  log1p: unary(),
  sqrt: unary(),
  rsqrt: unary(positive),
  reciprocal: unary(),
  square: unary(),
  sin: unary(),
  cos: unary(),
  erf: unary(),
  floor: unary(),
  ceil: unary(),
  trunc: unary(),
  round: unary(),
  clamp: fc.oneof(unary(anyNumber, { min: -0.5, max: 1 }), unary(anyNumber, { min: undefined, max: 0.25 })),

  tanh: unary(anyNumber, { p: 0 }),
  sigmoid: unary(anyNumber, { p: 0 }),
  relu: unary(anyNumber, { p: 0 }),
  gelu: unary(finite, { p: 0 }),
  geluTanh: unary(finite, { p: 0 }),
  silu: unary(finite, { p: 0 }),
  softplus: unary(finite, { p: 1.5 }),
  leakyRelu: unary(anyNumber, { p: 0.2 }),
  elu: unary(anyNumber, { p: 0.7 }),
  tanhBackward: derivative(),
  sigmoidBackward: derivative(),
  reluBackward: derivative(),
  geluBackward: derivative(),
  geluTanhBackward: derivative(),
  siluBackward: derivative(),
  softplusBackward: derivative(1.5),
  leakyReluBackward: derivative(0.2),
  eluBackward: derivative(0.7),
  hardtanh: unary(anyNumber, { min: -1, max: 1.5 }),
  relu6: unary(anyNumber, { min: 0, max: 6 }),
  hardsigmoid: unary(),
  hardswish: unary(finite),
  hardshrink: unary(anyNumber, { lambda: 0.5 }),
  softshrink: unary(anyNumber, { lambda: 0.5 }),
  threshold: unary(anyNumber, { threshold: 0.5, value: 0.25 }),
  selu: unary(),
  celu: unary(anyNumber, { alpha: 0.7 }),
  mish: unary(finite),
  softsign: unary(finite),
  logSigmoid: unary(finite),
  tanhshrink: unary(finite),
  prelu: fc
    .tuple(int(0, 3), leads, fc.boolean())
    .chain(([channels, more, one]) => sample([laid([2, channels, ...more]), laid([one ? 1 : channels])])),

  sum: fc.oneof(reduction(anyNumber), reduction()),
  mean: reduction(),
  prod: reduction(),
  prodBackward: shapes().chain((shape) =>
    sample([given(shape)], { dims: shape.map((_, d) => d).slice(0, 2), keepdim: false }),
  ),
  amax: reduction(anyNumber, { filled: true }),
  amin: reduction(anyNumber, { filled: true }),
  logsumexp: reduction(),
  norm: fc.oneof(reduction(), reduction(finite, { more: { p: 3 } }), reduction(finite, { more: { p: 0.5 } })),
  any: shapes().chain((shape) => sample([bools(shape)], { dims: shape.map((_, d) => d), keepdim: false })),
  all: shapes().chain((shape) => sample([bools(shape)], { dims: shape.map((_, d) => d).slice(1), keepdim: true })),
  argmax: reduction(anyNumber, { filled: true }),
  argmin: reduction(anyNumber, { filled: true }),
  var: fc.oneof(reduction(finite, { more: { correction: 1 } }), reduction(finite, { more: { correction: 0 } })),
  std: fc.oneof(reduction(finite, { more: { correction: 1 } }), reduction(finite, { more: { correction: 0 } })),
  cumprod: along((dim) => ({ dim })),
  cumprodBackward: alongTwice,
  kthvalue: fc
    .boolean()
    .chain((nanWins) =>
      ofDim(
        (shape, dim) =>
          int(0, shape[dim]! - 1).chain((place) =>
            sample([laid(shape, { values: anyNumber })], { dim, place, nanWins }),
          ),
        1,
      ),
    ),
  median: unary(),
  bernoulli: unary(part),
  multinomial: fc
    .tuple(fc.array(int(0, 3), { maxLength: 1 }), int(1, 5), int(1, 5), fc.boolean())
    .chain(([lead, classes, count, replacement]) =>
      sample([laid([...lead, classes], { values: positive })], {
        count: replacement ? count : Math.min(count, classes),
        replacement,
      }),
    ),
  unfold: ofDim(
    (shape, dim) => windowsOf(shape[dim]!).chain((range) => sample([anyTensor(shape)], { dim, ...range })),
    1,
  ),
  unfoldBackward: ofDim(
    (shape, dim) =>
      windowsOf(shape[dim]!).chain((range) =>
        sample([laid([...shape.with(dim, range.count), range.size])], { dim, ...range, of: spec(shape) }),
      ),
    1,
  ),
  scatterReduce: fc
    .tuple(fc.constantFrom('sum', 'prod', 'mean', 'amax', 'amin'), fc.boolean())
    .chain(([reduce, includeSelf]) =>
      ofDim((shape, dim) =>
        indexShape(shape, dim).chain((ids) =>
          sample([laid(shape), indices(ids, shape[dim]!), laid(ids.map((size) => size + (size % 2)))], {
            dim,
            reduce,
            includeSelf,
          }),
        ),
      ),
    ),
  cumsum: along((dim) => ({ dim })),
  softmax: along((dim) => ({ dim })),
  logSoftmax: along((dim) => ({ dim })),
  softmaxBackward: alongTwice,
  logSoftmaxBackward: alongTwice,
  argsort: fc.boolean().chain((descending) => along((dim) => ({ dim, descending, count: undefined }), anyNumber)),
  topk: ofDim((shape, dim) =>
    int(0, shape[dim]!).chain((count) =>
      sample([laid(shape, { values: anyNumber })], { dim, descending: true, count }),
    ),
  ),

  matmul: products,
  bmm: fc.tuple(int(0, 3), matrices).chain(([batch, [m, k, n]]) => sample([laid([batch, m, k]), laid([batch, k, n])])),
  linear: fc
    .tuple(leads, matrices)
    .chain(([lead, [, inputs, outputs]]) =>
      withBias([laid([...lead, inputs]), laid([outputs, inputs])], outputs, undefined),
    ),

  multiHeadAttention,
  splitHeads: cutInHeads(({ features, attrs }) => sample([anyTensor(features)], attrs)),
  splitHeadsBackward: cutInHeads(({ features, heads, attrs }) =>
    sample([laid(heads)], { ...attrs, of: spec(features) }),
  ),
  combineHeads: cutInHeads(({ heads, attrs: { batchFirst } }) =>
    sample([anyTensor(heads)], { batchFirst, axes: unnamedAxes(3) }),
  ),
  recurrence,

  reshape: fc.tuple(shapes(3), shapes(2)).chain(([front, behind]) => {
    const shape = [...front, ...behind];
    const merged = [front.reduce((n, s) => n * s, 1), 1, ...behind.toReversed()];
    return fc.oneof(sample([anyTensor(shape)], { shape: merged }), sample([anyTensor(merged)], { shape }));
  }),
  expand: broadcast
    .filter(([a, b]) => a.length <= b.length && a.every((size, i) => size === 1 || size === b[b.length - a.length + i]))
    .chain(([a, b]) => sample([anyTensor(a)], { shape: b })),
  squeeze: ofShape((shape) =>
    fc
      .subarray(shape.flatMap((size, d) => (size === 1 ? [d] : [])))
      .chain((dims) => sample([anyTensor(shape)], { dims })),
  ),
  unsqueeze: ofShape((shape) => int(0, shape.length).chain((dim) => sample([anyTensor(shape)], { dim }))),
  permute: permuted,
  transpose: permuted,
  slice: ofDim((shape, dim) => span(shape[dim]!).chain((range) => sample([anyTensor(shape)], { dim, ...range }))),
  sliceBackward: ofDim((shape, dim) =>
    span(shape[dim]!).chain((range) =>
      sample([laid(shape.with(dim, range.length))], { dim, ...range, of: spec(shape) }),
    ),
  ),
  select: ofDim(
    (shape, dim) => int(0, shape[dim]! - 1).chain((index) => sample([anyTensor(shape)], { dim, index })),
    1,
  ),
  cat: ofDim((shape, dim) =>
    fc.array(int(0, 3), { minLength: 1, maxLength: 3 }).chain((sizes) =>
      sample(
        sizes.map((size) => laid(shape.with(dim, size))),
        { dim },
      ),
    ),
  ),
  repeat: ofShape((shape) =>
    fc
      .array(int(0, 3), { minLength: shape.length, maxLength: shape.length + 1 })
      .chain((times) => sample([anyTensor(shape)], { times })),
  ),
  flip: ofShape((shape) => fc.subarray(shape.map((_, d) => d)).chain((dims) => sample([anyTensor(shape)], { dims }))),
  pad: ofShape((shape) => {
    const each = fc.array(int(0, 2), { minLength: shape.length, maxLength: shape.length });
    return fc.tuple(each, each).chain(([before, after]) => sample([anyTensor(shape)], { before, after, value: 1 }));
  }),
  tril: fc
    .tuple(leads, matrices, int(-4, 4))
    .chain(([lead, [m, n], diagonal]) => sample([anyTensor([...lead, m, n])], { diagonal })),
  triu: fc
    .tuple(leads, matrices, int(-4, 4))
    .chain(([lead, [m, n], diagonal]) => sample([anyTensor([...lead, m, n])], { diagonal })),
  causalMask: matrices.chain(([rows, columns]) => sample([], { rows, columns })),
  diagonal: fc
    .tuple(int(0, 4), int(0, 4), int(0, 3), int(-5, 5))
    .chain(([rows, columns, more, offset]) =>
      fc
        .constantFrom([0, 2], [2, 0], [1, 2])
        .chain(([dim1, dim2]) => sample([anyTensor([rows, more, columns])], { offset, dim1, dim2 })),
    ),
  diagonalBackward: fc
    .tuple(int(1, 4), int(0, 2), int(-1, 1))
    .chain(([n, more, offset]) =>
      sample([laid([more, n - Math.abs(offset)])], { offset, dim1: 0, dim2: 2, of: spec([n, more, n]) }),
    ),

  gather: ofDim((shape, dim) =>
    indexShape(shape, dim).chain((ids) => sample([anyTensor(shape), indices(ids, shape[dim]!)], { dim })),
  ),
  scatterAdd: ofDim((shape, dim) =>
    indexShape(shape, dim).chain((ids) => {
      const src = ids.map((size) => size + (size % 2));
      return sample([laid(shape), indices(ids, shape[dim]!), laid(src)], { dim });
    }),
  ),
  // What is written twice is the later of two only if elements are visited in order: here they are.
  scatter: ofDim((shape, dim) =>
    indexShape(shape, dim).chain((ids) => sample([laid(shape), indices(ids, shape[dim]!), laid(ids)], { dim })),
  ),
  sliceScatter: ofDim((shape, dim) =>
    span(shape[dim]!).chain((range) => sample([laid(shape), laid(shape.with(dim, range.length))], { dim, ...range })),
  ),
  indexSelect: ofDim((shape, dim) =>
    int(0, shape[dim] === 0 ? 0 : 4).chain((n) => sample([anyTensor(shape), indices([n], shape[dim]!)], { dim })),
  ),
  indexAdd: ofDim((shape, dim) =>
    int(0, shape[dim] === 0 ? 0 : 4).chain((n) =>
      sample([laid(shape), indices([n], shape[dim]!), laid(shape.with(dim, n))], { dim }),
    ),
  ),
  oneHot: ofShape((shape) => sample([indices(shape, 4)], { classes: 4 })),
  shift: ofDim((shape) => sample([laid(shape, { dtype: 'i32', values: whole })], { fill: -100 })),
  embedding: fc
    .tuple(shapes(2), int(1, 4), int(0, 5), fc.option(int(0, 0), { nil: undefined }))
    .chain(([ids, entries, width, paddingIdx]) =>
      sample([laid([entries, width]), indices(ids, entries)], { paddingIdx }),
    ),
  embeddingBackward: fc
    .tuple(shapes(2), int(1, 4), int(0, 5))
    .chain(([ids, entries, width]) =>
      sample([laid([...ids, width]), indices(ids, entries)], { paddingIdx: 0, table: spec([entries, width]) }),
    ),

  dropout: unary(finite, { p: 0.4 }),
  layerNorm: normalized(true),
  rmsNorm: normalized(false),
  batchNorm,
  binaryCrossEntropy: ofShape((shape) => sample([laid(shape, { values: part }), laid(shape, { values: part })])),
  nllLoss: classified(false),
  nllLossBackward: classified(true),
  ctcLoss: labelled(false),
  ctcLossBackward: labelled(true),

  conv1d: convolved(1),
  conv2d: convolved(2),
  convInputBackward: ofEither((rank) =>
    convolution(rank, ({ attrs, x, weight, y }) =>
      sample([laid(y), laid(weight)], { ...(attrs as object), of: spec(x) }),
    ),
  ),
  convWeightBackward: ofEither((rank) =>
    convolution(rank, ({ attrs, x, weight, y }) =>
      sample([laid(y), laid(x)], { ...(attrs as object), of: spec(weight) }),
    ),
  ),
  convTranspose1d: transposed(1),
  convTranspose2d: transposed(2),
  maxPool1d: maxPool(1),
  maxPool2d: maxPool(2),
  maxPool1dIndices: maxPool(1),
  maxPool2dIndices: maxPool(2),
  avgPool1d: averaged(1),
  avgPool2d: averaged(2),
  adaptiveAvgPool1d: adaptive(1),
  adaptiveAvgPool2d: adaptive(2),
  averagePoolBackward: ofEither((rank) =>
    averages(rank, (x, y, attrs) => sample([laid(y)], { ...attrs, name: `avgPool${rank}d`, of: spec(x) })),
  ),
  adaptiveMaxPool1d: adaptive(1),
  adaptiveMaxPool2d: adaptive(2),
  interpolate: ofEither((rank) => resized(rank, (x, _y, attrs) => sample([laid(x)], attrs))),
  interpolateBackward: ofEither((rank) => resized(rank, (x, y, attrs) => sample([laid(y)], { ...attrs, of: spec(x) }))),

  named: ofShape((shape) => sample([anyTensor(shape)], { axes: shape.map((_, i) => ({ name: 'abcd'[i] })) })),
  detach: unaryOfAny,
  clone: unaryOfAny,
  contiguous: unaryOfAny,
  to: ofShape((shape) =>
    fc
      .tuple(dtypes, dtypes)
      .chain(([from, dtype]) =>
        sample([laid(shape, { dtype: from, values: from === 'f32' ? finite : valuesOf(from) })], { dtype }),
      ),
  ),
};
