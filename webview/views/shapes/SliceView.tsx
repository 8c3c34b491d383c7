/** Two dimensions of a tensor as a picture, with a slider for every other one; or a sheet of them, one for each index of one other. */

import { useRef } from 'preact/hooks';
import type { TensorRecord } from '../../../core/trace/trace.ts';
import type { TensorQuery } from '../../../extension/protocol/queries.ts';
import { labelsOf } from '../../../extension/reading/axes.ts';
import { number } from '../../../extension/reading/numbers.ts';
import { useAnswer } from '../../ask.ts';
import { ColourBar } from '../../charts/ColourBar.tsx';
import type { Cell } from '../../charts/geometry.ts';
import { HeatMap } from '../../charts/HeatMap.tsx';
import { rangeOf } from '../../charts/range.ts';
import { Gone } from '../../ui/Gone.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { useSize } from '../../ui/size.ts';
import { chooseIn, indicesIn, lookAt } from '../looks.ts';
import { Sheet } from './Sheet.tsx';

interface Props {
  /** Key of the row it is looked at in, and its own name there. */
  readonly row: string;
  readonly name: string;
  readonly query: TensorQuery;
  readonly tensor: TensorRecord;
  readonly stale: boolean;
}

export function SliceView({ row, name, query, tensor, stale }: Props) {
  const { shape } = tensor;
  const leading = shape.slice(0, -2);
  const look = lookAt(row);
  const at = indicesIn(look.at, name, leading);
  const long = leading.flatMap((length, axis) => (length > 1 ? [axis] : []));
  const wanted = look.sheet?.[name];
  const usual = sheetAtFirst(tensor, long);
  const sheet = wanted === -1 || (wanted !== undefined && long.includes(wanted)) ? wanted : usual;
  const choose = (next: { readonly axis?: number; readonly at?: readonly number[] }): void =>
    chooseIn(row, {
      ...(next.axis === undefined ? {} : { sheet: { ...look.sheet, [name]: next.axis } }),
      ...(next.at === undefined ? {} : { at: { ...look.at, [name]: [...next.at] } }),
    });
  const nameOf = (axis: number): string => tensor.axes[axis]?.name ?? `axis ${axis}`;
  const frame = useRef<HTMLDivElement>(null);
  const indexed = (axis: number, index: number): readonly number[] => at.map((old, i) => (i === axis ? index : old));
  if (shape.includes(0)) return <p class="quiet">It has no elements.</p>;
  return (
    <div class="slice" ref={frame} data-testid="slice">
      {long.length > 0 && (
        <Segments
          label="Pictures"
          testId="pictures"
          value={String(sheet)}
          choices={[
            { value: '-1', label: 'One' },
            ...long.map((axis) => ({
              ...{ value: String(axis), label: `Each ${nameOf(axis)}` },
              // Escape leads back from the picture that was enlarged.
              ...(sheet === -1 && axis === usual ? { escape: 'picture' } : {}),
            })),
          ]}
          onChange={(value) => choose({ axis: Number(value) })}
        />
      )}
      {long
        .filter((axis) => axis !== sheet)
        .map((axis) => (
          <Slider
            key={axis}
            name={nameOf(axis)}
            length={leading[axis] ?? 1}
            value={at[axis] ?? 0}
            onChange={(value) => choose({ at: indexed(axis, value) })}
          />
        ))}
      {sheet === -1 ? (
        <Slice {...{ query, tensor, at, stale }} />
      ) : (
        <Sheet
          key={sheet}
          {...{ query, tensor, at, stale }}
          axis={sheet}
          name={nameOf(sheet)}
          onEnlarge={(index) => {
            choose({ axis: -1, at: indexed(sheet, index) });
            const pictures = frame.current;
            requestAnimationFrame(() =>
              pictures?.querySelector<HTMLElement>('[role="radio"][aria-checked="true"]')?.focus(),
            );
          }}
        />
      )}
    </div>
  );
}

/** Feature maps by channel and kernels by output, for those are looked at together; anything else alone. */
function sheetAtFirst(tensor: TensorRecord, long: readonly number[]): number {
  if (!isImage(tensor)) return -1;
  return (tensor.role === 'parameter' ? long[0] : long.at(-1)) ?? -1;
}

type SliceProps = Omit<Props, 'row' | 'name'> & { readonly at: readonly number[] };

function Slice({ query, tensor, at, stale }: SliceProps) {
  const [frame, size] = useSize<HTMLDivElement>();
  const { shape } = tensor;
  const rows = shape.length > 1 ? (shape.at(-2) ?? 1) : 1;
  const columns = shape.at(-1) ?? 1;
  const most = (pixels: number): number =>
    Math.max(32, Math.floor((pixels * (globalThis.devicePixelRatio || 1)) / 32) * 32);
  const answer = useAnswer(
    'tile',
    size.width === 0
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
  const tile = answer.data;
  const range =
    tile === undefined
      ? undefined
      : rangeOf(tile, { kind: tensor.dtype === 'f32' ? 'diverging' : 'sequential', scale: 'map' });
  const rowLabels = labelsOf(tensor.axes.at(-2), rows, at[0] ?? 0);
  const columnLabels = labelsOf(tensor.axes.at(-1), columns, at[0] ?? 0);
  const tall = Math.min(260, Math.max(28, rows * 14)) + (columnLabels === undefined ? 0 : 40);
  return (
    <div class="one-slice" ref={frame}>
      {answer.error !== undefined && <p class="error-text">{answer.error}</p>}
      <div class="slice-map" style={{ height: `${tall}px` }}>
        {answer.gone === true && <Gone />}
        {tile !== undefined && range !== undefined && (
          <HeatMap
            tile={tile}
            range={range}
            rowLabels={rowLabels}
            columnLabels={columnLabels}
            rowName={tensor.axes.at(-2)?.name ?? 'row'}
            columnName={tensor.axes.at(-1)?.name ?? 'column'}
            square={isImage(tensor)}
            maxCell={isImage(tensor) ? 28 : 72}
            label="Slice of the tensor"
            stale={stale}
            testId="slice-map"
            describe={(cell) => <Reading cell={cell} tensor={tensor} at={at} tile={tile} />}
          />
        )}
      </div>
      {shape.length > 1 && (
        <p class="quiet num slice-axes" data-testid="slice-axes">
          ↓ {tensor.axes.at(-2)?.name ?? 'row'} {rows} · → {tensor.axes.at(-1)?.name ?? 'column'} {columns}
        </p>
      )}
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
