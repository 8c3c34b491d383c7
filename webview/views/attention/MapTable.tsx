/** The map as a table, for keyboards and readers: the same numbers, only those in sight drawn. */

import type { Tile } from '../../../extension/protocol/queries.ts';
import type { MapTokens } from '../../../extension/reading/attention.ts';
import { number } from '../../../extension/reading/numbers.ts';
import { useSize } from '../../ui/size.ts';
import { useVirtual } from '../../ui/virtual.ts';

interface Props {
  readonly tile: Tile;
  readonly tokens: MapTokens;
  readonly stale: boolean;
  readonly name: string;
}

const rowHeight = 22;
const columnWidth = 76;
const headWidth = 104;

export function MapTable({ tile, tokens, stale, name }: Props) {
  const [scroller] = useSize<HTMLDivElement>();
  const rows = useVirtual({ count: tile.rows, size: rowHeight, scroller });
  const columns = useVirtual({ count: tile.columns, size: columnWidth, scroller, horizontal: true });
  const rowToken = (row: number): string =>
    tokens.query[Math.floor((row * tile.sourceRows) / tile.rows)] ?? String(row);
  const columnToken = (column: number): string =>
    tokens.key[Math.floor((column * tile.sourceColumns) / tile.columns)] ?? String(column);
  return (
    <div
      class={stale ? 'map-table stale' : 'map-table'}
      ref={scroller}
      tabIndex={0}
      role="table"
      aria-label={`Attention ${name}`}
      aria-rowcount={tile.rows + 1}
      aria-colcount={tile.columns + 1}
      data-testid="attention-table"
    >
      <div
        class="table-space"
        style={{ width: `${headWidth + columns.total}px`, height: `${rowHeight + rows.total}px` }}
        role="presentation"
      >
        <div class="table-head" role="row" aria-rowindex={1} style={{ height: `${rowHeight}px` }}>
          <span class="corner" role="columnheader" style={{ width: `${headWidth}px` }}>
            query ╲ key
          </span>
          {columns.items.map((column) => (
            <span
              key={column.index}
              role="columnheader"
              class="table-cell"
              aria-colindex={column.index + 2}
              style={{ left: `${headWidth + column.start}px`, width: `${columnWidth}px` }}
            >
              {columnToken(column.index)}
            </span>
          ))}
        </div>
        {rows.items.map((row) => (
          <div
            key={row.index % rows.pool}
            role="row"
            class="table-row"
            aria-rowindex={row.index + 2}
            style={{ transform: `translateY(${row.start}px)`, height: `${rowHeight}px` }}
          >
            <span role="rowheader" class="table-row-head" style={{ width: `${headWidth}px` }}>
              {rowToken(row.index)}
            </span>
            {columns.items.map((column) => {
              const i = row.index * tile.columns + column.index;
              const masked = tile.masked?.[i] === 1;
              return (
                <span
                  key={column.index % columns.pool}
                  role="cell"
                  class={masked ? 'table-cell num quiet' : 'table-cell num'}
                  aria-colindex={column.index + 2}
                  data-testid="attention-cell"
                  data-row={row.index}
                  data-column={column.index}
                  data-value={masked ? 'masked' : String(tile.mean[i])}
                  style={{ left: `${headWidth + column.start}px`, width: `${columnWidth}px` }}
                >
                  {masked ? '·' : number(tile.mean[i] ?? Number.NaN)}
                </span>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
