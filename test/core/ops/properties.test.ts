/**
 * Every operation on random tensors, forward and backward: every backend gives in every layout in memory what the plain one gives row by
 * row.
 */
import { afterEach, expect, test } from 'vitest';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { context } from '../../../core/context.ts';
import { type Tensor, tensor } from '../../../core/index.ts';
import { helperThreads } from '../../../extension/host/helpers.ts';
import { wide } from '../../harness/wideTiles.ts';
import { arbitraries } from './arbitraries.ts';
import { compare, holds, leaf, names, run } from './randomCases.ts';

const usual = context.backend;
afterEach(() => {
  context.backend = usual;
});

/** A leaf of the same values, row by row. */
function rowByRow(x: Tensor): Tensor {
  return tensor(x.toTypedArray().slice(), { shape: x.shape, dtype: x.dtype, requiresGrad: x.requiresGrad });
}

const backends = availableBackends({ wide, eager: true, helpers: helperThreads(1) });

test('every operation has random cases, and there are none of operations that are gone', () => {
  expect(Object.keys(arbitraries).sort()).toEqual([...names].sort());
});

test.each(names)('every backend agrees on %s', (name) => {
  holds(name, (op, { inputs, attrs }, seed) => {
    context.backend = referenceBackend;
    const plain = run(op, attrs, inputs.map(rowByRow), seed && rowByRow(seed));
    for (const backend of backends) {
      context.backend = backend;
      compare(run(op, attrs, inputs.map(leaf), seed), plain, `on ${backend.name}, `);
    }
  });
});
