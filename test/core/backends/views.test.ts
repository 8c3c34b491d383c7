/**
 * Every kernel of every backend on views in every layout, with thresholds high and low, against the plain backend. The ways that
 * kernels can take are counted: one that no view has led to fails.
 */
import { describe, expect, test } from 'vitest';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { paths } from '../../../core/backends/wasm/paths.ts';
import './cases/indexing.ts';
import './cases/planes.ts';
import './cases/pointwise.ts';
import './cases/products.ts';
import './cases/reductions.ts';
import './cases/sequences.ts';
import { backends, taken, tested } from './judge.ts';

describe('of what there is', () => {
  test('every kernel was held to the plain one', () => {
    const kernels = Object.entries(referenceBackend).filter(([, value]) => typeof value === 'function');
    expect(kernels.map(([name]) => name).filter((name) => name !== 'allocate' && !tested.has(name))).toEqual([]);
  });

  test.each(backends.map(({ name }) => name))('every way of a kernel was taken on %s', (name) => {
    const alone = !name.includes('threads');
    const all = Object.entries(paths).flatMap(([kernel, ways]) =>
      alone && kernel === 'shared' ? [] : ways.map((way) => `${kernel}: ${way}`),
    );
    expect(all.filter((way) => !taken.get(name)?.has(way))).toEqual([]);
  });
});
