/** What is drawn on a map's canvas: the pixels, and over large cells their hatching, borders and numbers. */
import type { Tile } from '../../extension/protocol/queries.ts';
import { cellText, inkOn } from './cellText.ts';
import { maskedRuns } from './paint.ts';

/** Pixels on a canvas of their own, to be drawn larger. */
export function bitmapOf(pixels: Uint32Array<ArrayBuffer>, columns: number, rows: number): HTMLCanvasElement {
  const small = document.createElement('canvas');
  small.width = columns;
  small.height = rows;
  small.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), columns, rows), 0, 0);
  return small;
}

/** Fine diagonals over masked cells: not a value, and not to be taken for one without colour either. */
export function hatch(
  context: CanvasRenderingContext2D,
  tile: Tile,
  width: number,
  height: number,
  colour: string,
): void {
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
export function separate(
  context: CanvasRenderingContext2D,
  tile: Tile,
  width: number,
  height: number,
  hair: number,
): void {
  context.globalCompositeOperation = 'destination-out';
  for (let column = 1; column < tile.columns; column++)
    context.fillRect(Math.round(column * width) - hair, 0, hair, context.canvas.height);
  for (let row = 1; row < tile.rows; row++)
    context.fillRect(0, Math.round(row * height) - hair, context.canvas.width, hair);
  context.globalCompositeOperation = 'source-over';
}

/** Numbers in cells with room for them. */
export function write(
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
