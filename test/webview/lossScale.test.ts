import { describe, expect, test } from 'vitest';
import { stepRate, timeLeft } from '../../extension/reading/training.ts';
import { axisFor, hasLog, lossScale, stepsOf } from '../../webview/charts/lossScale.ts';

const curve = (losses: readonly number[], width = 1) => ({ width, mean: losses, min: losses, max: losses });

describe('A loss curve', () => {
  test('is drawn by powers of ten where it falls through one, else in equal steps', () => {
    expect(axisFor(curve([2.3, 0.5, 0.012]))).toBe('log');
    expect(axisFor(curve([2.3, 1.4, 1.1]))).toBe('linear');
    expect(axisFor(curve([2.3, 0.1, -1]))).toBe('linear');
    expect([hasLog(curve([1, 0])), hasLog(curve([1, 1e-30]))]).toEqual([false, true]);
  });

  test('lies within its picture, larger losses higher, whatever the axis', () => {
    const losses = [7.1, 3, 0.4, 0.02];
    for (const axis of ['log', 'linear'] as const) {
      const { y, ticks } = lossScale(curve(losses), axis, 200);
      const heights = losses.map(y);
      expect(heights).toEqual([...heights].sort((a, b) => a - b));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...heights)).toBeLessThanOrEqual(200);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
    }
  });

  test('of one loss, or of all alike, has a scale, too', () => {
    for (const losses of [[0.5], [0, 0, 0], [-2, -2]]) {
      const { y, ticks } = lossScale(curve(losses), 'linear', 100);
      expect(y(losses[0]!)).toBeGreaterThan(0);
      expect(y(losses[0]!)).toBeLessThan(100);
      expect(ticks.length).toBeGreaterThan(0);
    }
  });

  test('says which steps a point stands for', () => {
    expect(stepsOf(curve([1, 2]), 1, 2)).toEqual([2, 2]);
    expect(stepsOf(curve([1, 2, 3], 64), 0, 140)).toEqual([1, 64]);
    expect(stepsOf(curve([1, 2, 3], 64), 2, 140)).toEqual([129, 140]);
  });
});

test('speed and time left are of all steps so far, and not known before the first', () => {
  const half = { state: 'running', step: 50, steps: 200, ms: 1000 } as const;
  expect(stepRate(half)).toBe(50);
  expect(timeLeft(half)).toBe(3000);
  expect(stepRate({ step: 0, ms: 10 })).toBeUndefined();
  expect(timeLeft({ ...half, step: 0 })).toBeUndefined();
  expect(timeLeft({ ...half, state: 'stopped' })).toBeUndefined();
});
