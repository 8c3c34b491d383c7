/** What optimizers and schedules know: given to fresh ones, these go on as the first would have, to the last bit. */
import { describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import { load, manualSeed, nn, optim, randn, save, type Tensor, tensor, zeros } from '../../../core/index.ts';
import type { AnyOptimizer } from '../../../core/optim/optimizer.ts';

type Group = { params: Tensor[]; lr?: number };

const optimizers: [string, (groups: Group[]) => AnyOptimizer][] = [
  ['SGD', (groups) => new optim.SGD(groups, { lr: 0.1 })],
  [
    'SGD with momentum',
    (groups) => new optim.SGD(groups, { lr: 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.1 }),
  ],
  ['Adam', (groups) => new optim.Adam(groups, { lr: 0.1, weightDecay: 0.1 })],
  ['Adam with amsgrad', (groups) => new optim.Adam(groups, { lr: 0.1, amsgrad: true })],
  ['AdamW', (groups) => new optim.AdamW(groups, { lr: 0.1 })],
  ['RMSprop', (groups) => new optim.RMSprop(groups, { lr: 0.1 })],
  ['RMSprop, centered', (groups) => new optim.RMSprop(groups, { lr: 0.1, centered: true, momentum: 0.5 })],
  ['Adagrad', (groups) => new optim.Adagrad(groups, { lr: 0.1, lrDecay: 0.1, initialAccumulatorValue: 0.3 })],
  ['Adadelta', (groups) => new optim.Adadelta(groups, { lr: 0.1, weightDecay: 0.1 })],
  ['Adamax', (groups) => new optim.Adamax(groups, { lr: 0.1 })],
  ['NAdam', (groups) => new optim.NAdam(groups, { lr: 0.1 })],
  ['RAdam', (groups) => new optim.RAdam(groups, { lr: 0.1 })],
  ['ASGD', (groups) => new optim.ASGD(groups, { lr: 0.1, t0: 2 })],
  ['Rprop', (groups) => new optim.Rprop(groups, { lr: 0.1 })],
];

/** Two groups of parameters, the last of which has no gradient in the first three steps. */
function parameters(from?: readonly Tensor[]): Tensor[] {
  return [[2, 3], [4], [3]].map((shape, i) => new nn.Parameter(from ? from[i]!.detach().clone() : randn(shape)));
}

const grouped = ([a, b, c]: Tensor[]): Group[] => [{ params: [a!, b!] }, { params: [c!], lr: 0.02 }];

function step(optimizer: AnyOptimizer, params: readonly Tensor[], i: number): void {
  for (const [k, p] of params.entries()) {
    const gradient = Float32Array.from({ length: p.numel }, (_, j) => Math.sin(7 * i + 3 * k + j));
    p.grad = k === 2 && i < 3 ? undefined : tensor(gradient, { shape: p.shape });
  }
  optimizer.step();
}

/** Through files, as a training that is interrupted goes. */
function kept<O>({ state, paramGroups }: optim.OptimizerState<O>): optim.OptimizerState<O> {
  return { state: load(save(state)), paramGroups: JSON.parse(JSON.stringify(paramGroups)) };
}

const values = (tensors: readonly Tensor[]) => tensors.map((t) => [...t.toTypedArray()]);

describe('goes on to the last bit where it was loaded', () => {
  test.each(optimizers)('%s', (_, make) => {
    for (const before of [0, 1, 2, 5]) {
      manualSeed(1);
      const first = parameters();
      const optimizer = make(grouped(first));
      for (let i = 0; i < before; i++) step(optimizer, first, i);
      const second = parameters(first);
      const fresh = make(grouped(second));
      step(fresh, parameters(), 9);
      fresh.loadStateDict(kept(optimizer.stateDict()) as never);
      expect(fresh.groups.map(({ lr }) => lr)).toEqual([0.1, 0.02]);
      for (let i = before; i < before + 5; i++) {
        step(optimizer, first, i);
        step(fresh, second, i);
      }
      expect(values(second)).toEqual(values(first));
    }
  });

  test('a schedule, with its optimizer', () => {
    const schedules: ((o: AnyOptimizer) => optim.LambdaLR)[] = [
      (o) => new optim.StepLR(o, { stepSize: 2 }),
      (o) => new optim.CosineAnnealingLR(o, { tMax: 7 }),
      (o) => new optim.OneCycleLR(o, { maxLr: 1, totalSteps: 20 }),
      (o) => {
        const schedulers = [new optim.LinearLR(o), new optim.ExponentialLR(o, { gamma: 0.8 })];
        return new optim.SequentialLR(o, { schedulers, milestones: [4] });
      },
    ];
    for (const make of schedules) {
      const groups = () => [{ params: [zeros([1])], lr: 0.5 }, { params: [zeros([1])] }];
      const optimizer = new optim.SGD(groups(), { lr: 0.3 });
      const schedule = make(optimizer);
      for (let i = 0; i < 5; i++) schedule.step();
      const other = new optim.SGD(groups(), { lr: 0.7 });
      const fresh = make(other);
      other.loadStateDict(optimizer.stateDict());
      fresh.loadStateDict(JSON.parse(JSON.stringify(schedule.stateDict())));
      for (let i = 0; i < 5; i++) {
        expect(fresh.lastLr).toEqual(schedule.lastLr);
        schedule.step();
        fresh.step();
      }
    }
  });

  test('a plateau', () => {
    const make = () => new optim.SGD([zeros([1])], { lr: 1 });
    const [optimizer, other] = [make(), make()];
    const options = { patience: 1, cooldown: 1 };
    const [schedule, fresh] = [optimizer, other].map((o) => new optim.ReduceLROnPlateau(o, options)) as [
      optim.ReduceLROnPlateau,
      optim.ReduceLROnPlateau,
    ];
    for (const metric of [3, 2, 2]) schedule.step(metric);
    other.loadStateDict(optimizer.stateDict());
    fresh.loadStateDict(schedule.stateDict());
    for (const metric of [2, 2, 2, 2, 1, 1, 1]) {
      schedule.step(metric);
      fresh.step(metric);
      expect(fresh.lastLr).toEqual(schedule.lastLr);
    }
    expect(fresh.lastLr[0]).toBeLessThan(1);
    expect(fresh.stateDict()).toEqual(schedule.stateDict());
  });
});

describe('a state', () => {
  const stepped = (options: optim.AdamOptions = {}) => {
    const params = parameters();
    const optimizer = new optim.Adam(grouped(params), options);
    for (let i = 0; i < 4; i++) step(optimizer, params, i);
    return { params, optimizer };
  };

  test('has PyTorch’s names, and is a copy', () => {
    const { params, optimizer } = stepped({ amsgrad: true });
    const { state, paramGroups } = optimizer.stateDict();
    expect(Object.keys(state).slice(0, 4)).toEqual(['0.step', '0.exp_avg', '0.exp_avg_sq', '0.max_exp_avg_sq']);
    expect(paramGroups.map((group) => group.params)).toEqual([[0, 1], [2]]);
    expect([state['0.step']!.item(), state['2.step']!.item()]).toEqual([4, 1]);
    const before = values(Object.values(state));
    step(optimizer, params, 4);
    expect(values(Object.values(state))).toEqual(before);
  });

  test('that does not fit is refused in words, and changes nothing', () => {
    const { params, optimizer } = stepped();
    const fits = optimizer.stateDict();
    const refused = (state: optim.OptimizerState<optim.AdamOptions>, words: RegExp) =>
      expect(() => optimizer.loadStateDict(state)).toThrow(words);
    const [first, second] = fits.paramGroups as [
      optim.SavedGroup<optim.AdamOptions>,
      optim.SavedGroup<optim.AdamOptions>,
    ];
    refused({ ...fits, paramGroups: [first] }, /does not fit this Adam: expected 2 groups, got 1/);
    refused(
      { ...fits, paramGroups: [first, { ...second, params: [2, 3] }] },
      /expected 1 parameters in group 1, got 2/,
    );
    refused(
      { ...fits, state: { ...fits.state, '0.exp_avg': zeros([3]) } },
      /expected \[2, 3\] for 0\.exp_avg, got \[3\]/,
    );
    refused({ ...fits, state: { ...fits.state, '0.momentum_buffer': zeros([2, 3]) } }, /0\.momentum_buffer is unknown/);
    refused({ ...fits, state: { ...fits.state, '7.step': zeros([]) } }, /7\.step is unknown/);
    const { '1.exp_avg_sq': _, ...short } = fits.state;
    refused({ ...fits, state: short }, /1\.exp_avg_sq is missing/);
    refused(
      { ...fits, paramGroups: fits.paramGroups.map((group) => ({ ...group, amsgrad: true })) },
      /0\.max_exp_avg_sq is missing/,
    );
    const sgd = new optim.SGD(grouped(parameters()), { momentum: 0.5 });
    refused(sgd.stateDict() as never, /group 0 has an option momentum, which is unknown here/);
    const unchanged = optimizer.stateDict();
    expect(values(Object.values(unchanged.state))).toEqual(values(Object.values(fits.state)));
    expect(params).toHaveLength(3);
  });

  test('is checked in a shape run, where there is nothing to fill', () => {
    const { state, paramGroups } = stepped().optimizer.stateDict();
    context.mode = 'shape';
    try {
      const params = [[2, 3], [4], [3]].map((shape) => new nn.Parameter(zeros(shape)));
      const optimizer = new optim.Adam(grouped(params));
      optimizer.loadStateDict({ state, paramGroups });
      optimizer.step();
      expect(optimizer.stateDict().state).toEqual({});
      expect(() => optimizer.loadStateDict({ state: { ...state, '0.exp_avg': zeros([3]) }, paramGroups })).toThrow(
        'expected [2, 3] for 0.exp_avg, got [3]',
      );
    } finally {
      context.mode = 'value';
    }
  });
});

describe('a group that is added', () => {
  test('is learnt with the defaults, or with options of its own', () => {
    const [a, b] = [new nn.Parameter(tensor([1])), new nn.Parameter(tensor([1]))];
    const optimizer = new optim.SGD([a], { lr: 0.5 });
    optimizer.addParamGroup({ params: [b], maximize: true });
    for (const p of [a, b]) p.grad = tensor([1]);
    optimizer.step();
    expect([a.item(), b.item()]).toEqual([0.5, 1.5]);
    expect(() => optimizer.addParamGroup({ params: [a] })).toThrow('given twice');
    expect(() => optimizer.addParamGroup({ params: [], lr: -1 })).toThrow('learning rate of 0 or more, got -1');
    expect(() => optimizer.addParamGroup({ params: [], nesterov: true })).toThrow('Nesterov');
  });
});
