/** Every head of every layer as a row, with its entropy and its peak, in the order of any of them. */
import { useEffect, useMemo } from 'preact/hooks';
import { pathOf } from '../../../extension/reading/attention.ts';
import { number } from '../../../extension/reading/numbers.ts';
import { ColumnHead, columnsIn, columnWidths } from '../../ui/columns.tsx';
import { Path } from '../../ui/Path.tsx';
import { useSize } from '../../ui/size.ts';
import { useVirtual } from '../../ui/virtual.ts';
import type { HeadsProps } from './chosen.ts';
import { useGrids } from './grids.ts';
import { headOrder } from './options.ts';
import { type HeadRow, headRows, type Order } from './order.ts';

const columns = [
  { id: 'layer', least: 100, grow: 1 },
  { id: 'head', least: 40 },
  { id: 'entropy', least: 88 },
  // Paths get its room before it takes so little.
  { id: 'peak', least: 108, drop: 1 },
] as const;
const widths = columnWidths('attention.heads');
const heads = {
  entropy:
    'Mean entropy of its rows, in bits: 0 where each query attends to one key, log₂ of the number of keys where it attends to all alike',
  peak: 'The largest of its weights',
} as const;

export function HeadList({ scene, values, records, chosen, batch, onChoose }: HeadsProps) {
  const [scroller, size] = useSize<HTMLDivElement>();
  const grids = useGrids(values, records, batch, 32);
  const { by, descending } = headOrder.value;
  const arrived = records.filter(({ id }) => grids.has(id)).length;
  const rows = useMemo(
    () => headRows(records, grids, by, descending),
    [records, grids, arrived, by, descending, values.file.run, batch],
  );
  const virtual = useVirtual({ count: rows.length, size: 24, scroller, paddingStart: 24 });
  const fitted = columnsIn(size.width, columns, widths);
  const current = rows.findIndex(({ record, head }) => record === chosen.record && head === chosen.head);
  useEffect(() => {
    if (current >= 0) virtual.scrollTo(current);
  }, [current, by, descending]);
  const go = (row: HeadRow | undefined, open: boolean): void => {
    if (row !== undefined) onChoose(row.record, row.head, open);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -rows.length, End: rows.length }[
      event.key
    ];
    if (by === undefined) {
      if (event.key === 'Enter') go(rows[current], true);
      return;
    }
    event.preventDefault();
    go(rows[Math.min(rows.length - 1, Math.max(0, current + by))], false);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true }),
    );
  };
  const stale = scene.outOfDate ? ' stale' : '';
  return (
    <div
      class="head-list"
      {...fitted.attributes}
      ref={scroller}
      role="grid"
      aria-label="Heads"
      aria-rowcount={rows.length + 1}
      data-testid="head-list"
      onKeyDown={onKeyDown}
    >
      <div class="row head" role="row" aria-rowindex={1}>
        <SortHead columns={fitted} id="layer" name="Layer" />
        <ColumnHead columns={fitted} id="head" class="right" name="Head" />
        <SortHead columns={fitted} id="entropy" name="Entropy, bits" title={heads.entropy} />
        <SortHead columns={fitted} id="peak" name="Peak" title={heads.peak} />
      </div>
      <div class="rows" role="presentation" style={{ height: `${virtual.total}px` }}>
        {virtual.items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const path = pathOf(values.model, row.record) || values.model.name;
          const selected = item.index === current;
          return (
            <div
              key={item.index % virtual.pool}
              class={selected ? 'row selected' : 'row'}
              role="row"
              tabIndex={selected || (current < 0 && item.index === 0) ? 0 : -1}
              aria-selected={selected}
              aria-rowindex={item.index + 2}
              data-testid="head-row"
              data-layer={path}
              data-head={row.head}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => go(row, true)}
            >
              <span role="gridcell" class="name">
                <Path path={path} />
              </span>
              <span role="gridcell" class="right num">
                {row.head}
              </span>
              <span role="gridcell" class={`right num${stale}`} data-value={row.entropy}>
                {row.entropy === undefined ? '' : number(row.entropy)}
              </span>
              {fitted.has('peak') && (
                <span role="gridcell" class={`right num${stale}`} data-value={row.peak}>
                  {row.peak === undefined ? '' : number(row.peak)}
                </span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface SortHeadProps {
  readonly columns: ReturnType<typeof columnsIn>;
  readonly id: Order;
  readonly name: string;
  readonly title?: string;
}

/** The head of a column that the rows can be sorted by; the heads are one Tab stop. */
function SortHead({ columns, id, name, title }: SortHeadProps) {
  const { by, descending } = headOrder.value;
  const sorted = by === id;
  return (
    <ColumnHead
      columns={columns}
      id={id}
      class={id === 'layer' ? 'sortable' : 'sortable right'}
      name={name}
      {...(title === undefined ? {} : { title })}
      sort={sorted ? (descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        tabIndex={sorted ? 0 : -1}
        data-testid={`sort-${id}`}
        onClick={() => {
          headOrder.value = { by: id, descending: sorted && !descending };
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
          if (event.key === 'Enter') event.stopPropagation();
          if (step === 0) return;
          event.preventDefault();
          const all = [...(event.currentTarget.closest('[role="row"]')?.querySelectorAll('button') ?? [])];
          all[all.indexOf(event.currentTarget) + step]?.focus();
        }}
      >
        {name}
        <span aria-hidden="true">{sorted ? (descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </ColumnHead>
  );
}
