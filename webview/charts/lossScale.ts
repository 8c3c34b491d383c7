/** The loss chart's vertical scale: by powers of ten where losses fall through them, else in equal steps. */
import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import type { LossCurve } from '../../extension/protocol/training.ts';
import { number } from '../../extension/reading/numbers.ts';
import { logScale } from './logScale.ts';

export type LossAxis = 'log' | 'linear';

export interface LossScale {
  /** Pixels from the top. */
  y(loss: number): number;
  readonly ticks: readonly { readonly y: number; readonly text: string }[];
}

/** Falling through less than this many powers of ten, losses are told apart better in equal steps. */
const decades = 1;

/** Whether losses have a logarithm at all. */
export function hasLog(curve: LossCurve): boolean {
  return curve.min.every((loss) => loss > 0);
}

/** The axis that shows most of it. */
export function axisFor(curve: LossCurve): LossAxis {
  const [low] = extent(curve.min);
  const [, high] = extent(curve.max);
  return low !== undefined && high !== undefined && hasLog(curve) && Math.log10(high / low) >= decades
    ? 'log'
    : 'linear';
}

export function lossScale(curve: LossCurve, axis: LossAxis, height: number): LossScale {
  const all = [...curve.min, ...curve.max];
  if (axis === 'log') return logScale(all, height, false);
  const [low = 0, high = 1] = extent(all);
  // A loss that stays where it is has an axis, too.
  const room = high > low ? 0 : Math.abs(high) / 2 || 1;
  const count = Math.max(2, Math.floor(height / 40));
  const scale = scaleLinear([low - room, high + room], [height - 6, 6]).nice(count);
  const ticks = scale.ticks(count).map((tick) => ({ y: scale(tick), text: number(tick) }));
  return { y: (loss) => scale(loss), ticks };
}

/** The steps a point of the curve stands for, both ends in, from 1. */
export function stepsOf(curve: LossCurve, point: number, steps: number): readonly [number, number] {
  return [point * curve.width + 1, Math.min(steps, (point + 1) * curve.width)];
}
