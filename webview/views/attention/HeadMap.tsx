/** One head: its weights, its scores before the softmax, or ∂L/∂weights, with the value under the cursor. */
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import type { Tile } from '../../../extension/protocol/views.ts';
import { useAnswer } from '../../ask.ts';
import { ColourBar } from '../../charts/ColourBar.tsx';
import type { Cell } from '../../charts/geometry.ts';
import { HeatMap } from '../../charts/HeatMap.tsx';
import { rangeOf } from '../../charts/range.ts';
import { rankIn } from '../../charts/rank.ts';
import { number, ordinal } from '../../format.ts';
import { type MapTokens, pathOf, tokensOf } from '../../trace/attention.ts';
import type { RunOf, Scene } from '../../trace/scene.ts';
import { Provenance } from '../../ui/Provenance.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { SourceLink } from '../../ui/SourceLink.tsx';
import { useSize } from '../../ui/size.ts';
import { Button, Dropdown } from '../../ui/toolkit.tsx';
import { MapTable } from './MapTable.tsx';
import { Kinds } from './Overview.tsx';
import { asTable, colourScale, extremes, hideSink, type MapOf, mapOf } from './options.ts';

interface Props {
  readonly scene: Scene;
  readonly values: RunOf;
  readonly record: AttentionRecord;
  readonly head: number;
  readonly batch: number;
}

/** Room for labels and the colour bar, about. */
const besideMap = 100;
const aroundMap = 84;
/** No more cells a side are asked for, whatever the screen. */
const mostCells = 2048;

/** How many cells to ask for so that a large map fits: as many weights a cell down as across, for a square stays square. */
function cellsFor(record: AttentionRecord, width: number, height: number): { maxRows: number; maxColumns: number } {
  const ratio = globalThis.devicePixelRatio || 1;
  const { queryLength, keyLength } = record;
  // In steps of 16, so that dragging the panel's edge does not ask at every pixel.
  const room = (space: number): number => Math.min(mostCells, Math.max(64, Math.floor((space * ratio) / 16) * 16));
  const together = Math.max(1, queryLength / room(height), keyLength / room(width));
  return { maxRows: Math.ceil(queryLength / together), maxColumns: Math.ceil(keyLength / together) };
}

export function HeadMap({ scene, values, record, head, batch }: Props) {
  const [frame, size] = useSize<HTMLDivElement>();
  const { model } = values;
  const own = Math.min(batch, record.batch - 1);
  const hasGradient = model.tensors[record.weights]?.gradient !== undefined;
  const of: MapOf = mapOf.value === 'gradient' && !hasGradient ? 'weights' : mapOf.value;
  const ready = size.width > 0;
  const query = {
    run: values.file.run,
    model: values.index,
    attention: record.id,
    batch: own,
    head,
    ...cellsFor(record, size.width - besideMap, size.height - aroundMap),
  };
  const shown = useAnswer('attentionMap', ready ? { ...query, of } : null);
  const other = useAnswer('attentionMap', ready ? { ...query, of: of === 'scores' ? 'weights' : 'scores' } : null);
  const tokens = tokensOf(model, record, own);
  return (
    <section class="pane head-map" data-testid="head-map" aria-label="Attention map">
      <div class="detail-head">
        <h2 title={pathOf(model, record)}>
          {pathOf(model, record) || model.name} <span class="quiet">·</span> head{' '}
          <span data-testid="head-index">{head}</span>
        </h2>
        <span class="tags">
          <Kinds record={record} values={values} />
        </span>
        <SourceLink file={values.file} site={record.site} />
        <Provenance kind={model.provenance} outOfDate={scene.outOfDate} testId="map-provenance" />
      </div>
      <div class="toolbar">
        <Segments<MapOf>
          label="What of it"
          testId="map-of"
          value={of}
          choices={[
            { value: 'weights', label: 'Weights' },
            { value: 'scores', label: 'Scores' },
            {
              value: 'gradient',
              label: 'Gradient',
              ...(hasGradient ? {} : { disabled: 'Run backward to see ∂L/∂weights' }),
            },
          ]}
          onChange={(next) => {
            mapOf.value = next;
          }}
        />
        {of === 'weights' && (
          <Dropdown<'map' | 'root' | 'row' | 'unit'>
            label="Colour scale"
            testId="colour-scale"
            value={colourScale.value}
            choices={[
              { value: 'map', label: 'Scale to map' },
              { value: 'root', label: '√ scale to map' },
              { value: 'row', label: 'Scale to row' },
              { value: 'unit', label: 'Scale 0 to 1' },
            ]}
            onChange={(next) => {
              colourScale.value = next;
            }}
          />
        )}
        {shown.data?.extreme !== undefined && (
          <Dropdown<'mean' | 'extreme'>
            label="A cell stands for several weights"
            testId="cell-of"
            value={extremes.value ? 'extreme' : 'mean'}
            choices={[
              { value: 'mean', label: 'Mean of cell' },
              { value: 'extreme', label: 'Largest of cell' },
            ]}
            onChange={(next) => {
              extremes.value = next === 'extreme';
            }}
          />
        )}
        <span class="end">
          <Button
            appearance="icon"
            icon={asTable.value ? 'graph-scatter' : 'table'}
            label={asTable.value ? 'Show as a picture' : 'Show as a table'}
            pressed={asTable.value}
            testId="toggle-table"
            onClick={() => {
              asTable.value = !asTable.value;
            }}
          />
        </span>
      </div>
      <div
        class="map-frame"
        ref={frame}
        data-state={shown.pending ? 'pending' : 'ready'}
        data-of={of}
        data-layer={pathOf(model, record)}
        data-head={head}
      >
        {shown.error !== undefined && <p class="error-text">{shown.error}</p>}
        {shown.data !== undefined && (
          <Picture tile={shown.data} other={other.data} of={of} tokens={tokens} stale={scene.outOfDate} />
        )}
      </div>
    </section>
  );
}

interface PictureProps {
  readonly tile: Tile;
  readonly other: Tile | undefined;
  readonly of: MapOf;
  readonly tokens: MapTokens;
  readonly stale: boolean;
}

function Picture({ tile, other, of, tokens, stale }: PictureProps) {
  if (asTable.value) return <MapTable tile={tile} tokens={tokens} stale={stale} name={of} />;
  const whole = tile.columns === tile.sourceColumns;
  const without = hideSink.value && whole && tile.columns > 1 ? 0 : undefined;
  const range = rangeOf(tile, {
    kind: of === 'weights' ? 'sequential' : 'diverging',
    scale: of === 'weights' ? colourScale.value : 'map',
    extremes: extremes.value,
    ...(without === undefined ? {} : { without }),
  });
  const notFinite = tile.mean.reduce(
    (n, value, i) =>
      n +
      (Number.isFinite(value) || tile.masked?.[i] === 1 || (of === 'scores' && value === Number.NEGATIVE_INFINITY)
        ? 0
        : 1),
    0,
  );
  return (
    <HeatMap
      tile={tile}
      range={range}
      rowLabels={tokens.query}
      columnLabels={tokens.key}
      rowName="query"
      columnName="key"
      square
      maxCell={56}
      label={`Attention ${of}`}
      without={without}
      extremes={extremes.value}
      stale={stale}
      testId="attention-map"
      footer={
        <ColourBar
          range={range}
          masked={tile.masked?.includes(1) === true}
          notFinite={notFinite}
          averaged={
            whole && tile.rows === tile.sourceRows
              ? undefined
              : `${extremes.value ? 'largest' : 'mean'} of about ${number(tile.sourceRows / tile.rows, 2)} × ${number(tile.sourceColumns / tile.columns, 2)} weights a cell`
          }
        />
      }
      describe={(cell) => <Reading cell={cell} tile={tile} other={other} of={of} tokens={tokens} />}
    />
  );
}

interface ReadingProps {
  readonly cell: Cell;
  readonly tile: Tile;
  readonly other: Tile | undefined;
  readonly of: MapOf;
  readonly tokens: MapTokens;
}

function Reading({ cell, tile, other, of, tokens }: ReadingProps) {
  const i = cell.row * tile.columns + cell.column;
  const masked = tile.masked?.[i] === 1;
  const same = other !== undefined && other.rows === tile.rows && other.columns === tile.columns;
  const weights = of === 'scores' ? (same ? other : undefined) : of === 'weights' ? tile : undefined;
  const rank = weights === undefined ? undefined : rankIn(weights, cell.row, cell.column);
  const second = same ? other.mean[i] : undefined;
  return (
    <>
      <div class="pair">
        <Token tokens={tokens.query} index={cell.row} cells={tile.rows} source={tile.sourceRows} />
        <span class="quiet"> → </span>
        <Token tokens={tokens.key} index={cell.column} cells={tile.columns} source={tile.sourceColumns} />
      </div>
      {masked ? (
        <div data-testid="cell-value">masked</div>
      ) : (
        <>
          <div>
            <span class="quiet">{of === 'weights' ? 'weight' : of === 'scores' ? 'score' : '∂L/∂weight'} </span>
            <b class="num" data-testid="cell-value">
              {number(tile.mean[i] ?? Number.NaN, 4)}
            </b>
            {tile.extreme !== undefined && (
              <span class="quiet num"> mean, largest {number(tile.extreme[i] ?? Number.NaN)}</span>
            )}
          </div>
          {second !== undefined && (
            <div class="quiet num">
              {of === 'scores' ? 'weight' : 'score'} {number(second, 4)}
            </div>
          )}
          {rank !== undefined && (
            <div class="quiet num">
              {rank.place === 1 ? 'largest' : `${ordinal(rank.place)} largest`} of {rank.of}
            </div>
          )}
        </>
      )}
    </>
  );
}

function Token({
  tokens,
  index,
  cells,
  source,
}: {
  readonly tokens: readonly string[];
  readonly index: number;
  readonly cells: number;
  readonly source: number;
}) {
  const from = Math.floor((index * source) / cells);
  const to = Math.max(from, Math.floor(((index + 1) * source) / cells) - 1);
  return (
    <>
      <b class="token">{tokens[from] ?? from}</b>
      {to > from && <b class="token">…{tokens[to] ?? to}</b>}
      {tokens[from] !== String(from) && <span class="quiet num"> {to > from ? `${from}–${to}` : from}</span>}
    </>
  );
}
