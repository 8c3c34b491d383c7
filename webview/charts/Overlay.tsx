/** What moves over a still map: the cross through a cell, and what is said of it. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Cell, Grid } from './geometry.ts';

export function Crosshair({ grid, cell }: { readonly grid: Grid; readonly cell: Cell }) {
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

export function Tooltip({ grid, cell, left, top, width, height, children }: TooltipProps) {
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
