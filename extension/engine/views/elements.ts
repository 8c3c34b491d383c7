import type { TypedArray } from '../../../core/tensor/dtype.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';

/** A matrix somewhere in a tensor's memory. Strides in elements. */
export interface Matrix {
  readonly data: TypedArray;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** The last two dimensions of a tensor at `at` (one index a leading dimension); 1-d is one row, 0-d one cell. */
export function matrixAt(tensor: Tensor, at: readonly number[]): Matrix {
  const { shape, strides } = tensor;
  const rank = shape.length;
  const lead = Math.max(0, rank - 2);
  let offset = tensor.offset;
  for (let i = 0; i < lead; i++) {
    const index = at[i] ?? 0;
    if (index >= shape[i]! || index < 0)
      throw new RangeError(`index ${index} is outside dimension ${i}, which has ${shape[i]}`);
    offset += index * strides[i]!;
  }
  return {
    data: tensor.storage.data,
    offset,
    rows: rank < 2 ? 1 : shape[rank - 2]!,
    columns: rank < 1 ? 1 : shape[rank - 1]!,
    rowStride: rank < 2 ? 0 : strides[rank - 2]!,
    columnStride: rank < 1 ? 0 : strides[rank - 1]!,
  };
}

/** A part of a matrix; ranges are half-open and cut to fit. */
export function part(matrix: Matrix, rows: readonly [number, number], columns: readonly [number, number]): Matrix {
  const top = Math.min(rows[0], matrix.rows);
  const left = Math.min(columns[0], matrix.columns);
  return {
    ...matrix,
    offset: matrix.offset + top * matrix.rowStride + left * matrix.columnStride,
    rows: Math.max(0, Math.min(rows[1], matrix.rows) - top),
    columns: Math.max(0, Math.min(columns[1], matrix.columns) - left),
  };
}

/** Calls `visit` once a run of elements of the last dimension: where it starts, its length and step. */
export function eachRow(tensor: Tensor, visit: (offset: number, length: number, stride: number) => void): void {
  const { shape, strides, numel } = tensor;
  if (numel === 0) return;
  if (tensor.isContiguous) return visit(tensor.offset, numel, 1);
  const lead = shape.length - 1;
  const length = shape[lead]!;
  const index = new Int32Array(lead);
  let offset = tensor.offset;
  for (let left = numel / length; left > 0; left--) {
    visit(offset, length, strides[lead]!);
    for (let i = lead - 1; i >= 0; i--) {
      offset += strides[i]!;
      if (++index[i]! < shape[i]!) break;
      offset -= index[i]! * strides[i]!;
      index[i] = 0;
    }
  }
}
