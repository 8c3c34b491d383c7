import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joined, sheetLayout } from '../../webview/charts/sheet.ts';

const needs = fc.record({
  count: fc.integer({ min: 1, max: 2000 }),
  rows: fc.integer({ min: 1, max: 3000 }),
  columns: fc.integer({ min: 1, max: 3000 }),
  width: fc.integer({ min: 60, max: 1500 }),
  ratio: fc.constantFrom(1, 1.25, 1.5, 2, 3),
});

describe('small multiples', () => {
  test('have square cells, whole device pixels wide, where all their cells are drawn', () => {
    fc.assert(
      fc.property(needs, (all) => {
        const { rows, columns, ratio } = all;
        const { width, height, maxRows, maxColumns } = sheetLayout(all);
        if (maxRows !== rows || maxColumns !== columns) return;
        expect(width / columns).toBeCloseTo(height / rows, 9);
        const pixels = (width / columns) * ratio;
        expect(pixels).toBeCloseTo(Math.round(pixels), 6);
      }),
    );
  });

  test('keep the proportions of what is averaged, and ask for no more cells than they draw', () => {
    fc.assert(
      fc.property(needs, (all) => {
        const { width, height, maxRows, maxColumns } = sheetLayout(all);
        expect(Math.max(width, height)).toBeLessThanOrEqual(113);
        expect(Math.max(maxRows, maxColumns)).toBeLessThanOrEqual(336);
        expect(width * all.ratio).toBeGreaterThanOrEqual(maxColumns - 1e-6);
        const ratio = (width / height) * (all.rows / all.columns);
        if (Math.min(maxRows, maxColumns) >= 8) expect(ratio).toBeGreaterThan(0.85);
        if (Math.min(maxRows, maxColumns) >= 8) expect(ratio).toBeLessThan(1.15);
      }),
    );
  });

  test('of eight stand in one row of half a window', () => {
    const { width } = sheetLayout({ count: 8, rows: 12, columns: 12, width: 530, ratio: 1 });
    expect(8 * (width + 6) - 6).toBeLessThanOrEqual(530);
    expect(width).toBeGreaterThanOrEqual(48);
  });

  test('that do not fit into one row stand in rows that are alike', () => {
    const { width } = sheetLayout({ count: 8, rows: 12, columns: 12, width: 296, ratio: 1 });
    expect(4 * (width + 6) - 6).toBeLessThanOrEqual(296);
    expect(5 * (width + 6) - 6).toBeGreaterThan(296);
  });

  test('share one range of colours', () => {
    const tile = (mean: number[]) => ({
      ...{ rows: 1, columns: 2, sourceRows: 1, sourceColumns: 2 },
      ...{ mean: Float32Array.from(mean), min: Math.min(...mean), max: Math.max(...mean) },
    });
    expect(joined([tile([1, 2]), tile([-3, 0])])).toMatchObject({ rows: 2, columns: 2, min: -3, max: 2 });
    expect(joined([]).rows).toBe(0);
  });
});
