import { describe, expect, test } from 'vitest';
import type { Tile } from '../../extension/protocol/queries.ts';
import { gutters } from '../../webview/charts/AxisLabels.tsx';
import { cellText, inkOn } from '../../webview/charts/cellText.ts';
import { fitGrid, hit, step } from '../../webview/charts/geometry.ts';
import { labelStep, shownLabels, tokenText } from '../../webview/charts/labels.ts';
import { maskedRuns, paintTile } from '../../webview/charts/paint.ts';
import { pack, rampOf } from '../../webview/charts/ramp.ts';
import { rangeOf } from '../../webview/charts/range.ts';
import { rankIn } from '../../webview/charts/rank.ts';

function tile(rows: number, columns: number, mean: readonly number[], rest: Partial<Tile> = {}): Tile {
  const finite = mean.filter(Number.isFinite);
  return {
    rows,
    columns,
    sourceRows: rows,
    sourceColumns: columns,
    mean: Float32Array.from(mean),
    min: Math.min(...finite),
    max: Math.max(...finite),
    ...rest,
  };
}

const causal = tile(3, 3, [1, 0, 0, 0.4, 0.6, 0, 0.1, 0.2, 0.7], {
  masked: Uint8Array.from([0, 1, 1, 0, 0, 1, 0, 0, 0]),
});
const colours = { masked: 1, notANumber: 2, infinite: 3, hidden: 4 };

describe('Cells on the screen', () => {
  test('are whole device pixels where they are square, fill the width where they are not, never less than one', () => {
    expect(fitGrid(10, 10, 305, 205, { square: true, maxCell: 40, ratio: 1 })).toMatchObject({
      cellWidth: 20,
      cellHeight: 20,
      width: 200,
    });
    expect(fitGrid(8, 64, 330, 200, { square: false, maxCell: 28, ratio: 2 })).toMatchObject({
      cellWidth: 330 / 64,
      cellHeight: 25,
    });
    expect(fitGrid(500, 500, 300, 300, { square: true, maxCell: 40, ratio: 1 }).cellWidth).toBe(1);
  });

  test('the point under the mouse is a cell, or none', () => {
    const grid = fitGrid(4, 5, 100, 100, { square: true, maxCell: 20, ratio: 1 });
    expect(hit(grid, 21, 79)).toEqual({ row: 3, column: 1 });
    expect(hit(grid, 0, 0)).toEqual({ row: 0, column: 0 });
    expect(hit(grid, 100, 10)).toBeUndefined();
    expect(hit(grid, -1, 10)).toBeUndefined();
  });

  test('arrow keys stay inside', () => {
    const grid = { rows: 3, columns: 4 };
    expect(step(grid, { row: 0, column: 0 }, 'ArrowUp')).toEqual({ row: 0, column: 0 });
    expect(step(grid, { row: 1, column: 1 }, 'ArrowRight')).toEqual({ row: 1, column: 2 });
    expect(step(grid, { row: 1, column: 1 }, 'ArrowDown', true)).toEqual({ row: 2, column: 1 });
    expect(step(grid, { row: 1, column: 1 }, 'x')).toBeUndefined();
  });
});

describe('Labels of an axis', () => {
  test('are thinned to round steps, so that they do not touch', () => {
    expect(labelStep(20, 14)).toBe(1);
    expect(labelStep(8, 14)).toBe(2);
    expect(labelStep(1, 14)).toBe(20);
    expect(shownLabels(10, 8, 14)).toEqual([0, 2, 4, 6, 8]);
  });

  test('the one under the crosshair is always there, and its neighbours make room', () => {
    expect(shownLabels(10, 8, 14, 5)).toEqual([0, 2, 5, 8]);
    expect(shownLabels(3, 20, 14, 1)).toEqual([0, 1, 2]);
  });

  test('leave room for what rows and columns are, however short their words', () => {
    expect(gutters(['the'], ['the'], 500, 500).top).toBeGreaterThanOrEqual(32);
    expect(gutters(undefined, ['the'], 500, 500).top).toBeLessThan(32);
  });

  test('blanks are made visible and long ones shortened', () => {
    expect(tokenText(' cat')).toBe('·cat');
    expect(tokenText('\n')).toBe('↵');
    expect(tokenText('')).toBe('∅');
    expect(tokenText('internationalisation')).toBe('internatio…ion');
  });
});

describe('Colours', () => {
  test('weights go from zero to the largest; a query with one key only does not decide, and is said to be clipped', () => {
    expect(rangeOf(causal, { kind: 'sequential', scale: 'map' })).toMatchObject({ low: 0, clipped: 1 });
    expect(rangeOf(causal, { kind: 'sequential', scale: 'map' }).high).toBeCloseTo(0.7);
    expect(rangeOf(causal, { kind: 'sequential', scale: 'unit' })).toMatchObject({ low: 0, high: 1, clipped: 0 });
  });

  test('a row’s own scale ends at its largest weight', () => {
    const { perRow } = rangeOf(causal, { kind: 'sequential', scale: 'row' });
    expect([...perRow!].map((peak) => Number(peak.toFixed(2)))).toEqual([1, 0.6, 0.7]);
  });

  test('a hidden first key does not decide the range', () => {
    const sink = tile(2, 3, [0.9, 0.06, 0.04, 0.8, 0.05, 0.15]);
    expect(rangeOf(sink, { kind: 'sequential', scale: 'map', without: 0 }).high).toBeCloseTo(0.15);
  });

  test('signed values lie around zero; a few far ones are clipped and counted', () => {
    expect(rangeOf(tile(1, 3, [-2, 1, 0.5]), { kind: 'diverging', scale: 'map' })).toMatchObject({
      low: -2,
      high: 2,
      clipped: 0,
    });
    const far = tile(1, 1000, [...Array.from({ length: 999 }, (_, i) => Math.sin(i)), 500]);
    const range = rangeOf(far, { kind: 'diverging', scale: 'map' });
    expect(range.high).toBeLessThan(1.01);
    expect(range.clipped).toBeGreaterThan(0);
  });

  test('masked, NaN, infinite and hidden cells have colours of their own, which no value has', () => {
    const odd = tile(1, 5, [0.5, Number.NaN, Number.POSITIVE_INFINITY, 0.2, 0.1], {
      masked: Uint8Array.from([0, 0, 0, 1, 0]),
    });
    const range = { kind: 'sequential', low: 0, high: 1, clipped: 0 } as const;
    const pixels = paintTile(odd, { ramp: rampOf('sequential', 'dark'), range, ...colours, without: 4 });
    expect([...pixels].slice(1)).toEqual([2, 3, 1, 4]);
    expect(pixels[0]).toBe(rampOf('sequential', 'dark')[128]);
  });

  test('beyond the range is the range’s end', () => {
    const ramp = rampOf('diverging', 'light');
    const range = { kind: 'diverging', low: -1, high: 1, clipped: 2 } as const;
    const pixels = paintTile(tile(1, 3, [-9, 0, 9]), { ramp, range, ...colours });
    expect([...pixels]).toEqual([ramp[0], ramp[128], ramp[255]]);
  });

  test('a constant or empty map is drawn without dividing by zero', () => {
    const flat = tile(2, 2, [0, 0, 0, 0]);
    for (const kind of ['sequential', 'diverging'] as const) {
      const range = rangeOf(flat, { kind, scale: 'map' });
      expect(range.high).toBeGreaterThan(range.low);
      expect(paintTile(flat, { ramp: rampOf(kind, 'dark'), range, ...colours })).toHaveLength(4);
    }
  });

  test('masked cells are hatched in runs', () => {
    expect(maskedRuns(causal)).toEqual([
      { row: 0, from: 1, to: 3 },
      { row: 1, from: 2, to: 3 },
    ]);
  });

  test('colours are packed as a canvas wants them, and ink is readable on them', () => {
    expect(pack('#ff8001').toString(16)).toBe('ff0180ff');
    expect(pack('rgb(1, 2, 3)').toString(16)).toBe('ff030201');
    expect(inkOn(pack('#ffffff'))).toBe('black');
    expect(inkOn(pack('#101a36'))).toBe('white');
    expect([0, 0.006, 0.004, 0.81, -0.001].map((value) => cellText(value, 0.81))).toEqual([
      ...['0', '0.01', '0.00', '0.81', '0.00'],
    ]);
    expect([0, 0.04, 0.567, -12.34, Number.NaN].map((value) => cellText(value))).toEqual([
      '0',
      '0.04',
      '0.57',
      '−12.3',
      'NaN',
    ]);
  });

  test('a map of 1,024 × 1,024 is painted, a pixel a cell', () => {
    const size = 1024;
    const large = tile(1, 1, [0]);
    const mean = Float32Array.from({ length: size * size }, (_, i) => (i % 97) / 97);
    const map = { ...large, rows: size, columns: size, sourceRows: size, sourceColumns: size, mean };
    const painted = paintTile(map, {
      ramp: rampOf('sequential', 'dark'),
      range: rangeOf(map, { kind: 'sequential', scale: 'map' }),
      ...colours,
    });
    expect(new Set(painted).size).toBeGreaterThan(50);
  });
});

describe('A weight’s rank', () => {
  test('is among the keys its query may see', () => {
    expect(rankIn(causal, 2, 1)).toEqual({ place: 2, of: 3 });
    expect(rankIn(causal, 1, 0)).toEqual({ place: 2, of: 2 });
    expect(rankIn(causal, 0, 1)).toBeUndefined();
  });

  test('is not given where a cell stands for several weights', () => {
    expect(rankIn({ ...causal, extreme: causal.mean }, 2, 1)).toBeUndefined();
  });
});
