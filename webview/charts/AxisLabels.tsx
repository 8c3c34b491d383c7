/** Labels along a map's two axes: thinned where crowded, the one under the crosshair always there. */
import type { Tile } from '../../extension/protocol/queries.ts';
import type { Cell, Grid } from './geometry.ts';
import { shownLabels, tokenText } from './labels.ts';

export interface Gutters {
  readonly left: number;
  readonly top: number;
  /** Room for the last slanted label. */
  readonly right: number;
}

const glyph = 6.4;
/** Two lines: what the columns are, and the rows. */
const names = 32;
const slant = Math.SQRT1_2;

function longest(labels: readonly string[]): number {
  let length = 1;
  for (const label of labels) length = Math.max(length, tokenText(label).length);
  return length * glyph;
}

/** Room for labels; none where there is too little for the picture. */
export function gutters(
  rows: readonly string[] | undefined,
  columns: readonly string[] | undefined,
  width: number,
  height: number,
): Gutters {
  const left = rows === undefined ? 0 : Math.min(Math.max(52, longest(rows) + 10), width * 0.3);
  const top =
    columns === undefined
      ? 0
      : Math.min(Math.max(rows === undefined ? 0 : names, longest(columns) * slant + 14), height * 0.3);
  return {
    left: Math.round(left),
    top: Math.round(top),
    right: columns === undefined ? 0 : Math.round(Math.min(longest(columns) * slant, width * 0.12)),
  };
}

interface Props {
  readonly grid: Grid;
  readonly tile: Tile;
  readonly space: Gutters;
  readonly rows: readonly string[] | undefined;
  readonly columns: readonly string[] | undefined;
  readonly rowName: string;
  readonly columnName: string;
  readonly cell: Cell | undefined;
}

export function AxisLabels({ grid, tile, space, rows, columns, rowName, columnName, cell }: Props) {
  // A cell may stand for several rows of the tensor; labels are of rows of the tensor.
  const rowSize = grid.height / tile.sourceRows;
  const columnSize = grid.width / tile.sourceColumns;
  const row = cell === undefined ? undefined : Math.floor((cell.row * tile.sourceRows) / tile.rows);
  const column = cell === undefined ? undefined : Math.floor((cell.column * tile.sourceColumns) / tile.columns);
  return (
    <div aria-hidden="true">
      {rows !== undefined && columns !== undefined && space.left > 44 && space.top >= names && (
        <span class="axis-names" style={{ width: `${space.left - 12}px`, height: `${space.top - 4}px` }}>
          <i>{columnName} →</i>
          <i>{rowName} ↓</i>
        </span>
      )}
      {rows !== undefined &&
        shownLabels(rows.length, rowSize, 12, row).map((i) => (
          <span
            key={`r${i}`}
            class={i === row ? 'axis-label across here' : 'axis-label across'}
            style={{ width: `${space.left - 6}px`, transform: `translateY(${space.top + (i + 0.5) * rowSize - 8}px)` }}
          >
            {tokenText(rows[i] ?? '')}
          </span>
        ))}
      {columns !== undefined &&
        shownLabels(columns.length, columnSize, 14, column).map((i) => (
          <span
            key={`c${i}`}
            class={i === column ? 'axis-label slanted here' : 'axis-label slanted'}
            style={{
              transform: `translate(${space.left + Math.max(6, (i + 0.5) * columnSize)}px, ${space.top - 14}px) rotate(-45deg)`,
            }}
          >
            {tokenText(columns[i] ?? '')}
          </span>
        ))}
    </div>
  );
}
