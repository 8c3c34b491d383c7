import { contiguousStrides } from '../../tensor/shape.ts';
import type { Backend, Strided } from '../backend.ts';
import { copy as referenceCopy } from '../reference/copy.ts';
import { count, isContiguous, plan } from '../reference/loops.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

/** Elements of a row from which one call for the whole row is faster than a loop. */
const longRow = 48;

/**
 * `Backend.copy` between views of floats. No vectors: one loop that only ever sees Float32Array, and walks without calling
 * back for each row. A Transformer's heads are copied so, in rows of 16 or 64.
 */
export const copy: Backend['copy'] = (x, out) => {
  if (x.dtype !== 'f32' || out.dtype !== 'f32' || (isContiguous(x) && isContiguous(out))) {
    path('copy', 'left to the plain loops');
    return referenceCopy(x, out);
  }
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
  path('copy', si === 1 && so === 1 && n >= longRow ? 'row by row' : 'element by element');
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

/** The same by a kernel, for views whose rows are short: what it reads is laid down as it lies in memory, gaps included. */
export function copyWith(exports: Exports, scratch: Scratch, limits: Limits): Backend['copy'] {
  return function copyShort(x, out) {
    const n = count(x.shape);
    if (n < limits.copy || n === 0 || x.dtype !== 'f32' || out.dtype !== 'f32' || isContiguous(x) || !isContiguous(out))
      return copy(x, out);
    const { sizes, strides } = plan(x.shape, [x.strides]);
    const [own] = strides as [number[]];
    const last = sizes.length - 1;
    let reach = 1;
    for (let d = 0; d <= last; d++) reach += own[d]! < 0 ? Number.POSITIVE_INFINITY : own[d]! * (sizes[d]! - 1);
    const long = own[last] === 1 && sizes[last]! >= longRow;
    if (long || last > 3 || reach > 4 * n || reach > limits.copySpan) return copy(x, out);
    path('copy', 'short rows by the kernel');
    scratch.reset();
    const from = scratch.take(reach);
    const to = scratch.take(n);
    const { floats } = scratch;
    floats.set((x.storage.data as Float32Array).subarray(x.offset, x.offset + reach), from >>> 2);
    const size = (d: number) => (d < 0 ? 1 : sizes[d]!);
    const step = (d: number) => (d < 0 ? 0 : own[d]!);
    exports.layOut(
      from,
      ...([size(last - 3), step(last - 3), size(last - 2), step(last - 2), size(last - 1), step(last - 1)] as const),
      ...([sizes[last]!, own[last]!, to] as const),
    );
    (out.storage.data as Float32Array).set(floats.subarray(to >>> 2, (to >>> 2) + n), out.offset);
  };
}

/** Floats in row-major order: as they are, or a copy of them. What reads rows in blocks would read short ones one by one. */
export function laidOut(x: Strided, copied: Backend['copy']): Strided {
  if (isContiguous(x)) return x;
  const { shape } = x;
  const strides = contiguousStrides(shape);
  const flat: Strided = { storage: { data: new Float32Array(count(shape)) }, dtype: 'f32', shape, strides, offset: 0 };
  copied(x, flat);
  return flat;
}
