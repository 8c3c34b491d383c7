/** Options that mean nothing are refused where they are given, in words, also where no type checks them. */
import { expect, test } from 'vitest';
import { nn, optim, randn, tensor } from '../../../core/index.ts';

/** As plain JavaScript would hand it over. */
const loosely = (value: unknown) => value as never;

test.each([
  ['half a group', () => new nn.Conv2d(2, 2, 3, { groups: 0.5 }), 'Conv2d: groups is 0.5'],
  ['no channels', () => new nn.Conv1d(0, 2, 3), 'Conv1d: inChannels is 0'],
  ['a kernel of 0', () => new nn.Conv2d(1, 1, 0), 'the kernel size is one whole number or 2 of 1 or more, got 0'],
  ['three sizes', () => new nn.ConvTranspose2d(1, 1, [3, 3, 3]), 'one whole number or 2 of 1 or more, got [3,3,3]'],
  [
    'a stride of 0',
    () => new nn.Conv2d(1, 1, 3, { stride: 0 }),
    'the stride is one whole number or 2 of 1 or more, got 0',
  ],
  [
    'half a padding',
    () => new nn.Conv2d(1, 1, 3, { padding: 0.5, paddingMode: 'reflect' }),
    'padding is one whole number',
  ],
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
