/** Rows brought to mean 0 and variance 1, in operations that can be differentiated again: what the gradients of normalisations begin with. */
import { context } from '../context.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { allocate } from './apply.ts';
import { add, mul, sub } from './elementwise.ts';
import { rsqrt, square } from './pointwise.ts';
import { mean } from './reduce.ts';
import { folded, rowsOf, someInfinite } from './rows.ts';

/** x in its own scale, and that scale: one number for each row, dimensions kept. */
export interface Standardization {
  /** (x − mean) · scale. */
  readonly hat: Tensor;
  /** 1 / √(variance + eps). */
  readonly scale: Tensor;
}

/**
 * x over `dims`: (x − mean) / √(variance + eps), or, not `centered`, x / √(mean of x² + eps). Where squares leave f32, rows are measured in
 * units of their own: the result does not depend on it.
 */
export function standardized(
  x: Tensor,
  dims: readonly number[],
  eps: number,
  { centered = true } = {},
): Standardization {
  const inUnits = (of: Tensor) => {
    const moved = centered ? sub(of, mean(of, dims, true)) : of;
    return { moved, variance: mean(square(moved), dims, true) };
  };
  const plain = inUnits(x);
  const unit = !plain.variance.isMeta && someInfinite(plain.variance.storage.data) ? unitOf(x, dims) : undefined;
  if (unit === undefined) {
    const scale = rsqrt(add(plain.variance, eps));
    return { hat: mul(plain.moved, scale), scale };
  }
  const { moved, variance } = inUnits(mul(x, unit));
  const scale = rsqrt(add(variance, mul(square(unit), eps)));
  return { hat: mul(moved, scale), scale: mul(scale, unit) };
}

/** Rows whose largest element is beyond this are measured in units of it. */
const large = 2 ** 48;

/** For each row the power of two that brings its largest element to 1 or below; 1 where that is not large, or infinite. */
function unitOf(x: Tensor, dims: readonly number[]): Tensor {
  const { data, width } = rowsOf(x, dims, context.backend);
  const shape = x.shape.map((size, d) => (dims.includes(d) ? 1 : size));
  const unit = allocate({ shape, dtype: 'f32', axes: x.axes });
  const to = unit.storage.data;
  for (let r = 0; r < to.length; r++) {
    const row = data.subarray(r * width, (r + 1) * width);
    const largest = folded(row, 0, (most, value) => Math.max(most, Math.abs(value)));
    to[r] = largest > large && largest < Number.POSITIVE_INFINITY ? 2 ** -Math.ceil(Math.log2(largest)) : 1;
  }
  return unit;
}
