/** Distances between the rows of two tensors, each with each. Made of `sub` and `norm`. */
import { ShapeError } from '../errors.ts';
import { broadcastShapes, formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { sub } from './elementwise.ts';
import { norm } from './reduce.ts';
import { unsqueeze } from './view.ts';

/** Options of `cdist`. */
export interface CdistOptions {
  /** Order of the norm; ∞ takes the largest difference, 0 counts those that are not 0. Default 2. */
  readonly p?: number;
}

/**
 * The distance (Σ|a − b|ᵖ)^(1/p) of each row of `a` from each of `b`: a [..., P, M], b [..., R, M] → [..., P, R]. The gradient at a distance
 * of 0 is 0. Throws ShapeError where the rows' lengths or the batches do not fit.
 */
export function cdist(a: Tensor, b: Tensor, options: CdistOptions = {}): Tensor {
  checkArguments('cdist', arguments);
  const { p = 2 } = options;
  if (
    a.ndim < 2 ||
    b.ndim < 2 ||
    a.dtype !== 'f32' ||
    b.dtype !== 'f32' ||
    a.shape.at(-1) !== b.shape.at(-1) ||
    broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)) === undefined
  )
    throw new ShapeError(
      'cdist',
      [a, b],
      `expected floats [..., P, M] and [..., R, M], got ${a.dtype} ${formatShape(a)} and ${b.dtype} ${formatShape(b)}`,
      'Both have rows of one length.',
    );
  if (!(p >= 0)) throw new ShapeError('cdist', [a, b], `there is no norm of order ${p}`, 'p is 0 or more.');
  return norm(sub(unsqueeze(a, -2), unsqueeze(b, -3)), p, -1);
}
