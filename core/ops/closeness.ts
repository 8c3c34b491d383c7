/** Whether two tensors are equal, exactly or nearly. */
import { ShapeError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { eq, isfinite, isnan, le, logicalAnd, logicalOr } from './compare.ts';
import { add, mul, sub } from './elementwise.ts';
import { abs } from './pointwise.ts';
import { all } from './reduce.ts';

/** How near is near enough. */
export interface ClosenessOptions {
  /** Part of the second one's size that may be between them. Default 1e-5. */
  readonly rtol?: number;
  /** What may be between them whatever their size. Default 1e-8. */
  readonly atol?: number;
  /** Whether NaN is near NaN. Default false. */
  readonly equalNan?: boolean;
}

/**
 * Whether |a − b| ≤ atol + rtol · |b|, element by element; infinities are near themselves: a [...] and b [...] broadcast → bool. Throws
 * ShapeError where they do not fit, or dtypes differ.
 */
export function isclose(a: Tensor, b: Tensor, options: ClosenessOptions = {}): Tensor {
  checkArguments('isclose', arguments);
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  if (a.dtype !== b.dtype)
    throw new ShapeError(
      'isclose',
      [a, b],
      `${a.dtype} ${formatShape(a)} against ${b.dtype} ${formatShape(b)}`,
      'Convert one: x.to(y.dtype).',
    );
  if (a.dtype === 'bool') return eq(a, b);
  const distance = abs(sub(a, b));
  const near = logicalAnd(isfinite(distance), le(distance, add(abs(mul(b, rtol)), atol)));
  const close = logicalOr(eq(a, b), near);
  return equalNan ? logicalOr(close, logicalAnd(isnan(a), isnan(b))) : close;
}

/** Whether all elements are near each other, as `isclose` says: a [...] and b [...] broadcast → true or false. Throws NeedsValueError in a shape run. */
export function allclose(a: Tensor, b: Tensor, options: ClosenessOptions = {}): boolean {
  checkArguments('allclose', arguments);
  return all(isclose(a, b, options)).item() !== 0;
}

/** Whether two tensors have one shape and the same elements: true or false. Throws NeedsValueError in a shape run. */
export function equal(a: Tensor, b: Tensor): boolean {
  checkArguments('equal', arguments);
  return String(a.shape) === String(b.shape) && all(eq(a, b)).item() !== 0;
}

/** Methods that this family gives every tensor. */
export const closenessMethods = {
  /** Whether |this − other| ≤ atol + rtol · |other|, element by element: bool. */
  isclose(this: Tensor, other: Tensor, options: ClosenessOptions = {}): Tensor {
    return isclose(this, other, options);
  },
  /** Whether all elements are near each other: true or false. */
  allclose(this: Tensor, other: Tensor, options: ClosenessOptions = {}): boolean {
    return allclose(this, other, options);
  },
  /** Whether the other has this shape and the same elements: true or false. */
  equal(this: Tensor, other: Tensor): boolean {
    return equal(this, other);
  },
};
