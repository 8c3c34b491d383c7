/** Small multiples: how large each picture is, and what their common colours stand for. Pure. */
import type { Tile } from '../../extension/protocol/queries.ts';

export interface SheetNeeds {
  readonly count: number;
  /** Of one slice. */
  readonly rows: number;
  readonly columns: number;
  /** CSS pixels across. */
  readonly width: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
}

export interface SheetLayout {
  /** CSS pixels of one picture. */
  readonly width: number;
  readonly height: number;
  /** Cells that are asked for of each. */
  readonly maxRows: number;
  readonly maxColumns: number;
}

/** Between pictures, as the style sheet has it. */
const sheetGap = 6;
/** The longer side of a picture: what a finger catches, and where more is no clearer. */
const least = 40;
const largest = 112;
/** So many beside each other are worth seeing at a glance. */
const wantedAcross = 8;
const largestCell = 12;
/** Cells of all pictures together: what travels in a moment. */
const mostCells = 1_000_000;

/** Cells are square and whole device pixels wide where a slice is smaller than its picture; larger ones are averaged. */
export function sheetLayout({ count, rows, columns, width, ratio }: SheetNeeds): SheetLayout {
  const fit = Math.max(1, Math.floor((width + sheetGap) / (least + sheetGap)));
  const wanted = Math.max(1, Math.min(count, wantedAcross));
  // Where not all fit into a row, the rows are alike: eight are four and four, not seven and one.
  const across = Math.ceil(wanted / Math.ceil(wanted / fit));
  const side = Math.max(least, Math.min(largest, Math.floor((width - 1) / across) - sheetGap));
  const longest = Math.max(1, rows, columns);
  const device = Math.floor(side * ratio);
  const cell = Math.min(Math.floor(device / longest), Math.floor(largestCell * ratio));
  const each = Math.floor(Math.sqrt(mostCells / Math.max(1, count)));
  if (cell >= 1 && longest <= each)
    return { width: (cell * columns) / ratio, height: (cell * rows) / ratio, maxRows: rows, maxColumns: columns };
  // In steps, so that dragging an edge does not ask at every pixel.
  const cells = Math.min(each, longest, Math.max(32, Math.floor(device / 16) * 16));
  const part = cells / longest;
  const size = (of: number): number => Math.max(1, Math.round(of * part));
  const scale = side / cells;
  return {
    ...{ width: size(columns) * scale, height: size(rows) * scale },
    ...{ maxRows: size(rows), maxColumns: size(columns) },
  };
}

/** All slices below each other, to find the range they share. */
export function joined(tiles: readonly Tile[]): Tile {
  const columns = tiles[0]?.columns ?? 0;
  const rows = tiles.reduce((sum, tile) => sum + tile.rows, 0);
  const mean = new Float32Array(rows * columns);
  let from = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const tile of tiles) {
    mean.set(tile.mean, from);
    from += tile.mean.length;
    if (tile.min < min) min = tile.min;
    if (tile.max > max) max = tile.max;
  }
  return { rows, columns, sourceRows: rows, sourceColumns: columns, mean, min, max };
}
