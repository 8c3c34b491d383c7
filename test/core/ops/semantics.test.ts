import { describe, expect, test } from 'vitest';
import {
  arange,
  cat,
  manualSeed,
  maximum,
  nn,
  ones,
  rand,
  randn,
  stack,
  type Tensor,
  tensor,
  where,
  zeros,
} from '../../../core/index.ts';
import { batchNorm } from '../../../core/ops/batchNorm.ts';
import { maxPool2d } from '../../../core/ops/pooling.ts';

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: negInf } = Number;
const F = nn.functional;
const ints = (values: number[]) => tensor(values, { dtype: 'i32' });

describe('dtypes, as PyTorch has them', () => {
  test('operands meet in the wider one', () => {
    expect(ints([1]).add(ints([2])).dtype).toBe('i32');
    expect(ints([1]).add(1).dtype).toBe('i32');
    expect(ints([1]).add(0.5).dtype).toBe('f32');
    expect(ints([3]).div(2).toArray()).toEqual([1.5]);
    expect(ints([1]).lt(2).dtype).toBe('bool');
    expect(ints([1]).lt(2).add(1).toArray()).toEqual([2]);
  });
  test('functions of whole numbers are floats, roundings are not', () => {
    expect(ints([0]).exp().toArray()).toEqual([1]);
    expect(ints([-3]).abs().dtype).toBe('i32');
    expect(ints([4]).sqrt().toArray()).toEqual([2]);
    expect(ints([2]).pow(3).toArray()).toEqual([8]);
  });
  test('bool counts as integers in a sum', () => {
    const total = tensor([true, true, false]).sum();
    expect([total.dtype, total.item()]).toEqual(['i32', 2]);
  });
  test('conversion cuts fractions off', () => {
    expect(tensor([1.7, -1.7, 0]).to('i32').toArray()).toEqual([1, -1, 0]);
    expect(tensor([0.5, 0]).to('bool').toArray()).toEqual([true, false]);
  });
});

describe('not-a-numbers and infinities', () => {
  test('NaN wins in extremes and passes through activations', () => {
    expect(maximum(tensor([nan, 1]), tensor([1, nan])).toArray()).toEqual([nan, nan]);
    expect(tensor([1, nan, 3]).max().item()).toBeNaN();
    expect(tensor([1, nan, 3]).argmax().item()).toBe(1);
    expect(tensor([nan]).relu().toArray()).toEqual([nan]);
    expect(tensor([nan]).clamp(0, 1).toArray()).toEqual([nan]);
  });
  test('a softmax row that is masked whole is NaN, others are not', () => {
    const rows = tensor([
      [negInf, negInf],
      [negInf, 0],
    ]).softmax(-1);
    expect(rows.toArray()).toEqual([
      [nan, nan],
      [0, 1],
    ]);
  });
  test('logsumexp does not overflow', () => {
    expect(tensor([1000, 1000]).logsumexp(0).item()).toBeCloseTo(1000 + Math.log(2), 3);
    expect(tensor([negInf, negInf]).logsumexp(0).item()).toBe(negInf);
    expect(tensor([inf, 0]).logsumexp(0).item()).toBe(inf);
  });
  test('where keeps the branch not taken out of the values', () => {
    expect(where(tensor([true, false]), tensor([1, nan]), 0).toArray()).toEqual([1, 0]);
  });
  test('halves round to even', () => {
    expect(tensor([0.5, 1.5, 2.5, -0.5, -1.5, 2.4]).round().toArray()).toEqual([0, 2, 2, -0, -2, 2]);
  });
});

describe('empty and single axes', () => {
  test('a sum of nothing is 0, a mean NaN, a product 1', () => {
    expect(zeros([2, 0]).sum(1).toArray()).toEqual([0, 0]);
    expect(zeros([2, 0]).mean(1).toArray()).toEqual([nan, nan]);
    expect(zeros([0]).prod().item()).toBe(1);
  });
  test('an extreme of nothing is an error, unless nothing is asked', () => {
    expect(() => zeros([2, 0]).amax(1)).toThrow(/no elements/);
    expect(zeros([0, 2]).amax(1).shape).toEqual([0]);
    expect(() => zeros([0]).argmax()).toThrow(/no elements/);
  });
  test('products over no inner elements are zeros', () => {
    expect(
      zeros([2, 0])
        .matmul(zeros([0, 3]))
        .toArray(),
    ).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
  test('softmax of a single element is 1', () => {
    expect(
      tensor([[5], [negInf + 1]])
        .slice(0, 0, 1)
        .softmax(-1)
        .toArray(),
    ).toEqual([[1]]);
  });
  test('an empty vector may stand among tensors to concatenate', () => {
    expect(cat([zeros([0]), ones([1, 2])]).shape).toEqual([1, 2]);
  });
  test('chunks of nothing', () => {
    expect(
      zeros([0, 2])
        .chunk(3)
        .map((c) => c.shape),
    ).toEqual([
      [0, 2],
      [0, 2],
      [0, 2],
    ]);
  });
});

describe('views share memory and reshape without a copy where they can', () => {
  const x = arange(24).reshape(2, 3, 4);
  const shares = (y: Tensor) => y.storage === x.storage;
  test('transposed, sliced, selected, expanded', () => {
    expect(
      [x.transpose(0, 2), x.slice(2, 1, 4, 2), x.select(1, 0), x.unsqueeze(0).expand(5, 2, 3, 4)].every(shares),
    ).toBe(true);
  });
  test('a reshape of a transposed tensor copies only where it must', () => {
    expect(shares(x.transpose(0, 1).reshape(3, 2, 2, 2))).toBe(true);
    expect(shares(x.transpose(0, 1).reshape(6, 4))).toBe(false);
    expect(x.transpose(0, 1).reshape(6, 4).toArray()).toEqual(x.transpose(0, 1).contiguous().reshape(6, 4).toArray());
    expect(x.slice(2, 0, 2).reshape(6, 2).toArray()).toEqual(x.slice(2, 0, 2).contiguous().reshape(6, 2).toArray());
  });
  test('detach shares, clone does not', () => {
    expect([shares(x.detach()), shares(x.clone()), shares(x.contiguous())]).toEqual([true, false, true]);
  });
  test('Python’s slices', () => {
    expect(arange(5).slice(0, -3, -1).toArray()).toEqual([2, 3]);
    expect(arange(5).slice(0, 1, 100, 2).toArray()).toEqual([1, 3]);
    expect(arange(5).slice(0, 4, 2).shape).toEqual([0]);
  });
});

describe('choosing', () => {
  test('max along a dimension gives values and indices', () => {
    const { values, indices } = tensor([
      [1, 5, 5],
      [7, 2, 3],
    ]).max(1);
    expect([values.toArray(), indices.toArray(), indices.dtype]).toEqual([[5, 7], [1, 0], 'i32']);
  });
  test('index counts negative rows from the end', () => {
    const rows = tensor([[1], [2], [3]]);
    expect(rows.index(ints([-1, 0])).toArray()).toEqual([[3], [1]]);
    expect(rows.index(ints([0, 1, 2, 0]).reshape(2, 2)).shape).toEqual([2, 2, 1]);
  });
  test('shift gives each position the next token, and the last one none', () => {
    expect(
      tensor(
        [
          [1, 2],
          [3, 4],
        ],
        { dtype: 'i32' },
      )
        .shift()
        .toArray(),
    ).toEqual([
      [2, -100],
      [4, -100],
    ]);
  });
  test('oneHot and stack', () => {
    expect(F.oneHot(ints([2, 0]), 3).toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    expect(stack([ints([1, 2]), ints([3, 4])], 1).toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
  test('roll goes round the end', () => {
    expect(arange(4).roll(1, 0).toArray()).toEqual([3, 0, 1, 2]);
    expect(arange(4).roll(-5, 0).toArray()).toEqual([1, 2, 3, 0]);
  });
  test('max pooling says where its maxima stand', () => {
    const plane = arange(16).to('f32').reshape(1, 1, 4, 4);
    const [values, indices] = maxPool2d(plane, 2, { returnIndices: true });
    expect(values.flatten().toArray()).toEqual([5, 7, 13, 15]);
    expect(indices.flatten().toArray()).toEqual([5, 7, 13, 15]);
  });
});

describe('losses', () => {
  test('crossEntropy takes classes second, and last where only that fits', () => {
    const logits = randn([2, 5, 3]);
    const target = ints([0, 1, 2, 2, 1, 0, 0, 1, 2, 2]).reshape(2, 5);
    const last = F.crossEntropy(logits, target).item();
    expect(F.crossEntropy(logits.transpose(1, 2), target).item()).toBeCloseTo(last, 6);
    expect(F.crossEntropy(logits.flatten(0, 1), target.flatten()).item()).toBeCloseTo(last, 6);
  });
  test('a mean over no counted target is NaN, as in PyTorch', () => {
    expect(F.crossEntropy(zeros([1, 2]), ints([-100])).item()).toBeNaN();
  });
});

describe('chance', () => {
  test('dropout keeps the mean, drops its share, and is repeatable from a seed', () => {
    const run = () => {
      manualSeed(5);
      return F.dropout(ones([10000]), 0.3);
    };
    const y = run();
    expect(y.mean().item()).toBeCloseTo(1, 1);
    expect(y.eq(0).sum().item() / 10000).toBeCloseTo(0.3, 1);
    expect(run().toArray()).toEqual(y.toArray());
    expect(F.dropout(ones([3]), 1).toArray()).toEqual([0, 0, 0]);
    expect(F.dropout(y, 0.5, false)).toBe(y);
  });
  test('batchNorm updates its running statistics in place, the variance unbiased', () => {
    const x = tensor([[1], [3]]);
    const [mean, variance] = [zeros([1]), ones([1])];
    batchNorm(x, mean, variance, null, null, { training: true, momentum: 0.5 });
    expect([mean.item(), variance.item()]).toEqual([1, 1.5]);
    expect(() => batchNorm(rand([1, 3]), null, null, null, null, { training: true })).toThrow(/one value per channel/);
  });
});

test('a tensor writes itself with dtype, shape and values', () => {
  expect(
    String(
      tensor([
        [1, 2.5],
        [0.12345, -1],
      ]),
    ),
  ).toBe('Tensor f32 [2, 2]\n[[1, 2.5],\n [0.1235, -1]]');
  expect(String(arange(2000))).toBe('Tensor i32 [2000]\n[0, 1, 2, …, 1997, 1998, 1999]');
  expect(String(tensor([true]))).toBe('Tensor bool [1]\n[true]');
});
