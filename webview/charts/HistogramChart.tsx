/** How a tensor's elements are spread: bars of one path, zero marked, and what has no place among them said below. */
import { max } from 'd3-array';
import { useState } from 'preact/hooks';
import type { Histogram } from '../../extension/protocol/queries.ts';
import { count, number, share } from '../../extension/reading/numbers.ts';
import { useSize } from '../ui/size.ts';

interface Props {
  readonly histogram: Histogram;
  readonly label: string;
  readonly height?: number;
  readonly stale?: boolean;
  readonly tone?: 'value' | 'gradient';
}

export function HistogramChart({ histogram, label, height = 72, stale = false, tone = 'value' }: Props) {
  const [frame, size] = useSize<HTMLDivElement>();
  const [bin, setBin] = useState<number | undefined>(undefined);
  const { counts, min: low, max: high } = histogram;
  const most = max(counts) ?? 0;
  const bar = counts.length === 0 ? 0 : size.width / counts.length;
  // Square roots let small bins be seen beside large ones; exact counts are in the line below.
  const tall = (n: number): number => (most === 0 || n === 0 ? 0 : Math.max(1, Math.sqrt(n / most) * (height - 4)));
  const path = counts
    .map((n, i) =>
      n === 0
        ? ''
        : `M${(i * bar).toFixed(1)} ${height}v${-tall(n).toFixed(1)}h${Math.max(1, bar - 1).toFixed(1)}V${height}z`,
    )
    .join('');
  const zero = low < 0 && high > 0 ? ((0 - low) / (high - low)) * size.width : undefined;
  const width = counts.length === 0 ? 0 : (high - low) / counts.length;
  return (
    <figure class={stale ? 'histogram stale' : 'histogram'} data-testid={`histogram-${tone}`}>
      <div ref={frame}>
        <svg
          width={size.width}
          height={height}
          role="img"
          aria-label={`${label}: ${count(histogram.total)} elements from ${number(low)} to ${number(high)}`}
          onPointerMove={(event) => {
            const i = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left) / bar);
            setBin(i >= 0 && i < counts.length ? i : undefined);
          }}
          onPointerLeave={() => setBin(undefined)}
        >
          {zero !== undefined && <path class="zero" d={`M${zero.toFixed(1)} 0V${height}`} />}
          <path class={`bars ${tone}`} d={path} />
          {bin !== undefined && <rect class="here" x={bin * bar} y="0" width={bar} height={height} />}
          <path class="line" d={`M0 ${height - 0.5}H${size.width}`} />
        </svg>
      </div>
      <figcaption class="num">
        <span>{number(low)}</span>
        <span class="quiet middle">
          {bin === undefined
            ? summary(histogram)
            : `${count(counts[bin] ?? 0)} from ${number(low + bin * width)} to ${number(low + (bin + 1) * width)}`}
        </span>
        <span>{number(high)}</span>
      </figcaption>
    </figure>
  );
}

function summary(histogram: Histogram): string {
  if (histogram.nonFinite > 0 && histogram.nonFinite === histogram.total)
    return `all ${count(histogram.total)} NaN or ∞`;
  const parts = [`${count(histogram.total)} elements`, '√ scale'];
  if (histogram.zeros > 0) parts.push(`${share(histogram.zeros, histogram.total)} zero`);
  if (histogram.nonFinite > 0) parts.push(`${count(histogram.nonFinite)} NaN or ∞ left out`);
  return parts.join(' · ');
}
