/** Copies, and what is done element by element. */
import fc from 'fast-check';
import type { BinaryKernel, Strided, UnaryKernel } from '../../../../core/backends/backend.ts';
import { fresh, largeViewOf } from '../views.ts';
import { again, dtypes, filled, flat, shapes } from './draws.ts';
import { family } from './judge.ts';

family('pointwise', (agree) => {
  agree(
    ['copy'],
    shapes(0, 4).chain((shape) =>
      fc.tuple(
        dtypes.chain((dtype) => largeViewOf(shape, { dtype })),
        fc.oneof(
          dtypes.map((dtype) => fresh(dtype, shape)),
          dtypes.chain((dtype) => largeViewOf(shape, { dtype, stretched: false })),
        ),
      ),
    ),
    ([, out]) => [again(out)],
    (on, [x], [out]) => on.copy(x, out!),
    { runs: 300 },
  );

  agree(
    ['fill'],
    shapes(0, 4).chain((shape) => dtypes.chain((dtype) => largeViewOf(shape, { dtype, stretched: false }))),
    (out) => [again(out)],
    (on, _, [out]) => on.fill(out!, 1),
  );

  const unaries: readonly UnaryKernel[] = [
    ...([
      'neg',
      'abs',
      'sign',
      'exp',
      'expm1',
      'log',
      'log1p',
      'sqrt',
      'rsqrt',
      'reciprocal',
      'square',
      'sin',
      'cos',
    ] as const),
    ...([
      'tanh',
      'erf',
      'sigmoid',
      'relu',
      'gelu',
      'geluTanh',
      'silu',
      'softplus',
      'leakyRelu',
      'elu',
      'floor',
      'ceil',
    ] as const),
    ...(['round', 'powScalar', 'clampMin', 'clampMax', 'logicalNot', 'isnan'] as const),
    ...(['isinf', 'isfinite', 'log2', 'log10', 'atan', 'trunc'] as const),
  ];
  agree(
    ['unary'],
    fc.tuple(
      fc.constantFrom(...unaries),
      shapes(0, 4).chain((shape) => largeViewOf(shape)),
    ),
    ([kernel, { shape }]) => [fresh(/^(logicalNot|is.*)$/.test(kernel) ? 'bool' : 'f32', shape)],
    (on, [kernel, x], [out]) => on.unary(kernel, x, out!, 0.5),
    { runs: 400 },
  );

  const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'logicalAnd', 'logicalOr', 'logicalXor'] as const;
  const slopes = [
    'geluBackward',
    'geluTanhBackward',
    'siluBackward',
    'softplusBackward',
    'leakyReluBackward',
    'eluBackward',
  ] as const;
  const binaries: readonly BinaryKernel[] = [
    ...([
      'add',
      'sub',
      'mul',
      'div',
      'pow',
      'remainder',
      'fmod',
      'atan2',
      'maximum',
      'minimum',
      'reluBackward',
      'sigmoidBackward',
      'tanhBackward',
    ] as const),
    ...comparisons,
    ...slopes,
  ];
  agree(
    ['binary'],
    fc.tuple(
      fc.constantFrom(...binaries),
      shapes(0, 4).chain((shape) => fc.tuple(largeViewOf(shape), largeViewOf(shape))),
    ),
    ([kernel, [{ shape }]]) => [fresh(comparisons.some((c) => c === kernel) ? 'bool' : 'f32', shape)],
    (on, [kernel, [a, b]], [out]) => on.binary(kernel, a, b, out!, 0.5),
    { runs: 600 },
  );
  agree(
    ['binary'],
    fc.tuple(
      fc.constantFrom<BinaryKernel>('add', 'mul', 'sub'),
      filled(1, 3).chain((shape) => fc.tuple(flat(shape), largeViewOf(shape))),
    ),
    ([, [a]]) => [again(a)],
    (on, [kernel, [, b]], [onto]) => on.binary(kernel, onto!, b, onto!),
  );

  /** What broadcasting leaves: rows, columns and numbers for many, beside planes as they are or cut out of wider ones. */
  const broadcast = filled(2, 4).chain((shape) => {
    const kinds = fc.constantFrom('plain', 'wider', ...shape.map((_, d) => d), 'one');
    const view = fc
      .tuple(kinds, flat(shape.map((n, d) => (d === shape.length - 1 ? n + 40 : n))))
      .map(([kind, wide]): Strided => {
        const own = kind === 'wider' ? wide.strides : fresh('f32', shape).strides;
        return { ...wide, shape, strides: own.map((step, d) => (kind === 'one' || kind === d ? 0 : step)) };
      });
    return fc.tuple(view, view);
  });
  agree(
    ['binary'],
    fc.tuple(fc.constantFrom(...binaries), broadcast),
    ([kernel, [{ shape }]]) => [fresh(comparisons.some((c) => c === kernel) ? 'bool' : 'f32', shape)],
    (on, [kernel, [a, b]], [out]) => on.binary(kernel, a, b, out!, 0.5),
    { runs: 300 },
  );

  agree(
    ['where'],
    shapes(0, 4).chain((shape) =>
      fc.tuple(
        largeViewOf(shape, { dtype: 'bool' }),
        fc
          .constantFrom('f32', 'f32', 'i32')
          .chain((dtype) => fc.tuple(largeViewOf(shape, { dtype }), largeViewOf(shape, { dtype }))),
      ),
    ),
    ([, [{ dtype, shape }]]) => [fresh(dtype, shape)],
    (on, [condition, [a, b]], [out]) => on.where(condition, a, b, out!),
  );
});
