import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CurveBuilder } from '../../../extension/engine/curve.ts';

function curveOf(losses: readonly number[], most?: number) {
  const builder = new CurveBuilder(most);
  for (const loss of losses) builder.add(loss);
  return builder.curve();
}

describe('a loss curve', () => {
  it('has a point a step while they are few', () => {
    expect(curveOf([3, 2, 1])).toEqual({ width: 1, mean: [3, 2, 1], min: [3, 2, 1], max: [3, 2, 1] });
    expect(curveOf([])).toEqual({ width: 1, mean: [], min: [], max: [] });
  });

  it('has mean and extremes of as many steps as it takes, whatever their number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (losses) => {
          const { width, mean, min, max } = curveOf(losses, 8);
          expect(mean.length).toBe(Math.ceil(losses.length / width));
          expect(mean.length).toBeLessThanOrEqual(8);
          expect(width === 1 || mean.length > 4).toBe(true);
          mean.forEach((value, i) => {
            const part = losses.slice(i * width, (i + 1) * width);
            expect(value).toBeCloseTo(part.reduce((sum, loss) => sum + loss, 0) / part.length, 9);
            expect([min[i], max[i]]).toEqual([Math.min(...part), Math.max(...part)]);
          });
        },
      ),
    );
  });

  it('stays small over 100,000 steps, and keeps the one that stands out', () => {
    const { mean, max } = curveOf(
      Array.from({ length: 100_000 }, (_, step) => (step === 77_777 ? 50 : 1 / (step + 1))),
    );
    expect(mean.length).toBeLessThanOrEqual(512);
    expect(mean.length).toBeGreaterThan(256);
    expect(Math.max(...max)).toBe(50);
  });
});
