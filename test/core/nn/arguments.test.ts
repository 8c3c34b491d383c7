/** Options that mean nothing are refused where they are given, in words, also where no type checks them. */
import { expect, test } from 'vitest';
import { nn, optim, randn, tensor } from '../../../core/index.ts';
import { greedy } from '../../../core/text/sampling.ts';

/** As plain JavaScript would hand it over. */
const loosely = (value: unknown) => value as never;

test.each([
  ['half a group', () => new nn.Conv2d(2, 2, 3, { groups: 0.5 }), '1 or more for groups, got 0.5'],
  ['no channels', () => new nn.Conv1d(0, 2, 3), '1 or more for inChannels, got 0'],
  [
    'a kernel of 0',
    () => new nn.Conv2d(1, 1, 0),
    'expected one whole number, or a list of 2, of 1 or more for kernelSize, got 0',
  ],
  ['three sizes', () => new nn.ConvTranspose2d(1, 1, [3, 3, 3]), 'of 1 or more for kernelSize, got [3, 3, 3]'],
  ['a stride of 0', () => new nn.Conv2d(1, 1, 3, { stride: 0 }), 'of 1 or more for stride, got 0'],
  ['half a padding', () => new nn.Conv2d(1, 1, 3, { padding: 0.5, paddingMode: 'reflect' }), 'for padding, got 0.5'],
  ['one padding of two', () => new nn.Conv2d(1, 1, 3, { padding: [1], paddingMode: 'reflect' }), 'got [1]'],
  ['a way to pad', () => new nn.Conv2d(1, 1, 3, { paddingMode: loosely('mirror') }), "no paddingMode 'mirror'"],
  ['a mode of pad', () => nn.functional.pad(randn([2, 2]), [1, 1], loosely('foo')), "there is no mode 'foo'"],
  [
    'a mode of bags',
    () => new nn.EmbeddingBag(3, 2, { mode: loosely('avg') }).forward(tensor([[0]], { dtype: 'i32' })),
    "no mode 'avg'",
  ],
  [
    'a reduction',
    () => nn.functional.mseLoss(randn([2]), randn([2]), { reduction: loosely('avg') }),
    "no reduction 'avg'",
  ],
  [
    'a reduction of classes',
    () => nn.functional.crossEntropy(randn([1, 2]), tensor([0], { dtype: 'i32' }), { reduction: loosely('avg') }),
    "no reduction 'avg'",
  ],
])('%s', (_, make, words) => {
  expect(make).toThrow(words);
});

test('a schedule leaves the rate of a group alone that was added after it', () => {
  const [first, later] = [new nn.Linear(2, 2), new nn.Linear(2, 2)];
  const sgd = new optim.SGD(first.parameters(), { lr: 0.1 });
  const schedule = new optim.ExponentialLR(sgd, { gamma: 0.9 });
  sgd.addParamGroup({ params: later.parameters(), lr: 0.5 });
  schedule.step();
  expect(schedule.lastLr).toEqual([0.1 * 0.9, 0.5]);
});

test.each([
  ['a module for its parameters', () => new optim.Adam(loosely(new nn.Linear(1, 1))), 'Adam: expected parameters'],
  ['numbers for parameters', () => new optim.Adam(loosely([1, 2])), 'Adam: expected parameters'],
  ['no state', () => sgd().loadStateDict(loosely(null)), 'expected { state, paramGroups } for SGD'],
  ['an empty state', () => sgd().loadStateDict(loosely({})), 'expected { state, paramGroups } for SGD'],
  [
    'a rate that is no number',
    () => {
      const { state, paramGroups } = sgd().stateDict();
      sgd().loadStateDict({ state, paramGroups: loosely(paramGroups.map((group) => ({ ...group, lr: 'x' }))) });
    },
    'expected a learning rate of 0 or more for group 0, got x',
  ],
  ['logits that are NaN', () => greedy(Float32Array.of(1, Number.NaN)), 'no token can be chosen'],
])('%s', (_, make, words) => {
  expect(make).toThrow(words);
});

function sgd() {
  return new optim.SGD(new nn.Linear(2, 2).parameters(), { lr: 0.1 });
}

test('what hooks give in the place of gradients is looked at', () => {
  const layer = new nn.Linear(2, 2);
  const x = randn([1, 2]);
  const whole = tensor([[1, 1]], { dtype: 'i32' });
  const handle = layer.registerFullBackwardHook(() => [randn([9])]);
  expect(() => layer.forward(x).sum().backward()).toThrow('gave a gradient where there is none');
  handle.remove();
  x.requiresGrad = true;
  layer.registerFullBackwardHook(() => [whole]);
  expect(() => layer.forward(x).sum().backward()).toThrow(/expected a gradient of f32 from a hook.*, got i32/);
  const y = layer.weight.mul(1);
  y.registerHook(() =>
    tensor(
      [
        [1, 1],
        [1, 1],
      ],
      { dtype: 'i32' },
    ),
  );
  expect(() => y.sum().backward()).toThrow(/expected a gradient of f32 from a hook.*, got i32/);
});
