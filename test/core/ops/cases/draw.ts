/** Tensors in any layout, shapes, dimensions, and cases of operations that are drawn from these alone. */
import fc from 'fast-check';
import { Tensor } from '../../../../core/index.ts';
import { unnamedAxes } from '../../../../core/tensor/axes.ts';
import type { DType } from '../../../../core/tensor/dtype.ts';
import { finite, shapes, someFloats, type ViewOptions, viewOf } from '../../backends/views.ts';
import type { Sample } from '../samples.ts';

export type Shape = readonly number[];

/** A tensor of this shape in any layout; floats want their gradient. */
export function laid(shape: Shape, options: ViewOptions = {}): fc.Arbitrary<Tensor> {
  const { dtype = 'f32', values = finite } = options;
  return viewOf(shape, { ...options, dtype, values }).map(({ storage, strides, offset }) => {
    const x = new Tensor({ shape, dtype, axes: unnamedAxes(shape.length) }, storage, strides, offset);
    x.requiresGrad = dtype === 'f32';
    return x;
  });
}

export const whole = fc.integer({ min: -3, max: 3 });
const truth = fc.integer({ min: 0, max: 1 });
export const positive = fc.integer({ min: 1, max: 12 }).map((n) => n / 4);
/** Between 0 and 1, both excluded. */
export const part = fc.integer({ min: 1, max: 15 }).map((n) => n / 16);
export const anyNumber = someFloats;
export const int = (min: number, max: number) => fc.integer({ min, max });

export const bools = (shape: Shape) => laid(shape, { dtype: 'bool', values: truth });
/** Indices into something of this size. */
export const indices = (shape: Shape, size: number) =>
  laid(shape, { dtype: 'i32', values: int(0, Math.max(0, size - 1)) });
export const valuesOf = (dtype: DType) => (dtype === 'f32' ? anyNumber : dtype === 'i32' ? whole : truth);
export const dtypes = fc.constantFrom<DType>('f32', 'i32', 'bool');
export const anyTensor = (shape: Shape) => dtypes.chain((dtype) => laid(shape, { dtype, values: valuesOf(dtype) }));

export function sample(inputs: readonly fc.Arbitrary<Tensor>[], attrs: unknown = undefined): fc.Arbitrary<Sample> {
  return fc.tuple(...inputs).map((drawn) => ({ inputs: drawn, attrs }));
}

/** Many small dimensions, or few that are longer than a vector. */
const anyShape = fc.oneof(shapes(), shapes(2, 19));
/** A case for each random shape. */
export const ofShape = (make: (shape: Shape) => fc.Arbitrary<Sample>) => anyShape.chain(make);
/** A shape of at least one dimension, and one of its dimensions. */
export const ofDim = (make: (shape: Shape, dim: number) => fc.Arbitrary<Sample>, minSize = 0) =>
  fc
    .oneof(
      fc.array(int(minSize, 4), { minLength: 1, maxLength: 4 }),
      fc.array(int(minSize, 19), { minLength: 1, maxLength: 2 }),
    )
    .chain((shape) => int(0, shape.length - 1).chain((dim) => make(shape, dim)));

export const unary = (values: fc.Arbitrary<number> = anyNumber, attrs?: unknown) =>
  ofShape((shape) => sample([laid(shape, { values })], attrs));
export const unaryOfAny = ofShape((shape) => sample([anyTensor(shape)]));
export const unaryOfWhole = ofShape((shape) => sample([laid(shape, { dtype: 'i32', values: whole })]));
/** For kernels that compute a gradient: nobody wants that of their inputs. */
export const given = (shape: Shape) => laid(shape).map((x) => x.requiresGrad_(false));
export const derivative = (p = 0) => ofShape((shape) => sample([given(shape), given(shape)], { p }));

/** Two shapes that broadcast, to one of at most three dimensions. */
export const broadcast: fc.Arbitrary<[Shape, Shape]> = shapes(3).chain((shape) => {
  const operand = fc
    .tuple(int(0, shape.length), fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }))
    .map(([lead, one]) => shape.map((size, i) => (one[i] ? 1 : size)).slice(lead));
  return fc.tuple(operand, fc.oneof(operand, fc.constant(shape)));
});
export const binary = (left: fc.Arbitrary<number> = anyNumber, right = left) =>
  broadcast.chain(([a, b]) => sample([laid(a, { values: left }), laid(b, { values: right })]));
export const comparison = broadcast.chain(([a, b]) => sample([anyTensor(a), anyTensor(b)]));

/** A shape, some of its dimensions (one at least, where there are any), and whether they are kept. `filled`: none of them is empty. */
export function reduction(
  values: fc.Arbitrary<number> = finite,
  { filled = false, more = {} } = {},
): fc.Arbitrary<Sample> {
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

export const spec = (shape: Shape) => ({ shape, dtype: 'f32', axes: unnamedAxes(shape.length) });
export const permuted = ofShape((shape) =>
  fc
    .shuffledSubarray(
      shape.map((_, d) => d),
      { minLength: shape.length },
    )
    .chain((dims) => sample([anyTensor(shape)], { dims })),
);
export const along = (make: (dim: number) => unknown, values: fc.Arbitrary<number> = finite) =>
  ofDim((shape, dim) => sample([laid(shape, { values })], make(dim)));
export const alongTwice = ofDim((shape, dim) => sample([given(shape), given(shape)], { dim }));

/** Where a slice of a dimension of this size starts, how long it is and how far its elements stand apart. */
export const span = (size: number) =>
  fc
    .tuple(int(0, size), int(1, 3))
    .chain(([start, step]) => int(0, Math.ceil((size - start) / step)).map((length) => ({ start, step, length })));

/** Windows that slide along a dimension of this size. */
export const windowsOf = (length: number) =>
  fc
    .tuple(int(0, length), int(1, 3))
    .map(([size, step]) => ({ size, step, count: Math.floor((length - size) / step) + 1 }));

/** A shape that indices of `gather` may have beside this one: as large along `dim` as they like, not larger elsewhere. */
export const indexShape = (shape: Shape, dim: number) =>
  fc.tuple(...shape.map((size, d) => (d === dim ? int(0, size === 0 ? 0 : 4) : int(0, size))));

const bias = (size: number) => fc.option(laid([size]), { nil: undefined });
export function withBias(inputs: readonly fc.Arbitrary<Tensor>[], size: number, attrs: unknown): fc.Arbitrary<Sample> {
  return bias(size).chain((b) => sample(b === undefined ? inputs : [...inputs, fc.constant(b)], attrs));
}

export const leads = fc.array(int(0, 3), { maxLength: 2 });
export const matrices = fc.tuple(int(0, 9), int(0, 9), int(0, 9));

/** Matrices and vectors whose batch dimensions broadcast. */
export const products = fc
  .tuple(broadcast, matrices, int(0, 3))
  .chain(([[a, b], [m, k, n], kind]) =>
    sample([laid(kind & 1 ? [k] : [...a.slice(-2), m, k]), laid(kind & 2 ? [k] : [...b.slice(-2), k, n])]),
  );
