/** Products of matrices. */
import fc from 'fast-check';
import { fresh, largeViewOf } from '../views.ts';
import { flat, product, size, small } from './draws.ts';
import { family } from './judge.ts';

family('products', (agree) => {
  agree(
    ['matmul'],
    fc
      .record({
        batch: fc.oneof(
          { weight: 2, arbitrary: fc.constant<number[]>([]) },
          { weight: 1, arbitrary: fc.array(small(1, 4), { minLength: 1, maxLength: 3 }) },
        ),
        rows: size,
        depth: size,
        columns: size,
        biased: fc.boolean(),
      })
      .filter(({ batch, rows, depth, columns }) => product(batch) * rows * depth * columns <= 1e6)
      .chain(({ batch, rows, depth, columns, biased }) =>
        fc.tuple(
          largeViewOf([...batch, rows, depth]),
          largeViewOf([...batch, depth, columns]),
          biased ? largeViewOf([columns]) : fc.constant(undefined),
        ),
      ),
    ([a, b]) => [fresh('f32', [...a.shape.slice(0, -1), b.shape.at(-1)!])],
    (on, [a, b, bias], [out]) => on.matmul(a, b, out!, bias),
    { runs: 800, tolerance: 2e-5 },
  );

  /** Rows of features, cut out of wider ones, by a layer's weights, cut out as well. */
  agree(
    ['matmul'],
    fc
      .tuple(small(1, 8), size, size)
      .chain(([rows, depth, columns]) =>
        fc.tuple(
          largeViewOf([rows, depth], { wholeRows: true }),
          largeViewOf([columns, depth], { wholeRows: true }),
          fc.option(flat([columns]), { nil: undefined }),
        ),
      ),
    ([a, b]) => [fresh('f32', [a.shape[0]!, b.shape[0]!])],
    (on, [a, b, bias], [out]) =>
      on.matmul(a, { ...b, shape: b.shape.toReversed(), strides: b.strides.toReversed() }, out!, bias),
    { runs: 400, tolerance: 2e-5 },
  );

  /** A batch of sequences by one matrix for all. */
  agree(
    ['matmul'],
    fc
      .tuple(fc.array(small(1, 5), { minLength: 1, maxLength: 3 }), small(1, 9), small(1, 70), small(1, 70))
      .chain(([batch, rows, depth, columns]) =>
        fc.tuple(
          fc.oneof(flat([...batch, rows, depth]), largeViewOf([...batch, rows, depth])),
          largeViewOf([depth, columns]).map((b) => ({
            ...b,
            shape: [...batch, depth, columns],
            strides: [...batch.map(() => 0), ...b.strides],
          })),
        ),
      ),
    ([a, b]) => [fresh('f32', [...a.shape.slice(0, -1), b.shape.at(-1)!])],
    (on, [a, b], [out]) => on.matmul(a, b, out!),
    { runs: 200, tolerance: 2e-5 },
  );

  /** Enough rows for threads to share, whose columns still go block by block. */
  agree(
    ['matmul'],
    fc
      .tuple(small(73, 78), small(150, 250), small(150, 250))
      .chain(([rows, depth, columns]) => fc.tuple(largeViewOf([rows, depth]), largeViewOf([depth, columns]))),
    ([a, b]) => [fresh('f32', [a.shape[0]!, b.shape[1]!])],
    (on, [a, b], [out]) => on.matmul(a, b, out!),
    { runs: 80, tolerance: 2e-5 },
  );
});
