/**
 * Matrix product. Both operands are packed into panels of four rows (columns) in double precision, so that any strides cost
 * the same and the inner kernel reads straight through; each output is one sum in doubles, rounded once. Structure after
 * Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication", in the small.
 */
import type { TypedArray } from '../../tensor/dtype.ts';
import type { Strided } from '../backend.ts';
import { binary } from './binary.ts';
import { count, eachRow, plan } from './loops.ts';

/** Rows and columns of a tile: eight running sums stay in registers. */
const tileRows = 4;
const tileColumns = 4;

let packedA = new Float64Array(0);
let packedB = new Float64Array(0);

/** One matrix inside its storage. */
interface Matrix {
  readonly data: TypedArray;
  readonly row: number;
  readonly column: number;
}

export function matmul(a: Strided, b: Strided, out: Strided, bias?: Strided): void {
  product(a, b, out);
  if (bias === undefined) return;
  const strides = out.shape.map((_, d) => (d === out.shape.length - 1 ? bias.strides[0]! : 0));
  binary('add', out, { storage: bias.storage, dtype: bias.dtype, shape: out.shape, strides, offset: bias.offset }, out);
}

function product(a: Strided, b: Strided, out: Strided): void {
  const rank = out.shape.length;
  let rows = out.shape[rank - 2]!;
  const columns = out.shape[rank - 1]!;
  const depth = a.shape[rank - 1]!;
  let batch = out.shape.slice(0, -2);
  if (count(out.shape) === 0) return;
  if (depth === 0) {
    out.storage.data.fill(0, out.offset, out.offset + count(out.shape));
    return;
  }
  let aBatch = a.strides.slice(0, -2);
  let bBatch = b.strides.slice(0, -2);
  const left: Matrix = { data: a.storage.data, row: a.strides[rank - 2]!, column: a.strides[rank - 1]! };
  const right: Matrix = { data: b.storage.data, row: b.strides[rank - 2]!, column: b.strides[rank - 1]! };

  // One matrix on the right for all on the left (a Linear layer): the batch is only more rows.
  while (batch.length > 0 && (bBatch.at(-1) === 0 || batch.at(-1) === 1)) {
    const size = batch.at(-1)!;
    if (size !== 1 && aBatch.at(-1) !== rows * left.row) break;
    rows *= size;
    batch = batch.slice(0, -1);
    aBatch = aBatch.slice(0, -1);
    bBatch = bBatch.slice(0, -1);
  }
  let o = out.offset;
  const target = out.storage.data;
  eachRow(plan(batch, [aBatch, bBatch]), [a.offset, b.offset], (at, n, step) => {
    for (let k = 0; k < n; k++) {
      const i = at[0]! + k * step[0]!;
      const j = at[1]! + k * step[1]!;
      if (rows * columns * depth < 64) small(left, i, right, j, target, o, rows, columns, depth);
      else {
        // Batches that share an operand keep its packing.
        if (k === 0 || step[1] !== 0) packB(right, j, columns, depth);
        multiply(left, i, target, o, rows, columns, depth);
      }
      o += rows * columns;
    }
  });
}

/** Not worth packing. */
function small(
  a: Matrix,
  aStart: number,
  b: Matrix,
  bStart: number,
  out: TypedArray,
  o: number,
  rows: number,
  columns: number,
  depth: number,
): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      let i = aStart + r * a.row;
      let j = bStart + c * b.column;
      for (let k = 0; k < depth; k++, i += a.column, j += b.row) sum += a.data[i]! * b.data[j]!;
      out[o++] = sum;
    }
}

/** Panels of four columns, [panel][k][4], short ones filled with 0. */
function packB(b: Matrix, start: number, columns: number, depth: number): void {
  const panels = Math.ceil(columns / tileColumns);
  const need = panels * depth * tileColumns;
  if (packedB.length < need) packedB = new Float64Array(need);
  const { data, row, column } = b;
  let at = 0;
  for (let c = 0; c < columns; c += tileColumns) {
    const width = Math.min(tileColumns, columns - c);
    let source = start + c * column;
    if (width === tileColumns) {
      for (let k = 0; k < depth; k++, source += row, at += 4) {
        packedB[at] = data[source]!;
        packedB[at + 1] = data[source + column]!;
        packedB[at + 2] = data[source + 2 * column]!;
        packedB[at + 3] = data[source + 3 * column]!;
      }
    } else {
      for (let k = 0; k < depth; k++, source += row)
        for (let w = 0; w < tileColumns; w++) packedB[at++] = w < width ? data[source + w * column]! : 0;
    }
  }
}

/** Panels of four rows of `a` against every panel of the packed right operand. */
function multiply(
  a: Matrix,
  start: number,
  out: TypedArray,
  o: number,
  rows: number,
  columns: number,
  depth: number,
): void {
  if (packedA.length < depth * tileRows) packedA = new Float64Array(depth * tileRows);
  const { data, row, column } = a;
  const pa = packedA;
  for (let r = 0; r < rows; r += tileRows) {
    const height = Math.min(tileRows, rows - r);
    let source = start + r * row;
    let at = 0;
    if (height === tileRows) {
      for (let k = 0; k < depth; k++, source += column, at += 4) {
        pa[at] = data[source]!;
        pa[at + 1] = data[source + row]!;
        pa[at + 2] = data[source + 2 * row]!;
        pa[at + 3] = data[source + 3 * row]!;
      }
    } else {
      for (let k = 0; k < depth; k++, source += column)
        for (let h = 0; h < tileRows; h++) pa[at++] = h < height ? data[source + h * row]! : 0;
    }
    for (let c = 0; c < columns; c += tileColumns) {
      const width = Math.min(tileColumns, columns - c);
      tile(pa, packedB, c * depth, depth, out, o + r * columns + c, columns, height, width);
    }
  }
}

function tile(
  a: Float64Array,
  b: Float64Array,
  bAt: number,
  depth: number,
  out: TypedArray,
  o: number,
  stride: number,
  height: number,
  width: number,
): void {
  // Two halves of 4 × 2: sixteen sums at once would not stay in registers.
  for (let half = 0; half < width; half += 2) {
    let s00 = 0;
    let s01 = 0;
    let s10 = 0;
    let s11 = 0;
    let s20 = 0;
    let s21 = 0;
    let s30 = 0;
    let s31 = 0;
    const end = depth * 4;
    for (let i = 0, j = bAt + half; i < end; i += 4, j += 4) {
      const b0 = b[j]!;
      const b1 = b[j + 1]!;
      const a0 = a[i]!;
      const a1 = a[i + 1]!;
      const a2 = a[i + 2]!;
      const a3 = a[i + 3]!;
      s00 += a0 * b0;
      s01 += a0 * b1;
      s10 += a1 * b0;
      s11 += a1 * b1;
      s20 += a2 * b0;
      s21 += a2 * b1;
      s30 += a3 * b0;
      s31 += a3 * b1;
    }
    const both = half + 1 < width;
    const p = o + half;
    out[p] = s00;
    if (both) out[p + 1] = s01;
    if (height > 1) {
      out[p + stride] = s10;
      if (both) out[p + stride + 1] = s11;
    }
    if (height > 2) {
      out[p + 2 * stride] = s20;
      if (both) out[p + 2 * stride + 1] = s21;
    }
    if (height > 3) {
      out[p + 3 * stride] = s30;
      if (both) out[p + 3 * stride + 1] = s31;
    }
  }
}
