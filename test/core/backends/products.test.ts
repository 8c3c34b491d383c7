/** Products of views in every layout, at sizes that reach every way a product can take, against the plain backend. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Strided } from '../../../core/backends/backend.ts';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { helperThreads } from '../../../extension/engine/helpers.ts';
import { fresh, largeViewOf } from './views.ts';

const helpers = helperThreads(2);
const backends = [false, true].flatMap((eager) =>
  availableBackends({ eager, helpers })
    .filter((backend) => backend !== referenceBackend)
    .map((backend) => [`${backend.name}${eager ? ', for the smallest too' : ''}`, backend] as const),
);

function close(actual: Strided, expected: Strided, depth: number): void {
  const [a, e] = [actual.storage.data, expected.storage.data];
  for (let i = 0; i < e.length; i++)
    if (!(Math.abs(a[i]! - e[i]!) <= 4e-6 * (2 + depth)))
      expect.fail(`element ${i} is ${a[i]}, the plain backend has ${e[i]}`);
}

const sizes = fc.oneof(
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 70 }),
  fc.integer({ min: 71, max: 400 }),
);
const products = fc
  .record({
    batch: fc.oneof(
      { weight: 3, arbitrary: fc.constant<number[]>([]) },
      { weight: 1, arbitrary: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }) },
    ),
    rows: sizes,
    depth: sizes,
    columns: sizes,
    biased: fc.boolean(),
  })
  .filter(({ batch, rows, depth, columns }) => batch.reduce((n, s) => n * s, rows * depth * columns) <= 1e6)
  .chain(({ batch, rows, depth, columns, biased }) =>
    fc.tuple(
      largeViewOf([...batch, rows, depth]),
      largeViewOf([...batch, depth, columns]),
      biased ? largeViewOf([columns]) : fc.constant(undefined),
    ),
  );

describe.each(backends)('on %s', (_, backend) => {
  test('a product of views is that of their copies', () => {
    fc.assert(
      fc.property(products, ([a, b, bias]) => {
        const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
        const [ours, plain] = [fresh('f32', shape), fresh('f32', shape)];
        backend.matmul(a, b, ours, bias);
        referenceBackend.matmul(a, b, plain, bias);
        close(ours, plain, a.shape.at(-1)!);
      }),
      { numRuns: 150 },
    );
  });
});
