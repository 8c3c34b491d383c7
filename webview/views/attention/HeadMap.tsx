/** One head: its weights, its scores before the softmax, or ∂L/∂weights, with the value under the cursor. */
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { pathOf, tokensOf } from '../../../extension/reading/attention.ts';
import { originOf } from '../../../extension/reading/provenance.ts';
import type { RunOf, Scene } from '../../../extension/reading/scene.ts';
import { useAnswer } from '../../ask.ts';
import { Gone } from '../../ui/Gone.tsx';
import { Provenance } from '../../ui/Provenance.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { SourceLink } from '../../ui/SourceLink.tsx';
import { BackButton } from '../../ui/Split.tsx';
import { useSize } from '../../ui/size.ts';
import { Button, Dropdown } from '../../ui/toolkit.tsx';
import { Kinds } from './Kinds.tsx';
import { asTable, colourScale, extremes, type MapOf, mapOf, type Scale, scaleOf } from './options.ts';
import { Picture } from './Picture.tsx';

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
        <BackButton to="all heads" />
        <h2 title={pathOf(model, record)}>
          {pathOf(model, record) || model.name} <span class="quiet">·</span> head{' '}
          <span data-testid="head-index">{head}</span>
        </h2>
        <span class="tags">
          <Kinds record={record} values={values} />
        </span>
        <SourceLink file={values.file} site={record.site} />
        <Provenance origin={originOf(model, scene)} testId="map-provenance" />
      </div>
      <div class="toolbar">
        <Segments<MapOf>
          label="What to show"
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
        {/* Keeps its room, so that the map stays where it is. */}
        <span class={of === 'weights' ? 'scale-choice' : 'scale-choice unseen'}>
          <Dropdown<Scale>
            label="Colour scale"
            testId="colour-scale"
            value={scaleOf(record)}
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
        </span>
        {shown.data?.extreme !== undefined && (
          <Dropdown<'mean' | 'extreme'>
            label="A cell shows several weights"
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
        {shown.gone === true && <Gone />}
        {shown.data !== undefined && (
          <Picture
            tile={shown.data}
            scale={scaleOf(record)}
            other={other.data}
            of={of}
            tokens={tokens}
            stale={scene.outOfDate}
          />
        )}
      </div>
    </section>
  );
}
