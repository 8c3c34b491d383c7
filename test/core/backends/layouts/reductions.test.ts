/** Sums and other reductions, and what normalises rows. */
import fc from 'fast-check';
import type { ReduceKernel } from '../../../../core/backends/backend.ts';
import { fresh, largeViewOf } from '../views.ts';
import { dtypes, filled, flat, size, small } from './draws.ts';
import { family } from './judge.ts';

family('reductions', (agree) => {
  const reductions: readonly ReduceKernel[] = [
    'sum',
    'mean',
    'prod',
    'max',
    'min',
    'argmax',
    'argmin',
    'any',
    'all',
    'sumOfSquares',
  ];
  agree(
    ['reduce'],
    fc.tuple(
      fc.constantFrom(...(['sum', 'mean', 'sumOfSquares'] as const), ...reductions),
      filled(0, 4).chain((shape) => fc.tuple(largeViewOf(shape), fc.subarray(shape.map((_, d) => d)))),
    ),
    ([kernel, [{ shape }, dims]]) => [
      fresh(
        kernel === 'any' || kernel === 'all' ? 'bool' : kernel.startsWith('arg') ? 'i32' : 'f32',
        shape.map((n, d) => (dims.includes(d) ? 1 : n)),
      ),
    ],
    (on, [kernel, [x, dims]], [out]) => on.reduce(kernel, x, dims, out!),
    { runs: 600 },
  );

  agree(
    ['reduce'],
    fc
      .tuple(
        fc.constantFrom(...reductions),
        filled(1, 4, 20_000).chain((shape) => fc.tuple(flat(shape), small(0, shape.length), small(0, shape.length))),
      )
      .map(([kernel, [x, from, to]]) => ({
        kernel,
        x,
        dims: x.shape.map((_, d) => d).filter((d) => (from <= to ? d >= from && d < to : d < to || d >= from)),
      })),
    ({ kernel, x, dims }) => [
      fresh(
        kernel === 'any' || kernel === 'all' ? 'bool' : kernel.startsWith('arg') ? 'i32' : 'f32',
        x.shape.map((n, d) => (dims.includes(d) ? 1 : n)),
      ),
    ],
    (on, { kernel, x, dims }, [out]) => on.reduce(kernel, x, dims, out!),
    { runs: 600 },
  );

  agree(
    ['cumsum'],
    filled(1, 4).chain((shape) => fc.tuple(largeViewOf(shape), small(0, shape.length - 1))),
    ([{ shape }]) => [fresh('f32', shape)],
    (on, [x, dim], [out]) => on.cumsum(x, dim, out!),
  );

  agree(
    ['softmax', 'softmaxBackward'],
    fc.tuple(
      filled(0, 4).chain((shape) => fc.tuple(largeViewOf(shape), largeViewOf(shape))),
      fc.boolean(),
    ),
    ([[{ shape }]]) => [fresh('f32', shape), fresh('f32', shape)],
    (on, [[x, grad], log], [y, dx]) => {
      on.softmax(x, y!, log);
      on.softmaxBackward(grad, x, dx!, log);
    },
    { runs: 300 },
  );

  agree(
    ['layerNorm', 'layerNormBackward'],
    filled(2, 2).chain(([rows, width]) =>
      fc.record({
        x: largeViewOf([rows!, width!]),
        grad: largeViewOf([rows!, width!]),
        weight: fc.option(largeViewOf([width!]), { nil: undefined }),
        bias: fc.option(largeViewOf([width!]), { nil: undefined }),
      }),
    ),
    ({ x: { shape } }) =>
      [shape, [shape[0]!], [shape[0]!], shape, [shape[1]!], [shape[1]!]].map((of) => fresh('f32', of)),
    (on, { x, grad, weight, bias }, [y, mean, rstd, dx, dWeight, dBias]) => {
      on.layerNorm(x, weight, bias, 0.1, y!, mean!, rstd!);
      on.layerNormBackward(grad, x, weight, mean!, rstd!, dx!, weight && dWeight, bias && dBias);
    },
    { tolerance: 1e-4 },
  );

  const summary = ['count', 'min', 'max', 'mean', 'std', 'norm', 'nan', 'posInf', 'negInf', 'zeros'] as const;
  agree(
    ['statistics'],
    fc.tuple(dtypes, size, small(0, 3)).chain(([dtype, n, odd]) =>
      largeViewOf([n], { dtype, stretched: false, wholeRows: true }).map(({ storage: { data }, offset }) => {
        const own = data.subarray(offset, offset + n);
        if (odd === 0) own[n >> 1] = Number.NaN;
        return own;
      }),
    ),
    () => [fresh('f32', [summary.length])],
    (on, data, [out]) => {
      const given = on.statistics(data);
      out!.storage.data.set(summary.map((key) => given[key]));
    },
  );
});
