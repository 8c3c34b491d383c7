import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { gradcheck } from '../../../core/autograd/gradcheck.ts';
import { context } from '../../../core/context.ts';
import { einsum, formatShape, ones, type Tensor, tensor, zeros } from '../../../core/index.ts';
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
    expect(() => einsum('i->j', zeros([2]))).toThrow("'j' of the result of 'i->j' occurs in no operand");
    expect(() => einsum('i,j->i', zeros([2]))).toThrow('names 2 operands, got 1');
    expect(() => einsum('i->i->i', zeros([2]))).toThrow("can't read");
  });

  test('is the sum of products over all letters, of any equation', () => {
    const letters = fc.array(fc.constantFrom(...'abcd'), { maxLength: 3 });
    const equation = fc.record({
      terms: fc.array(letters, { minLength: 1, maxLength: 3 }),
      order: fc.shuffledSubarray([...'abcd']),
      sizes: fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 4, maxLength: 4 }),
      seed: fc.nat(50),
    });
    fc.assert(
      fc.property(equation, ({ terms, order, sizes, seed }) => {
        const used = new Set(terms.flat());
        const output = order.filter((letter) => used.has(letter));
        const sizeOf = (letter: string) => sizes['abcd'.indexOf(letter)]!;
        const operands = terms.map((term, k) => {
          const shape = term.map(sizeOf);
          const count = shape.reduce<number>((n, size) => n * size, 1);
          return tensor(
            Float32Array.from({ length: count }, (_, i) => ((i * 7 + seed + k) % 11) - 5),
            { shape },
          );
        });
        const y = einsum(`${terms.map((term) => term.join('')).join(',')}->${output.join('')}`, ...operands);
        expect(y.shape).toEqual(output.map(sizeOf));
        // −0 is 0 here.
        expect(Array.from(y.toTypedArray(), (v) => v + 0)).toEqual(naive(terms, operands, output, [...used], sizeOf));
      }),
      { numRuns: 300 },
    );
  });
});

/** Every letter counted through, one loop each. */
function naive(
  terms: readonly string[][],
  operands: readonly Tensor[],
  output: readonly string[],
  letters: readonly string[],
  sizeOf: (letter: string) => number,
): number[] {
  const data = operands.map((x) => x.toTypedArray());
  const flat = (names: readonly string[], at: ReadonlyMap<string, number>) =>
    names.reduce((i, name) => i * sizeOf(name) + at.get(name)!, 0);
  const sums = new Array<number>(output.reduce((n, name) => n * sizeOf(name), 1)).fill(0);
  const walk = (depth: number, at: Map<string, number>) => {
    if (depth === letters.length) {
      sums[flat(output, at)]! += terms.reduce((product, term, k) => product * data[k]![flat(term, at)]!, 1);
      return;
    }
    for (let i = 0; i < sizeOf(letters[depth]!); i++) walk(depth + 1, new Map(at).set(letters[depth]!, i));
  };
  walk(0, new Map());
  return sums.map((value) => value + 0);
}
