import { expect, it } from 'vitest';
import { paintFor } from '../../../extension/cli/paint.ts';
import { tableOf } from '../../../extension/cli/table.ts';

const columns = [{ head: 'Layer' }, { head: 'Shapes', wraps: true }, { head: 'Size', align: 'right' }] as const;
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => [`layer.${i}`, `[${'batch 2, '.repeat(1 + (i % 9))}4]`, String(i * 7)]);
const pipe = paintFor({}, {});
const terminal = paintFor({ isTTY: true, columns: 60 }, { NO_COLOR: '1' });

it.each([
  ['a pipe', pipe],
  ['a terminal', terminal],
])('is one table however many rows there are, in %s', (_, paint) => {
  for (const count of [0, 1, 99, 100, 101, 350]) {
    const lines = tableOf(columns, rowsOf(count), paint).split('\n');
    expect(lines[0]).toMatch(/^Layer +Shapes +Size$/);
    expect(lines.filter((line) => line.includes('Layer'))).toHaveLength(1);
    const names = lines.flatMap((line) => /^layer\.\d+/.exec(line) ?? []);
    expect(names).toEqual(rowsOf(count).map(([name]) => name));
    // Numbers end below each other, whichever part they are in.
    const ends = lines.slice(1).flatMap((line) => (/^layer/.test(line) ? [line.length] : []));
    expect(new Set(ends).size).toBe(Math.min(1, count));
    expect(lines).not.toContain('');
  }
});

it('takes twice the time for twice the rows', () => {
  const timeOf = (count: number) => {
    const before = process.cpuUsage();
    tableOf(columns, rowsOf(count), pipe);
    return process.cpuUsage(before).user;
  };
  timeOf(500);
  const least = (count: number) => Math.min(timeOf(count), timeOf(count), timeOf(count));
  // With the square of their number it would be 64 times.
  expect(least(4000) / least(500)).toBeLessThan(24);
}, 120_000);
