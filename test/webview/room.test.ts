import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Column, fitColumns, placementOf, sizeByKey, within } from '../../webview/room.ts';

const columns: readonly Column[] = [
  { id: 'name', least: 100, grow: 1 },
  { id: 'first', least: 50, drop: 2 },
  { id: 'second', least: 70, drop: 1 },
  { id: 'wide', least: 120, grow: 3, drop: 3 },
];
const ids = (room: number, chosen = {}): string[] => fitColumns(columns, room, 10, chosen).map(({ id }) => id);
const widthsOf = (room: number, chosen = {}): Record<string, number> =>
  Object.fromEntries(fitColumns(columns, room, 10, chosen).map(({ id, width }) => [id, width]));

describe('columns of a table', () => {
  test('go one by one where there is too little room, in their order, and the name stays', () => {
    expect(ids(370)).toEqual(['name', 'first', 'second', 'wide']);
    expect(ids(369)).toEqual(['name', 'first', 'wide']);
    expect(ids(289)).toEqual(['name', 'wide']);
    expect(ids(229)).toEqual(['name']);
    expect(ids(20)).toEqual(['name']);
  });

  test('share what is left as they grow', () => {
    expect(widthsOf(410)).toEqual({ name: 110, first: 50, second: 70, wide: 150 });
  });

  test('are as wide as they were dragged, as far as there is room', () => {
    expect(widthsOf(410, { first: 70 })).toEqual({ name: 105, first: 70, second: 70, wide: 135 });
    expect(widthsOf(410, { first: 700 })).toEqual({ name: 100, first: 90, second: 70, wide: 120 });
    expect(widthsOf(410, { first: 3 }).first).toBe(50);
  });

  test('are never fewer in more room, never narrower than they need, never wider than the room', () => {
    const widths = fc.dictionary(fc.constantFrom('name', 'first', 'second', 'wide'), fc.integer({ min: 0, max: 2000 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 1500 }),
        fc.integer({ min: 0, max: 800 }),
        widths,
        (room, more, chosen) => {
          const few = fitColumns(columns, room, 10, chosen);
          const many = new Set(ids(room + more, chosen));
          for (const { id, width, limits } of few) {
            expect(many).toContain(id);
            expect(width).toBeGreaterThanOrEqual(columns.find((column) => column.id === id)?.least ?? 0);
            expect(width).toBeLessThanOrEqual(limits.most);
          }
          expect(few.reduce((sum, { width }) => sum + width, 10 * (few.length - 1))).toBeLessThanOrEqual(room);
        },
      ),
    );
  });
});

test('panes stand beside or below each other as there is room, and are pages of their own where there is none', () => {
  const needs = { beside: 900, besideAtLeast: 600, below: 400 };
  expect(placementOf(900, 200, needs)).toBe('beside');
  expect(placementOf(899, 400, needs)).toBe('below');
  expect(placementOf(899, 399, needs)).toBe('beside');
  expect(placementOf(599, 399, needs)).toBe('paged');
});

test('a sash moves by the arrow keys of its axis, and stays within its limits', () => {
  const limits = { least: 100, most: 300 };
  expect(sizeByKey('ArrowRight', 'x', 200, limits, 8)).toBe(208);
  expect(sizeByKey('ArrowUp', 'y', 102, limits, 8)).toBe(100);
  expect(sizeByKey('ArrowUp', 'x', 200, limits, 8)).toBeUndefined();
  expect(sizeByKey('Home', 'x', 200, limits, 8)).toBe(100);
  expect(sizeByKey('End', 'y', 200, limits, 8)).toBe(300);
  expect(within(50, { least: 100, most: 60 })).toBe(100);
});
