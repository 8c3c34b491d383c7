import { describe, expect, test } from 'vitest';
import { arange, cat, nn, type Tensor, tensor, zeros } from '../../../core/index.ts';
import { attentionWithWeights } from '../../../core/ops/attention.ts';
import { embedding } from '../../../core/ops/embedding.ts';
import { formatShape } from '../../../core/tensor/shape.ts';

const x = (...axes: [string, number][]): Tensor =>
  zeros(
    axes.map(([, size]) => size),
    { axes: axes.map(([name]) => name) },
  );
const hidden = () => x(['batch', 2], ['seq', 3], ['embed', 4]);
const F = nn.functional;

describe('axes keep their names', () => {
  const cases: [string, () => Tensor, string][] = [
    [
      'through arithmetic',
      () =>
        hidden()
          .add(1)
          .mul(zeros([4])),
      '[batch 2, seq 3, embed 4]',
    ],
    ['from whichever operand has them', () => zeros([2, 3, 4]).add(x(['seq', 3], ['embed', 4])), '[2, seq 3, embed 4]'],
    ['through reductions', () => hidden().mean(1), '[batch 2, embed 4]'],
    ['through reductions that keep', () => hidden().sum([0, 2], true), '[batch 1, seq 3, embed 1]'],
    ['through transposition', () => hidden().transpose(1, 2), '[batch 2, embed 4, seq 3]'],
    ['through a product', () => hidden().matmul(x(['embed', 4], ['vocab', 5])), '[batch 2, seq 3, vocab 5]'],
    ['through a Linear of equal width', () => F.linear(hidden(), zeros([4, 4])), '[batch 2, seq 3, embed 4]'],
    [
      'and a Linear of another names its features',
      () => F.linear(hidden(), zeros([8, 4])),
      '[batch 2, seq 3, features 8]',
    ],
    ['through a new dimension', () => hidden().unsqueeze(1), '[batch 2, 1, seq 3, embed 4]'],
    ['where a reshape leaves a dimension alone', () => hidden().reshape(2, 3, 2, 2), '[batch 2, seq 3, 2, 2]'],
    ['behind what a reshape merged', () => hidden().flatten(0, 1), '[6, embed 4]'],
    [
      'through an embedding, which adds its own',
      () => embedding(zeros([9, 4]), arange(6).reshape(2, 3).named('batch', 'seq')),
      '[batch 2, seq 3, embed 4]',
    ],
    ['through concatenation', () => cat([hidden(), zeros([2, 1, 4])], 1), '[batch 2, seq 4, embed 4]'],
    ['until they are named anew', () => hidden().named(undefined, 'time', null), '[batch 2, time 3, 4]'],
  ];
  test.each(cases)('%s', (_, run, expected) => {
    expect(formatShape(run())).toBe(expected);
  });
});

describe('labels stand beside their elements', () => {
  const words = tensor([0, 1, 2], { dtype: 'i32' }).withAxes([{ name: 'seq', labels: ['a', 'b', 'c'] }]);

  test('after a slice', () => {
    expect(words.slice(0, 1).axes[0]).toEqual({ name: 'seq', labels: ['b', 'c'] });
    expect(words.slice(0, 0, 3, 2).axes[0]).toEqual({ name: 'seq', labels: ['a', 'c'] });
    expect(words.flip(0).axes[0]).toEqual({ name: 'seq', labels: ['c', 'b', 'a'] });
  });

  test('after concatenation', () => {
    expect(cat([words, words.slice(0, 0, 1)]).axes[0]).toEqual({ name: 'seq', labels: ['a', 'b', 'c', 'a'] });
  });

  test('of one sentence, when that is selected from a batch', () => {
    const batch = tensor(
      [
        [0, 1],
        [1, 0],
      ],
      { dtype: 'i32' },
    ).withAxes([
      { name: 'batch' },
      {
        name: 'seq',
        labels: [
          ['a', 'b'],
          ['b', 'a'],
        ],
      },
    ]);
    expect(batch.select(0, 1).axes).toEqual([{ name: 'seq', labels: ['b', 'a'] }]);
    expect(batch.slice(0, 1).axes[1]).toEqual({ name: 'seq', labels: [['b', 'a']] });
    expect(batch.slice(1, 1).axes[1]).toEqual({ name: 'seq', labels: [['b'], ['a']] });
  });

  test('on both sides of an attention map', () => {
    const side = (name: string, labels: string[]) =>
      zeros([2, labels.length, 4]).withAxes([{ name: 'batch' }, { name, labels }, { name: 'embed' }]);
    const [query, key] = [side('target', ['x', 'y']), side('source', ['a', 'b', 'c'])];
    const { output, weights } = attentionWithWeights(query, key, key);
    expect(weights.axes).toEqual([
      { name: 'batch' },
      { name: 'query', labels: ['x', 'y'] },
      { name: 'key', labels: ['a', 'b', 'c'] },
    ]);
    expect(output.axes).toEqual(query.axes);
  });
});
