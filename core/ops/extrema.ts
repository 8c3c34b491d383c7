/** The largest and smallest elements, and where they stand. */

import { TensightError } from '../errors.ts';
import type { Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments, misusedDim } from '../usage/arguments.ts';
import { apply } from './apply.ts';
import { type Chosen, chosen } from './chosen.ts';
import { normalizeDim, normalizeDims } from './dims.ts';
import { gather } from './indexing.ts';
import type { Op } from './op.ts';
import { amax, amin, type ReduceAttrs, reducedSpec, reduceInto, wantElements } from './reduce.ts';
import { squeeze } from './view.ts';

function argOp(name: 'argmax' | 'argmin'): Op<ReduceAttrs> {
  return {
    name,
    shape([x], attrs): Spec {
      wantElements(name, x!, attrs.dims);
      return reducedSpec(x!, attrs, 'i32');
    },
    forward: ([x], attrs, out, backend) => reduceInto(name, x!, attrs, out, backend),
    backward: undefined,
    flops: () => 0,
  };
}

export const extremaOps = { argmax: argOp('argmax'), argmin: argOp('argmin') };

function arg(op: Op<ReduceAttrs>, x: Tensor, dim: number | undefined, keepdim: boolean): Tensor {
  if (typeof keepdim !== 'boolean') checkArguments(op.name, [x, dim, keepdim]);
  const chosen = dim === undefined ? normalizeDims(op.name, dim, x) : [normalizeDim(op.name, dim, x)];
  return apply(op, [x], { dims: x.ndim === 0 ? [] : chosen, keepdim });
}

/** Index of the (first) largest element over `dim`, or in row-major order of all. i32. */
export const argmax = (x: Tensor, dim?: number, keepdim = false): Tensor => arg(extremaOps.argmax, x, dim, keepdim);
/** Index of the (first) smallest element over `dim`, or in row-major order of all. i32. */
export const argmin = (x: Tensor, dim?: number, keepdim = false): Tensor => arg(extremaOps.argmin, x, dim, keepdim);

/** An extreme along a dimension and where it stands; the gradient goes to that one element. */
export interface Extremes extends Chosen {}

function extremes(name: 'max' | 'min', x: Tensor, dim: number, keepdim: boolean): Extremes {
  if (typeof keepdim !== 'boolean') checkArguments(name, [x, dim, keepdim]);
  const op = extremaOps[`arg${name}`];
  const d = normalizeDim(name, dim, x);
  const kept = arg(op, x, d, true);
  const values = gather(x, d, kept);
  return keepdim || x.ndim === 0 ? chosen(values, kept) : chosen(squeeze(values, d), squeeze(kept, d));
}

/** Over all elements: the largest, 0-d. With `dim`: the largest along it and their indices. */
export function max(x: Tensor): Tensor;
export function max(x: Tensor, dim: number, keepdim?: boolean): Extremes;
export function max(x: Tensor, dim?: number, keepdim = false): Tensor | Extremes {
  if (dim !== undefined && typeof dim !== 'number') throw misusedExtreme('max', x, dim, keepdim);
  return dim === undefined ? amax(x) : extremes('max', x, dim, keepdim);
}

/** Over all elements: the smallest, 0-d. With `dim`: the smallest along it and their indices. */
export function min(x: Tensor): Tensor;
export function min(x: Tensor, dim: number, keepdim?: boolean): Extremes;
export function min(x: Tensor, dim?: number, keepdim = false): Tensor | Extremes {
  if (dim !== undefined && typeof dim !== 'number') throw misusedExtreme('min', x, dim, keepdim);
  return dim === undefined ? amin(x) : extremes('min', x, dim, keepdim);
}

/** What to say of `x.max(y)`, which is PyTorch's maximum as well, and of what else is no dimension. */
function misusedExtreme(name: 'max' | 'min', x: Tensor, dim: unknown, keepdim: boolean): TensightError {
  if (dim instanceof Tensor)
    return new TensightError(
      `${name}: expected a dimension, got a tensor`,
      `Write ${name}imum(x, y) for the ${name === 'max' ? 'larger' : 'smaller'} of two, element by element.`,
    );
  checkArguments(name, keepdim ? [x, dim, keepdim] : [x, dim]);
  return misusedDim(name, dim, x);
}

export interface MaxMethod {
  /** The largest element, 0-d; with `dim` the largest along it and their indices. */
  (this: Tensor): Tensor;
  (this: Tensor, dim: number, keepdim?: boolean): Extremes;
}

/** Methods that this family gives every tensor. */
export const extremaMethods = {
  /** Index of the (first) largest element over `dim`, or in row-major order of all. i32. */
  argmax(this: Tensor, dim?: number, keepdim = false): Tensor {
    return argmax(this, dim, keepdim);
  },
  /** Index of the (first) smallest element over `dim`, or in row-major order of all. i32. */
  argmin(this: Tensor, dim?: number, keepdim = false): Tensor {
    return argmin(this, dim, keepdim);
  },
  /** The largest element, 0-d; with `dim` the largest along it and their indices. */
  max: function (this: Tensor, dim?: number, keepdim: boolean = false): Tensor | Extremes {
    return dim === undefined ? max(this) : max(this, dim, keepdim);
  } as MaxMethod,
  /** The smallest element, 0-d; with `dim` the smallest along it and their indices. */
  min: function (this: Tensor, dim?: number, keepdim: boolean = false): Tensor | Extremes {
    return dim === undefined ? min(this) : min(this, dim, keepdim);
  } as MaxMethod,
};
