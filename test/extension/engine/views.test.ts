import { describe, expect, it } from 'vitest';
import { unnamedAxes } from '../../../core/tensor/axes.ts';
import { Tensor } from '../../../core/tensor/tensor.ts';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { gridOf, headMatrix, headTile, weightsMatrix } from '../../../extension/engine/views/attention.ts';
import { matrixAt, part } from '../../../extension/engine/views/elements.ts';
import { histogramOf } from '../../../extension/engine/views/histogram.ts';
import { sheetOf } from '../../../extension/engine/views/sheet.ts';
import { tileOf } from '../../../extension/engine/views/tile.ts';

function tensor(shape: number[], data: readonly number[], strides?: number[], offset?: number): Tensor {
  return new Tensor(
    { shape, dtype: 'f32', axes: unnamedAxes(shape.length) },
    { data: Float32Array.from(data) },
    strides,
    offset,
  );
}
const count = (n: number) => Array.from({ length: n }, (_, i) => i);
const whole = (t: Tensor, at: number[] = []) => matrixAt(t, at);

describe('a tile is a slice at the resolution of the screen', () => {
  it('comes cell by cell where it fits', () => {
    const tile = tileOf(part(whole(tensor([2, 3, 4], count(24)), [1]), [1, 3], [0, 2]), 10, 10);
    expect(tile).toMatchObject({ rows: 2, columns: 2, sourceRows: 2, sourceColumns: 2, min: 16, max: 21 });
    expect([...tile.mean]).toEqual([16, 17, 20, 21]);
    expect(tile.extreme).toBeUndefined();
  });

  it('reads transposed and broadcast views through their strides', () => {
    expect([...tileOf(whole(tensor([3, 2], count(6), [1, 3])), 9, 9).mean]).toEqual([0, 3, 1, 4, 2, 5]);
    expect([...tileOf(whole(tensor([2, 2], [7, 8], [0, 1])), 9, 9).mean]).toEqual([7, 8, 7, 8]);
    expect([...tileOf(whole(tensor([3], count(9), [2], 1)), 9, 9).mean]).toEqual([1, 3, 5]);
    expect([...tileOf(whole(tensor([], [4])), 9, 9).mean]).toEqual([4]);
  });

  it('averages what is larger, and keeps the element of the largest magnitude', () => {
    const tile = tileOf(whole(tensor([2, 4], [1, -9, 2, 2, 3, 1, 4, 0])), 1, 2);
    expect([...tile.mean]).toEqual([-1, 2]);
    expect([...tile.extreme!]).toEqual([-9, 4]);
    expect(tile).toMatchObject({ rows: 1, columns: 2, sourceRows: 2, sourceColumns: 4, min: -9, max: 4 });
  });

  it('splits uneven sizes without losing an element', () => {
    const tile = tileOf(whole(tensor([1, 7], count(7))), 1, 3);
    expect([...tile.mean]).toEqual([0.5, 2.5, 5]);
  });

  it('leaves NaN and infinities out of means and extremes, and shows them', () => {
    const tile = tileOf(whole(tensor([1, 4], [NaN, 2, Infinity, -Infinity])), 1, 2);
    expect([...tile.mean]).toEqual([2, NaN]);
    expect([...tile.extreme!]).toEqual([NaN, Infinity]);
    expect(tile).toMatchObject({ min: 2, max: 2 });
    expect(tileOf(whole(tensor([1, 2], [NaN, 1])), 4, 4)).toMatchObject({
      mean: Float32Array.of(NaN, 1),
      min: 1,
      max: 1,
    });
    expect(tileOf(whole(tensor([0, 3], [])), 4, 4)).toMatchObject({ rows: 0, columns: 3, min: NaN });
  });

  it('says which index is outside', () => {
    expect(() => whole(tensor([2, 1, 1], [1, 2]), [2])).toThrow('index 2 is outside dimension 0, which has 2');
  });
});

describe('a sheet is a slice for each index of a leading dimension', () => {
  const whole = tensor([2, 3, 2, 2], count(24));
  it('with the others as they are told', () => {
    const channels = sheetOf(whole, [1, 0], 1, [0, 3], 9, 9);
    expect(channels.map(({ mean }) => [...mean])).toEqual([
      [12, 13, 14, 15],
      [16, 17, 18, 19],
      [20, 21, 22, 23],
    ]);
    expect(sheetOf(whole, [0, 2], 0, [0, 2], 9, 9).map(({ mean }) => mean[0])).toEqual([8, 20]);
  });
  it('cut to what there is, and at the resolution that is asked for', () => {
    const [last, ...none] = sheetOf(whole, [0, 0], 1, [2, 9], 1, 1);
    expect(none).toEqual([]);
    expect(last).toMatchObject({ rows: 1, columns: 1, sourceRows: 2, min: 8, max: 11 });
  });
  it('never of a dimension that is in the picture', () => {
    expect(() => sheetOf(whole, [0, 0], 2, [0, 1], 9, 9)).toThrow('dimension 2 is no leading one of 4');
  });
});

describe('a histogram counts the finite elements', () => {
  it('in equal bins between the extremes', () => {
    expect(histogramOf(tensor([2, 3], [0, 1, 2, 3, 4, 4]), 4)).toEqual({
      ...{ min: 0, max: 4, counts: [1, 1, 1, 3], total: 6, nonFinite: 0, zeros: 1 },
    });
  });
  it('of views, once for every element they show', () => {
    expect(histogramOf(tensor([3, 2, 2], count(4), [0, 1, 2]), 2).counts).toEqual([6, 6]);
  });
  it('with what is not finite apart', () => {
    expect(histogramOf(tensor([4], [NaN, Infinity, 5, 5]), 3)).toMatchObject({
      min: 5,
      max: 5,
      counts: [2, 0, 0],
      nonFinite: 2,
    });
    expect(histogramOf(tensor([1], [NaN]), 2)).toMatchObject({ min: NaN, counts: [0, 0], nonFinite: 1 });
  });
});

describe('attention', () => {
  const dims = { query: 2, key: 3, heads: [1] };
  const record = { heads: 2, batch: 2, queryLength: 2, keyLength: 2, dims } as unknown as AttentionRecord;
  const weights = tensor([2, 2, 2, 2], [1, 0, 0.5, 0.5, 1, 0, 0, 1, 0.25, 0.75, 1, 0, 0.5, 0.5, 0.5, 0.5]);
  const low = Number.NEGATIVE_INFINITY;
  const scores = tensor([2, 2, 2, 2], [0, low, 0, 0, 0, -1e9, 0, 0, ...new Array<number>(8).fill(0)]);

  it('shows each head with its entropy, its peak and what the mask left out', () => {
    const { heads } = gridOf(weights, scores, record, 0, 8);
    expect(heads).toHaveLength(2);
    expect(heads[0]).toMatchObject({ entropy: 0.5, peak: 1, masked: Uint8Array.of(0, 1, 0, 0) });
    expect(heads[1]).toMatchObject({ entropy: 0, peak: 1, masked: Uint8Array.of(0, 1, 0, 0) });
  });

  it('picks one head of one batch element, through any strides', () => {
    expect([...headTile(headMatrix(weights, record, 1, 0), undefined, 8, 8).mean]).toEqual([0.25, 0.75, 1, 0]);
    const queriesOfBatches = tensor([3, 4], count(12));
    const one = { key: 1, heads: [] };
    const decoder = { heads: 1, batch: 3, queryLength: 1, keyLength: 4, dims: one } as unknown as AttentionRecord;
    expect([...headTile(headMatrix(queriesOfBatches, decoder, 2, 0), undefined, 8, 8).mean]).toEqual([8, 9, 10, 11]);
    expect(() => headMatrix(weights, record, 0, 2)).toThrow('there is no head 2; there are 2');
  });

  it('divides weights by their sum where the model does so after the mixing', () => {
    const powers = tensor([1, 2, 2], [1, 3, 2, 2]);
    const one = { heads: 1, batch: 1, queryLength: 2, keyLength: 2, unnormalised: true };
    const rows = { ...one, dims: { query: 1, key: 2, heads: [] } } as unknown as AttentionRecord;
    const columns = { ...one, dims: { query: 2, key: 1, heads: [] } } as unknown as AttentionRecord;
    expect([...headTile(weightsMatrix(powers, rows, 0, 0), undefined, 8, 8).mean]).toEqual([0.25, 0.75, 0.5, 0.5]);
    expect(
      [...headTile(weightsMatrix(powers, columns, 0, 0), undefined, 8, 8).mean].map((x) => Math.round(x * 100)),
    ).toEqual([33, 67, 60, 40]);
  });
});
