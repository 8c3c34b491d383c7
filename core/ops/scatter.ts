/** Elements written over others by index, and those a mask chooses. */
import { NeedsValueError, ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { contiguousStrides, formatShape, numel } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { callOf, checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { broadcastSpec } from './broadcast.ts';
import { tensor } from './creation.ts';
import { normalizeDim } from './dims.ts';
import { checkAlong, gather, grown, indexSelect } from './indexing.ts';
import { asTensor, type Operand } from './make.ts';
import type { Op } from './op.ts';
import { unbind } from './slice.ts';
import { expand, reshape } from './view.ts';

export const scatterOp: Op<{ readonly dim: number }> = {
  name: 'scatter',
  shape([x, index, src], { dim }) {
    checkAlong('scatter', x!, dim, index!);
    if (src!.shape.length !== index!.shape.length || index!.shape.some((size, i) => size > src!.shape[i]!))
      throw new ShapeError(
        'scatter',
        [index!, src!],
        `the index ${formatShape(index!)} is larger than what is to be written, ${formatShape(src!)}`,
      );
    return { shape: x!.shape, dtype: x!.dtype, axes: x!.axes };
  },
  forward([x, index, src], { dim }, out, backend) {
    const result = allocate(out);
    backend.copy(x!, result);
    const ids = elementsOf(index!);
    const from = elementsOf(src!);
    const data = result.storage.data;
    const [sizes, own, theirs] = [index!.shape, result.strides, contiguousStrides(src!.shape)];
    for (let i = 0; i < ids.length; i++) {
      let [rest, to, at] = [i, 0, 0];
      for (let d = sizes.length - 1; d >= 0; d--) {
        const position = rest % sizes[d]!;
        rest = (rest - position) / sizes[d]!;
        to += own[d]! * (d === dim ? ids[i]! : position);
        at += theirs[d]! * position;
      }
      data[to] = from[at]!;
    }
    return result;
  },
  backward: (grad, { inputs: [, index, src], attrs: { dim }, needs }) => {
    const rest = needs[0] ? scatter(grad, dim, index!, 0) : undefined;
    if (!needs[2]) return [rest, undefined, undefined];
    const picked = gather(grad, dim, index!);
    const whole = src!.shape.reduce((g, size, i) => (size === g.shape[i] ? g : grown(g, i, size)), picked);
    return [rest, undefined, whole];
  },
  flops: () => 0,
};

/**
 * x with elements of src (or one number) in the places the index names along `dim`: out[index[i][j]][j] = src[i][j] for
 * dim 0. Where two are written to one place the later stays. Throws IndexError for places there are not.
 */
export function scatter(x: Tensor, dim: number, index: Tensor, src: Operand): Tensor {
  if (!(index instanceof Tensor)) checkArguments('scatter', arguments);
  const values = asTensor(src, x, 'scatter');
  return apply(scatterOp, [x, index, values.ndim === 0 ? expand(values, index.shape) : values], {
    dim: normalizeDim('scatter', dim, x),
  });
}

/** `gather` whose index may broadcast: with the indices of `argsort(x, dim)`, x in order. */
export function takeAlongDim(x: Tensor, index: Tensor, dim: number): Tensor {
  checkArguments('takeAlongDim', arguments);
  const d = normalizeDim('takeAlongDim', dim, x);
  const shape = index.ndim === x.ndim ? x.shape.map((size, i) => (i === d ? index.shape[i]! : size)) : index.shape;
  return gather(x, d, expand(index, shape));
}

/** Flat positions of what is not 0. */
function positions(op: string, x: Tensor): number[] {
  if (x.isMeta) throw new NeedsValueError(`${op}: the size of the result depends on the values`);
  const found: number[] = [];
  elementsOf(x).forEach((value: number, i: number) => {
    if (value !== 0) found.push(i);
  });
  return found;
}

/** How places are given. */
export interface NonzeroOptions {
  /** A list with one tensor of indices a dimension, in place of one row a place. Default false. */
  readonly asTuple?: boolean;
}

/**
 * Indices of elements that are not 0, in row-major order: [count, dimensions], i32; with `asTuple` a list with one [count] a dimension.
 * Throws NeedsValueError in a shape run.
 */
export function nonzero(x: Tensor, options: { readonly asTuple: true }): Tensor[];
export function nonzero(x: Tensor, options?: NonzeroOptions): Tensor;
export function nonzero(x: Tensor, options: NonzeroOptions = {}): Tensor | Tensor[] {
  checkArguments('nonzero', arguments);
  const strides = contiguousStrides(x.shape);
  const found = positions('nonzero', x);
  const places = found.flatMap((at) => strides.map((step, d) => Math.floor(at / step) % x.shape[d]!));
  const rows = tensor(Int32Array.from(places), { shape: [found.length, x.ndim] });
  return options.asTuple ? unbind(rows, 1) : rows;
}

/** The elements where the mask (bool); the two are broadcast) holds, in one row. Throws NeedsValueError in a shape run. */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkArguments('maskedSelect', arguments);
  if (mask.dtype !== 'bool')
    throw new ShapeError('maskedSelect', [mask], `expected bool for the mask, got ${mask.dtype}`, "mask.to('bool')");
  const { shape } = broadcastSpec('maskedSelect', x, mask, x.dtype);
  const chosen = Int32Array.from(positions('maskedSelect', expand(mask, shape)));
  return indexSelect(reshape(expand(x, shape), [numel(shape)]), 0, tensor(chosen));
}

/**
 * Each element `times` times, one after the other, along `dim` (of the flattened tensor where left out): [a, b] by 2 →
 * [a, a, b, b]. A tensor says how often for each element, [size] of i32: [a, b] by [0, 2] → [b, b].
 */
export function repeatInterleave(x: Tensor, times: number | Tensor, dim?: number): Tensor {
  checkArguments('repeatInterleave', arguments);
  if (typeof times !== 'number' && !(times instanceof Tensor))
    throw new TensightError(
      `repeatInterleave: expected a number or a tensor for times, got ${inWords(times)}`,
      `It is written ${callOf('repeatInterleave')}.`,
    );
  const from = dim === undefined ? reshape(x, [numel(x.shape)]) : x.ndim === 0 ? reshape(x, [1]) : x;
  const d = normalizeDim('repeatInterleave', dim ?? 0, from);
  const size = from.shape[d]!;
  const counts = typeof times === 'number' ? undefined : countsOf(from, times, size, d);
  if (counts !== undefined) return indexSelect(from, d, tensor(Int32Array.from(counts.flatMap(repeated))));
  if (!Number.isInteger(times) || (times as number) < 0)
    throw new ShapeError('repeatInterleave', [x], `expected a whole number of 0 or more for times, got ${times}`);
  const before = from.shape.slice(0, d + 1);
  const after = from.shape.slice(d + 1);
  const wide = expand(reshape(from, [...before, 1, ...after]), [...before, times as number, ...after]);
  const name = from.axes[d]?.name;
  return reshape(
    wide,
    from.shape.map((n, i) => (i === d ? n * (times as number) : n)),
  ).withAxes(from.axes.map((a, i) => (i === d ? (name === undefined ? {} : { name }) : a)));
}

const repeated = (times: number, index: number): number[] => new Array<number>(times).fill(index);

/** How often each element along `dim` is repeated. */
function countsOf(x: Tensor, times: Tensor, size: number, dim: number): number[] {
  if (times.isMeta) throw new NeedsValueError('repeatInterleave: the size of the result depends on the values');
  const counts = [...elementsOf(times)];
  if (times.dtype !== 'i32' || counts.some((n) => n < 0))
    throw new ShapeError('repeatInterleave', [times], 'expected whole numbers of 0 or more as counts', ".to('i32')");
  if (counts.length === 1) return new Array<number>(size).fill(counts[0]!);
  if (times.ndim !== 1 || counts.length !== size)
    throw new ShapeError(
      'repeatInterleave',
      [x, times],
      `${formatShape(times)} counts do not fit the ${size} elements in dimension ${dim} of ${formatShape(x)}`,
      'One count for each element, or one for all.',
    );
  return counts;
}

export interface NonzeroMethod {
  /** Indices of elements that are not 0, a list with one i32 [count] a dimension: what `x.index(…)` and `x.indexPut([…], …)` take. */
  (this: Tensor, options: { readonly asTuple: true }): Tensor[];
  /** Indices of elements that are not 0: [count, dimensions], i32. */
  (this: Tensor, options?: NonzeroOptions): Tensor;
}

/** Methods that this family gives every tensor. */
export const scatterMethods = {
  /** With elements of `src` (or one number) in the places the index names along `dim`. */
  scatter(this: Tensor, dim: number, indices: Tensor, src: Operand): Tensor {
    return scatter(this, dim, indices, src);
  },
  /** The elements where the mask holds, in one row. */
  maskedSelect(this: Tensor, mask: Tensor): Tensor {
    return maskedSelect(this, mask);
  },
  /** Indices of elements that are not 0: [count, dimensions], i32; with `asTuple` a list with one [count] a dimension. */
  nonzero: function (this: Tensor, options: NonzeroOptions = {}): Tensor | Tensor[] {
    return nonzero(this, options as { readonly asTuple: true });
  } as NonzeroMethod,
  /** Each element `times` times (or as often as a tensor says), one after the other, along `dim`; flattened without one. */
  repeatInterleave(this: Tensor, times: number | Tensor, dim?: number): Tensor {
    return repeatInterleave(this, times, dim);
  },
};
