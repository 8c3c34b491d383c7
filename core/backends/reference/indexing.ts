import type { Strided } from '../backend.ts';
import { eachRow, plan } from './loops.ts';

const without = (list: readonly number[], dim: number) => list.map((v, d) => (d === dim ? 0 : v));

export function gather(x: Strided, dim: number, index: Strided, out: Strided): void {
  const source = x.storage.data;
  const which = index.storage.data;
  const target = out.storage.data;
  const along = x.strides[dim] ?? 0;
  let o = out.offset;
  eachRow(plan(index.shape, [without(x.strides, dim), index.strides]), [x.offset, index.offset], (at, n, step) => {
    let [i, j] = at as [number, number];
    const [si, sj] = step as [number, number];
    for (let k = 0; k < n; k++, i += si, j += sj) target[o++] = source[i + which[j]! * along]!;
  });
}

export function scatterAdd(out: Strided, dim: number, index: Strided, src: Strided): void {
  const target = out.storage.data;
  const which = index.storage.data;
  const source = src.storage.data;
  const along = out.strides[dim] ?? 0;
  eachRow(
    plan(index.shape, [without(out.strides, dim), index.strides, src.strides]),
    [out.offset, index.offset, src.offset],
    (at, n, step) => {
      let [o, j, i] = at as [number, number, number];
      const [so, sj, si] = step as [number, number, number];
      for (let k = 0; k < n; k++, o += so, j += sj, i += si) target[o + which[j]! * along]! += source[i]!;
    },
  );
}

export function gatherRows(table: Strided, index: Strided, out: Strided): void {
  const width = table.shape[1]!;
  const [row, column] = table.strides as [number, number];
  const source = table.storage.data;
  const target = out.storage.data;
  const which = index.storage.data;
  const n = index.shape[0]!;
  for (let k = 0, j = index.offset, o = out.offset; k < n; k++, j += index.strides[0]!, o += width) {
    const from = table.offset + which[j]! * row;
    if (column === 1) target.set(source.subarray(from, from + width), o);
    else for (let c = 0; c < width; c++) target[o + c] = source[from + c * column]!;
  }
}

export function scatterAddRows(out: Strided, index: Strided, src: Strided, skip?: number): void {
  const width = out.shape[1]!;
  const target = out.storage.data;
  const source = src.storage.data;
  const which = index.storage.data;
  const [row, column] = src.strides as [number, number];
  const n = index.shape[0]!;
  for (let k = 0, j = index.offset; k < n; k++, j += index.strides[0]!) {
    const to = which[j]!;
    if (to === skip) continue;
    const o = out.offset + to * out.strides[0]!;
    const from = src.offset + k * row;
    for (let c = 0; c < width; c++) target[o + c]! += source[from + c * column]!;
  }
}
