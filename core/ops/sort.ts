/** Order along a dimension. The order itself is an operation without a gradient; values are gathered by it, with one. */

import { ShapeError } from '../errors.ts';
import { type Axis, unnamed } from '../tensor/axes.ts';
import { formatShape, numel, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { type Chosen, chosen } from './chosen.ts';
import { normalizeDim } from './dims.ts';
import { gather } from './indexing.ts';
import type { Op } from './op.ts';

interface OrderAttrs {
  readonly dim: number;
  readonly descending: boolean;
  /** How many of the first are wanted; all where undefined. */
  readonly count: number | undefined;
}

const plainAxis = (a: Axis): Axis => (a.name === undefined ? unnamed : { name: a.name });

/** NaN counts as the largest, as in PyTorch; equal elements keep their order. */
export function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function orderOp(name: string): Op<OrderAttrs> {
  return {
    name,
    shape: ([x], { dim, count }): Spec => ({
      shape: x!.shape.map((size, i) => (i === dim ? (count ?? size) : size)),
      dtype: 'i32',
      axes: x!.axes.map((a, i) => (i === dim ? plainAxis(a) : a)),
    }),
    forward([x], { dim, descending }, out) {
      const result = allocate(out);
      const values = elementsOf(x!);
      const data = result.storage.data;
      const size = x!.shape[dim] ?? 1;
      const kept = out.shape[dim] ?? 1;
      const after = numel(x!.shape.slice(dim + 1));
      const lines = size === 0 ? 0 : values.length / size;
      const sign = descending ? -1 : 1;
      const order = new Int32Array(size);
      for (let line = 0; line < lines; line++) {
        const [outer, inner] = [Math.floor(line / after), line % after];
        const start = outer * size * after + inner;
        for (let i = 0; i < size; i++) order[i] = i;
        order.sort((a, b) => sign * compareNumbers(values[start + a * after]!, values[start + b * after]!));
        const target = outer * kept * after + inner;
        for (let i = 0; i < kept; i++) data[target + i * after] = order[i]!;
      }
      return result;
    },
    backward: undefined,
    flops: () => 0,
  };
}

export const sortOps = { argsort: orderOp('argsort'), topk: orderOp('topk') };

/** How a dimension is put in order. */
export interface SortOptions {
  /** Largest first. Default false. */
  readonly descending?: boolean;
}

/** Values in order, and where each stood. */
export interface Sorted extends Chosen {}

/** The indices that would sort `x` along `dim` (the last where left out), i32. Equal elements keep their order; NaN is the largest. */
export function argsort(x: Tensor, dim = -1, options: SortOptions = {}): Tensor {
  checkArguments('argsort', arguments);
  const { descending = false } = options;
  return apply(sortOps.argsort, [x], { dim: normalizeDim('argsort', dim, x), descending, count: undefined });
}

/** `x` in order along `dim` (the last where left out), and where each element stood. Stable; NaN is the largest. */
export function sort(x: Tensor, dim = -1, options: SortOptions = {}): Sorted {
  checkArguments('sort', arguments);
  const indices = argsort(x, normalizeDim('sort', dim, x), options);
  return chosen(gather(x, dim, indices), indices);
}

/** Which elements to take, and along which dimension. */
export interface TopkOptions {
  /** The last dimension where left out. */
  readonly dim?: number;
  /** The smallest instead where false. */
  readonly largest?: boolean;
}

/** The `k` largest elements along a dimension, largest first, and their indices. Throws ShapeError where there are fewer. */
export function topk(x: Tensor, k: number, options: TopkOptions = {}): Sorted {
  checkArguments('topk', arguments);
  const { dim = -1, largest = true } = options;
  const d = normalizeDim('topk', dim, x);
  const size = x.shape[d] ?? 1;
  if (!Number.isInteger(k) || k < 0 || k > size)
    throw new ShapeError(
      'topk',
      [x],
      `there are no ${k} elements in dimension ${dim} of ${formatShape(x)}`,
      `It has ${size}.`,
    );
  const indices = apply(sortOps.topk, [x], { dim: d, descending: largest, count: k });
  return chosen(gather(x, d, indices), indices);
}

/** Methods that this family gives every tensor. */
export const sortMethods = {
  /** The indices that would sort it along `dim`, i32. */
  argsort(this: Tensor, dim = -1, options: SortOptions = {}): Tensor {
    return argsort(this, dim, options);
  },
  /** In order along `dim`, and where each element stood. */
  sort(this: Tensor, dim = -1, options: SortOptions = {}): Sorted {
    return sort(this, dim, options);
  },
  /** The `k` largest elements along a dimension, and their indices. */
  topk(this: Tensor, k: number, options: TopkOptions = {}): Sorted {
    return topk(this, k, options);
  },
};
