import type { Strided } from '../backend.ts';
import { count, eachRow, isContiguous, plan } from './loops.ts';

export function copy(x: Strided, out: Strided): void {
  const source = x.storage.data;
  const target = out.storage.data;
  const toBool = out.dtype === 'bool' && x.dtype !== 'bool';
  if (!toBool && isContiguous(x) && isContiguous(out)) {
    target.set(source.subarray(x.offset, x.offset + count(x.shape)), out.offset);
    return;
  }
  eachRow(plan(x.shape, [x.strides, out.strides]), [x.offset, out.offset], (at, n, step) => {
    let [i, o] = at as [number, number];
    const [si, so] = step as [number, number];
    if (toBool) for (let k = 0; k < n; k++, i += si, o += so) target[o] = source[i] !== 0 ? 1 : 0;
    else for (let k = 0; k < n; k++, i += si, o += so) target[o] = source[i]!;
  });
}

export function fill(out: Strided, value: number): void {
  const target = out.storage.data;
  if (isContiguous(out)) {
    target.fill(value, out.offset, out.offset + count(out.shape));
    return;
  }
  eachRow(plan(out.shape, [out.strides]), [out.offset], (at, n, step) => {
    for (let k = 0, o = at[0]!; k < n; k++, o += step[0]!) target[o] = value;
  });
}
