/** What goes by an index. */
import fc from 'fast-check';
import { fresh, largeViewOf } from '../views.ts';
import { again, filled, flat, small } from './draws.ts';
import { family } from './judge.ts';

family('indexing', (agree) => {
  const indexed = filled(1, 3, 3000).chain((shape) =>
    fc.tuple(small(0, shape.length - 1), small(1, 40)).chain(([dim, n]) => {
      const own = shape.with(dim, n);
      return fc.record({
        dim: fc
          .oneof(fc.constant(dim), fc.constant(shape.length - 1))
          .map((d) => (shape.with(d, n).join() === own.join() ? d : dim)),
        x: largeViewOf(shape),
        start: flat(shape),
        index: fc.oneof(flat(own, 'i32', shape[dim]!), largeViewOf(own, { dtype: 'i32', below: shape[dim]! })),
        src: fc.oneof(flat(own), largeViewOf(own)),
      });
    }),
  );
  agree(
    ['gather', 'scatterAdd'],
    indexed,
    ({ index, start }) => [fresh('f32', index.shape), again(start)],
    (on, { x, dim, index, src }, [out, total]) => {
      on.gather(x, dim, index, out!);
      on.scatterAdd(total!, dim, index, src);
    },
    { runs: 300 },
  );

  agree(
    ['gatherRows', 'scatterAddRows'],
    fc.tuple(small(1, 40), small(1, 90), small(1, 60)).chain(([count, width, n]) =>
      fc.record({
        table: largeViewOf([count, width]),
        start: flat([count, width]),
        index: largeViewOf([n], { dtype: 'i32', below: count }),
        src: largeViewOf([n, width]),
        skip: fc.option(small(0, count - 1), { nil: undefined }),
      }),
    ),
    ({ start, src }) => [fresh('f32', src.shape), again(start)],
    (on, { table, index, src, skip }, [rows, total]) => {
      on.gatherRows(table, index, rows!);
      on.scatterAddRows(total!, index, src, skip);
    },
  );
});
