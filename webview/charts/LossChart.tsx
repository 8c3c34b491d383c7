/**
 * The losses of a training as they come: the mean of so many steps a point, and their extremes as a band around it. Two paths
 * however many steps. The arrow keys move along it as the pointer does.
 */
import { scaleLinear } from 'd3-scale';
import { useState } from 'preact/hooks';
import type { LossCurve } from '../../extension/protocol/training.ts';
import { integer, number } from '../../extension/reading/numbers.ts';
import { useSize } from '../ui/size.ts';
import { type LossAxis, lossScale, stepsOf } from './lossScale.ts';

interface Props {
  readonly curve: LossCurve;
  /** Steps made. */
  readonly step: number;
  readonly axis: LossAxis;
  readonly stale: boolean;
  readonly height: number;
}

const left = 52;
const right = 14;
const top = 8;
const bottom = 20;
const tickGap = 90;

export function LossChart({ curve, step, axis, stale, height }: Props) {
  const [frame, size] = useSize<HTMLDivElement>();
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const points = curve.mean.length;
  const shown = chosen === undefined ? undefined : Math.min(chosen, points - 1);
  const scale = lossScale(curve, axis, height);
  const across = scaleLinear([1, Math.max(2, step)], [left, Math.max(left + 1, size.width - right)]);
  const x = (point: number): number => {
    const [first, last] = stepsOf(curve, point, step);
    return across((first + last) / 2);
  };
  const at = (clientX: number, box: DOMRect): number => {
    const point = Math.floor((across.invert(clientX - box.left) - 0.5) / curve.width);
    return Math.max(0, Math.min(points - 1, point));
  };
  const move = (event: KeyboardEvent): void => {
    const now = shown ?? points - 1;
    const page = Math.max(1, Math.round(points / 20));
    const next = {
      ArrowLeft: now - 1,
      ArrowRight: now + 1,
      PageUp: now - page,
      PageDown: now + page,
      Home: 0,
      End: points - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(points - 1, next)));
  };
  const ticks = across.ticks(Math.max(1, Math.floor((size.width - left - right) / tickGap))).filter(Number.isInteger);
  const reading = shown === undefined ? undefined : readingOf(curve, shown, step);
  return (
    <figure class={stale ? 'loss-chart stale-picture' : 'loss-chart'} data-testid="loss-chart">
      <div
        ref={frame}
        class="loss-frame"
        role="slider"
        tabIndex={0}
        aria-label={`Loss over ${integer(step)} steps, ${axis === 'log' ? 'logarithmic' : 'linear'}; the table has the same numbers`}
        aria-valuemin={1}
        aria-valuemax={step}
        aria-valuenow={stepsOf(curve, shown ?? points - 1, step)[1]}
        aria-valuetext={readingOf(curve, shown ?? points - 1, step)}
        aria-readonly="true"
        data-points={points}
        data-axis={axis}
        onPointerMove={(event) => setChosen(at(event.clientX, event.currentTarget.getBoundingClientRect()))}
        onPointerLeave={() => setChosen(undefined)}
        onKeyDown={move}
        onBlur={() => setChosen(undefined)}
      >
        {size.width > 0 && points > 0 && (
          <svg width={size.width} height={height + top + bottom} aria-hidden="true">
            <g transform={`translate(0 ${top})`}>
              <path
                class="grid"
                d={scale.ticks.map(({ y }) => `M${left} ${Math.round(y) + 0.5}H${size.width - right}`).join('')}
              />
              {scale.ticks.map(({ y, text }) => (
                <text key={text} class="tick" x={left - 6} y={y + 4}>
                  {text}
                </text>
              ))}
              {ticks.map((tick) => (
                <text key={tick} class="step-tick" x={across(tick)} y={height + 15}>
                  {integer(tick)}
                </text>
              ))}
              {shown !== undefined && <path class="cursor" d={`M${x(shown).toFixed(1)} 0V${height}`} />}
              <path class="loss-band" d={band(curve, x, scale.y)} />
              <path class="loss-line" d={line(curve.mean, x, scale.y)} />
              {shown !== undefined && (
                <circle class="loss-here" cx={x(shown)} cy={scale.y(curve.mean[shown] ?? Number.NaN)} r="4" />
              )}
            </g>
          </svg>
        )}
      </div>
      <figcaption class="num">
        <span class="legend">
          <i class="key loss" /> loss
        </span>
        {curve.width > 1 && (
          <span class="quiet" title="The line is their mean, the band goes from the lowest to the highest">
            {integer(curve.width)} steps a point
          </span>
        )}
        <span class="reading" data-testid="loss-reading">
          {reading ?? <span class="quiet">step →</span>}
        </span>
      </figcaption>
    </figure>
  );
}

/** `step 12: 0.34`, `steps 129 to 136: 0.34, 0.31 to 0.4`. */
function readingOf(curve: LossCurve, point: number, steps: number): string {
  const [first, last] = stepsOf(curve, point, steps);
  const [mean = Number.NaN, low = Number.NaN, high = Number.NaN] = [
    curve.mean[point],
    curve.min[point],
    curve.max[point],
  ];
  if (first === last) return `step ${integer(first)}: ${number(mean)}`;
  return `steps ${integer(first)} to ${integer(last)}: ${number(mean)}, ${number(low)} to ${number(high)}`;
}

function line(losses: readonly number[], x: (point: number) => number, y: (loss: number) => number): string {
  // One point alone is a line of no length with round ends.
  const path = losses.map((loss, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(loss).toFixed(1)}`).join('');
  return losses.length === 1 ? `${path}h0` : path;
}

function band(curve: LossCurve, x: (point: number) => number, y: (loss: number) => number): string {
  if (curve.width === 1) return '';
  const back = curve.max.map((loss, i) => `L${x(i).toFixed(1)} ${y(loss).toFixed(1)}`).reverse();
  return `${line(curve.min, x, y)}${back.join('')}Z`;
}
