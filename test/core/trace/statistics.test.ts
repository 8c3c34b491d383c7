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
  expect(statisticsOf(tensor([]))).toMatchObject({ count: 0, mean: Number.NaN });
});
