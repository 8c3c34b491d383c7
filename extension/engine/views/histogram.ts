import type { Tensor } from '../../../core/tensor/tensor.ts';
import type { Histogram } from '../../protocol/queries.ts';
import { eachRow } from './elements.ts';

/** Counts the finite elements in `bins` equal bins between their extremes; where all are alike the first bin has them. */
export function histogramOf(tensor: Tensor, bins: number): Histogram {
  const data = tensor.storage.data;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let nonFinite = 0;
  let zeros = 0;
  eachRow(tensor, (offset, length, stride) => {
    for (let n = 0, i = offset; n < length; n++, i += stride) {
      const x = data[i]!;
      if (x - x !== 0) {
        nonFinite++;
        continue;
      }
      if (x === 0) zeros++;
      if (x < min) min = x;
      if (x > max) max = x;
    }
  });
  const counts = new Float64Array(bins);
  const total = tensor.numel;
  if (min > max) return { min: Number.NaN, max: Number.NaN, counts: [...counts], total, nonFinite, zeros };
  const scale = max > min ? bins / (max - min) : 0;
  eachRow(tensor, (offset, length, stride) => {
    for (let n = 0, i = offset; n < length; n++, i += stride) {
      const x = data[i]!;
      if (x - x !== 0) continue;
      const bin = Math.floor((x - min) * scale);
      counts[bin < bins ? bin : bins - 1]! += 1;
    }
  });
  return { min, max, counts: [...counts], total, nonFinite, zeros };
}
