import { afterEach, describe, expect, test } from 'vitest';
import { gradcheck } from '../../../core/autograd/gradcheck.ts';
import { context } from '../../../core/context.ts';
import { einsum, formatShape, ones, zeros } from '../../../core/index.ts';
import { away } from './samples.ts';

afterEach(() => {
  context.mode = 'value';
});

describe('einsum', () => {
  test('has the gradients finite differences find, of every kind of letter', () => {
    const cases: [string, number[][]][] = [
      [
        'bhqd,bhkd->bhqk',
        [
          [2, 2, 3, 2],
          [2, 2, 2, 2],
        ],
      ],
      ['bii->b', [[2, 3, 3]]],
      ['ijk,k,jl->li', [[2, 3, 2], [2], [3, 2]]],
      ['...i,...i', [[2, 3], [3]]],
      ['i,j->ji', [[2], [3]]],
    ];
    for (const [equation, shapes] of cases)
      expect(
        gradcheck(
          (...x) => einsum(equation, ...x),
          shapes.map((shape) => away(...shape)),
        ),
        equation,
      ).toEqual([]);
  });

  test('keeps the names of axes', () => {
    const query = zeros([2, 3, 4], { axes: ['batch', 'query', 'embed'] });
    const key = zeros([2, 5, 4], { axes: ['batch', 'key', 'embed'] });
    expect(formatShape(einsum('bqd,bkd->bqk', query, key))).toBe('[batch 2, query 3, key 5]');
    expect(formatShape(einsum('bqd,bkd->kqb', query, key))).toBe('[key 5, query 3, batch 2]');
    expect(formatShape(einsum('bqd->', query))).toBe('[]');
  });

  test('is a shape in a shape run', () => {
    context.mode = 'shape';
    const y = einsum('bqd,bkd->bqk', zeros([2, 3, 4]), zeros([2, 5, 4]));
    expect([y.isMeta, y.shape]).toEqual([true, [2, 3, 5]]);
  });

  test('sums nothing to zero, and stretches axes of size 1', () => {
    expect(einsum('ij,jk->ik', zeros([2, 0]), zeros([0, 3])).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(einsum('ij,jk->ik', zeros([0, 2]), zeros([2, 3])).shape).toEqual([0, 3]);
    expect(einsum('ij,jk->ik', ones([2, 1]), ones([3, 1])).toArray()).toEqual([[3], [3]]);
  });

  test('says which letter does not fit', () => {
    expect(() => einsum('ij,jk->ik', zeros([2, 3]), zeros([4, 2]))).toThrow(
      "'j' of 'ij,jk->ik' is 3 long in one place and 4",
    );
    expect(() => einsum('ijk->i', zeros([2, 3]))).toThrow("'ijk' names 3 axes, [2, 3] has 2");
    expect(() => einsum('i->j', zeros([2]))).toThrow("'j' of the result of 'i->j' is in no operand");
    expect(() => einsum('i,j->i', zeros([2]))).toThrow('is of 2 operands, got 1');
    expect(() => einsum('i->i->i', zeros([2]))).toThrow("can't read");
  });
});
