import type { Backend } from '../backend.ts';
import { copy as referenceCopy } from '../reference/copy.ts';
import { isContiguous, plan } from '../reference/loops.ts';

/** Elements of a row from which one call for the whole row is faster than a loop. */
const longRow = 48;

/**
 * `Backend.copy` between views of floats. No vectors: one loop that only ever sees Float32Array, and walks without calling
 * back for each row. A Transformer's heads are copied so, in rows of 16 or 64.
 */
export const copy: Backend['copy'] = (x, out) => {
  if (x.dtype !== 'f32' || out.dtype !== 'f32' || (isContiguous(x) && isContiguous(out))) return referenceCopy(x, out);
  const { sizes, strides } = plan(x.shape, [x.strides, out.strides]);
  const [from, to] = strides as [number[], number[]];
  const last = sizes.length - 1;
  const n = sizes[last]!;
  const si = from[last]!;
  const so = to[last]!;
  const source = x.storage.data as Float32Array;
  const target = out.storage.data as Float32Array;
  let rows = 1;
  for (let d = 0; d < last; d++) rows *= sizes[d]!;
  if (n === 0) return;
  const index = new Int32Array(last);
  let i = x.offset;
  let o = out.offset;
  for (let r = 0; r < rows; r++) {
    if (si === 1 && so === 1 && n >= longRow) target.set(source.subarray(i, i + n), o);
    else for (let k = 0, p = i, q = o; k < n; k++, p += si, q += so) target[q] = source[p]!;
    for (let d = last - 1; d >= 0; d--) {
      i += from[d]!;
      o += to[d]!;
      if (++index[d]! < sizes[d]!) break;
      i -= from[d]! * sizes[d]!;
      o -= to[d]! * sizes[d]!;
      index[d] = 0;
    }
  }
};
