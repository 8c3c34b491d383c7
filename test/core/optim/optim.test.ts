import { describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import { nn, optim, type Tensor, tensor, zeros } from '../../../core/index.ts';

function parameter(...values: number[]): nn.Parameter {
  return new nn.Parameter(tensor(values));
}

function withGrad(p: Tensor, ...grad: number[]): void {
  p.grad = tensor(grad);
}

describe('an optimizer', () => {
  test('finds the line that made its points', () => {
    const x = tensor([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    const y = tensor([[1], [4], [-1], [2]]);
    const line = new nn.Linear(2, 1);
    const optimizer = new optim.SGD(line.parameters(), { lr: 0.1, momentum: 0.9 });
    for (let step = 0; step < 200; step++) {
      optimizer.zeroGrad();
      nn.functional.mseLoss(line.forward(x), y).backward();
      optimizer.step();
    }
    const [w1, w2] = line.weight.toTypedArray();
    expect(w1).toBeCloseTo(3, 3);
    expect(w2).toBeCloseTo(-2, 3);
    expect(line.bias!.item()).toBeCloseTo(1, 3);
  });

  test('leaves parameters without a gradient alone', () => {
    const [moved, left] = [parameter(1), parameter(1)];
    withGrad(moved, 1);
    new optim.SGD([moved, left], { lr: 0.5, weightDecay: 0.1 }).step();
    expect(moved.item()).toBeCloseTo(0.45, 6);
    expect(left.item()).toBe(1);
  });

  test('takes groups with options of their own', () => {
    const [fast, slow] = [parameter(1), parameter(1)];
    withGrad(fast, 1);
    withGrad(slow, 1);
    new optim.SGD([{ params: [fast], lr: 0.5 }, { params: [slow] }], { lr: 0.25 }).step();
    expect([fast.item(), slow.item()]).toEqual([0.5, 0.75]);
  });

  test('climbs where asked', () => {
    const p = parameter(1);
    withGrad(p, 1);
    new optim.SGD([p], { lr: 0.5, maximize: true }).step();
    expect(p.item()).toBe(1.5);
  });

  test('reads gradients that are stretched views', () => {
    const p = parameter(1, 2, 3);
    p.sum().backward();
    new optim.SGD([p], { lr: 1 }).step();
    expect(p.toArray()).toEqual([0, 1, 2]);
  });

  test('does nothing in a shape run', () => {
    context.mode = 'shape';
    try {
      const p = new nn.Parameter(zeros([3]));
      p.sum().backward();
      expect(() => new optim.AdamW([p]).step()).not.toThrow();
    } finally {
      context.mode = 'value';
    }
  });

  test('refuses what can not be learnt, in words', () => {
    const p = parameter(1);
    expect(() => new optim.Adam([])).toThrow(/no parameters to learn/);
    expect(() => new optim.Adam([p, p])).toThrow(/given twice/);
    expect(() => new optim.Adam([p.mul(2)])).toThrow(/result of an operation/);
    expect(() => new optim.SGD([p], { lr: Number.NaN })).toThrow(/learning rate of 0 or more, got NaN/);
    expect(() => new optim.SGD([p], { nesterov: true })).toThrow(/Nesterov/);
    expect(() => new optim.AdamW([p], { betas: [0.9, 1] })).toThrow(/AdamW: expected betas/);
  });
});

describe('a schedule', () => {
  test('scales the first learning rate of every group', () => {
    const optimizer = new optim.SGD([
      { params: [parameter(1)], lr: 1 },
      { params: [parameter(1)], lr: 10 },
    ]);
    const schedule = new optim.LambdaLR(optimizer, (step) => 0.5 ** step);
    expect(schedule.lastLr).toEqual([1, 10]);
    schedule.step();
    schedule.step();
    expect(schedule.lastLr).toEqual([0.25, 2.5]);
  });

  test('rises for as long as the warm-up takes, then falls (Noam)', () => {
    const schedule = new optim.NoamLR(new optim.Adam([parameter(1)], { lr: 1 }), { dModel: 16, warmup: 4 });
    const rates = Array.from({ length: 6 }, () => {
      const [rate] = schedule.lastLr;
      schedule.step();
      return rate!;
    });
    expect(rates.indexOf(Math.max(...rates))).toBe(3);
    expect(rates[3]).toBeCloseTo(16 ** -0.5 * 4 ** -0.5, 10);
  });
});
