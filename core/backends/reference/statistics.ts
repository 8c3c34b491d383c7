import type { TypedArray } from '../../tensor/dtype.ts';
import type { Summary } from '../backend.ts';

/**
 * One pass over the elements. Sums run in f64 around the first finite element, so that a large common offset does not
 * drown the spread. Empty or all-NaN tensors give NaN for everything that has no value; the norm of nothing is 0.
 */
export function statistics(data: TypedArray): Summary {
  let nan = 0;
  let posInf = 0;
  let negInf = 0;
  let zeros = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let squares = 0;
  let rawSquares = 0;
  let finite = 0;
  let pivot = 0;
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    // NaN and infinities are the only numbers whose difference to themselves is not 0.
    if (x - x !== 0) {
      if (x > 0) posInf++;
      else if (x < 0) negInf++;
      else nan++;
      continue;
    }
    if (finite++ === 0) pivot = x;
    if (x === 0) zeros++;
    if (x < min) min = x;
    if (x > max) max = x;
    const d = x - pivot;
    sum += d;
    squares += d * d;
    rawSquares += x * x;
  }
  if (finite === 0) {
    const none = { min: NaN, max: NaN, mean: NaN, std: NaN, norm: data.length === 0 ? 0 : NaN };
    return { count: data.length, ...none, nan, posInf, negInf, zeros };
  }
  const mean = sum / finite;
  const variance = Math.max(0, squares / finite - mean * mean);
  return {
    count: data.length,
    min,
    max,
    mean: pivot + mean,
    std: Math.sqrt(variance),
    norm: Math.sqrt(rawSquares),
    nan,
    posInf,
    negInf,
    zeros,
  };
}
