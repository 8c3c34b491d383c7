import type { Backend } from '../backend.ts';
import { statistics as referenceStatistics } from '../reference/statistics.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

/** `Backend.statistics` of finite floats; anything else is counted by the plain loop. */
export function statisticsWith(exports: Exports, scratch: Scratch, limits: Limits): Backend['statistics'] {
  let part: Float64Array = new Float64Array(6);
  return function statistics(data) {
    const n = data.length;
    if (n < limits.statistics || n === 0 || !(data instanceof Float32Array)) {
      path('statistics', 'left to the plain loops');
      return referenceStatistics(data);
    }
    path('statistics', 'piece by piece');
    scratch.reset();
    const block = limits.piece;
    const at = scratch.take(block);
    const out = scratch.take(16);
    const { floats } = scratch;
    if (part.buffer !== floats.buffer || part.byteOffset !== out) part = new Float64Array(floats.buffer, out, 6);
    const pivot = data[0]!;
    let sum = 0;
    let squares = 0;
    let rawSquares = 0;
    let zeros = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < n; i += block) {
      const length = Math.min(block, n - i);
      floats.set(length === n ? data : data.subarray(i, i + length), at >>> 2);
      if (!exports.statistics(at, length, pivot, out)) {
        path('statistics', 'not finite');
        return referenceStatistics(data);
      }
      sum += part[0]!;
      squares += part[1]!;
      rawSquares += part[2]!;
      min = Math.min(min, part[3]!);
      max = Math.max(max, part[4]!);
      zeros += part[5]!;
    }
    const mean = sum / n;
    const std = Math.sqrt(Math.max(0, squares / n - mean * mean));
    const norm = Math.sqrt(rawSquares);
    return { count: n, min, max, mean: pivot + mean, std, norm, nan: 0, posInf: 0, negInf: 0, zeros };
  };
}
