import { maskedScore } from '../../../core/trace/attention.ts';
import type { Tile } from '../../protocol/queries.ts';
import type { Matrix } from './elements.ts';

/** A matrix at the resolution of a screen: cell by cell where it fits, else every cell the mean of the elements behind it. */
export function tileOf(matrix: Matrix, maxRows: number, maxColumns: number): Tile {
  const rows = Math.min(matrix.rows, maxRows);
  const columns = Math.min(matrix.columns, maxColumns);
  const source = { rows, columns, sourceRows: matrix.rows, sourceColumns: matrix.columns };
  if (rows === matrix.rows && columns === matrix.columns) return { ...source, ...copied(matrix) };
  return { ...source, ...averaged(matrix, rows, columns) };
}

function copied({ data, offset, rows, columns, rowStride, columnStride }: Matrix) {
  const mean = new Float32Array(rows * columns);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let cell = 0;
  for (let r = 0; r < rows; r++) {
    let i = offset + r * rowStride;
    for (let c = 0; c < columns; c++, i += columnStride) {
      const x = data[i]!;
      mean[cell++] = x;
      if (x - x !== 0) continue;
      if (x < min) min = x;
      if (x > max) max = x;
    }
  }
  return { mean, ...extremes(min, max) };
}

function averaged(matrix: Matrix, rows: number, columns: number) {
  const { data, offset, rowStride, columnStride } = matrix;
  const mean = new Float32Array(rows * columns);
  const extreme = new Float32Array(rows * columns);
  const columnEdges = edges(matrix.columns, columns);
  const rowEdges = edges(matrix.rows, rows);
  const sums = new Float64Array(columns);
  const counts = new Float64Array(columns);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    counts.fill(0);
    const out = row * columns;
    for (let r = rowEdges[row]!; r < rowEdges[row + 1]!; r++) {
      let i = offset + r * rowStride;
      for (let column = 0; column < columns; column++) {
        const end = columnEdges[column + 1]!;
        let sum = 0;
        let count = 0;
        let most = extreme[out + column]!;
        for (let c = columnEdges[column]!; c < end; c++, i += columnStride) {
          const x = data[i]!;
          // A NaN is the most extreme of all: it must be seen.
          if (!(Math.abs(x) <= Math.abs(most)) && !Number.isNaN(most)) most = x;
          if (x - x !== 0) continue;
          sum += x;
          count++;
          if (x < min) min = x;
          if (x > max) max = x;
        }
        extreme[out + column] = most;
        sums[column]! += sum;
        counts[column]! += count;
      }
    }
    for (let column = 0; column < columns; column++) mean[out + column] = sums[column]! / counts[column]!;
  }
  return { mean, extreme, ...extremes(min, max) };
}

/** 1 where every element behind a cell has a score that counts as masked. */
export function maskOf(scores: Matrix, rows: number, columns: number): Uint8Array<ArrayBuffer> {
  const { data, offset, rowStride, columnStride } = scores;
  const masked = new Uint8Array(rows * columns).fill(1);
  const columnEdges = edges(scores.columns, columns);
  const rowEdges = edges(scores.rows, rows);
  for (let row = 0; row < rows; row++) {
    for (let r = rowEdges[row]!; r < rowEdges[row + 1]!; r++) {
      let i = offset + r * rowStride;
      for (let column = 0; column < columns; column++) {
        const end = columnEdges[column + 1]!;
        for (let c = columnEdges[column]!; c < end; c++, i += columnStride)
          if (!(data[i]! <= maskedScore)) masked[row * columns + column] = 0;
      }
    }
  }
  return masked;
}

/** Where each of `parts` cells begins among `count` elements, and the end. */
function edges(count: number, parts: number): Int32Array {
  const out = new Int32Array(parts + 1);
  for (let i = 0; i <= parts; i++) out[i] = Math.floor((i * count) / parts);
  return out;
}

function extremes(min: number, max: number): { min: number; max: number } {
  return min > max ? { min: Number.NaN, max: Number.NaN } : { min, max };
}
