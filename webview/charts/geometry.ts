/**
 * Where a map's cells lie. Square ones are whole device pixels each, so that no cell is wider than its neighbour; others fill the
 * width there is.
 */

export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** CSS pixels of one cell. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly width: number;
  readonly height: number;
}

export interface FitOptions {
  readonly square: boolean;
  readonly maxCell: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
}

/** The largest grid that fits; cells never fall below one device pixel. */
export function fitGrid(rows: number, columns: number, width: number, height: number, options: FitOptions): Grid {
  const whole = (space: number, cells: number): number =>
    Math.max(
      1,
      Math.min(Math.floor((space * options.ratio) / Math.max(1, cells)), Math.floor(options.maxCell * options.ratio)),
    );
  const across = whole(width, columns);
  const down = whole(height, rows);
  const filled = Math.max(1, Math.min((width * options.ratio) / Math.max(1, columns), options.maxCell * options.ratio));
  const cellWidth = (options.square ? Math.min(across, down) : filled) / options.ratio;
  const cellHeight = (options.square ? Math.min(across, down) : down) / options.ratio;
  return { rows, columns, cellWidth, cellHeight, width: cellWidth * columns, height: cellHeight * rows };
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The cell under a point, in CSS pixels from the grid's corner. */
export function hit(grid: Grid, x: number, y: number): Cell | undefined {
  if (x < 0 || y < 0 || x >= grid.width || y >= grid.height) return undefined;
  return { row: Math.floor(y / grid.cellHeight), column: Math.floor(x / grid.cellWidth) };
}

/** Where an arrow key leads; `undefined` for any other key. */
export function step(grid: Pick<Grid, 'rows' | 'columns'>, cell: Cell, key: string, far = false): Cell | undefined {
  const by = far ? 10 : 1;
  const clamp = (value: number, size: number): number => Math.min(size - 1, Math.max(0, value));
  switch (key) {
    case 'ArrowUp':
      return { ...cell, row: clamp(cell.row - by, grid.rows) };
    case 'ArrowDown':
      return { ...cell, row: clamp(cell.row + by, grid.rows) };
    case 'ArrowLeft':
      return { ...cell, column: clamp(cell.column - by, grid.columns) };
    case 'ArrowRight':
      return { ...cell, column: clamp(cell.column + by, grid.columns) };
    case 'Home':
      return { ...cell, column: 0 };
    case 'End':
      return { ...cell, column: grid.columns - 1 };
    case 'PageUp':
      return { ...cell, row: 0 };
    case 'PageDown':
      return { ...cell, row: grid.rows - 1 };
    default:
      return undefined;
  }
}
