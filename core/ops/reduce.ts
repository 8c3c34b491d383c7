/** Reductions over dimensions: sums, means, products, extremes, norms. */

import type { ReduceKernel } from '../backends/backend.ts';
import { context } from '../context.ts';
import { ShapeError } from '../errors.ts';
import type { DType, TypedArray } from '../tensor/dtype.ts';
import { contiguousStrides, formatShape, numel, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkNumbers } from '../usage/values.ts';
import { allocate, apply } from './apply.ts';
import { broadcastView } from './broadcast.ts';
import { eq, logicalOr, ne, where } from './compare.ts';
import { eye } from './creation.ts';
import { normalizeDims } from './dims.ts';
import { div, mul, sub } from './elementwise.ts';
import { infiniteAtZero, ofNothing } from './notANumber.ts';
import type { Op, Saved } from './op.ts';
import { permute } from './permute.ts';
import { exp } from './pointwise.ts';
import { powScalar } from './power.ts';
import { eachRow, folded, lengthOf, rowsOf, tooWide, whole } from './rows.ts';
import { expand, reshape, toContiguous } from './view.ts';

interface NormAttrs extends ReduceAttrs {
  /** Order of the norm, not 0; 2 by default. */
  readonly p?: number;
}

export interface ReduceAttrs {
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}

/** `x` without `dims` (or with size 1 in their place). */
export function reducedSpec(x: Spec, { dims, keepdim }: ReduceAttrs, dtype = x.dtype): Spec {
  if (keepdim) return { shape: x.shape.map((size, i) => (dims.includes(i) ? 1 : size)), dtype, axes: x.axes };
  const keep = x.shape.map((_, i) => i).filter((i) => !dims.includes(i));
  return { shape: keep.map((i) => x.shape[i]!), dtype, axes: keep.map((i) => x.axes[i]!) };
}

/** Runs a reduction kernel, which keeps its dimensions, into an output that may have dropped them. */
export function reduceInto(
  kernel: ReduceKernel,
  x: Tensor,
  attrs: ReduceAttrs,
  out: Spec,
  backend: Parameters<Op<ReduceAttrs>['forward']>[3],
): Tensor {
  const result = allocate(out);
  const kept = reducedSpec(x, { dims: attrs.dims, keepdim: true }, out.dtype);
  backend.reduce(kernel, x, attrs.dims, new Tensor(kept, result.storage, contiguousStrides(kept.shape), 0));
  return result;
}

/** Stretches the gradient of a reduction back over what was reduced. */
export function unreduce(grad: Tensor, x: Spec, { dims, keepdim }: ReduceAttrs): Tensor {
  const kept = keepdim
    ? grad
    : reshape(
        grad,
        x.shape.map((size, i) => (dims.includes(i) ? 1 : size)),
      );
  return expand(kept, x.shape);
}

/** One dimension or several; negative ones count from the last. */
export type Dims = number | readonly number[];

/** A reduction by one kernel; `dtype` of the result by the dtype of the input. */
function reduction(
  kernel: ReduceKernel,
  dtype: (of: DType) => DType,
  backward: Op<ReduceAttrs>['backward'],
  rule?: (x: Spec, attrs: ReduceAttrs) => void,
): Op<ReduceAttrs> {
  return {
    name: kernel,
    shape([x], attrs) {
      rule?.(x!, attrs);
      return reducedSpec(x!, attrs, dtype(x!.dtype));
    },
    forward: ([x], attrs, out, backend) =>
      x!.dtype === 'i32' && (kernel === 'sum' || kernel === 'prod')
        ? counted(kernel, x!, attrs, out, backend)
        : reduceInto(kernel, x!, attrs, out, backend),
    backward,
    flops: ([x]) => numel(x!.shape),
    ...(kernel === 'mean' && { nan: { cause: ofNothing('mean') } }),
  };
}

/** A sum or product of integers, which is to be right: where i32 does not hold it, that is said. */
function counted(
  kernel: 'sum' | 'prod',
  x: Tensor,
  { dims }: ReduceAttrs,
  out: Spec,
  backend: Parameters<Op<ReduceAttrs>['forward']>[3],
): Tensor {
  const result = allocate(out);
  const of = (row: TypedArray) =>
    kernel === 'sum' ? folded(row, 0, (sum, value) => sum + value) : folded(row, 1, (sofar, value) => sofar * value);
  eachRow(x, dims, backend, result.storage.data, (row) => whole(kernel, of(row)));
  return result;
}

function widened(dtype: DType): DType {
  return dtype === 'bool' ? 'i32' : dtype;
}

function unchanged(dtype: DType): DType {
  return dtype;
}

function toBool(): DType {
  return 'bool';
}

function wantFloat(op: string, x: Spec): void {
  if (x.dtype !== 'f32')
    throw new ShapeError(op, [x], `expected f32, got ${x.dtype} ${formatShape(x)}`, "Convert it first: x.to('f32').");
}

/** An extreme of nothing does not exist. */
export function wantElements(op: string, x: Spec, dims: readonly number[]): void {
  if (dims.some((d) => x.shape[d] === 0))
    throw new ShapeError(op, [x], `nothing to choose from: ${formatShape(x)} has no elements in what is reduced`);
}

export function countOf(x: Spec, dims: readonly number[]): number {
  return dims.reduce((n, d) => n * x.shape[d]!, 1);
}

/** The gradient of an extreme goes to the elements that equal it, in equal shares; none equals NaN, whose gradient is NaN. */
function toExtremes(grad: Tensor, { inputs: [x], output, attrs }: Saved<ReduceAttrs>): Tensor[] {
  const hit = eq(x!, unreduce(output, x!, attrs));
  const count = unreduce(sum(hit, attrs.dims, attrs.keepdim), x!, attrs);
  return [div(where(hit, unreduce(grad, x!, attrs), 0), count)];
}

/** For each element the product of the others, in double precision: of those before and those after it. */
const prodBackwardOp: Op<ReduceAttrs> = {
  name: 'prodBackward',
  shape: ([x]) => ({ shape: x!.shape, dtype: 'f32', axes: x!.axes }),
  forward([x], { dims }, out, backend) {
    const { data, width } = rowsOf(x!, dims, backend);
    const order = [...x!.shape.map((_, d) => d).filter((d) => !dims.includes(d)), ...dims];
    const rows = allocate({ shape: order.map((d) => x!.shape[d]!), dtype: 'f32', axes: [] });
    const to = rows.storage.data;
    const before = new Float64Array(width);
    for (let start = 0; start < data.length; start += width) {
      for (let i = 0, product = 1; i < width; product *= data[start + i++]!) before[i] = product;
      for (let i = width - 1, product = 1; i >= 0; product *= data[start + i--]!) to[start + i] = before[i]! * product;
    }
    const strides = x!.shape.map((_, d) => rows.strides[order.indexOf(d)]!);
    return toContiguous(new Tensor(out, rows.storage, strides), backend);
  },
  backward: undefined,
  flops: ([x]) => 3 * numel(x!.shape),
};

export const reduceOps = {
  sum: {
    ...reduction('sum', widened, (grad, { inputs, attrs }) => [unreduce(grad, inputs[0]!, attrs)]),
    role: 'total',
  } satisfies Op<ReduceAttrs>,
  mean: reduction(
    'mean',
    unchanged,
    (grad, { inputs: [x], attrs }) => [div(unreduce(grad, x!, attrs), countOf(x!, attrs.dims))],
    (x) => wantFloat('mean', x),
  ),
  prodBackward: prodBackwardOp,
  prod: reduction('prod', widened, (grad, saved) => [prodBackward(grad, saved)]),
  amax: { ...reduction('max', unchanged, toExtremes, (x, { dims }) => wantElements('amax', x, dims)), name: 'amax' },
  amin: { ...reduction('min', unchanged, toExtremes, (x, { dims }) => wantElements('amin', x, dims)), name: 'amin' },
  any: reduction('any', toBool, undefined),
  all: reduction('all', toBool, undefined),
  logsumexp: {
    name: 'logsumexp',
    role: 'logTotal',
    shape: ([x], attrs) => reducedSpec(x!, attrs, 'f32'),
    forward([x], attrs, out, backend) {
      // log Σ eˣ = m + log Σ e^(x−m); m is 0 where the largest is infinite, so that ∞ − ∞ does not come up.
      const kept = { dims: attrs.dims, keepdim: true };
      const keptSpec = reducedSpec(x!, kept, 'f32');
      const max = reduceInto('max', x!, kept, keptSpec, backend);
      const m = max.storage.data;
      for (let i = 0; i < m.length; i++) if (!Number.isFinite(m[i]!)) m[i] = 0;
      const full = { shape: x!.shape, dtype: 'f32', axes: x!.axes } as const;
      const shifted = allocate(full);
      backend.binary('sub', x!, broadcastView(max, x!.shape), shifted);
      const powers = allocate(full);
      backend.unary('exp', shifted, powers);
      const total = reduceInto('sum', powers, kept, keptSpec, backend);
      const logs = allocate(keptSpec);
      backend.unary('log', total, logs);
      const result = allocate(out);
      backend.binary('add', logs, max, new Tensor(keptSpec, result.storage));
      return result;
    },
    backward: (grad, { inputs: [x], output, attrs }) => [
      mul(unreduce(grad, x!, attrs), exp(sub(x!, unreduce(output, x!, attrs)))),
    ],
    flops: ([x]) => 3 * numel(x!.shape),
  } satisfies Op<ReduceAttrs>,
  norm: {
    name: 'norm',
    shape([x], attrs) {
      wantFloat('norm', x!);
      return reducedSpec(x!, attrs, 'f32');
    },
    forward([x], attrs, out, backend) {
      const { dims, p = 2 } = attrs;
      const total = p === 2 ? reduceInto('sumOfSquares', x!, attrs, out, backend) : undefined;
      const result = allocate(out);
      if (total === undefined || tooWide(total.storage.data))
        eachRow(x!, dims, backend, result.storage.data, (row) => lengthOf(row, p));
      else backend.unary('sqrt', total, result);
      return result;
    },
    // The norm has a corner at 0, and one of an order below 2 where an element is 0; PyTorch takes 0 there.
    backward: (grad, { inputs: [x], output, attrs }) => {
      const { p = 2 } = attrs;
      const length = unreduce(output, x!, attrs);
      const upstream = unreduce(grad, x!, attrs);
      if (p === 2) return [where(eq(length, 0), 0, mul(upstream, div(x!, length)))];
      const flat = p < 2 ? logicalOr(eq(length, 0), eq(x!, 0)) : eq(length, 0);
      // |x| is at most the norm of a p above 0: in this order no power overflows.
      const share = div(where(flat, 1, x!.abs()), where(flat, 1, length));
      return [where(flat, 0, mul(mul(upstream, x!.sign()), powScalar(share, p - 1)))];
    },
    flops: ([x]) => 2 * numel(x!.shape),
    nan: { slope: infiniteAtZero },
  } satisfies Op<NormAttrs>,
};

/** ∂/∂xᵢ of a product is the product of the others, which can't be had by division where one of them is 0 or ∞. */
function prodBackward(grad: Tensor, { inputs: [x], attrs }: Saved<ReduceAttrs>): Tensor {
  const others = context.gradEnabled ? productOfOthers(x!, attrs.dims) : apply(prodBackwardOp, [x!], attrs);
  return mul(unreduce(grad, x!, attrs), others);
}

/** For each element the product of the others over `dims`, without a division, so that it can be differentiated where some are 0. */
function productOfOthers(x: Tensor, dims: readonly number[]): Tensor {
  const kept = x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...kept, ...dims];
  const moved = permute(x, order);
  const count = countOf(x, dims);
  const rows = reshape(moved, [...kept.map((d) => x.shape[d]!), 1, count]);
  const others = prod(where(eye(count, { dtype: 'bool' }), 1, rows), -1);
  const back = x.shape.map((_, d) => order.indexOf(d));
  return permute(reshape(others, moved.shape), back);
}

function reduced(op: Op<ReduceAttrs>, x: Tensor, dim: Dims | undefined, keepdim: boolean): Tensor {
  if (typeof keepdim !== 'boolean') checkArguments(op.name, [x, dim, keepdim]);
  return apply(op, [x], { dims: normalizeDims(op.name, dim, x), keepdim });
}

/**
 * Sum over `dim` (all dimensions by default): [batch, seq] over 1 → [batch], with `keepdim` [batch, 1]. bool counts
 * as integers. Throws ShapeError for a dimension there is not, TensightError for a sum of integers that i32 does not hold.
 */
export const sum = (x: Tensor, dim?: Dims, keepdim = false): Tensor => reduced(reduceOps.sum, x, dim, keepdim);
/**
 * Mean over `dim` (all dimensions by default): [batch, seq] over 1 → [batch], with `keepdim` [batch, 1]. Throws
 * ShapeError for integers.
 */
export const mean = (x: Tensor, dim?: Dims, keepdim = false): Tensor => reduced(reduceOps.mean, x, dim, keepdim);
/**
 * Product over `dim` (all dimensions by default): [batch, seq] over 1 → [batch], with `keepdim` [batch, 1]. Throws
 * ShapeError for a dimension there is not, TensightError for a product of integers that i32 does not hold.
 */
export const prod = (x: Tensor, dim?: Dims, keepdim = false): Tensor => reduced(reduceOps.prod, x, dim, keepdim);
/**
 * Largest element over `dim` (all dimensions by default): [batch, seq] over 1 → [batch]. Equal ones share the
 * gradient; NaN wins. Throws ShapeError where there is nothing to choose from.
 */
export const amax = (x: Tensor, dim?: Dims, keepdim = false): Tensor => reduced(reduceOps.amax, x, dim, keepdim);
/**
 * Smallest element over `dim` (all dimensions by default): [batch, seq] over 1 → [batch]. Equal ones share the
 * gradient; NaN wins. Throws ShapeError where there is nothing to choose from.
 */
export const amin = (x: Tensor, dim?: Dims, keepdim = false): Tensor => reduced(reduceOps.amin, x, dim, keepdim);
/** Whether any element over `dim` (all dimensions by default) is not 0: [batch, seq] over 1 → bool [batch]. */
export const any = (x: Tensor, dim?: Dims, keepdim = false): Tensor => reduced(reduceOps.any, x, dim, keepdim);
/** Whether no element over `dim` (all dimensions by default) is 0: [batch, seq] over 1 → bool [batch]. */
export const all = (x: Tensor, dim?: Dims, keepdim = false): Tensor => reduced(reduceOps.all, x, dim, keepdim);
/** log Σ eˣ over `dim` (all dimensions by default), without overflow: [batch, class] over 1 → [batch]. */
export const logsumexp = (x: Tensor, dim?: Dims, keepdim = false): Tensor =>
  reduced(reduceOps.logsumexp, x, dim, keepdim);

/**
 * Length of x over `dim` (all dimensions by default), (Σ|x|ᵖ)^(1/p): [batch, embed] with dim 1 → [batch]. p is 2
 * by default; 0 counts what is not 0, ±∞ takes the largest or smallest.
 */
export function norm(x: Tensor, p = 2, dim?: Dims, keepdim = false): Tensor {
  if (typeof keepdim !== 'boolean') checkArguments('norm', arguments);
  checkNumbers('norm', { p }, arguments);
  if (p === Number.POSITIVE_INFINITY) return amax(x.abs(), dim, keepdim);
  if (p === Number.NEGATIVE_INFINITY) return amin(x.abs(), dim, keepdim);
  if (p === 1) return sum(x.abs(), dim, keepdim);
  // A step has the gradient 0.
  if (p === 0) return sum(where(ne(x, 0), 1, x.floor()), dim, keepdim);
  return apply(reduceOps.norm, [x], { dims: normalizeDims('norm', dim, x), keepdim, ...(p === 2 ? {} : { p }) });
}

/** Methods that this family gives every tensor. */
export const reduceMethods = {
  /** Sum over `dim` (all dimensions by default); bool counts as integers. */
  sum(this: Tensor, dim?: Dims, keepdim = false): Tensor {
    return sum(this, dim, keepdim);
  },
  /** Mean over `dim` (all dimensions by default). */
  mean(this: Tensor, dim?: Dims, keepdim = false): Tensor {
    return mean(this, dim, keepdim);
  },
  /** Product over `dim` (all dimensions by default). */
  prod(this: Tensor, dim?: Dims, keepdim = false): Tensor {
    return prod(this, dim, keepdim);
  },
  /** Largest element over `dim`. */
  amax(this: Tensor, dim?: Dims, keepdim = false): Tensor {
    return amax(this, dim, keepdim);
  },
  /** Smallest element over `dim`. */
  amin(this: Tensor, dim?: Dims, keepdim = false): Tensor {
    return amin(this, dim, keepdim);
  },
  /** Whether any element over `dim` is not 0. */
  any(this: Tensor, dim?: Dims, keepdim = false): Tensor {
    return any(this, dim, keepdim);
  },
  /** Whether no element over `dim` is 0. */
  all(this: Tensor, dim?: Dims, keepdim = false): Tensor {
    return all(this, dim, keepdim);
  },
  /** log Σ eˣ over `dim`, without overflow. */
  logsumexp(this: Tensor, dim?: Dims, keepdim = false): Tensor {
    return logsumexp(this, dim, keepdim);
  },
  /** Length over `dim`: (Σ|x|ᵖ)^(1/p), p = 2 by default. */
  norm(this: Tensor, p = 2, dim?: Dims, keepdim = false): Tensor {
    return norm(this, p, dim, keepdim);
  },
};
