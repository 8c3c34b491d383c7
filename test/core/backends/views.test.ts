/**
 * Every kernel of every backend on views in every layout, with thresholds high and low, against the plain backend. The ways that
 * kernels can take are counted: one that no view has led to fails.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  AttentionKernel,
  BinaryKernel,
  Geometry,
  Recurrence,
  RecurrenceKind,
  ReduceKernel,
  Strided,
  UnaryKernel,
  Windows,
} from '../../../core/backends/backend.ts';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { gateCount } from '../../../core/backends/reference/recurrence.ts';
import { paths } from '../../../core/backends/wasm/paths.ts';
import { agree, backends, taken, tested } from './judge.ts';
import { fresh, largeViewOf } from './views.ts';

const size = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }) },
  { weight: 2, arbitrary: fc.integer({ min: 9, max: 70 }) },
  { weight: 1, arbitrary: fc.integer({ min: 71, max: 400 }) },
);
const product = (shape: readonly number[]) => shape.reduce((n, s) => n * s, 1);
const shapes = (minLength: number, maxLength: number, most = 5000) =>
  fc
    .array(fc.oneof({ weight: 30, arbitrary: size }, { weight: 1, arbitrary: fc.constant(0) }), {
      minLength,
      maxLength,
    })
    .filter((shape) => product(shape) <= most);
const filled = (minLength: number, maxLength: number, most?: number) =>
  shapes(minLength, maxLength, most).filter((shape) => product(shape) > 0);
const dtypes = fc.constantFrom('f32', 'f32', 'f32', 'i32', 'bool');
const small = (min: number, max: number) => fc.integer({ min, max });
const pair = (min: number, max: number) => fc.tuple(small(min, max), small(min, max));
/** A copy of an output that is not fresh: it has gaps, or holds something already. */
const again = (view: Strided): Strided => ({
  ...plainRecord(view),
  storage: { data: view.storage.data.slice() },
});
/** Row-major floats after an offset, as kernels that take no other layout are given. */
const flat = (shape: readonly number[], dtype: 'f32' | 'i32' = 'f32', below?: number) =>
  largeViewOf([product(shape)], {
    dtype,
    stretched: false,
    wholeRows: true,
    ...(below === undefined ? {} : { below }),
  }).map((x) => ({
    ...plainRecord(x),
    shape,
    strides: fresh('f32', shape).strides,
  }));
const plainRecord = ({ storage, dtype, shape, strides, offset }: Strided): Strided => ({
  storage,
  dtype,
  shape,
  strides,
  offset,
});

agree(
  ['copy'],
  shapes(0, 4).chain((shape) =>
    fc.tuple(
      dtypes.chain((dtype) => largeViewOf(shape, { dtype })),
      fc.oneof(
        dtypes.map((dtype) => fresh(dtype, shape)),
        dtypes.chain((dtype) => largeViewOf(shape, { dtype, stretched: false })),
      ),
    ),
  ),
  ([, out]) => [again(out)],
  (on, [x], [out]) => on.copy(x, out!),
  { runs: 300 },
);

agree(
  ['fill'],
  shapes(0, 4).chain((shape) => dtypes.chain((dtype) => largeViewOf(shape, { dtype, stretched: false }))),
  (out) => [again(out)],
  (on, _, [out]) => on.fill(out!, 1),
);

const unaries: readonly UnaryKernel[] = [
  ...([
    'neg',
    'abs',
    'sign',
    'exp',
    'expm1',
    'log',
    'log1p',
    'sqrt',
    'rsqrt',
    'reciprocal',
    'square',
    'sin',
    'cos',
  ] as const),
  ...([
    'tanh',
    'erf',
    'sigmoid',
    'relu',
    'gelu',
    'geluTanh',
    'silu',
    'softplus',
    'leakyRelu',
    'elu',
    'floor',
    'ceil',
  ] as const),
  ...(['round', 'powScalar', 'clampMin', 'clampMax', 'logicalNot', 'isnan'] as const),
];
agree(
  ['unary'],
  fc.tuple(
    fc.constantFrom(...unaries),
    shapes(0, 4).chain((shape) => largeViewOf(shape)),
  ),
  ([kernel, { shape }]) => [fresh(kernel === 'logicalNot' || kernel === 'isnan' ? 'bool' : 'f32', shape)],
  (on, [kernel, x], [out]) => on.unary(kernel, x, out!, 0.5),
  { runs: 400 },
);

const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'logicalAnd', 'logicalOr', 'logicalXor'] as const;
const slopes = [
  'geluBackward',
  'geluTanhBackward',
  'siluBackward',
  'softplusBackward',
  'leakyReluBackward',
  'eluBackward',
] as const;
const binaries: readonly BinaryKernel[] = [
  ...([
    'add',
    'sub',
    'mul',
    'div',
    'pow',
    'maximum',
    'minimum',
    'reluBackward',
    'sigmoidBackward',
    'tanhBackward',
  ] as const),
  ...comparisons,
  ...slopes,
];
agree(
  ['binary'],
  fc.tuple(
    fc.constantFrom(...binaries),
    shapes(0, 4).chain((shape) => fc.tuple(largeViewOf(shape), largeViewOf(shape))),
  ),
  ([kernel, [{ shape }]]) => [fresh(comparisons.some((c) => c === kernel) ? 'bool' : 'f32', shape)],
  (on, [kernel, [a, b]], [out]) => on.binary(kernel, a, b, out!, 0.5),
  { runs: 600 },
);
agree(
  ['binary'],
  fc.tuple(
    fc.constantFrom<BinaryKernel>('add', 'mul', 'sub'),
    filled(1, 3).chain((shape) => fc.tuple(flat(shape), largeViewOf(shape))),
  ),
  ([, [a]]) => [again(a)],
  (on, [kernel, [, b]], [onto]) => on.binary(kernel, onto!, b, onto!),
);

/** What broadcasting leaves: rows, columns and numbers for many, beside planes as they are or cut out of wider ones. */
const broadcast = filled(2, 4).chain((shape) => {
  const kinds = fc.constantFrom('plain', 'wider', ...shape.map((_, d) => d), 'one');
  const view = fc
    .tuple(kinds, flat(shape.map((n, d) => (d === shape.length - 1 ? n + 40 : n))))
    .map(([kind, wide]): Strided => {
      const own = kind === 'wider' ? wide.strides : fresh('f32', shape).strides;
      return { ...wide, shape, strides: own.map((step, d) => (kind === 'one' || kind === d ? 0 : step)) };
    });
  return fc.tuple(view, view);
});
agree(
  ['binary'],
  fc.tuple(fc.constantFrom(...binaries), broadcast),
  ([kernel, [{ shape }]]) => [fresh(comparisons.some((c) => c === kernel) ? 'bool' : 'f32', shape)],
  (on, [kernel, [a, b]], [out]) => on.binary(kernel, a, b, out!, 0.5),
  { runs: 300 },
);

agree(
  ['where'],
  shapes(0, 4).chain((shape) =>
    fc.tuple(
      largeViewOf(shape, { dtype: 'bool' }),
      fc
        .constantFrom('f32', 'f32', 'i32')
        .chain((dtype) => fc.tuple(largeViewOf(shape, { dtype }), largeViewOf(shape, { dtype }))),
    ),
  ),
  ([, [{ dtype, shape }]]) => [fresh(dtype, shape)],
  (on, [condition, [a, b]], [out]) => on.where(condition, a, b, out!),
);

const reductions: readonly ReduceKernel[] = [
  'sum',
  'mean',
  'prod',
  'max',
  'min',
  'argmax',
  'argmin',
  'any',
  'all',
  'sumOfSquares',
];
agree(
  ['reduce'],
  fc.tuple(
    fc.constantFrom(...(['sum', 'mean', 'sumOfSquares'] as const), ...reductions),
    filled(0, 4).chain((shape) => fc.tuple(largeViewOf(shape), fc.subarray(shape.map((_, d) => d)))),
  ),
  ([kernel, [{ shape }, dims]]) => [
    fresh(
      kernel === 'any' || kernel === 'all' ? 'bool' : kernel.startsWith('arg') ? 'i32' : 'f32',
      shape.map((n, d) => (dims.includes(d) ? 1 : n)),
    ),
  ],
  (on, [kernel, [x, dims]], [out]) => on.reduce(kernel, x, dims, out!),
  { runs: 600 },
);

agree(
  ['reduce'],
  fc
    .tuple(
      fc.constantFrom(...reductions),
      filled(1, 4, 20_000).chain((shape) => fc.tuple(flat(shape), small(0, shape.length), small(0, shape.length))),
    )
    .map(([kernel, [x, from, to]]) => ({
      kernel,
      x,
      dims: x.shape.map((_, d) => d).filter((d) => (from <= to ? d >= from && d < to : d < to || d >= from)),
    })),
  ({ kernel, x, dims }) => [
    fresh(
      kernel === 'any' || kernel === 'all' ? 'bool' : kernel.startsWith('arg') ? 'i32' : 'f32',
      x.shape.map((n, d) => (dims.includes(d) ? 1 : n)),
    ),
  ],
  (on, { kernel, x, dims }, [out]) => on.reduce(kernel, x, dims, out!),
  { runs: 600 },
);

agree(
  ['cumsum'],
  filled(1, 4).chain((shape) => fc.tuple(largeViewOf(shape), small(0, shape.length - 1))),
  ([{ shape }]) => [fresh('f32', shape)],
  (on, [x, dim], [out]) => on.cumsum(x, dim, out!),
);

agree(
  ['matmul'],
  fc
    .record({
      batch: fc.oneof(
        { weight: 2, arbitrary: fc.constant<number[]>([]) },
        { weight: 1, arbitrary: fc.array(small(1, 4), { minLength: 1, maxLength: 3 }) },
      ),
      rows: size,
      depth: size,
      columns: size,
      biased: fc.boolean(),
    })
    .filter(({ batch, rows, depth, columns }) => product(batch) * rows * depth * columns <= 1e6)
    .chain(({ batch, rows, depth, columns, biased }) =>
      fc.tuple(
        largeViewOf([...batch, rows, depth]),
        largeViewOf([...batch, depth, columns]),
        biased ? largeViewOf([columns]) : fc.constant(undefined),
      ),
    ),
  ([a, b]) => [fresh('f32', [...a.shape.slice(0, -1), b.shape.at(-1)!])],
  (on, [a, b, bias], [out]) => on.matmul(a, b, out!, bias),
  { runs: 800, tolerance: 2e-5 },
);

/** Rows of features, cut out of wider ones, by a layer's weights, cut out as well. */
agree(
  ['matmul'],
  fc
    .tuple(small(1, 8), size, size)
    .chain(([rows, depth, columns]) =>
      fc.tuple(
        largeViewOf([rows, depth], { wholeRows: true }),
        largeViewOf([columns, depth], { wholeRows: true }),
        fc.option(flat([columns]), { nil: undefined }),
      ),
    ),
  ([a, b]) => [fresh('f32', [a.shape[0]!, b.shape[0]!])],
  (on, [a, b, bias], [out]) =>
    on.matmul(a, { ...plainRecord(b), shape: b.shape.toReversed(), strides: b.strides.toReversed() }, out!, bias),
  { runs: 400, tolerance: 2e-5 },
);

/** A batch of sequences by one matrix for all. */
agree(
  ['matmul'],
  fc
    .tuple(fc.array(small(1, 5), { minLength: 1, maxLength: 3 }), small(1, 9), small(1, 70), small(1, 70))
    .chain(([batch, rows, depth, columns]) =>
      fc.tuple(
        fc.oneof(flat([...batch, rows, depth]), largeViewOf([...batch, rows, depth])),
        largeViewOf([depth, columns]).map((b) => ({
          ...plainRecord(b),
          shape: [...batch, depth, columns],
          strides: [...batch.map(() => 0), ...b.strides],
        })),
      ),
    ),
  ([a, b]) => [fresh('f32', [...a.shape.slice(0, -1), b.shape.at(-1)!])],
  (on, [a, b], [out]) => on.matmul(a, b, out!),
  { runs: 200, tolerance: 2e-5 },
);

agree(
  ['softmax', 'softmaxBackward'],
  fc.tuple(
    filled(0, 4).chain((shape) => fc.tuple(largeViewOf(shape), largeViewOf(shape))),
    fc.boolean(),
  ),
  ([[{ shape }]]) => [fresh('f32', shape), fresh('f32', shape)],
  (on, [[x, grad], log], [y, dx]) => {
    on.softmax(x, y!, log);
    on.softmaxBackward(grad, x, dx!, log);
  },
  { runs: 300 },
);

agree(
  ['layerNorm', 'layerNormBackward'],
  filled(2, 2).chain(([rows, width]) =>
    fc.record({
      x: largeViewOf([rows!, width!]),
      grad: largeViewOf([rows!, width!]),
      weight: fc.option(largeViewOf([width!]), { nil: undefined }),
      bias: fc.option(largeViewOf([width!]), { nil: undefined }),
    }),
  ),
  ({ x: { shape } }) =>
    [shape, [shape[0]!], [shape[0]!], shape, [shape[1]!], [shape[1]!]].map((of) => fresh('f32', of)),
  (on, { x, grad, weight, bias }, [y, mean, rstd, dx, dWeight, dBias]) => {
    on.layerNorm(x, weight, bias, 0.1, y!, mean!, rstd!);
    on.layerNormBackward(grad, x, weight, mean!, rstd!, dx!, weight && dWeight, bias && dBias);
  },
  { tolerance: 1e-4 },
);

/** q, k and v of one attention, each a view of its own, or all of one projection; results like them. */
const attentions = fc
  .record({
    batch: small(1, 4),
    heads: small(1, 4),
    queries: size,
    keys: size,
    width: small(1, 20),
    valueWidth: small(1, 20),
  })
  .filter(({ batch, heads, queries, keys }) => batch * heads * queries * keys <= 40_000)
  .chain(({ batch, heads, queries, keys, width, valueWidth }) => {
    const of = (length: number, each: number, stretched = true) =>
      largeViewOf([batch, heads, length, each], { wholeRows: true, stretched });
    const apart = fc.record({
      views: fc.tuple(of(queries, width), of(keys, width), of(keys, valueWidth)),
      slopes: fc.tuple(of(queries, width, false), of(keys, width, false), of(keys, valueWidth, false)),
    });
    const features = heads * width;
    const together = fc
      .tuple(flat([batch, queries, 3 * features]), flat([batch, queries, 3 * features]))
      .map((both) => {
        const [views, slopes] = both.map(({ storage, offset }) =>
          [0, 1, 2].map(
            (part): Strided => ({
              storage,
              dtype: 'f32',
              shape: [batch, heads, queries, width],
              strides: [queries * 3 * features, width, 3 * features, 1],
              offset: offset + part * features,
            }),
          ),
        );
        return { views: views as [Strided, Strided, Strided], slopes: slopes as [Strided, Strided, Strided] };
      });
    return fc.oneof(apart, together).chain(({ views, slopes }) => {
      const [[, , , e], [, , n]] = [views[2].shape, views[1].shape] as [number[], number[]];
      return fc.record({
        views: fc.constant(views),
        slopes: fc.constant(slopes),
        out: of(queries, e!, false),
        grad: of(queries, e!),
        causal: fc.boolean(),
        mask: fc.option(largeViewOf([batch, heads, queries, n!]), { nil: undefined }),
      });
    });
  });
/** Zeros where a view has elements, in one copy of each storage. */
function blank(views: readonly Strided[]): Strided[] {
  const copies = new Map(views.map(({ storage }) => [storage, { data: storage.data.slice() }]));
  return views.map((view) => {
    const copy = { ...plainRecord(view), storage: copies.get(view.storage)! };
    referenceBackend.fill(copy, 0);
    return copy;
  });
}
agree(
  ['attention', 'attentionBackward'],
  attentions,
  ({ out, slopes }) => [...blank([out]), ...blank(slopes)],
  (on, { views: [q, k, v], grad, causal, mask }, [out, dq, dk, dv]) => {
    const how: AttentionKernel = { scale: 0.5, causal, mask };
    on.attention(q, k, v, how, out!);
    on.attentionBackward(grad, q, k, v, how, dq!, dk!, dv!);
  },
  { runs: 300 },
);

agree(
  ['recurrence', 'recurrenceBackward'],
  fc
    .record({
      kind: fc.constantFrom<RecurrenceKind>('tanh', 'relu', 'lstm', 'gru'),
      reverse: fc.boolean(),
      biased: fc.boolean(),
      steps: small(1, 9),
      batch: small(1, 7),
      hidden: small(1, 30),
    })
    .chain(({ kind, reverse, biased, steps, batch, hidden }) => {
      const [states, width] = [kind === 'lstm' ? 2 : 1, gateCount[kind] * hidden];
      return fc.record({
        kind: fc.constant(kind),
        reverse: fc.constant(reverse),
        gates: flat([steps, batch, width]),
        weight: flat([width, hidden]),
        bias: biased ? flat([width]) : fc.constant(undefined),
        start: fc.array(flat([batch, hidden]), { minLength: states, maxLength: states }),
        grad: flat([states, steps, batch, hidden]),
      });
    }),
  ({ kind, gates, weight, start, grad }) => {
    const [steps, batch, width] = gates.shape as [number, number, number];
    const hidden = weight.shape[1]!;
    const shapesOut = [
      grad.shape,
      gates.shape,
      ...(kind === 'gru' ? [[steps, batch, hidden]] : []),
      gates.shape,
      [steps, batch, width],
      weight.shape,
    ];
    return [...shapesOut, ...start.map(({ shape }) => shape)].map((shape) => fresh('f32', shape));
  },
  (on, { grad, ...given }, outputs) => {
    const [out, z, ...rest] = outputs as [Strided, Strided, ...Strided[]];
    const saved = given.kind === 'gru' ? [z, rest.shift()!] : [z];
    const [gates, own, weight, ...start] = rest as [Strided, Strided, Strided, ...Strided[]];
    const of: Recurrence = { ...given, out, saved };
    on.recurrence(of);
    on.recurrenceBackward(of, grad, { gates, own: given.kind === 'gru' ? own : undefined, weight, start });
  },
  { runs: 250, tolerance: 1e-4 },
);

const indexed = filled(1, 3, 3000).chain((shape) =>
  fc.tuple(small(0, shape.length - 1), small(1, 40)).chain(([dim, n]) => {
    const own = shape.with(dim, n);
    return fc.record({
      dim: fc
        .oneof(fc.constant(dim), fc.constant(shape.length - 1))
        .map((d) => (shape.with(d, n).join() === own.join() ? d : dim)),
      x: largeViewOf(shape),
      start: flat(shape),
      index: fc.oneof(flat(own, 'i32', shape[dim]!), largeViewOf(own, { dtype: 'i32', below: shape[dim]! })),
      src: fc.oneof(flat(own), largeViewOf(own)),
    });
  }),
);
agree(
  ['gather', 'scatterAdd'],
  indexed,
  ({ index, start }) => [fresh('f32', index.shape), again(start)],
  (on, { x, dim, index, src }, [out, total]) => {
    on.gather(x, dim, index, out!);
    on.scatterAdd(total!, dim, index, src);
  },
  { runs: 300 },
);

agree(
  ['gatherRows', 'scatterAddRows'],
  fc.tuple(small(1, 40), small(1, 90), small(1, 60)).chain(([count, width, n]) =>
    fc.record({
      table: largeViewOf([count, width]),
      start: flat([count, width]),
      index: largeViewOf([n], { dtype: 'i32', below: count }),
      src: largeViewOf([n, width]),
      skip: fc.option(small(0, count - 1), { nil: undefined }),
    }),
  ),
  ({ start, src }) => [fresh('f32', src.shape), again(start)],
  (on, { table, index, src, skip }, [rows, total]) => {
    on.gatherRows(table, index, rows!);
    on.scatterAddRows(total!, index, src, skip);
  },
);

const convolutions = fc
  .record({
    batch: small(1, 4),
    groups: small(1, 3),
    channels: small(1, 6),
    outputs: small(1, 9),
    plane: pair(1, 17),
    window: pair(1, 5),
    stride: fc.oneof(fc.constant<[number, number]>([1, 1]), pair(1, 3)),
    padding: pair(0, 3),
    dilation: fc.oneof(fc.constant<[number, number]>([1, 1]), pair(1, 3)),
    odd: fc.constantFrom(false, false, false, true),
  })
  .map((c) => {
    const spatial = [0, 1].map((d) => {
      const room = c.plane[d]! + 2 * c.padding[d]! - c.dilation[d]! * (c.window[d]! - 1) - 1;
      return Math.floor(room / c.stride[d]!) + 1;
    });
    return { ...c, spatial };
  })
  .filter(({ spatial }) => spatial.every((n) => n >= 1))
  .chain(({ batch, groups, channels, outputs, plane, window, spatial, stride, padding, dilation, odd }) =>
    fc.record({
      x: largeViewOf([batch, groups * channels, ...plane]).map((x) => {
        // A pixel that is not finite, which no kernel may hand on to others by way of a 0.
        if (odd) x.storage.data[x.offset] = Number.POSITIVE_INFINITY;
        return x;
      }),
      weight: largeViewOf([groups * outputs, channels, ...window]),
      grad: largeViewOf([batch, groups * outputs, ...spatial]),
      geometry: fc.constant<Geometry>({ stride, padding, dilation }),
      groups: fc.constant(groups),
    }),
  );
agree(
  ['conv2d', 'conv2dInputBackward', 'conv2dWeightBackward'],
  convolutions,
  ({ x, weight, grad }) => [grad, x, weight].map(({ shape }) => fresh('f32', shape)),
  (on, { x, weight, grad, geometry, groups }, [out, dx, dWeight]) => {
    on.conv2d(x, weight, out!, geometry, groups);
    on.conv2dInputBackward(grad, weight, dx!, geometry, groups);
    on.conv2dWeightBackward(grad, x, dWeight!, geometry, groups);
  },
  { runs: 300, tolerance: 2e-5 },
);

const pools = fc
  .record({
    planes: small(1, 9),
    plane: pair(1, 25),
    window: pair(1, 4),
    stride: pair(1, 3),
    dilation: pair(1, 2),
  })
  .map((p) => ({ ...p, padding: p.window.map((n) => n >> 1) as [number, number] }))
  .map((p) => ({
    ...p,
    spatial: [0, 1].map(
      (d) => Math.floor((p.plane[d]! + 2 * p.padding[d]! - p.dilation[d]! * (p.window[d]! - 1) - 1) / p.stride[d]!) + 1,
    ),
  }))
  .filter(({ spatial }) => spatial.every((n) => n >= 1))
  .chain((p) =>
    fc.record({
      x: fc.oneof(largeViewOf([p.planes, ...p.plane]), flat([p.planes, ...p.plane])),
      grad: largeViewOf([p.planes, ...p.spatial]),
      window: fc.constant(p.window),
      geometry: fc.constant<Geometry>({ stride: p.stride, padding: p.padding, dilation: p.dilation }),
    }),
  );
/** What each output of one dimension averages over. */
function windows(n: number, outputs: number, window: number, stride: number, padding: number): Windows {
  const first = Int32Array.from({ length: outputs }, (_, i) => i * stride - padding);
  const start = first.map((at) => Math.min(n, Math.max(0, at)));
  const end = first.map((at, i) => Math.max(start[i]!, Math.min(n, at + window)));
  return { start, end, length: end.map(() => window) };
}
agree(
  ['maxPool2d', 'averagePool2d', 'averagePool2dBackward'],
  pools,
  ({ x, grad }) => [
    fresh('f32', grad.shape),
    fresh('i32', grad.shape),
    fresh('f32', grad.shape),
    fresh('f32', x.shape),
  ],
  (on, { x, grad, window, geometry }, [out, indices, average, dx]) => {
    const along = (d: 0 | 1) =>
      windows(x.shape[1 + d]!, grad.shape[1 + d]!, window[d], geometry.stride[d], geometry.padding[d]);
    on.maxPool2d(x, out!, indices!, window, geometry);
    on.averagePool2d(x, average!, along(0), along(1));
    on.averagePool2dBackward(grad, dx!, along(0), along(1));
  },
);

const summary = ['count', 'min', 'max', 'mean', 'std', 'norm', 'nan', 'posInf', 'negInf', 'zeros'] as const;
agree(
  ['statistics'],
  fc.tuple(dtypes, size, small(0, 3)).chain(([dtype, n, odd]) =>
    largeViewOf([n], { dtype, stretched: false, wholeRows: true }).map(({ storage: { data }, offset }) => {
      const own = data.subarray(offset, offset + n);
      if (odd === 0) own[n >> 1] = Number.NaN;
      return own;
    }),
  ),
  () => [fresh('f32', [summary.length])],
  (on, data, [out]) => {
    const given = on.statistics(data);
    out!.storage.data.set(summary.map((key) => given[key]));
  },
);

describe('of what there is', () => {
  test('every kernel was held to the plain one', () => {
    const kernels = Object.entries(referenceBackend).filter(([, value]) => typeof value === 'function');
    expect(kernels.map(([name]) => name).filter((name) => name !== 'allocate' && !tested.has(name))).toEqual([]);
  });

  test.each(backends.map(({ name }) => name))('every way of a kernel was taken on %s', (name) => {
    const alone = !name.includes('threads');
    const all = Object.entries(paths).flatMap(([kernel, ways]) =>
      alone && kernel === 'shared' ? [] : ways.map((way) => `${kernel}: ${way}`),
    );
    expect(all.filter((way) => !taken.get(name)?.has(way))).toEqual([]);
  });
});
