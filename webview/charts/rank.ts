/** A cell's place among its row: 1 for the largest. Only where cells are elements, not means of several. */
import type { Tile } from '../../extension/protocol/queries.ts';

export interface Rank {
  readonly place: number;
  /** Cells of the row that are not masked. */
  readonly of: number;
}

export function rankIn(tile: Tile, row: number, column: number): Rank | undefined {
  if (tile.extreme !== undefined) return undefined;
  const at = row * tile.columns;
  const value = tile.mean[at + column];
  if (value === undefined || !Number.isFinite(value) || tile.masked?.[at + column] === 1) return undefined;
  let place = 1;
  let of = 0;
  for (let i = at; i < at + tile.columns; i++) {
    if (tile.masked?.[i] === 1) continue;
    of++;
    if ((tile.mean[i] ?? 0) > value) place++;
  }
  return { place, of };
}
