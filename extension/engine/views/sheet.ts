import type { Tensor } from '../../../core/tensor/tensor.ts';
import type { Tile } from '../../protocol/queries.ts';
import { matrixAt } from './elements.ts';
import { tileOf } from './tile.ts';

/** Slices side by side: one for each index of a leading dimension in a half-open range, which is cut to fit; the others as `at` says. */
export function sheetOf(
  tensor: Tensor,
  at: readonly number[],
  axis: number,
  [from, to]: readonly [number, number],
  maxRows: number,
  maxColumns: number,
): Tile[] {
  const { shape } = tensor;
  if (axis >= shape.length - 2) throw new RangeError(`dimension ${axis} is no leading one of ${shape.length}`);
  const tiles: Tile[] = [];
  for (let index = from; index < Math.min(to, shape[axis]!); index++) {
    const here = shape.slice(0, -2).map((_, i) => (i === axis ? index : (at[i] ?? 0)));
    tiles.push(tileOf(matrixAt(tensor, here), maxRows, maxColumns));
  }
  return tiles;
}
