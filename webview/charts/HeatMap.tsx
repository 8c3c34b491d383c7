/**
 * A tile as a picture. The canvas is painted once and stands still; crosshair and tooltip are elements moved over it by
 * transforms. Never an element a cell. Arrow keys move the cell as the mouse does.
 */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Tile } from '../../extension/protocol/views.ts';
import { cellColours, theme } from '../theme.ts';
import { useSize } from '../ui/size.ts';
import { AxisLabels, gutters } from './AxisLabels.tsx';
import { cellText, inkOn } from './cellText.ts';
import { type Cell, fitGrid, type Grid, hit, step } from './geometry.ts';
import { maskedRuns, paintTile } from './paint.ts';
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
            class="plot"
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
            onPointerMove={(event) => setCell(at(event))}
            onPointerLeave={() => setCell(undefined)}
            onBlur={() => setCell(undefined)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') return setCell(undefined);
              const next = step(tile, shown ?? { row: 0, column: 0 }, event.key, event.shiftKey);
              if (next === undefined) return;
              event.preventDefault();
              setCell(shown === undefined ? { row: 0, column: 0 } : next);
            }}
          >
            <Still {...props} grid={grid} />
            {shown !== undefined && <Crosshair grid={grid} cell={shown} />}
          </div>
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

/** Pixels on a canvas of their own, to be drawn larger. */
export function bitmapOf(pixels: Uint32Array<ArrayBuffer>, columns: number, rows: number): HTMLCanvasElement {
  const small = document.createElement('canvas');
  small.width = columns;
  small.height = rows;
  small.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), columns, rows), 0, 0);
  return small;
}

/** Fine diagonals over masked cells: not a value, and not to be taken for one without colour either. */
function hatch(context: CanvasRenderingContext2D, tile: Tile, width: number, height: number, colour: string): void {
  const runs = maskedRuns(tile);
  if (runs.length === 0) return;
  context.save();
  context.beginPath();
  for (const run of runs) context.rect(run.from * width, run.row * height, (run.to - run.from) * width, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  const { width: right, height: bottom } = context.canvas;
  for (let x = -bottom; x < right; x += 6) {
    context.moveTo(x, bottom);
    context.lineTo(x + bottom, 0);
  }
  context.stroke();
  context.restore();
}

/** A hair between large cells, so that they can be counted. */
function separate(context: CanvasRenderingContext2D, tile: Tile, width: number, height: number, hair: number): void {
  context.globalCompositeOperation = 'destination-out';
  for (let column = 1; column < tile.columns; column++)
    context.fillRect(Math.round(column * width) - hair, 0, hair, context.canvas.height);
  for (let row = 1; row < tile.rows; row++)
    context.fillRect(0, Math.round(row * height) - hair, context.canvas.width, hair);
  context.globalCompositeOperation = 'source-over';
}

/** Numbers in cells with room for them. */
function write(
  context: CanvasRenderingContext2D,
  tile: Tile,
  pixels: Uint32Array,
  width: number,
  height: number,
  ratio: number,
): void {
  context.font = `${11 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let row = 0, i = 0; row < tile.rows; row++)
    for (let column = 0; column < tile.columns; column++, i++) {
      if (tile.masked?.[i] === 1) continue;
      context.fillStyle = inkOn(pixels[i] ?? 0);
      context.globalAlpha = 0.85;
      context.fillText(cellText(tile.mean[i] ?? Number.NaN, tile.max), (column + 0.5) * width, (row + 0.5) * height);
    }
  context.globalAlpha = 1;
}

function Crosshair({ grid, cell }: { readonly grid: Grid; readonly cell: Cell }) {
  const x = cell.column * grid.cellWidth;
  const y = cell.row * grid.cellHeight;
  const width = Math.max(2, grid.cellWidth);
  const height = Math.max(2, grid.cellHeight);
  return (
    <>
      <span class="hair" style={{ transform: `translateY(${y}px)`, width: `${grid.width}px`, height: `${height}px` }} />
      <span class="hair" style={{ transform: `translateX(${x}px)`, width: `${width}px`, height: `${grid.height}px` }} />
      <span
        class="cell"
        style={{ transform: `translate(${x}px, ${y}px)`, width: `${width}px`, height: `${height}px` }}
      />
    </>
  );
}

interface TooltipProps {
  readonly grid: Grid;
  readonly cell: Cell;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly children: ComponentChildren;
}

const away = 14;

function Tooltip({ grid, cell, left, top, width, height, children }: TooltipProps) {
  const own = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = own.current;
    if (element === null) return;
    const x = left + (cell.column + 1) * grid.cellWidth + away;
    const y = top + (cell.row + 1) * grid.cellHeight + away;
    const { offsetWidth, offsetHeight } = element;
    const placedX =
      x + offsetWidth <= width ? x : Math.max(0, left + cell.column * grid.cellWidth - offsetWidth - away);
    const placedY =
      y + offsetHeight <= height ? y : Math.max(0, top + cell.row * grid.cellHeight - offsetHeight - away);
    element.style.transform = `translate(${Math.round(placedX)}px, ${Math.round(placedY)}px)`;
  });
  return (
    <div class="tooltip" ref={own} role="status" data-testid="cell-tooltip">
      {children}
    </div>
  );
}
