/**
 * A tile as a picture. The canvas is painted once and stands still; crosshair and tooltip are elements moved over it by
 * transforms. Never an element a cell. Arrow keys move the cell as the mouse does.
 */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Tile } from '../../extension/protocol/queries.ts';
import { cellColours, theme } from '../theme.ts';
import { useSize } from '../ui/size.ts';
import { AxisLabels, gutters } from './AxisLabels.tsx';
import { bitmapOf, hatch, separate, write } from './drawing.ts';
import { type Cell, fitGrid, type Grid, hit, step } from './geometry.ts';
import { Crosshair, Tooltip } from './Overlay.tsx';
import { paintTile } from './paint.ts';
import { rampOf } from './ramp.ts';
import type { ColourRange } from './range.ts';

export interface HeatMapProps {
  readonly tile: Tile;
  readonly range: ColourRange;
  readonly rowLabels?: readonly string[] | undefined;
  readonly columnLabels?: readonly string[] | undefined;
  readonly rowName: string;
  readonly columnName: string;
  readonly square: boolean;
  readonly maxCell: number;
  readonly label: string;
  /** Column drawn as hidden. */
  readonly without?: number | undefined;
  readonly extremes?: boolean;
  readonly stale?: boolean;
  /** What is said of a cell. */
  describe(cell: Cell): ComponentChildren;
  /** Below the map, at its left edge: the colour bar. */
  readonly footer?: ComponentChildren;
  readonly testId: string;
}

const footerHeight = 40;

export function HeatMap(props: HeatMapProps) {
  const { tile, rowLabels, columnLabels } = props;
  const [frame, size] = useSize<HTMLDivElement>();
  const [cell, setCell] = useState<Cell | undefined>(undefined);
  /** By pointer: then the focus is where the keys would go on, and not to be seen. */
  const [pointed, setPointed] = useState(false);
  const point = (next: Cell | undefined): void => {
    setPointed(next !== undefined);
    setCell(next);
  };
  const space = gutters(rowLabels, columnLabels, size.width, size.height);
  const ratio = globalThis.devicePixelRatio || 1;
  const grid = fitGrid(
    tile.rows,
    tile.columns,
    size.width - space.left - space.right,
    size.height - space.top - (props.footer === undefined ? 2 : footerHeight),
    {
      square: props.square,
      maxCell: props.maxCell,
      ratio,
    },
  );
  const shown = cell !== undefined && cell.row < tile.rows && cell.column < tile.columns ? cell : undefined;
  const at = (event: { clientX: number; clientY: number; currentTarget: HTMLElement }): Cell | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    return hit(grid, event.clientX - box.left, event.clientY - box.top);
  };
  return (
    <div class={props.stale === true ? 'heat-map stale-picture' : 'heat-map'} ref={frame} data-testid={props.testId}>
      {size.width > 0 && (
        <>
          <AxisLabels
            grid={grid}
            tile={tile}
            space={space}
            rows={rowLabels}
            columns={columnLabels}
            rowName={props.rowName}
            columnName={props.columnName}
            cell={shown}
          />
          <div
            class={pointed ? 'plot pointed' : 'plot'}
            role="img"
            tabIndex={0}
            aria-label={`${props.label}, ${tile.sourceRows} by ${tile.sourceColumns}. Arrow keys move the cell.`}
            data-rows={tile.rows}
            data-columns={tile.columns}
            style={{
              left: `${space.left}px`,
              top: `${space.top}px`,
              width: `${grid.width}px`,
              height: `${grid.height}px`,
            }}
            onPointerMove={(event) => point(at(event))}
            onPointerLeave={() => point(undefined)}
            onBlur={() => setCell(undefined)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && shown !== undefined) {
                event.preventDefault();
                return setCell(undefined);
              }
              const next = step(tile, shown ?? { row: 0, column: 0 }, event.key, event.shiftKey);
              if (next === undefined) return;
              event.preventDefault();
              setPointed(false);
              setCell(shown === undefined ? { row: 0, column: 0 } : next);
            }}
          >
            <Still {...props} grid={grid} />
            {shown !== undefined && <Crosshair grid={grid} cell={shown} />}
          </div>
          <p class="keys" aria-hidden="true" style={{ left: `${space.left}px`, top: `${space.top}px` }}>
            ↑ ↓ ← → move the cell, with Shift by ten; Escape leaves it
          </p>
          {props.footer !== undefined && (
            <div
              class="under"
              style={{ left: `${space.left}px`, right: '0px', top: `${space.top + grid.height + 8}px` }}
            >
              {props.footer}
            </div>
          )}
          {shown !== undefined && (
            <Tooltip grid={grid} cell={shown} left={space.left} top={space.top} width={size.width} height={size.height}>
              {props.describe(shown)}
            </Tooltip>
          )}
        </>
      )}
    </div>
  );
}

/** The canvas: painted when the tile, its colours or its size change, and not otherwise. */
function Still({ tile, range, without, extremes, grid }: HeatMapProps & { readonly grid: Grid }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { kind, version } = theme.value;
  const ratio = globalThis.devicePixelRatio || 1;
  const width = Math.round(grid.width * ratio);
  const height = Math.round(grid.height * ratio);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined || tile.rows === 0 || tile.columns === 0) return;
    const colours = cellColours();
    const pixels = paintTile(tile, {
      ramp: rampOf(range.kind, kind),
      range,
      ...colours,
      ...(without === undefined ? {} : { without }),
      extremes: extremes === true,
    });
    context.imageSmoothingEnabled = false;
    context.drawImage(bitmapOf(pixels, tile.columns, tile.rows), 0, 0, width, height);
    const cellWidth = width / tile.columns;
    const cellHeight = height / tile.rows;
    if (Math.min(cellWidth, cellHeight) >= 4) hatch(context, tile, cellWidth, cellHeight, colours.hatch);
    if (Math.min(cellWidth, cellHeight) >= 10 * ratio) separate(context, tile, cellWidth, cellHeight, ratio);
    if (Math.min(cellWidth, cellHeight) >= 36 * ratio) write(context, tile, pixels, cellWidth, cellHeight, ratio);
  }, [tile, range, without, extremes, kind, version, width, height]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      style={{ width: `${grid.width}px`, height: `${grid.height}px` }}
    />
  );
}
