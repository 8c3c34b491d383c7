/** Below the chart and behind it: blocks as bands, each with its number, and what they are blocks of. */
import type { FlowAxis, Stretch } from '../../../extension/reading/flowAxis.ts';
import { left } from './plot.ts';

/** Pixels of a line of text. */
export const lineHeight = 15;
/** The least between two numbers, and what a letter takes. */
const tickGap = 8;
const glyph = 6.2;

interface Props {
  readonly axis: FlowAxis;
  /** Pixels of one row of the list. */
  readonly gap: number;
  /** Of the plot. */
  readonly height: number;
  /** Of text below it. */
  readonly lines: 0 | 1 | 2;
}

export function Along({ axis, gap, height, lines }: Props) {
  const { ticks, stacks, blocks } = axis;
  const start = ({ from }: Stretch): number => left + from * gap;
  const width = ({ from, to }: Stretch): number => (to - from + 1) * gap;
  const middle = (stretch: Stretch): number => start(stretch) + width(stretch) / 2;
  const shown = thinned(ticks, width);
  return (
    <g>
      {blocks &&
        ticks.map((tick, i) =>
          i % 2 === 1 ? null : (
            <rect key={tick.from} class="band" x={start(tick)} y="0" width={width(tick)} height={height} />
          ),
        )}
      {(lines > 0 ? shown : []).map((tick) => (
        <text key={tick.from} class="step-tick" x={middle(tick)} y={height + lineHeight} data-testid="flow-tick">
          {tick.label}
        </text>
      ))}
      {(lines > 1 ? stacks : []).map((stack) => (
        <g key={stack.from} data-testid="flow-stack" data-label={stack.label}>
          <path
            class="stack"
            d={`M${start(stack) + 1} ${height + lineHeight + 4.5}H${start(stack) + width(stack) - 1}`}
          />
          <text class="step-tick" x={middle(stack)} y={height + 2 * lineHeight + 2}>
            {fitted(stack.label, width(stack))}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Every n-th tick where there are too many for their labels; the first always. */
function thinned(ticks: readonly Stretch[], width: (tick: Stretch) => number): readonly Stretch[] {
  const widest = Math.max(0, ...ticks.map(({ label }) => label.length * glyph)) + tickGap;
  const narrowest = Math.min(...ticks.map(width));
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((n) => n * narrowest >= widest) ?? 1000;
  return ticks.filter(({ label }) => Number(label) % every === 0);
}

/** As much of its end as there is room for. */
function fitted(label: string, width: number): string {
  const letters = Math.floor(width / glyph);
  if (label.length <= letters) return label;
  return letters < 3 ? '' : `…${label.slice(1 - letters)}`;
}
