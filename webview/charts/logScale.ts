/**
 * The gradient chart's vertical scale: log10 over the norms there are, with a lane of its own for zero below and one for
 * NaN and ∞ above, since none of them has a logarithm.
 */
import { extent } from 'd3-array';
import { scaleLog } from 'd3-scale';
import { number, powerOfTen } from '../../extension/reading/numbers.ts';

export interface LogScale {
  /** Pixels from the top. */
  y(norm: number): number;
  readonly ticks: readonly { readonly y: number; readonly text: string }[];
  readonly zeroY: number | undefined;
  readonly notFiniteY: number | undefined;
}

const lane = 18;
const tickGap = 26;

export function logScale(norms: readonly number[], height: number, notFinite: boolean): LogScale {
  const [least = 1, most = 1] = extent(norms.filter((norm) => norm > 0 && Number.isFinite(norm)));
  const low = Math.floor(Math.log10(least));
  const high = Math.max(low + 1, Math.ceil(Math.log10(most)));
  const zero = norms.some((norm) => norm === 0);
  const top = notFinite ? lane : 0;
  const bottom = height - (zero ? lane : 0);
  const scale = scaleLog([10 ** low, 10 ** high], [bottom - 6, top + 6]);
  const every = Math.max(1, Math.ceil((high - low) / Math.max(2, Math.floor((bottom - top) / tickGap))));
  const few = high - low <= 2;
  const ticks = [];
  for (let power = low; power <= high; power += every) {
    ticks.push({ y: scale(10 ** power), text: few ? number(10 ** power) : powerOfTen(power) });
    // Over few decades the powers alone leave the eye nothing to hold. One notation an axis.
    if (few && power < high)
      for (const factor of [2, 5]) ticks.push({ y: scale(factor * 10 ** power), text: number(factor * 10 ** power) });
  }
  const zeroY = zero ? height - lane / 2 : undefined;
  const notFiniteY = notFinite ? lane / 2 : undefined;
  return {
    ticks,
    zeroY,
    notFiniteY,
    y: (norm) => (!Number.isFinite(norm) ? (notFiniteY ?? top) : norm > 0 ? scale(norm) : (zeroY ?? bottom)),
  };
}
