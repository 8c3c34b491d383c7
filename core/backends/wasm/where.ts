import type { Backend } from '../backend.ts';
import { where as referenceWhere } from '../reference/binary.ts';
import { plan } from '../reference/loops.ts';
import { path } from './paths.ts';

/**
 * `Backend.where` of floats. No vectors: loops that only ever see these kinds of arrays. A mask of an attention is laid over
 * every head so.
 */
export const where: Backend['where'] = (condition, a, b, out) => {
  if (condition.dtype !== 'bool' || a.dtype !== 'f32' || b.dtype !== 'f32' || out.dtype !== 'f32') {
    path('where', 'left to the plain loops');
    return referenceWhere(condition, a, b, out);
  }
  path('where', 'floats');
  const { sizes, strides } = plan(out.shape, [condition.strides, a.strides, b.strides, out.strides]);
  const [ofC, ofA, ofB, ofOut] = strides as [number[], number[], number[], number[]];
  const last = sizes.length - 1;
  const n = sizes[last]!;
  const chosen = condition.storage.data as Uint8Array;
  const left = a.storage.data as Float32Array;
  const right = b.storage.data as Float32Array;
  const target = out.storage.data as Float32Array;
  const [sc, sa, sb, so] = [ofC[last]!, ofA[last]!, ofB[last]!, ofOut[last]!];
  const each = (d: number, c: number, i: number, j: number, o: number): void => {
    if (d < last) {
      for (let k = 0; k < sizes[d]!; k++)
        each(d + 1, c + k * ofC[d]!, i + k * ofA[d]!, j + k * ofB[d]!, o + k * ofOut[d]!);
      return;
    }
    for (let k = 0; k < n; k++, c += sc, i += sa, j += sb, o += so) target[o] = chosen[c] !== 0 ? left[i]! : right[j]!;
  };
  each(0, condition.offset, a.offset, b.offset, out.offset);
};
