/** A tile's cells as pixels: one pass over the numbers, one pixel a cell; the canvas scales it up without smoothing. */
import type { Tile } from '../../extension/protocol/queries.ts';
import type { Ramp } from './ramp.ts';
import { type ColourRange, cellsOf } from './range.ts';

export interface Paint {
  readonly ramp: Ramp;
  readonly range: ColourRange;
  /** Packed colours, as `pack` makes them. */
  readonly masked: number;
  readonly notANumber: number;
  readonly infinite: number;
  readonly hidden: number;
  /** Column drawn as hidden. */
  readonly without?: number;
  readonly extremes?: boolean;
}

/** Pixels of a tile, a packed colour each, row-major. */
export function paintTile(tile: Tile, paint: Paint): Uint32Array<ArrayBuffer> {
  const { ramp, range } = paint;
  const cells = cellsOf(tile, paint.extremes);
  const pixels = new Uint32Array(tile.rows * tile.columns);
  const last = ramp.length - 1;
  for (let row = 0, i = 0; row < tile.rows; row++) {
    const high = range.perRow?.[row] || range.high;
    const factor = last / (high - range.low);
    for (let column = 0; column < tile.columns; column++, i++) {
      if (column === paint.without) {
        pixels[i] = paint.hidden;
        continue;
      }
      if (tile.masked?.[i] === 1) {
        pixels[i] = paint.masked;
        continue;
      }
      const value = cells[i] ?? Number.NaN;
      if (!Number.isFinite(value)) {
        pixels[i] = Number.isNaN(value) ? paint.notANumber : paint.infinite;
        continue;
      }
      const place = (value - range.low) * factor;
      const step = Math.round(range.root === true ? Math.sqrt(place * last) : place);
      pixels[i] = ramp[step < 0 ? 0 : Math.min(step, last)] ?? 0;
    }
  }
  return pixels;
}

/** Runs of masked cells, row by row: few rectangles to hatch instead of many cells. */
export function maskedRuns(tile: Tile): readonly { row: number; from: number; to: number }[] {
  const { masked } = tile;
  if (masked === undefined) return [];
  const runs: { row: number; from: number; to: number }[] = [];
  for (let row = 0; row < tile.rows; row++) {
    for (let column = 0; column < tile.columns; column++) {
      if (masked[row * tile.columns + column] !== 1) continue;
      const from = column;
      while (column + 1 < tile.columns && masked[row * tile.columns + column + 1] === 1) column++;
      runs.push({ row, from, to: column + 1 });
    }
  }
  return runs;
}
