import type { Tensor } from '../../../core/tensor/tensor.ts';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import type { AttentionGrid, Tile } from '../../protocol/queries.ts';
import type { Matrix } from './elements.ts';
import { maskOf, tileOf } from './tile.ts';

/** One head's matrix [query, key] of a tensor in the shape of the weights, as the record says. */
export function headMatrix(tensor: Tensor, record: AttentionRecord, batch: number, head: number): Matrix {
  if (batch >= record.batch) throw new RangeError(`there is no batch element ${batch}; there are ${record.batch}`);
  if (head >= record.heads) throw new RangeError(`there is no head ${head}; there are ${record.heads}`);
  const { shape, strides } = tensor;
  const { query, key, heads } = record.dims;
  const lead = shape.map((_, d) => d).filter((d) => d !== query && d !== key);
  const rest = lead.filter((d) => !heads.includes(d));
  // Heads and batch in one dimension, or each in its own.
  const together = record.headsOutside ? head * record.batch + batch : batch * record.heads + head;
  const offset =
    heads.length === 0
      ? offsetOf(tensor, lead, together)
      : offsetOf(tensor, rest, batch) + offsetOf(tensor, heads, head);
  return {
    data: tensor.storage.data,
    offset: tensor.offset + offset,
    rows: record.queryLength,
    columns: record.keyLength,
    rowStride: query === undefined ? 0 : strides[query]!,
    columnStride: strides[key]!,
  };
}

/** Of the `index`-th element along these dimensions, counted as they stand. */
function offsetOf({ shape, strides }: Tensor, dims: readonly number[], index: number): number {
  let offset = 0;
  let left = index;
  for (const d of dims.toReversed()) {
    offset += (left % shape[d]!) * strides[d]!;
    left = Math.floor(left / shape[d]!);
  }
  return offset;
}

/** One head's weights, which sum to one over the keys whether the model divides them before the mixing or after. */
export function weightsMatrix(weights: Tensor, record: AttentionRecord, batch: number, head: number): Matrix {
  const matrix = headMatrix(weights, record, batch, head);
  if (!record.unnormalised) return matrix;
  const { rows, columns, offset, rowStride, columnStride } = matrix;
  const data = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += matrix.data[offset + r * rowStride + c * columnStride]!;
    for (let c = 0; c < columns; c++)
      data[r * columns + c] = matrix.data[offset + r * rowStride + c * columnStride]! / sum;
  }
  return { data, offset: 0, rows, columns, rowStride: columns, columnStride: 1 };
}

/** One head's scores; undefined where the weights are in another shape (a mask came in between). */
export function scoresMatrix(
  scores: Tensor,
  weights: Tensor,
  record: AttentionRecord,
  batch: number,
  head: number,
): Matrix | undefined {
  const alike = scores.ndim === weights.ndim && scores.shape.every((size, d) => size === weights.shape[d]);
  return alike ? headMatrix(scores, record, batch, head) : undefined;
}

/** A tile of one head's weights (or scores, or gradient), with what the mask left out. */
export function headTile(values: Matrix, scores: Matrix | undefined, maxRows: number, maxColumns: number): Tile {
  const tile = tileOf(values, maxRows, maxColumns);
  const fits = scores !== undefined && scores.rows === values.rows && scores.columns === values.columns;
  return fits ? { ...tile, masked: maskOf(scores, tile.rows, tile.columns) } : tile;
}

/** All heads at thumbnail size. */
export function gridOf(
  weights: Tensor,
  scores: Tensor,
  record: AttentionRecord,
  batch: number,
  maxSize: number,
): AttentionGrid {
  const heads = Array.from({ length: record.heads }, (_, head) => {
    const matrix = weightsMatrix(weights, record, batch, head);
    const tile = headTile(matrix, scoresMatrix(scores, weights, record, batch, head), maxSize, maxSize);
    return { ...tile, ...focus(matrix) };
  });
  return { heads };
}

/** How sharply a head looks: mean entropy of its rows, in bits, and its largest weight. Rows with NaN are left out. */
function focus({ data, offset, rows, columns, rowStride, columnStride }: Matrix): { entropy: number; peak: number } {
  let sum = 0;
  let counted = 0;
  let peak = 0;
  for (let r = 0; r < rows; r++) {
    let entropy = 0;
    let i = offset + r * rowStride;
    for (let c = 0; c < columns; c++, i += columnStride) {
      const p = data[i]!;
      if (p > peak) peak = p;
      // NaN goes through, and leaves the row out.
      if (p !== 0) entropy -= p * Math.log2(p);
    }
    if (Number.isNaN(entropy)) continue;
    sum += entropy;
    counted++;
  }
  return { entropy: counted === 0 ? Number.NaN : sum / counted, peak };
}
