/** The number inside a large cell. `high` is the largest of the map: where it is no small one, all cells have two decimals, but 0 is 0. */
import { number } from '../../extension/reading/numbers.ts';

export function cellText(value: number, high = 0): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (high >= 0.1 && size < 10) return value.toFixed(2).replace('-', '−').replace('−0.00', '0.00');
  if (!Number.isFinite(value) || size >= 100 || size < 0.001) return number(value, 1);
  return (size < 0.095 ? value.toPrecision(1) : size < 10 ? value.toFixed(2) : value.toFixed(1)).replace('-', '−');
}

/** Black or white, whichever reads better on a packed colour (weights of ITU-R BT.601). */
export function inkOn(pixel: number): 'black' | 'white' {
  const light = 0.299 * (pixel & 255) + 0.587 * ((pixel >>> 8) & 255) + 0.114 * ((pixel >>> 16) & 255);
  return light > 140 ? 'black' : 'white';
}
