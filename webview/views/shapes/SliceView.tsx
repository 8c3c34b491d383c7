/** Two dimensions of a tensor as a heat map, with a slider for every other one. */
import { useState } from 'preact/hooks';
import type { TensorRecord } from '../../../core/trace/trace.ts';
import type { TensorQuery } from '../../../extension/protocol/queries.ts';
import { labelsOf } from '../../../extension/reading/axes.ts';
import { number } from '../../../extension/reading/numbers.ts';
import { useAnswer } from '../../ask.ts';
import { ColourBar } from '../../charts/ColourBar.tsx';
import type { Cell } from '../../charts/geometry.ts';
import { HeatMap } from '../../charts/HeatMap.tsx';
import { rangeOf } from '../../charts/range.ts';
import { useSize } from '../../ui/size.ts';

interface Props {
  readonly query: TensorQuery;
  readonly tensor: TensorRecord;
  readonly stale: boolean;
}

export function SliceView({ query, tensor, stale }: Props) {
  const { shape } = tensor;
  const leading = shape.slice(0, -2);
  const [at, setAt] = useState<readonly number[]>(() => leading.map(() => 0));
  const [frame, size] = useSize<HTMLDivElement>();
  const rows = shape.length > 1 ? (shape.at(-2) ?? 1) : 1;
  const columns = shape.at(-1) ?? 1;
  const empty = shape.includes(0);
  const most = (pixels: number): number =>
    Math.max(32, Math.floor((pixels * (globalThis.devicePixelRatio || 1)) / 32) * 32);
  const answer = useAnswer(
    'tile',
    empty || size.width === 0
      ? null
      : {
          ...query,
          at,
          rows: [0, rows],
          columns: [0, columns],
          maxRows: Math.min(most(240), 512),
          maxColumns: Math.min(most(size.width), 1024),
        },
  );
  if (empty) return <p class="quiet">It has no elements.</p>;
  const tile = answer.data;
  const range =
    tile === undefined
      ? undefined
      : rangeOf(tile, { kind: tensor.dtype === 'f32' ? 'diverging' : 'sequential', scale: 'map' });
  const rowLabels = labelsOf(tensor.axes.at(-2), rows, at[0] ?? 0);
  const columnLabels = labelsOf(tensor.axes.at(-1), columns, at[0] ?? 0);
  const tall = Math.min(260, Math.max(28, rows * 14)) + (columnLabels === undefined ? 0 : 40);
  return (
    <div class="slice" ref={frame} data-testid="slice">
      {leading.map((length, axis) => (
        <Slider
          key={axis}
          name={tensor.axes[axis]?.name ?? `axis ${axis}`}
          length={length}
          value={at[axis] ?? 0}
          onChange={(value) => setAt(at.map((old, i) => (i === axis ? value : old)))}
        />
      ))}
      {answer.error !== undefined && <p class="error-text">{answer.error}</p>}
      <div class="slice-map" style={{ height: `${tall}px` }}>
        {tile !== undefined && range !== undefined && (
          <HeatMap
            tile={tile}
            range={range}
            rowLabels={rowLabels}
            columnLabels={columnLabels}
            rowName={tensor.axes.at(-2)?.name ?? 'row'}
            columnName={tensor.axes.at(-1)?.name ?? 'column'}
            square={isImage(tensor)}
            maxCell={columns === 1 ? 40 : 28}
            label="Slice of the tensor"
            stale={stale}
            testId="slice-map"
            describe={(cell) => <Reading cell={cell} tensor={tensor} at={at} tile={tile} />}
          />
        )}
      </div>
      {tile !== undefined && range !== undefined && (
        <ColourBar
          range={range}
          notFinite={tile.mean.reduce((n, value) => n + (Number.isFinite(value) ? 0 : 1), 0)}
          averaged={
            tile.extreme === undefined
              ? undefined
              : `mean of about ${number(tile.sourceRows / tile.rows, 2)} × ${number(tile.sourceColumns / tile.columns, 2)} elements`
          }
        />
      )}
    </div>
  );
}

/** Rows and columns of a picture, or of a kernel: its cells are square. */
function isImage({ shape, axes }: TensorRecord): boolean {
  const names = [axes.at(-2)?.name, axes.at(-1)?.name];
  if (names.every((name) => name === undefined)) return shape.length >= 4;
  return names.every((name) => name === undefined || /^(row|column|height|width|kernel)/.test(name));
}

interface ReadingProps {
  readonly cell: Cell;
  readonly tensor: TensorRecord;
  readonly at: readonly number[];
  readonly tile: {
    readonly rows: number;
    readonly columns: number;
    readonly sourceRows: number;
    readonly sourceColumns: number;
    readonly mean: Float32Array;
    readonly extreme?: Float32Array | undefined;
  };
}

function Reading({ cell, tensor, at, tile }: ReadingProps) {
  const i = cell.row * tile.columns + cell.column;
  const span = (index: number, cells: number, source: number): string => {
    const from = Math.floor((index * source) / cells);
    const to = Math.floor(((index + 1) * source) / cells) - 1;
    return to > from ? `${from}–${to}` : String(from);
  };
  const place = [
    ...at.map(String),
    ...(tensor.shape.length > 1 ? [span(cell.row, tile.rows, tile.sourceRows)] : []),
    span(cell.column, tile.columns, tile.sourceColumns),
  ];
  return (
    <>
      <b class="num">{number(tile.mean[i] ?? Number.NaN, 4)}</b>
      <span class="quiet num"> at [{place.join(', ')}]</span>
      {tile.extreme !== undefined && (
        <div class="num quiet">mean of several; largest {number(tile.extreme[i] ?? Number.NaN)}</div>
      )}
    </>
  );
}

interface SliderProps {
  readonly name: string;
  readonly length: number;
  readonly value: number;
  onChange(value: number): void;
}

function Slider({ name, length, value, onChange }: SliderProps) {
  if (length <= 1) return null;
  return (
    <label class="slider">
      <span>
        <span class="axis">{name}</span> <b class="num">{value}</b>
        <span class="quiet num"> of {length}</span>
      </span>
      <input
        type="range"
        min={0}
        max={length - 1}
        value={value}
        data-testid={`slider-${name}`}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
    </label>
  );
}
