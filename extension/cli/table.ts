import Table from 'cli-table3';
import type { Paint } from './paint.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Wraps where the terminal is too narrow. */
  readonly wraps?: boolean;
}

const gap = 2;
/** Rows that are laid out at a time: cli-table3 takes time with the square of their number, and nothing spans two. */
const together = 100;

/** Whether a table fits the terminal without wrapping. */
export function fits(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Paint): boolean {
  return naturalWidths(columns, rows).reduce((total, width) => total + width + gap, 0) <= paint.width;
}

function naturalWidths(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ head }, i) =>
    rows.reduce((most, row) => Math.max(most, ...(row[i] ?? '').split('\n').map(visible)), visible(head)),
  );
}

/** A table without lines, as wide as it needs to be and no wider than the terminal. */
export function tableOf(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Paint): string {
  const natural = naturalWidths(columns, rows);
  const needed = natural.reduce((total, width) => total + width + gap, 0);
  const wrapping = columns.findIndex(({ wraps }) => wraps);
  const excess = needed - paint.width;
  const widths = natural.map((width, i) => (i === wrapping && excess > 0 ? Math.max(16, width - excess) : width) + gap);
  const none = Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left']
      .concat(['left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
      .map((name) => [name, '']),
  );
  const parts: string[] = [];
  for (let start = 0; start === 0 || start < rows.length; start += together) {
    const table = new Table({
      head: start === 0 ? columns.map(({ head }) => paint.dim(head)) : [],
      colWidths: widths,
      colAligns: columns.map(({ align }) => align ?? 'left'),
      wordWrap: true,
      chars: none,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    });
    for (const row of rows.slice(start, start + together)) table.push([...row]);
    parts.push(table.toString());
  }
  return parts
    .join('\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one
const colour = /\x1b\[\d+m/g;

function visible(text: string): number {
  return [...text.replace(colour, '')].length;
}
