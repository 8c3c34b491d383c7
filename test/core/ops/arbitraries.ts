/**
 * Random inputs and attributes for every operation of the registry: sizes of 0 and 1 among them, operands that broadcast, and
 * tensors that lie in memory in every way (any order of dimensions, gaps, stride 0, backwards). Kinks and ties are wanted here: all
 * backends must take the same side. An operation without an entry fails the tests.
 */
import fc from 'fast-check';
import { Tensor } from '../../../core/index.ts';
import { windowCount } from '../../../core/ops/window.ts';
import { unnamedAxes } from '../../../core/tensor/axes.ts';
import type { DType } from '../../../core/tensor/dtype.ts';
import { finite, shapes, someFloats, type ViewOptions, viewOf } from '../backends/views.ts';
import type { Sample } from './samples.ts';

type Shape = readonly number[];

/** A tensor of this shape in any layout; floats want their gradient. */
export function laid(shape: Shape, options: ViewOptions = {}): fc.Arbitrary<Tensor> {
  const { dtype = 'f32', values = finite } = options;
  return viewOf(shape, { ...options, dtype, values }).map(({ storage, strides, offset }) => {
    const x = new Tensor({ shape, dtype, axes: unnamedAxes(shape.length) }, storage, strides, offset);
    x.requiresGrad = dtype === 'f32';
    return x;
  });
}

const whole = fc.integer({ min: -3, max: 3 });
const truth = fc.integer({ min: 0, max: 1 });
const positive = fc.integer({ min: 1, max: 12 }).map((n) => n / 4);
/** Between 0 and 1, both excluded. */
const part = fc.integer({ min: 1, max: 15 }).map((n) => n / 16);
const anyNumber = someFloats;
const int = (min: number, max: number) => fc.integer({ min, max });

const bools = (shape: Shape) => laid(shape, { dtype: 'bool', values: truth });
/** Indices into something of this size. */
const indices = (shape: Shape, size: number) => laid(shape, { dtype: 'i32', values: int(0, Math.max(0, size - 1)) });
const valuesOf = (dtype: DType) => (dtype === 'f32' ? anyNumber : dtype === 'i32' ? whole : truth);
const dtypes = fc.constantFrom<DType>('f32', 'i32', 'bool');
const anyTensor = (shape: Shape) => dtypes.chain((dtype) => laid(shape, { dtype, values: valuesOf(dtype) }));

function sample(inputs: readonly fc.Arbitrary<Tensor>[], attrs: unknown = undefined): fc.Arbitrary<Sample> {
  return fc.tuple(...inputs).map((drawn) => ({ inputs: drawn, attrs }));
}

/** Many small dimensions, or few that are longer than a vector. */
const anyShape = fc.oneof(shapes(), shapes(2, 19));
/** A case for each random shape. */
const ofShape = (make: (shape: Shape) => fc.Arbitrary<Sample>) => anyShape.chain(make);
/** A shape of at least one dimension, and one of its dimensions. */
const ofDim = (make: (shape: Shape, dim: number) => fc.Arbitrary<Sample>, minSize = 0) =>
  fc
    .oneof(
      fc.array(int(minSize, 4), { minLength: 1, maxLength: 4 }),
      fc.array(int(minSize, 19), { minLength: 1, maxLength: 2 }),
    )
    .chain((shape) => int(0, shape.length - 1).chain((dim) => make(shape, dim)));

const unary = (values: fc.Arbitrary<number> = anyNumber, attrs?: unknown) =>
  ofShape((shape) => sample([laid(shape, { values })], attrs));
const unaryOfAny = ofShape((shape) => sample([anyTensor(shape)]));
const unaryOfWhole = ofShape((shape) => sample([laid(shape, { dtype: 'i32', values: whole })]));
/** For kernels that compute a gradient: nobody wants that of their inputs. */
const given = (shape: Shape) => laid(shape).map((x) => x.requiresGrad_(false));
const derivative = (p = 0) => ofShape((shape) => sample([given(shape), given(shape)], { p }));

/** Two shapes that broadcast, to one of at most three dimensions. */
const broadcast: fc.Arbitrary<[Shape, Shape]> = shapes(3).chain((shape) => {
  const operand = fc
    .tuple(int(0, shape.length), fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }))
    .map(([lead, one]) => shape.map((size, i) => (one[i] ? 1 : size)).slice(lead));
  return fc.tuple(operand, fc.oneof(operand, fc.constant(shape)));
});
const binary = (left: fc.Arbitrary<number> = anyNumber, right = left) =>
  broadcast.chain(([a, b]) => sample([laid(a, { values: left }), laid(b, { values: right })]));
const comparison = broadcast.chain(([a, b]) => sample([anyTensor(a), anyTensor(b)]));

/** A shape, some of its dimensions (one at least, where there are any), and whether they are kept. `filled`: none of them is empty. */
function reduction(values: fc.Arbitrary<number> = finite, { filled = false, more = {} } = {}): fc.Arbitrary<Sample> {
  return anyShape.chain((shape) => {
    const choices = shape.map((_, d) => d).filter((d) => !filled || shape[d]! > 0);
    // Where every dimension is empty there is nothing to choose: one of size 1 in their place.
    const from = choices.length === 0 && shape.length > 0 ? [1] : shape;
    const dims = fc.subarray(from === shape ? choices : [0], { minLength: Math.min(1, from.length) });
    return fc
      .tuple(dims, fc.boolean())
      .chain(([chosen, keepdim]) => sample([laid(from, { values })], { dims: chosen, keepdim, ...more }));
  });
}

const spec = (shape: Shape) => ({ shape, dtype: 'f32', axes: unnamedAxes(shape.length) });
const permuted = ofShape((shape) =>
  fc
    .shuffledSubarray(
      shape.map((_, d) => d),
      { minLength: shape.length },
    )
    .chain((dims) => sample([anyTensor(shape)], { dims })),
);
const along = (make: (dim: number) => unknown, values: fc.Arbitrary<number> = finite) =>
  ofDim((shape, dim) => sample([laid(shape, { values })], make(dim)));
const alongTwice = ofDim((shape, dim) => sample([given(shape), given(shape)], { dim }));

/** Where a slice of a dimension of this size starts, how long it is and how far its elements stand apart. */
const span = (size: number) =>
  fc
    .tuple(int(0, size), int(1, 3))
    .chain(([start, step]) => int(0, Math.ceil((size - start) / step)).map((length) => ({ start, step, length })));

/** Windows that slide along a dimension of this size. */
const windowsOf = (length: number) =>
  fc
    .tuple(int(0, length), int(1, 3))
    .map(([size, step]) => ({ size, step, count: Math.floor((length - size) / step) + 1 }));

/** A shape that indices of `gather` may have beside this one: as large along `dim` as they like, not larger elsewhere. */
const indexShape = (shape: Shape, dim: number) =>
  fc.tuple(...shape.map((size, d) => (d === dim ? int(0, size === 0 ? 0 : 4) : int(0, size))));

const bias = (size: number) => fc.option(laid([size]), { nil: undefined });
function withBias(inputs: readonly fc.Arbitrary<Tensor>[], size: number, attrs: unknown): fc.Arbitrary<Sample> {
  return bias(size).chain((b) => sample(b === undefined ? inputs : [...inputs, fc.constant(b)], attrs));
}

const leads = fc.array(int(0, 3), { maxLength: 2 });
const matrices = fc.tuple(int(0, 9), int(0, 9), int(0, 9));

/** Matrices and vectors whose batch dimensions broadcast. */
const products = fc
  .tuple(broadcast, matrices, int(0, 3))
  .chain(([[a, b], [m, k, n], kind]) =>
    sample([laid(kind & 1 ? [k] : [...a.slice(-2), m, k]), laid(kind & 2 ? [k] : [...b.slice(-2), k, n])]),
  );

/** One dimension a window moves over. */
const windowed = fc
  .record({
    kernel: int(1, 3),
    stride: int(1, 3),
    dilation: int(1, 2),
    more: int(0, 4),
    before: int(0, 2),
    after: int(0, 2),
  })
  .map(({ kernel, stride, dilation, more, before, after }) => {
    const size = Math.max(1, dilation * (kernel - 1) + 1 - before - after + more);
    const outputs = Math.floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1;
    return { kernel, stride, dilation, padding: [before, after] as const, size, outputs };
  });

interface Convolution {
  readonly attrs: unknown;
  readonly x: Shape;
  readonly weight: Shape;
  readonly y: Shape;
}

function convolution(rank: number, make: (conv: Convolution) => fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  const channels = fc.record({ batch: int(0, 2), groups: int(1, 2), inputs: int(1, 3), outputs: int(1, 3) });
  return fc
    .tuple(channels, fc.array(windowed, { minLength: rank, maxLength: rank }))
    .chain(([{ batch, groups, inputs, outputs }, spatial]) =>
      make({
        attrs: {
          rank,
          groups,
          stride: spatial.map(({ stride }) => stride),
          padding: spatial.map(({ padding }) => padding),
          dilation: spatial.map(({ dilation }) => dilation),
        },
        x: [batch, groups * inputs, ...spatial.map(({ size }) => size)],
        weight: [groups * outputs, inputs, ...spatial.map(({ kernel }) => kernel)],
        y: [batch, groups * outputs, ...spatial.map((dim) => dim.outputs)],
      }),
    );
}

const convolved = (rank: number) =>
  convolution(rank, ({ attrs, x, weight }) => withBias([laid(x), laid(weight)], weight[0]!, attrs));
/** A transposed convolution takes what a convolution gives, and gives what it takes. */
const transposed = (rank: number) =>
  convolution(rank, ({ attrs, x, weight, y }) => withBias([laid(y), laid(weight)], x[1]!, attrs)).filter(
    ({ inputs, attrs }) => {
      const { stride, padding, dilation } = attrs as { stride: Shape; padding: Shape[]; dilation: Shape };
      const weight = inputs[1]!.shape;
      return stride.every((s, i) => {
        const [before, after] = padding[i] as [number, number];
        return (inputs[0]!.shape[2 + i]! - 1) * s - before - after + dilation[i]! * (weight[2 + i]! - 1) >= 0;
      });
    },
  );
const ofEither = (make: (rank: number) => fc.Arbitrary<Sample>) => int(1, 2).chain(make);

function maxPool(rank: number): fc.Arbitrary<Sample> {
  const dimension = fc
    .record({ kernel: int(1, 3), stride: int(1, 3), dilation: int(1, 2), more: int(0, 4), pad: int(0, 1) })
    .map(({ kernel, pad, ...rest }) => ({ ...rest, kernel, padding: kernel === 1 ? 0 : pad }))
    // Never so small that a window's elements all miss it.
    .map((d) => ({ ...d, size: Math.max(d.dilation, d.dilation * (d.kernel - 1) + 1 - 2 * d.padding + d.more) }));
  return fc
    .tuple(int(0, 2), int(1, 2), fc.array(dimension, { minLength: rank, maxLength: rank }), fc.boolean())
    .chain(([batch, channels, dims, ceil]) => {
      const each = (name: 'kernel' | 'stride' | 'padding' | 'dilation') => dims.map((d) => d[name]);
      return sample([laid([batch, channels, ...dims.map(({ size }) => size)], { values: anyNumber })], {
        rank,
        ceil,
        kernel: each('kernel'),
        stride: each('stride'),
        padding: each('padding'),
        dilation: each('dilation'),
      });
    });
}

/** x and what its windows' means are, y. */
function averages(rank: number, make: (x: Shape, y: Shape, attrs: object) => fc.Arbitrary<Sample>) {
  const dimension = fc
    .record({ kernel: int(1, 3), stride: int(1, 3), more: int(0, 4), pad: int(0, 1) })
    .map(({ kernel, pad, ...rest }) => ({ ...rest, kernel, padding: kernel === 1 ? 0 : pad }))
    .map((d) => ({ ...d, size: Math.max(1, d.kernel - 2 * d.padding + d.more) }));
  return fc
    .record({
      batch: int(0, 2),
      channels: int(1, 2),
      dims: fc.array(dimension, { minLength: rank, maxLength: rank }),
      ceil: fc.boolean(),
      countIncludePad: fc.boolean(),
      divisorOverride: rank === 1 ? fc.constant(undefined) : fc.constantFrom(undefined, undefined, 3),
    })
    .chain(({ batch, channels, dims, ...how }) => {
      const each = (name: 'kernel' | 'stride' | 'padding') => dims.map((d) => d[name]);
      const counts = dims.map(({ size, kernel, stride, padding }) =>
        windowCount(size, kernel, stride, [padding, padding], 1, how.ceil),
      );
      const attrs = { rank, kernel: each('kernel'), stride: each('stride'), padding: each('padding'), ...how };
      return make([batch, channels, ...dims.map(({ size }) => size)], [batch, channels, ...counts], attrs);
    });
}
const averaged = (rank: number) => averages(rank, (x, _y, attrs) => sample([laid(x)], attrs));

/** x and y, which is of another size: one that was asked for, or so many times as large. */
function resized(rank: number, make: (x: Shape, y: Shape, attrs: object) => fc.Arbitrary<Sample>) {
  const dimension = fc.record({ size: int(1, 5), count: int(1, 6), factor: fc.constantFrom(0.7, 1, 1.5, 2, 2.3) });
  const mixing = rank === 1 ? 'linear' : 'bilinear';
  return fc
    .record({
      batch: int(0, 2),
      channels: int(1, 2),
      dims: fc.array(dimension, { minLength: rank, maxLength: rank }),
      scaled: fc.boolean(),
      mode: fc.constantFrom('nearest', 'nearest-exact', mixing, mixing),
      aligned: fc.boolean(),
    })
    .chain(({ batch, channels, dims, scaled, mode, aligned }) => {
      const own = dims.map(({ size, factor }) => (Math.floor(size * factor) === 0 ? 2 : size));
      const sizes = dims.map(({ count, factor }, i) => (scaled ? Math.floor(own[i]! * factor) : count));
      const factors = scaled ? dims.map(({ factor }) => factor) : undefined;
      const alignCorners = mode === mixing && aligned;
      return make([batch, channels, ...own], [batch, channels, ...sizes], { rank, sizes, factors, mode, alignCorners });
    });
}

const adaptive = (rank: number) =>
  fc
    .tuple(int(0, 2), int(1, 2), fc.array(fc.tuple(int(1, 5), int(1, 6)), { minLength: rank, maxLength: rank }))
    .chain(([batch, channels, dims]) =>
      sample([laid([batch, channels, ...dims.map(([size]) => size)], { values: anyNumber })], {
        rank,
        sizes: dims.map(([, count]) => count),
      }),
    );

/** x [..., ...normalizedShape] with a weight and a bias, or not. */
const normalized = (canHaveBias: boolean) =>
  fc
    .tuple(leads, fc.array(int(0, 11), { minLength: 1, maxLength: 2 }), fc.boolean(), fc.boolean())
    .chain(([lead, normalizedShape, hasWeight, wantsBias]) => {
      const hasBias = canHaveBias && wantsBias;
      const inputs = [laid([...lead, ...normalizedShape])];
      if (hasWeight) inputs.push(laid(normalizedShape));
      if (hasBias) inputs.push(laid(normalizedShape));
      return sample(inputs, { normalizedShape, eps: 0.1, hasWeight, hasBias });
    });

const batchNorm = fc
  .record({
    batch: int(2, 4),
    channels: int(1, 3),
    spatial: leads,
    weight: fc.boolean(),
    bias: fc.boolean(),
    fixed: fc.boolean(),
  })
  .chain(({ batch, channels, spatial, weight: hasWeight, bias: hasBias, fixed: hasStatistics }) => {
    const inputs = [laid([batch, channels, ...spatial])];
    if (hasWeight) inputs.push(laid([channels]));
    if (hasBias) inputs.push(laid([channels]));
    const still = (values: fc.Arbitrary<number>) => laid([channels], { values }).map((x) => x.requiresGrad_(false));
    if (hasStatistics) inputs.push(still(finite), still(positive));
    return sample(inputs, { eps: 0.1, hasWeight, hasBias, hasStatistics });
  });

/** Rows of classes, targets of which some do not count, perhaps with a weight a class. */
function classified(backward: boolean): fc.Arbitrary<Sample> {
  return fc
    .record({
      shape: fc.array(int(0, 3), { maxLength: 2 }),
      classes: int(1, 4),
      ignoreIndex: fc.constantFrom(-100, 0),
      reduction: fc.constantFrom('mean', 'sum', 'none'),
      weighted: fc.boolean(),
    })
    .chain(({ shape, classes, ignoreIndex, reduction, weighted }) =>
      int(0, shape.length).chain((dim) => {
        const input = shape.toSpliced(dim, 0, classes);
        const target = laid(shape, { dtype: 'i32', values: fc.oneof(int(0, classes - 1), fc.constant(ignoreIndex)) });
        const weight = weighted ? [laid([classes], { values: positive }).map((w) => w.requiresGrad_(false))] : [];
        const upstream = laid(reduction === 'none' ? shape : []);
        const attrs = { dim, ignoreIndex, reduction, ...(backward && { of: spec(input) }) };
        return sample([backward ? upstream : laid(input), target, ...weight], attrs);
      }),
    );
}

/** Sequences of four classes, the first or last of which is the blank, and labels in rows; a sequence may be too short for its own. */
function labelled(backward: boolean): fc.Arbitrary<Sample> {
  const each = fc.record({ steps: int(0, 5), labels: int(0, 3) });
  return fc.tuple(fc.array(each, { minLength: 1, maxLength: 3 }), fc.constantFrom(0, 3)).chain(([sequences, blank]) => {
    const [steps, batch] = [Math.max(...sequences.map((one) => one.steps)), sequences.length];
    const logProbs = laid([steps, batch, 4], { values: positive.map((x) => -x) });
    const target = laid([batch, 3], { dtype: 'i32', values: int(blank === 0 ? 1 : 0, blank === 0 ? 3 : 2) });
    const attrs = {
      blank,
      zeroInfinity: true,
      inputLengths: sequences.map((one) => one.steps),
      targetLengths: sequences.map(({ labels }) => labels),
      starts: sequences.map((_, n) => 3 * n),
    };
    if (!backward) return sample([logProbs, target], attrs);
    return sample([given([batch]), logProbs.map((x) => x.requiresGrad_(false)), target], attrs);
  });
}

const recurrence = fc
  .record({
    kind: fc.constantFrom('tanh' as const, 'relu' as const, 'lstm' as const, 'gru' as const),
    reverse: fc.boolean(),
    hasBias: fc.boolean(),
    steps: int(1, 4),
    batch: int(1, 3),
    hidden: int(1, 6),
  })
  .chain(({ steps, batch, hidden, ...attrs }) => {
    const rows = hidden * { tanh: 1, relu: 1, lstm: 4, gru: 3 }[attrs.kind];
    const inputs = [laid([steps, batch, rows]), laid([rows, hidden])];
    if (attrs.hasBias) inputs.push(laid([rows]));
    for (let part = attrs.kind === 'lstm' ? 2 : 1; part > 0; part--) inputs.push(laid([batch, hidden]));
    return sample(inputs, attrs);
  });

/** Features of a sequence, wider than the heads that are cut from them, and the heads' shape. */
const cutInHeads = (
  build: (cut: {
    features: Shape;
    heads: Shape;
    attrs: { batchFirst: boolean; feature: number };
  }) => fc.Arbitrary<Sample>,
): fc.Arbitrary<Sample> =>
  fc
    .tuple(int(1, 3), int(1, 5), int(0, 4), int(0, 4), fc.boolean(), int(0, 3), int(0, 3))
    .chain(([heads, headDim, batch, seq, batchFirst, feature, behind]) => {
      const width = feature + heads * headDim + behind;
      return build({
        features: batchFirst ? [batch, seq, width] : [seq, batch, width],
        heads: [batch, heads, seq, headDim],
        attrs: { ...{ heads, headDim, axes: unnamedAxes(4) }, batchFirst, feature },
      });
    });

/** Queries, keys and values in one tensor (of a sequence attending to itself), the last two in one, or each by itself. */
const multiHeadAttention = fc
  .record({
    heads: int(1, 3),
    headDim: int(1, 5),
    batchFirst: fc.boolean(),
    causal: fc.boolean(),
    apart: int(0, 2),
    batch: int(1, 2),
    queries: int(1, 5),
    keys: int(1, 5),
    masked: fc.boolean(),
    shared: fc.boolean(),
  })
  .chain(({ heads, headDim, batchFirst, causal, apart, batch, queries, keys, masked, shared }) => {
    const width = heads * headDim;
    const sequence = (seq: number, parts: number) =>
      laid(batchFirst ? [batch, seq, parts * width] : [seq, batch, parts * width]);
    const [inputs, parts] = [
      [[sequence(queries, 3)], [0, 0, 0, width, 0, 2 * width]],
      [
        [sequence(queries, 1), sequence(keys, 2)],
        [0, 0, 1, 0, 1, width],
      ],
      [
        [sequence(queries, 1), sequence(keys, 1), sequence(keys, 1)],
        [0, 0, 1, 0, 2, 0],
      ],
    ][apart] as [fc.Arbitrary<Tensor>[], number[]];
    const scores = [shared ? 1 : batch, shared ? 1 : heads, queries, apart === 0 ? queries : keys];
    const values = fc.oneof({ weight: 4, arbitrary: finite }, fc.constant(Number.NEGATIVE_INFINITY));
    const mask = masked ? laid(scores, { values }).map((x) => x.requiresGrad_(false)) : undefined;
    const pairs = [parts.slice(0, 2), parts.slice(2, 4), parts.slice(4)];
    return sample(mask === undefined ? inputs : [...inputs, mask], {
      ...{ heads, headDim, batchFirst, causal, parts: pairs, hasMask: masked },
    });
  });

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
