/** The schedule that listens to a metric, against the values PyTorch 1.13 gives; and what schedules refuse. */
import { describe, expect, test } from 'vitest';
import { nn, optim, tensor } from '../../../core/index.ts';

function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  for (const [i, w] of want.entries()) expect(Math.abs(got[i]! - w), `${i}: ${got[i]} against ${w}`).toBeLessThan(5e-6);
}

// What has a closed form stands in test/core/pytorch/edges.txt.
describe('learning rates are PyTorch’s', () => {
  test('ReduceLROnPlateau', () => {
    const optimizer = new optim.SGD([new nn.Parameter(tensor([0]))], { lr: 0.2 });
    const schedule = new optim.ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 1, cooldown: 1, threshold: 0.1 });
    const rates = [5, 4, 3.9, 3.8, 3.7, 3.6, 3.5, 3.4, 3.39, 3.38, 3.37, 2].map((metric) => {
      schedule.step(metric);
      return schedule.lastLr[0]!;
    });
    expectClose(rates, [0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]);
  });

  test('and say what can not be', () => {
    const optimizer = new optim.SGD([new nn.Parameter(tensor([0]))], { lr: 0.2 });
    expect(() => new optim.StepLR(optimizer, { stepSize: 0 })).toThrow('expected stepSize of 1 or more, got 0');
    expect(() => new optim.ReduceLROnPlateau(optimizer, { factor: 1 })).toThrow('a factor below 1, got 1');
    const cycle = new optim.OneCycleLR(optimizer, { maxLr: 1, totalSteps: 1, pctStart: 1 });
    expect(() => cycle.step()).toThrow('step 2 of 1');
    expect(() => new optim.RMSprop([new nn.Parameter(tensor([0]))], { alpha: 2 })).toThrow(
      'alpha in [0, 1] and momentum of 0 or more, got 2',
    );
  });
});
