import type { Tensor } from '../../../core/tensor/tensor.ts';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import type { AttentionGrid, Tile } from '../../protocol/queries.ts';
import { type Matrix, matrixAt } from './elements.ts';
import { maskOf, tileOf } from './tile.ts';

/** One head's matrix [query, key] of a tensor [batch…, head?, query, key], [batch…, head?, key, query] or [head · batch, query, key] as the record says (or [batch, key], one query a batch element). */
export function headMatrix(tensor: Tensor, record: AttentionRecord, batch: number, head: number): Matrix {
  if (batch >= record.batch) throw new RangeError(`there is no batch element ${batch}; there are ${record.batch}`);
  if (head >= record.heads) throw new RangeError(`there is no head ${head}; there are ${record.heads}`);
  const { shape } = tensor;
  if (shape.length === 2 && record.queryLength === 1 && shape[0] === record.batch && record.batch > 1) {
    const all = matrixAt(tensor, []);
    return { ...all, rows: 1, offset: all.offset + batch * all.rowStride };
  }
  const lead = shape.slice(0, -2);
  const at = new Array<number>(lead.length);
  let index = record.headsOutside ? head * record.batch + batch : batch * record.heads + head;
  for (let i = lead.length - 1; i >= 0; i--) {
    at[i] = index % lead[i]!;
    index = Math.floor(index / lead[i]!);
  }
  const matrix = matrixAt(tensor, at);
  return record.keysFirst ? transposed(matrix) : matrix;
}

function transposed({ rows, columns, rowStride, columnStride, ...rest }: Matrix): Matrix {
  return { ...rest, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride };
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
    const matrix = headMatrix(weights, record, batch, head);
    const tile = headTile(matrix, headMatrix(scores, record, batch, head), maxSize, maxSize);
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
