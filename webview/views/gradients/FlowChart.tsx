/**
 * Norms on a log scale in the order of calls, the loss at the right end: the gradient travels leftwards. A few paths however many
 * layers; only marked layers have elements of their own.
 */
import { useMemo, useState } from 'preact/hooks';
import { flowAxis } from '../../../extension/reading/flowAxis.ts';
import { type GradientRow, normOf, type Thresholds } from '../../../extension/reading/gradients.ts';
import { number } from '../../../extension/reading/numbers.ts';
import { type LogScale, logScale } from '../../charts/logScale.ts';
import { useSize } from '../../ui/size.ts';
import { Along, lineHeight } from './Along.tsx';
import { left, right, top } from './plot.ts';
import { verdictText } from './verdicts.ts';

interface Props {
  readonly rows: readonly GradientRow[];
  readonly thresholds: Thresholds | undefined;
  readonly chosen: number;
  readonly stale: boolean;
  readonly height: number;
  onChoose(index: number): void;
}

/** Height of the chart from which numbers stand along it. */
const roomForNumbers = 100;

/** The output's norm; NaN where it has elements that are not finite, or there is none. */
const outputNorm = (row: GradientRow): number => (row.output === undefined ? Number.NaN : normOf(row.output.gradient));

export function FlowChart({ rows, thresholds, chosen, stale, height, onChoose }: Props) {
  const [frame, size] = useSize<HTMLDivElement>();
  const [over, setOver] = useState<number | undefined>(undefined);
  const norms = rows.flatMap((row) => [
    ...(row.output === undefined ? [] : [outputNorm(row)]),
    ...(row.parameterNorm === undefined ? [] : [row.parameterNorm]),
  ]);
  const scale = logScale(
    norms,
    height,
    rows.some((row) => row.verdict === 'nan'),
  );
  const gap = (size.width - left - right) / Math.max(1, rows.length);
  const x = (i: number): number => left + (i + 0.5) * gap;
  const at = (clientX: number, box: DOMRect): number | undefined => {
    const i = Math.floor((clientX - box.left - left) / gap);
    return i >= 0 && i < rows.length ? i : undefined;
  };
  const steps = rows.some(({ step }) => step !== undefined);
  const along = useMemo(() => flowAxis(rows), [rows]);
  // Rows of the list come before numbers along a low chart.
  const lines = height < roomForNumbers || along.ticks.length === 0 ? 0 : along.stacks.length === 0 ? 1 : 2;
  const shown = over ?? (chosen >= 0 ? chosen : undefined);
  const row = shown === undefined ? undefined : rows[shown];
  return (
    <figure class={stale ? 'flow stale-picture' : 'flow'} data-testid="gradient-chart">
      <div ref={frame} class="flow-frame">
        {size.width > 0 && (
          <svg
            width={size.width}
            height={height + top + 4 + lines * lineHeight}
            role="img"
            aria-label={`Gradient norms of ${rows.length} ${steps ? 'steps' : 'layers'} on a logarithmic scale; the list below has the same numbers`}
            data-points={rows.length}
            onPointerMove={(event) => setOver(at(event.clientX, event.currentTarget.getBoundingClientRect()))}
            onPointerLeave={() => setOver(undefined)}
            onClick={(event) => {
              const i = at(event.clientX, event.currentTarget.getBoundingClientRect());
              if (i !== undefined) onChoose(i);
            }}
          >
            <g transform={`translate(0 ${top})`}>
              <Along axis={along} gap={gap} height={height} lines={lines} />
              <Axis scale={scale} width={size.width} thresholds={thresholds} />
              {shown !== undefined && shown < rows.length && (
                <rect
                  class="here"
                  x={left}
                  y="0"
                  width={Math.max(2, gap)}
                  height={height}
                  style={{ transform: `translateX(${shown * gap}px)` }}
                />
              )}

              <path class="series out line" d={line(rows, x, scale)} />
              {rows.length <= 400 && (
                <path
                  class="series out"
                  d={dots(rows, x, (each) => (each.output === undefined ? undefined : scale.y(outputNorm(each))))}
                />
              )}
              <path
                class="series parameters"
                d={dots(rows, x, (each) =>
                  each.parameterNorm === undefined ? undefined : scale.y(each.parameterNorm),
                )}
              />
              <Marks rows={rows} x={x} scale={scale} />
              <path class="loss-end" d={`M${size.width - right + 6} 0V${height}`} />
              <text class="loss-text" x={size.width - right + 12} y={10}>
                loss
              </text>
            </g>
          </svg>
        )}
      </div>
      <figcaption class="num">
        <span class="legend">
          <i class="key out" /> ‖∂L/∂{steps ? 'h' : 'out'}‖
        </span>
        {!steps && (
          <span class="legend">
            <i class="key parameters" /> ‖∂L/∂parameters‖
          </span>
        )}
        <span class="reading" data-testid="gradient-reading">
          {row === undefined ? (
            <span class="quiet">first {steps ? 'step' : 'layer'} → loss</span>
          ) : (
            <Reading row={row} />
          )}
        </span>
      </figcaption>
    </figure>
  );
}

function Reading({ row }: { readonly row: GradientRow }) {
  return (
    <>
      <b>{row.path || row.className}</b>
      {row.turn > 0 && <span class="quiet"> call {row.turn}</span>}
      {row.step !== undefined && <span class="quiet"> step {row.step.index}</span>}
      {row.output !== undefined && <> {number(outputNorm(row))}</>}
      {row.gain !== undefined && <span class="quiet"> gain {number(row.gain)}</span>}
      {row.verdict !== undefined && <span class="quiet"> {verdictText[row.verdict]}</span>}
    </>
  );
}

function Axis({
  scale,
  width,
  thresholds,
}: {
  readonly scale: LogScale;
  readonly width: number;
  readonly thresholds: Thresholds | undefined;
}) {
  const line = (y: number): string => `M${left} ${Math.round(y) + 0.5}H${width - right + 6}`;
  return (
    <>
      <path class="grid" d={scale.ticks.map((tick) => line(tick.y)).join('')} />
      {thresholds !== undefined && thresholds.reference > 0 && (
        <>
          <path class="median" d={line(scale.y(thresholds.reference))} />
          <text class="loss-text" x={width - right + 12} y={scale.y(thresholds.reference) + 4}>
            ref.
          </text>
        </>
      )}
      {scale.ticks.map((tick) => (
        <text key={tick.text} class="tick" x={left - 6} y={tick.y + 4}>
          {tick.text}
        </text>
      ))}
      {scale.zeroY !== undefined && (
        <text class="tick" x={left - 6} y={scale.zeroY + 4}>
          0
        </text>
      )}
      {scale.notFiniteY !== undefined && (
        <text class="tick error" x={left - 6} y={scale.notFiniteY + 4}>
          NaN
        </text>
      )}
    </>
  );
}

/** Joins layers of one kind: the same place in repeated blocks, else the same class. A norm that has no place ends the line. */
function line(rows: readonly GradientRow[], x: (i: number) => number, scale: LogScale): string {
  const placeOf = ({ path, className, step }: GradientRow): string =>
    step?.of ?? `${path.replace(/\d+/g, '*')} ${className}`;
  const members = new Map<string, number>();
  for (const row of rows) members.set(placeOf(row), (members.get(placeOf(row)) ?? 0) + 1);
  const paths = new Map<string, { path: string; pen: 'M' | 'L' }>();
  rows.forEach((row, i) => {
    if (row.output === undefined) return;
    const kind = (members.get(placeOf(row)) ?? 0) > 1 ? placeOf(row) : row.className;
    const series = paths.get(kind) ?? { path: '', pen: 'M' };
    paths.set(kind, series);
    const norm = outputNorm(row);
    if (!(norm > 0) || !Number.isFinite(norm)) {
      series.pen = 'M';
      return;
    }
    series.path += `${series.pen}${x(i).toFixed(1)} ${scale.y(norm).toFixed(1)}`;
    series.pen = 'L';
  });
  return [...paths.values()].map(({ path }) => path).join('');
}

/** Round caps on lines of no length: one path, as many dots as it takes. */
function dots(
  rows: readonly GradientRow[],
  x: (i: number) => number,
  y: (row: GradientRow) => number | undefined,
): string {
  return rows
    .map((row, i) => {
      const at = y(row);
      return at === undefined ? '' : `M${x(i).toFixed(1)} ${at.toFixed(1)}h0`;
    })
    .join('');
}

/** Where the mark goes: on the output's norm, or the parameters' where those are what explodes. */
function markAt(row: GradientRow): number {
  const own = row.parameterNorm ?? 0;
  if (row.output === undefined) return own;
  if (row.verdict === 'nan' && Number.isNaN(own)) return own;
  return row.verdict === 'exploding' ? Math.max(own, outputNorm(row)) : outputNorm(row);
}

function Marks({
  rows,
  x,
  scale,
}: {
  readonly rows: readonly GradientRow[];
  readonly x: (i: number) => number;
  readonly scale: LogScale;
}) {
  return (
    <>
      {rows.map((row, i) =>
        row.verdict === undefined ? null : (
          <circle
            key={row.key}
            class={`mark ${row.verdict}`}
            cx={x(i)}
            cy={scale.y(markAt(row))}
            r="6"
            data-testid="gradient-mark"
            data-verdict={row.verdict}
            data-layer={row.path}
          />
        ),
      )}
    </>
  );
}
