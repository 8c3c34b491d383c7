/** Which values a map's colours stand for: its range, and how many cells lie outside it. */
import type { Tile } from '../../extension/protocol/queries.ts';
import type { RampKind } from './ramp.ts';

export interface ColourRange {
  readonly kind: RampKind;
  readonly low: number;
  readonly high: number;
  /** Cells beyond the range, drawn in its end colours. */
  readonly clipped: number;
  /** Colours follow the square root of a value's place in the range, so that small ones can be told apart. */
  readonly root?: boolean;
  /** Each row has a range of its own (`low` and `high` are of all). */
  readonly perRow?: Float32Array;
}

export interface RangeOptions {
  readonly kind: RampKind;
  /** `unit`: 0 to 1. `row`: from 0 to the row's largest. `map`: to the map's largest. */
  readonly scale: 'unit' | 'row' | 'map' | 'root';
  /** Column that must not decide the range (a first-token sink that is hidden). */
  readonly without?: number;
  /** Drawn from the cells' extremes instead of their means. */
  readonly extremes?: boolean;
}

/** Signed maps are clipped at this share of their cells, when the rest is far beyond it. */
const clipShare = 0.995;

/** What is drawn of a tile: its means, or the largest of each cell where several elements share one. */
export function cellsOf(tile: Tile, extremes = false): Float32Array {
  return extremes && tile.extreme !== undefined ? tile.extreme : tile.mean;
}

export function rangeOf(tile: Tile, options: RangeOptions): ColourRange {
  const cells = cellsOf(tile, options.extremes);
  if (options.scale === 'unit') return { kind: options.kind, low: 0, high: 1, clipped: 0 };
  const peaks = new Float32Array(tile.rows);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let forced = 0;
  for (let row = 0, i = 0; row < tile.rows; row++) {
    let peak = 0;
    if (options.kind === 'sequential' && onlyKey(tile, row)) {
      forced++;
      peaks[row] = 1;
      i += tile.columns;
      continue;
    }
    for (let column = 0; column < tile.columns; column++, i++) {
      const value = cells[i] ?? 0;
      if (column === options.without || !Number.isFinite(value) || tile.masked?.[i] === 1) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      const size = Math.abs(value);
      if (size > peak) peak = size;
    }
    peaks[row] = peak;
  }
  if (low > high) return { kind: options.kind, low: 0, high: 1, clipped: 0 };
  if (options.kind === 'sequential') {
    const from = Math.min(0, low);
    const range = {
      kind: options.kind,
      low: from,
      high: high > from ? high : from + 1,
      clipped: high < 1 ? forced : 0,
    };
    if (options.scale === 'root') return { ...range, root: true };
    return options.scale === 'row' ? { ...range, perRow: peaks } : range;
  }
  const largest = Math.max(-low, high);
  const bound = clipBound(tile, cells, largest);
  return { kind: options.kind, low: -bound, high: bound, clipped: bound < largest ? beyond(tile, cells, bound) : 0 };
}

/** A query that sees a single key gives it all its weight, whatever the model learned: it must not decide the range. */
function onlyKey(tile: Tile, row: number): boolean {
  if (tile.masked === undefined || tile.extreme !== undefined || tile.rows === 1) return false;
  let seen = 0;
  for (let i = row * tile.columns; i < (row + 1) * tile.columns; i++) if (tile.masked[i] !== 1) seen++;
  return seen === 1;
}

/** Enough to know where the usual values end. */
const sample = 16_384;

function clipBound(tile: Tile, cells: Float32Array, largest: number): number {
  if (largest === 0) return 1;
  const every = Math.ceil(cells.length / sample);
  const sizes = new Float32Array(Math.ceil(cells.length / every));
  let n = 0;
  for (let i = 0; i < cells.length; i += every) {
    const value = cells[i] ?? 0;
    if (Number.isFinite(value) && tile.masked?.[i] !== 1) sizes[n++] = Math.abs(value);
  }
  const sorted = sizes.subarray(0, n).sort();
  const usual = sorted[Math.floor(clipShare * (n - 1))] ?? largest;
  return usual > 0 && largest > 2 * usual ? usual : largest;
}

function beyond(tile: Tile, cells: Float32Array, bound: number): number {
  let n = 0;
  for (let i = 0; i < cells.length; i++) {
    const value = cells[i] ?? 0;
    if (Number.isFinite(value) && Math.abs(value) > bound && tile.masked?.[i] !== 1) n++;
  }
  return n;
}
