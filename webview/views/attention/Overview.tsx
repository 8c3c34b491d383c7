/**
 * Layers × heads: one canvas behind the rows in sight, a button over each thumbnail for mouse, keyboard and reader. A row's maps are
 * asked for when it comes into sight.
 */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import type { AttentionGrid } from '../../../extension/protocol/queries.ts';
import { pathOf } from '../../../extension/reading/attention.ts';
import { number } from '../../../extension/reading/numbers.ts';
import type { RunOf } from '../../../extension/reading/scene.ts';
import { bitmapOf } from '../../charts/drawing.ts';
import { paintTile } from '../../charts/paint.ts';
import { rampOf } from '../../charts/ramp.ts';
import { rangeOf } from '../../charts/range.ts';
import { cellColours, theme } from '../../theme.ts';
import { Path } from '../../ui/Path.tsx';
import { useSize } from '../../ui/size.ts';
import { useVirtual } from '../../ui/virtual.ts';
import type { HeadsProps } from './chosen.ts';
import { useGrids } from './grids.ts';
import { Kinds } from './Kinds.tsx';
import { hideSink, scaleOf } from './options.ts';
import { belowThumbs, comfortable, labelHeight as label, numbersHeight } from './sizes.ts';

const gap = 6;
const edge = 10;
const smallest = 26;
const largest = 128;

export function Overview({ scene, values, records, chosen, batch, onChoose }: HeadsProps) {
  const [scroller, size] = useSize<HTMLDivElement>();
  const heads = records.reduce((most, record) => Math.max(most, record.heads), 1);
  const across = Math.floor((size.width - 2 * edge + gap) / heads) - gap;
  const down = Math.max(
    comfortable,
    Math.floor((size.height - numbersHeight) / Math.max(1, records.length)) - label - belowThumbs,
  );
  const thumb = Math.max(smallest, Math.min(largest, across, down));
  const height = label + thumb + belowThumbs;
  const virtual = useVirtual({
    count: records.length,
    size: height,
    scroller,
    overscan: 2,
    paddingStart: numbersHeight,
  });
  const visible = virtual.items.flatMap((item) => {
    const record = records[item.index];
    return record === undefined ? [] : [{ record, top: item.start, index: item.index }];
  });
  const grids = useGrids(
    values,
    visible.map((each) => each.record),
    batch,
    thumb,
  );
  const width = Math.max(size.width, 2 * edge + heads * (thumb + gap));
  const current = records.indexOf(chosen.record);

  useEffect(() => {
    if (current >= 0 && size.height > 0) virtual.scrollTo(current);
  }, [chosen.record, size.height, thumb]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const down = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const right = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (down === 0 && right === 0) return;
    event.preventDefault();
    const record = records[Math.min(records.length - 1, Math.max(0, current + down))];
    if (record === undefined) return;
    onChoose(record, Math.min(record.heads - 1, Math.max(0, chosen.head + right)), false);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus());
  };

  return (
    <div
      class={scene.outOfDate ? 'overview stale-picture' : 'overview'}
      ref={scroller}
      data-testid="attention-overview"
      onKeyDown={onKeyDown}
    >
      <p
        class="head-numbers"
        aria-hidden="true"
        style={{ height: `${numbersHeight}px`, width: `${width}px`, paddingInlineStart: `${edge}px`, gap: `${gap}px` }}
      >
        {Array.from({ length: heads }, (_, head) => (
          <span key={head} class="num" style={{ width: `${thumb}px` }}>
            {head === 0 && thumb > 48 ? 'head 0' : head}
          </span>
        ))}
      </p>
      <div class="rows" style={{ height: `${virtual.total}px`, width: `${width}px` }}>
        <Thumbnails
          visible={visible}
          grids={grids}
          thumb={thumb}
          width={width}
          from={visible[0]?.top ?? 0}
          height={visible.length * height}
          rowHeight={height}
        />
        {visible.map(({ record, top, index }) => (
          <OverviewRow
            key={record.id}
            record={record}
            values={values}
            grid={grids.get(record.id)}
            top={top}
            thumb={thumb}
            chosen={index === current ? chosen.head : undefined}
            onChoose={(head) => onChoose(record, head, true)}
          />
        ))}
      </div>
    </div>
  );
}

interface ThumbnailsProps {
  readonly visible: readonly { readonly record: AttentionRecord; readonly top: number }[];
  readonly grids: ReadonlyMap<number, AttentionGrid>;
  readonly thumb: number;
  readonly width: number;
  readonly from: number;
  readonly height: number;
  readonly rowHeight: number;
}

const bitmaps = new WeakMap<object, { readonly name: string; readonly bitmap: HTMLCanvasElement }>();

function Thumbnails({ visible, grids, thumb, width, from, height }: ThumbnailsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { kind, version } = theme.value;
  const without = hideSink.value ? 0 : undefined;
  const ratio = globalThis.devicePixelRatio || 1;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    const colours = cellColours();
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.imageSmoothingEnabled = false;
    for (const { record, top } of visible) {
      grids.get(record.id)?.heads.forEach((tile, index) => {
        if (tile.rows === 0 || tile.columns === 0) return;
        const scale = scaleOf(record);
        const name = `${version} ${without} ${scale}`;
        let known = bitmaps.get(tile);
        if (known?.name !== name) {
          const hidden = without === undefined ? {} : { without };
          const range = rangeOf(tile, { kind: 'sequential', scale, ...hidden });
          const pixels = paintTile(tile, { ramp: rampOf('sequential', kind), range, ...colours, ...hidden });
          known = { name, bitmap: bitmapOf(pixels, tile.columns, tile.rows) };
          bitmaps.set(tile, known);
        }
        const box = thumbBox(record, thumb);
        context.drawImage(
          known.bitmap,
          Math.round((edge + index * (thumb + gap) + box.x) * ratio),
          Math.round((top - from + label + box.y) * ratio),
          Math.round(box.width * ratio),
          Math.round(box.height * ratio),
        );
      });
    }
  });
  return (
    <canvas
      ref={canvas}
      width={Math.round(width * ratio)}
      height={Math.round(height * ratio)}
      style={{ width: `${width}px`, height: `${height}px`, transform: `translateY(${from}px)` }}
    />
  );
}

/** A map keeps its proportions inside the square. */
function thumbBox(record: AttentionRecord, thumb: number): { x: number; y: number; width: number; height: number } {
  const longest = Math.max(1, record.queryLength, record.keyLength);
  const width = Math.max(thumb / 4, (thumb * record.keyLength) / longest);
  const height = Math.max(thumb / 4, (thumb * record.queryLength) / longest);
  return { x: (thumb - width) / 2, y: (thumb - height) / 2, width, height };
}

interface RowProps {
  readonly record: AttentionRecord;
  readonly values: RunOf;
  readonly grid: AttentionGrid | undefined;
  readonly top: number;
  readonly thumb: number;
  readonly chosen: number | undefined;
  onChoose(head: number): void;
}

function OverviewRow({ record, values, grid, top, thumb, chosen, onChoose }: RowProps) {
  const path = pathOf(values.model, record) || values.model.name;
  return (
    <div
      class="overview-row"
      data-testid="attention-row"
      data-layer={path}
      style={{ transform: `translateY(${top}px)` }}
    >
      <p class="overview-label" style={{ height: `${label}px` }}>
        <Path path={path} />
        <Kinds record={record} values={values} />
      </p>
      <div class="thumbs" style={{ gap: `${gap}px`, paddingInlineStart: `${edge}px` }}>
        {Array.from({ length: record.heads }, (_, head) => {
          const tile = grid?.heads[head];
          const numbers = tile === undefined ? '' : `, peak ${number(tile.peak)}, entropy ${number(tile.entropy)} bits`;
          return (
            <button
              key={head}
              type="button"
              class={tile === undefined ? 'thumb empty-thumb' : 'thumb'}
              tabIndex={head === chosen ? 0 : -1}
              aria-pressed={head === chosen}
              aria-label={`${path}, head ${head}${numbers}`}
              title={`head ${head}${numbers}`}
              data-testid="attention-thumb"
              data-head={head}
              style={{ width: `${thumb}px`, height: `${thumb}px` }}
              onClick={() => onChoose(head)}
            />
          );
        })}
      </div>
    </div>
  );
}
