import { expect, test } from 'vitest';
import { tensor } from '../../../core/index.ts';
import { statistician } from '../../../core/trace/statistics.ts';

const x = tensor([
  [1, 2, 3],
  [4, 5, 12],
]);

test('views of the same elements are counted once, in whatever order they show them', () => {
  const statisticsOf = statistician();
  const of = statisticsOf(x);
  expect(of).toMatchObject({ count: 6, min: 1, max: 12, mean: 4.5, zeros: 0 });
  for (const view of [x.transpose(0, 1), x.reshape(3, 1, 2), x.unsqueeze(0)]) expect(statisticsOf(view)).toBe(of);
});

test('parts, repetitions and thinned out views are statistics of their own elements', () => {
  const statisticsOf = statistician();
  statisticsOf(x);
  expect(statisticsOf(x.select(0, 1))).toMatchObject({ count: 3, min: 4, max: 12, mean: 7 });
  expect(statisticsOf(x.select(1, 2))).toMatchObject({ count: 2, min: 3, max: 12, mean: 7.5 });
  expect(statisticsOf(x.select(0, 0))).toMatchObject({ count: 3, min: 1, max: 3, mean: 2 });
  expect(statisticsOf(x.select(0, 0).expand(4, 3))).toMatchObject({ count: 12, mean: 2 });
  expect(statisticsOf(x.select(0, 0).unsqueeze(1).expand(3, 4))).toMatchObject({
    count: 12,
    min: 1,
    max: 3,
    std: Math.sqrt(2 / 3),
  });
  expect(statisticsOf(tensor([]))).toMatchObject({ count: 0, mean: Number.NaN });
});

test('what is repeated is counted as often as it is there, and never written out', () => {
  const odd = tensor([0, 3, Number.NaN, Number.POSITIVE_INFINITY]);
  const copied = statistician()(odd.expand(5, 4).add(0));
  expect(statistician()(odd.expand(5, 4))).toEqual({ ...copied, norm: expect.closeTo(copied.norm, 5) });
  // 4 × 10¹² elements: more than any memory holds.
  expect(statistician()(odd.expand(1e6, 1e6, 4))).toMatchObject({ count: 4e12, zeros: 1e12, nan: 1e12, mean: 1.5 });
});
