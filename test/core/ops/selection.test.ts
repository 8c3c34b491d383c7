import { afterEach, describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import {
  formatShape,
  IndexError,
  indexAdd,
  maskedSelect,
  nonzero,
  scatter,
  sort,
  tensor,
  topk,
  zeros,
} from '../../../core/index.ts';

afterEach(() => {
  context.mode = 'value';
});

const ints = (values: number[] | number[][]) => tensor(values, { dtype: 'i32' });

describe('order along a dimension', () => {
  test('is stable, and counts NaN as the largest', () => {
    const { values, indices } = tensor([2, Number.NaN, 1, 2]).sort();
    expect(values.toArray()).toEqual([1, 2, 2, Number.NaN]);
    expect(indices.toArray()).toEqual([2, 0, 3, 1]);
    expect(tensor([2, Number.NaN, 1, 2]).argsort(0, { descending: true }).toArray()).toEqual([1, 0, 3, 2]);
  });

  test('runs along the dimension asked for, and keeps names', () => {
    const x = tensor([
      [3, 1],
      [2, 5],
    ]).named('batch', 'class');
    expect(x.sort(0).values.toArray()).toEqual([
      [2, 1],
      [3, 5],
    ]);
    expect(formatShape(x.topk(1).values)).toBe('[batch 2, class 1]');
    expect(x.topk(1).indices.toArray()).toEqual([[0], [1]]);
    expect(x.topk(1, { largest: false, dim: 0 }).values.toArray()).toEqual([[2, 1]]);
  });

  test('takes numbers, nothing, and whole numbers', () => {
    expect(sort(tensor(3)).values.item()).toBe(3);
    expect(sort(zeros([2, 0])).values.shape).toEqual([2, 0]);
    expect(sort(ints([3, 1, 2])).values.toArray()).toEqual([1, 2, 3]);
    expect(() => topk(zeros([2, 3]), 4)).toThrow('there are no 4 elements in dimension -1 of [2, 3]');
  });

  test('is a shape in a shape run', () => {
    context.mode = 'shape';
    const { values, indices } = topk(zeros([2, 5]), 3);
    expect([values.shape, indices.shape, indices.dtype]).toEqual([[2, 3], [2, 3], 'i32']);
  });
});

describe('elements by index', () => {
  test('are overwritten by numbers or by others', () => {
    expect(scatter(zeros([2, 3]), 1, ints([[2], [0]]), 7).toArray()).toEqual([
      [0, 0, 7],
      [7, 0, 0],
    ]);
    expect(scatter(zeros([3]), 0, ints([0, 2]), tensor([1, 2])).toArray()).toEqual([1, 0, 2]);
    expect(() => scatter(zeros([3]), 0, ints([3]), 1)).toThrow(IndexError);
  });

  test('are added to by slices', () => {
    expect(
      indexAdd(
        zeros([3, 2]),
        0,
        ints([2, 2]),
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ).toArray(),
    ).toEqual([
      [0, 0],
      [0, 0],
      [4, 6],
    ]);
    expect(() => indexAdd(zeros([3, 2]), 0, ints([2]), zeros([2, 2]))).toThrow('does not fit into [3, 2]');
    expect(() => indexAdd(zeros([3, 2]), 0, ints([3]), zeros([1, 2]))).toThrow(IndexError);
  });

  test('are chosen by several indices at once, one a dimension', () => {
    const logits = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(logits.index(ints([0, 1]), ints([2, -3])).toArray()).toEqual([3, 4]);
    expect(() => logits.index(ints([0]), ints([3]))).toThrow('outside dimension 1');
    expect(() => logits.index(ints([0]), ints([0]), ints([0]))).toThrow('3 indices for [2, 3]');
  });

  test('are chosen by a mask, where values are known', () => {
    const x = tensor([
      [1, -2],
      [3, -4],
    ]);
    expect(maskedSelect(x, x.lt(0)).toArray()).toEqual([-2, -4]);
    expect(nonzero(x.gt(0)).toArray()).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(nonzero(zeros([2])).shape).toEqual([0, 1]);
    context.mode = 'shape';
    expect(() => nonzero(zeros([2]))).toThrow('depends on the values');
  });
});
