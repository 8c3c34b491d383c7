/** Tensors side by side and repeated by NumPy's rules, which fill up missing dimensions first. Made of `cat` and `repeat`. */
import { ShapeError } from '../errors.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments, checkTensors } from '../usage/arguments.ts';
import { listed, type Sizes } from './dims.ts';
import { cat, repeat } from './rearrange.ts';
import { reshape, unsqueeze } from './view.ts';

function some(op: string, tensors: readonly Tensor[]): void {
  checkTensors(op, tensors);
  if (tensors.length === 0) throw new ShapeError(op, [], 'expected at least one tensor, got an empty list');
}

const atLeast1d = (x: Tensor) => (x.ndim === 0 ? reshape(x, [1]) : x);
const atLeast2d = (x: Tensor) => (x.ndim < 2 ? unsqueeze(atLeast1d(x), 0) : x);
const atLeast3d = (x: Tensor) => (x.ndim < 3 ? unsqueeze(atLeast2d(x), 2) : x);

/** Tensors side by side: vectors [2], [3] → [5]; others along dimension 1, [2, 3], [2, 1] → [2, 4]. Throws ShapeError where other sizes differ. */
export function hstack(tensors: readonly Tensor[]): Tensor {
  some('hstack', tensors);
  const all = tensors.map(atLeast1d);
  return cat(all, all[0]!.ndim === 1 ? 0 : 1);
}

/** Tensors below each other: vectors are rows, [3], [3] → [2, 3]; others along dimension 0. Throws ShapeError where other sizes differ. */
export function vstack(tensors: readonly Tensor[]): Tensor {
  some('vstack', tensors);
  return cat(tensors.map(atLeast2d), 0);
}

/** Tensors joined along dimension 2: [2, 3], [2, 3] → [2, 3, 2]; a vector [3] counts as [1, 3, 1]. Throws ShapeError where other sizes differ. */
export function dstack(tensors: readonly Tensor[]): Tensor {
  some('dstack', tensors);
  return cat(tensors.map(atLeast3d), 2);
}

/** Vectors as the columns of a matrix, beside matrices: [3], [3, 2] → [3, 3]. Throws ShapeError where their lengths differ. */
export function columnStack(tensors: readonly Tensor[]): Tensor {
  some('columnStack', tensors);
  return hstack(tensors.map((x) => (x.ndim < 2 ? unsqueeze(atLeast1d(x), 1) : x)));
}

/** `x` repeated along its last dimensions as often as `times` says: [2, 3] by (2) → [2, 6], by (2, 1, 1) → [2, 2, 3]. Throws ShapeError for a count below 0. */
export function tile(x: Tensor, times: readonly number[]): Tensor {
  if (!(Array.isArray(times) && x instanceof Tensor)) checkArguments('tile', arguments);
  const missing = Math.max(0, x.ndim - times.length);
  return repeat(x, [...new Array<number>(missing).fill(1), ...times]);
}

/** Methods that this family gives every tensor. */
export const stackingMethods = {
  /** Repeated along its last dimensions: [2, 3].tile(2) → [2, 6]. `repeat` names every dimension. */
  tile(this: Tensor, ...times: Sizes): Tensor {
    return tile(this, listed('tile', times));
  },
};
