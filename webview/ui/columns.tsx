/** A table's columns: those that fit, as wide as they were dragged; and the heads they are dragged by. */
import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import * as v from 'valibot';
import { persisted } from '../persisted.ts';
import { type Column, type FittedColumn, fitColumns } from '../room.ts';
import { Sash } from './Sash.tsx';

/** Between columns, and at the table's edges. */
const gap = 12;
const edges = 24;

export interface Columns {
  readonly shown: readonly FittedColumn[];
  readonly chosen: Signal<Readonly<Record<string, number>>>;
  /** Custom properties and marks of the table: `.row` takes its tracks from them, cells are hidden by their column's name. */
  readonly attributes: { readonly style: Record<string, string>; readonly 'data-without': string };
  has(id: string): boolean;
}

/** Widths of a table's columns as they were dragged, by column. */
export const columnWidths = (name: string): Signal<Readonly<Record<string, number>>> =>
  persisted<Readonly<Record<string, number>>>(`${name}.columns`, {}, v.record(v.string(), v.number()), 'panel');

/** `without`: columns that have nothing to say just now. */
export function columnsIn(
  width: number,
  columns: readonly Column[],
  chosen: Signal<Readonly<Record<string, number>>>,
  without: readonly string[] = [],
): Columns {
  const wanted = columns.filter(({ id }) => !without.includes(id));
  const shown = fitColumns(wanted, width - edges, gap, chosen.value);
  const has = (id: string): boolean => shown.some((column) => column.id === id);
  return {
    shown,
    chosen,
    has,
    attributes: {
      style: { '--columns': shown.map((column) => `${column.width}px`).join(' ') },
      'data-without': columns.flatMap(({ id }) => (has(id) ? [] : [id])).join(' '),
    },
  };
}

interface HeadProps {
  readonly columns: Columns;
  readonly id: string;
  readonly class?: string;
  readonly title?: string;
  readonly name: string;
  /** Of a table that can be sorted by it. */
  readonly sort?: 'ascending' | 'descending' | 'none';
  readonly children?: ComponentChildren;
}

/** The head of one column, with what it is dragged by at its end: one Tab stop for all heads, up and down lead to the others. */
export function ColumnHead({ columns, id, title, name, sort, children, ...own }: HeadProps) {
  const index = columns.shown.findIndex((column) => column.id === id);
  const column = columns.shown[index];
  if (column === undefined) return null;
  const last = index === columns.shown.length - 1;
  return (
    <span
      role="columnheader"
      class={own.class}
      title={title}
      aria-sort={sort}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (by === 0) return;
        event.preventDefault();
        event.stopPropagation();
        const all = event.currentTarget.parentElement?.querySelectorAll<HTMLElement>('.sash');
        all?.item(index + by)?.focus();
      }}
    >
      <span class="column-name">{children ?? name}</span>
      {!last && (
        <Sash
          axis="x"
          size={column.width}
          limits={column.limits}
          label={`Width of the column ${name}`}
          testId={`column-${id}`}
          tabIndex={index === 0 ? 0 : -1}
          onSize={(width) => {
            columns.chosen.value = { ...columns.chosen.peek(), [id]: Math.round(width) };
          }}
          onReset={() => {
            const { [id]: _, ...rest } = columns.chosen.peek();
            columns.chosen.value = rest;
          }}
        />
      )}
    </span>
  );
}
