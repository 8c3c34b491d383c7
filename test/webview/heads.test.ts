/** The list of attention heads: in the order that was asked for, as far as there are numbers. */
import { expect, test } from 'vitest';
import type { AttentionRecord } from '../../core/trace/trace.ts';
import type { AttentionGrid } from '../../extension/protocol/queries.ts';
import { headRows } from '../../webview/views/attention/order.ts';

const record = (id: number, heads: number) => ({ id, heads }) as AttentionRecord;
const grid = (...numbers: (readonly [entropy: number, peak: number])[]) =>
  ({ heads: numbers.map(([entropy, peak]) => ({ entropy, peak })) }) as unknown as AttentionGrid;
const records = [record(4, 3), record(9, 2)];
const grids = new Map([[4, grid([2, 0.3], [0.5, 0.9], [Number.NaN, 0.2])]]);
const named = (...order: Parameters<typeof headRows>) =>
  headRows(...order).map((row) => `${row.record.id}.${row.head}`);

test('heads stand in the order of the model, or the other way round', () => {
  expect(named(records, grids, 'layer', false)).toEqual(['4.0', '4.1', '4.2', '9.0', '9.1']);
  expect(named(records, grids, 'layer', true)).toEqual(['9.1', '9.0', '4.2', '4.1', '4.0']);
});

test('what has no number yet, or NaN, is last in both directions', () => {
  expect(named(records, grids, 'entropy', false)).toEqual(['4.1', '4.0', '4.2', '9.0', '9.1']);
  expect(named(records, grids, 'entropy', true)).toEqual(['4.0', '4.1', '4.2', '9.0', '9.1']);
  expect(named(records, grids, 'peak', true)).toEqual(['4.1', '4.0', '4.2', '9.0', '9.1']);
});

test('equal values keep the order of the model', () => {
  const same = new Map([
    [4, grid([1, 1], [1, 1], [0, 1])],
    [9, grid([1, 1], [1, 1])],
  ]);
  for (const descending of [false, true])
    expect(named(records, same, 'peak', descending)).toEqual(['4.0', '4.1', '4.2', '9.0', '9.1']);
});
