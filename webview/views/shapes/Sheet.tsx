/** Slices of a tensor beside each other, one for each index of a dimension, all in the same colours; a click enlarges one. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TensorRecord } from '../../../core/trace/trace.ts';
import type { TensorQuery, Tile } from '../../../extension/protocol/queries.ts';
import { integer, number } from '../../../extension/reading/numbers.ts';
import { useAnswer } from '../../ask.ts';
import { ColourBar } from '../../charts/ColourBar.tsx';
import { bitmapOf } from '../../charts/drawing.ts';
import { paintTile } from '../../charts/paint.ts';
import { rampOf } from '../../charts/ramp.ts';
import { type ColourRange, rangeOf } from '../../charts/range.ts';
import { joined, sheetLayout } from '../../charts/sheet.ts';
import { cellColours, theme } from '../../theme.ts';
import { Gone } from '../../ui/Gone.tsx';
import { useSize } from '../../ui/size.ts';

/** Pictures that are drawn at first, and more of them at a click. */
const atOnce = 128;

interface Props {
  readonly query: TensorQuery;
  readonly tensor: TensorRecord;
  readonly at: readonly number[];
  /** The dimension with a picture for each index. */
  readonly axis: number;
  readonly name: string;
  readonly stale: boolean;
  onEnlarge(index: number): void;
}

export function Sheet({ query, tensor, at, axis, name, stale, onEnlarge }: Props) {
  const [frame, size] = useSize<HTMLDivElement>();
  const [most, setMost] = useState(atOnce);
  const length = tensor.shape[axis] ?? 0;
  const shown = Math.min(length, most);
  const [rows = 1, columns = 1] = tensor.shape.slice(-2);
  const ratio = globalThis.devicePixelRatio || 1;
  const layout = sheetLayout({ count: shown, rows, columns, width: size.width, ratio });
  const answer = useAnswer(
    'sheet',
    size.width === 0
      ? null
      : {
          ...{ ...query, axis, indices: [0, shown] },
          at: at.map((index, i) => (i === axis ? 0 : index)),
          ...{ maxRows: layout.maxRows, maxColumns: layout.maxColumns },
        },
  );
  const tiles = answer.data?.tiles ?? [];
  const range =
    tiles.length === 0
      ? undefined
      : rangeOf(joined(tiles), { kind: tensor.dtype === 'f32' ? 'diverging' : 'sequential', scale: 'map' });
  const current = at[axis] ?? 0;
  const pictures = answer.gone === true ? 0 : shown;
  return (
    <div class={stale ? 'sheet stale-picture' : 'sheet'} ref={frame} data-testid="sheet">
      {answer.error !== undefined && <p class="error-text">{answer.error}</p>}
      {answer.gone === true && <Gone />}
      <div class="sheet-pictures" role="group" aria-label={`A picture for each ${name}`} onKeyDown={walk}>
        {Array.from({ length: pictures }, (_, index) => {
          const tile = tiles[index];
          const says = tile === undefined ? '' : `: ${number(tile.min)} to ${number(tile.max)}`;
          return (
            <button
              key={index}
              type="button"
              class="small-picture"
              tabIndex={index === Math.min(current, shown - 1) ? 0 : -1}
              aria-label={`${name} ${index}${says}`}
              title={`${name} ${index}${says}\nClick to enlarge`}
              data-testid="small-picture"
              data-index={index}
              onClick={() => onEnlarge(index)}
            >
              <Picture tile={tile} range={range} width={layout.width} height={layout.height} />
              <span class="num">{index}</span>
            </button>
          );
        })}
      </div>
      {pictures > 0 && shown < length && (
        <button type="button" class="link" data-testid="more-pictures" onClick={() => setMost(most + atOnce)}>
          {integer(Math.min(atOnce, length - shown))} more of {integer(length)}
        </button>
      )}
      {range !== undefined && (
        <ColourBar
          range={range}
          notFinite={tiles.reduce((sum, { mean }) => mean.reduce((n, x) => n + Number(!Number.isFinite(x)), sum), 0)}
          averaged={tiles[0]?.extreme === undefined ? undefined : 'means of several elements'}
        />
      )}
    </div>
  );
}

/** Arrow keys walk from picture to picture, row by row as they are laid out. */
function walk(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const top = all[0]?.offsetTop;
  const perRow = Math.max(1, all.filter((each) => each.offsetTop === top).length);
  const by = {
    ...{ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow, ArrowDown: perRow },
    ...{ Home: -all.length, End: all.length },
  }[event.key];
  if (by === undefined || at < 0) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, at + by))]?.focus();
}

interface PictureProps {
  readonly tile: Tile | undefined;
  readonly range: ColourRange | undefined;
  readonly width: number;
  readonly height: number;
}

function Picture({ tile, range, width, height }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { kind, version } = theme.value;
  const ratio = globalThis.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined || tile === undefined || range === undefined) return;
    if (tile.rows === 0 || tile.columns === 0) return;
    const pixels = paintTile(tile, { ramp: rampOf(range.kind, kind), range, ...cellColours() });
    context.imageSmoothingEnabled = false;
    context.drawImage(bitmapOf(pixels, tile.columns, tile.rows), 0, 0, across, down);
  }, [tile, range?.low, range?.high, kind, version, across, down]);
  return <canvas ref={canvas} width={across} height={down} style={{ width: `${width}px`, height: `${height}px` }} />;
}
