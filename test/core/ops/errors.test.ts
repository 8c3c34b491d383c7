import { afterEach, describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import {
  arange,
  IndexError,
  NeedsValueError,
  nn,
  ones,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '../../../core/index.ts';
import { conv2d } from '../../../core/ops/convolution.ts';
import { embedding } from '../../../core/ops/embedding.ts';

const F = nn.functional;

afterEach(() => {
  context.mode = 'value';
});

function problem(run: () => unknown): { message: string; hint: string | undefined; name: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && 'hint' in error)
      return { message: error.message, hint: error.hint as string | undefined, name: error.name };
    throw error;
  }
  throw new Error('nothing was thrown');
}

const named = (...sizes: [string, number][]): Tensor =>
  zeros(
    sizes.map(([, size]) => size),
    { axes: sizes.map(([name]) => name) },
  );

describe('what a person reads when shapes do not fit', () => {
  test('an addition names the dimension that differs', () => {
    const { message } = problem(() => named(['batch', 2], ['embed', 64]).add(zeros([32])));
    expect(message).toBe('add: [batch 2, embed 64] and [32] do not fit: 64 against 32 in dimension −1 (embed)');
  });

  test('an addition that a transpose would mend says so', () => {
    const { hint } = problem(() => zeros([3, 4]).add(zeros([4, 3])));
    expect(hint).toContain('.transpose(0, 1)');
  });

  test('a product names both inner sizes, and the transpose that would fit', () => {
    const { message, hint } = problem(() => named(['batch', 2], ['embed', 64]).matmul(zeros([32, 64])));
    expect(message).toContain('[batch 2, embed 64] × [32, 64]');
    expect(message).toContain('64 columns');
    expect(message).toContain('32 rows');
    expect(hint).toContain('.transpose(-2, -1)');
  });

  test('a product of ids says that both sides need one dtype', () => {
    expect(problem(() => arange(3).matmul(zeros([3, 2]))).message).toContain('i32 [3] against f32 [3, 2]');
  });

  test('a Linear of the wrong width proposes the width that fits', () => {
    const { message, hint } = problem(() => F.linear(named(['batch', 2], ['embed', 32]), zeros([10, 64])));
    expect(message).toBe('linear: expected 64 features on the last axis, got 32: [batch 2, embed 32]');
    expect(hint).toContain('[10, 32] would fit');
  });

  test('a Linear behind a convolution proposes to flatten', () => {
    expect(problem(() => F.linear(zeros([2, 4, 3, 3]), zeros([10, 36]))).hint).toContain('flatten(1)');
  });

  test('a Linear fed with ids points to the embedding', () => {
    expect(problem(() => F.linear(arange(4), zeros([2, 4]))).hint).toContain('nn.Embedding');
  });

  test('a convolution fed with channels last proposes the permutation', () => {
    const { message, hint } = problem(() => conv2d(zeros([2, 28, 28, 3]), zeros([8, 3, 5, 5])));
    expect(message).toContain('expected 3 channels');
    expect(hint).toContain('permute(0, 3, 1, 2)');
  });

  test('a reshape that does not hold all elements counts them', () => {
    expect(problem(() => zeros([2, 3]).reshape(4, 2)).message).toContain('has 6 elements');
    expect(problem(() => zeros([2, 3]).reshape(-1, 4)).hint).toContain('4 does not divide 6');
  });

  test('a dimension that does not exist names those that do', () => {
    const { message, hint } = problem(() => zeros([2, 3]).sum(2));
    expect(message).toBe('sum: no dimension 2 in [2, 3]');
    expect(hint).toContain('-2 … 1');
  });

  test('a loss of logits and targets that do not belong together explains the layout', () => {
    const { message } = problem(() => F.crossEntropy(zeros([4, 10]), tensor([1, 2, 3], { dtype: 'i32' })));
    expect(message).toContain('targets [3] do not fit [4, 10]: expected targets [4]');
  });

  test('a mean squared error that would broadcast is refused', () => {
    const { hint } = problem(() => F.mseLoss(zeros([4, 1]), zeros([4])));
    expect(hint).toContain('target.reshape(4, 1)');
  });

  test('a mask that is not bool says how to make it so', () => {
    expect(problem(() => zeros([2]).maskedFill(zeros([2]), 1)).hint).toContain("to('bool')");
  });

  test('attention whose keys and values differ in length says so', () => {
    const { message } = problem(() => F.scaledDotProductAttention(zeros([2, 4]), zeros([3, 4]), zeros([5, 4])));
    expect(message).toContain('differ in length: 3 against 5');
  });

  test('every shape problem is a ShapeError that carries its operands', () => {
    const [a, b] = [zeros([2, 3]), zeros([4])];
    expect(() => a.add(b)).toThrow(ShapeError);
    try {
      a.add(b);
    } catch (error) {
      expect((error as ShapeError).operands).toEqual([a, b]);
      expect((error as ShapeError).op).toBe('add');
    }
  });
});

describe('indices outside their table', () => {
  const ids = tensor([0, 3, 9], { dtype: 'i32' }).reshape(1, 3);

  test('are named with their place and the size of the table', () => {
    const { message, name } = problem(() => embedding(zeros([5, 2]), ids));
    expect(name).toBe('IndexError');
    expect(message).toBe('embedding: index 9 at [0, 2] is outside the table of 5 entries, which has 0 … 4');
  });

  test('are named with their word, where words are known', () => {
    const words = tensor([0, 9], { dtype: 'i32' }).withAxes([{ name: 'seq', labels: ['the', 'cat'] }]);
    expect(problem(() => embedding(zeros([5, 2]), words)).message).toContain('(“cat”)');
  });

  test('are found in a shape run, where the table has no data', () => {
    context.mode = 'shape';
    const table = zeros([5, 2]);
    expect(table.isMeta).toBe(true);
    expect(() => embedding(table, ids)).toThrow(IndexError);
    expect(() => embedding(table, ids.add(1))).toThrow(/index 10/);
    expect(embedding(table, ids.clamp(0, 4)).shape).toEqual([1, 3, 2]);
  });

  test('are found in targets, except the ignored one', () => {
    const targets = tensor([1, -100, 7], { dtype: 'i32' });
    expect(() => F.crossEntropy(zeros([3, 4]), targets)).toThrow(/index 7 at \[2\] is outside the 4 classes/);
    expect(F.crossEntropy(zeros([3, 4]), targets.clamp(-100, 3)).item()).toBeCloseTo(Math.log(4));
  });

  test('are found when selecting', () => {
    expect(() => zeros([2, 3]).select(1, 3)).toThrow(/Use|outside/);
    expect(() => zeros([2, 3]).gather(1, tensor([[3]], { dtype: 'i32' }))).toThrow(IndexError);
  });
});

describe('values that a shape run does not know', () => {
  test('are asked for with NeedsValueError', () => {
    context.mode = 'shape';
    expect(() => ones([2]).sum().item()).toThrow(NeedsValueError);
    expect(() => ones([2]).toArray()).toThrow(NeedsValueError);
    expect(() => F.oneHot(ones([2]).argmax(0))).toThrow(NeedsValueError);
  });

  test('are known of small integer tensors', () => {
    context.mode = 'shape';
    expect(arange(4).add(1).toArray()).toEqual([1, 2, 3, 4]);
    expect(arange(4).shift().toArray()).toEqual([1, 2, 3, -100]);
    expect(arange(4).lt(2).toArray()).toEqual([true, true, false, false]);
  });
});
