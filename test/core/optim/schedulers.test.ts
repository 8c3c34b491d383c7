/** Optimizers and schedules that have no golden case, against the values PyTorch 1.13 gives. */
import { describe, expect, test } from 'vitest';
import { nn, optim, tensor } from '../../../core/index.ts';

function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  for (const [i, w] of want.entries()) expect(Math.abs(got[i]! - w), `${i}: ${got[i]} against ${w}`).toBeLessThan(5e-6);
}

describe('RMSprop moves as PyTorch’s does', () => {
  const cases: [string, optim.RMSpropOptions, number[][]][] = [
    [
      'plain',
      { lr: 0.1 },
      [
        [2.0, -2.999999, 1.5],
        [1.104677, -2.104676, 0.604677],
        [1.908181, -2.908181, 1.408181],
        [1.175447, -2.175446, 0.675447],
        [1.852715, -2.852715, 1.352715],
        [1.220111, -2.22011, 0.720111],
      ],
    ],
    [
      'momentum',
      { lr: 0.05, alpha: 0.9, momentum: 0.8, weightDecay: 0.1 },
      [
        [1.158114, -1.841886, 0.658114],
        [1.131769, -1.561892, 0.638862],
        [1.228636, -1.394457, 0.750503],
        [1.18003, -1.131403, 0.718519],
        [1.245481, -1.004009, 0.80268],
        [1.187834, -0.790157, 0.763367],
      ],
    ],
    [
      'centered',
      { lr: 0.05, alpha: 0.9, centered: true, momentum: 0.5, eps: 1e-3 },
      [
        [1.164835, -2.16129, 0.665877],
        [1.103293, -2.099344, 0.604459],
        [1.203666, -2.198756, 0.705114],
        [1.133684, -2.128772, 0.635135],
        [1.211068, -2.205819, 0.712616],
        [1.143926, -2.138757, 0.645452],
      ],
    ],
  ];
  test.each(cases)('%s', (_, options, want) => {
    const p = new nn.Parameter(tensor([1, -2, 0.5]));
    const optimizer = new optim.RMSprop([p], options);
    for (const [i, values] of want.entries()) {
      p.grad = tensor([0.3, -0.1, 0.7].map((g) => g * (i + 1) * (i % 2 === 1 ? 1 : -1)));
      optimizer.step();
      expectClose([...p.toTypedArray()], values);
    }
  });
});

describe('learning rates are PyTorch’s', () => {
  type Make = (optimizer: optim.SGD) => optim.LambdaLR;
  const cases: [string, Make, number[]][] = [
    [
      'StepLR',
      (o) => new optim.StepLR(o, { stepSize: 3, gamma: 0.5 }),
      [0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025],
    ],
    [
      'MultiStepLR',
      (o) => new optim.MultiStepLR(o, { milestones: [2, 5, 5], gamma: 0.5 }),
      [0.2, 0.2, 0.1, 0.1, 0.1, 0.025, 0.025, 0.025, 0.025, 0.025, 0.025, 0.025],
    ],
    [
      'ExponentialLR',
      (o) => new optim.ExponentialLR(o, { gamma: 0.9 }),
      [
        0.2, 0.18, 0.162, 0.1458, 0.13122, 0.118098, 0.1062882, 0.09565938, 0.08609344, 0.0774841, 0.06973569,
        0.06276212,
      ],
    ],
    [
      'LinearLR',
      (o) => new optim.LinearLR(o, { startFactor: 0.25, endFactor: 0.75, totalIters: 4 }),
      [0.05, 0.075, 0.1, 0.125, 0.15, 0.15, 0.15, 0.15, 0.15, 0.15, 0.15, 0.15],
    ],
    [
      'ConstantLR',
      (o) => new optim.ConstantLR(o, { factor: 0.5, totalIters: 4 }),
      [0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2],
    ],
    [
      'CosineAnnealingLR',
      (o) => new optim.CosineAnnealingLR(o, { tMax: 12, etaMin: 0.01 }),
      [
        0.2, 0.196763, 0.1872724, 0.1721751, 0.1525, 0.1295878, 0.105, 0.08041219, 0.0575, 0.03782486, 0.02272759,
        0.01323705,
      ],
    ],
    [
      'OneCycleLR',
      (o) => new optim.OneCycleLR(o, { maxLr: 1, totalSteps: 12 }),
      [
        0.04, 0.3497897, 0.8792852, 0.9944154, 0.933013, 0.8117457, 0.647379, 0.4626371, 0.283061, 0.1334775,
        0.03456699, 4e-6,
      ],
    ],
    [
      'OneCycleLR linear',
      (o) =>
        new optim.OneCycleLR(o, {
          maxLr: 1,
          totalSteps: 12,
          pctStart: 0.5,
          annealStrategy: 'linear',
          divFactor: 10,
          finalDivFactor: 100,
        }),
      [0.1, 0.28, 0.46, 0.64, 0.82, 1.0, 0.8335, 0.667, 0.5005, 0.334, 0.1675, 0.001],
    ],
  ];
  test.each(cases)('%s', (_, make, want) => {
    const optimizer = new optim.SGD([new nn.Parameter(tensor([0]))], { lr: 0.2 });
    const schedule = make(optimizer);
    const rates = want.map((_rate, i) => {
      if (i > 0) schedule.step();
      return schedule.lastLr[0]!;
    });
    expectClose(rates, want);
  });

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
    expect(() => new optim.StepLR(optimizer, { stepSize: 0 })).toThrow('stepSize is 0');
    expect(() => new optim.ReduceLROnPlateau(optimizer, { factor: 1 })).toThrow('the factor is 1');
    const cycle = new optim.OneCycleLR(optimizer, { maxLr: 1, totalSteps: 1, pctStart: 1 });
    expect(() => cycle.step()).toThrow('step 2 of 1');
    expect(() => new optim.RMSprop([new nn.Parameter(tensor([0]))], { alpha: 2 })).toThrow('alpha is 2');
  });
});
