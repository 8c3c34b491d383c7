/** A tensor's numbers on one line, what is wrong with them first: `2 NaN  −2.1 ─▭─ 2.3  μ 0.01 σ 0.98`. */
import type { Statistics } from '../../core/trace/trace.ts';
import { findings } from '../../extension/reading/health.ts';
import { number } from '../../extension/reading/numbers.ts';
import type { OutputRange } from '../../extension/reading/outputRange.ts';
import type { Provenance } from '../../extension/reading/provenance.ts';
import { Icon } from './Icon.tsx';

const outOfDate: Provenance = 'out of date';

export function Findings({ stats }: { readonly stats: Statistics }) {
  return (
    <>
      {findings(stats).map((finding) => (
        <span key={finding.text} class={`finding ${finding.severity}`} title={finding.why}>
          <Icon name={finding.severity === 'error' ? 'error' : 'warning'} />
          {finding.text}
        </span>
      ))}
    </>
  );
}

/** Only the marks, for where there is no room for words. */
export function Flags({ stats }: { readonly stats: Statistics }) {
  return (
    <span class="flags">
      {findings(stats)
        .slice(0, 1)
        .map((finding) => (
          <Icon
            key={finding.text}
            name={finding.severity === 'error' ? 'error' : 'warning'}
            class={finding.severity}
            title={`${finding.text}: ${finding.why}`}
          />
        ))}
    </span>
  );
}

interface PillProps {
  readonly stats: Statistics;
  readonly stale: boolean;
  /** The scale it is drawn on, with others: their pictures stand under each other, before the numbers. Its own from end to end by default. */
  readonly scale?: OutputRange | undefined;
}

export function StatsPill({ stats, stale, scale }: PillProps) {
  const finite = stats.count - stats.nan - stats.posInf - stats.negInf > 0;
  const title = finite
    ? `min ${number(stats.min)} · max ${number(stats.max)} · mean ${number(stats.mean)} · std ${number(stats.std)} · ${stats.zeros} zeros of ${stats.count}`
    : 'no finite element';
  return (
    <span class={stale ? 'pill stale' : 'pill'} title={stale ? `${title} · ${outOfDate}` : title}>
      {finite && scale !== undefined && <Spread stats={stats} scale={scale} />}
      <Findings stats={stats} />
      {finite && (
        <>
          {scale === undefined ? (
            <>
              <span class="range num">{number(stats.min)}</span>
              <Spread stats={stats} scale={stats} />
              <span class="range num">{number(stats.max)}</span>
            </>
          ) : (
            <span class="range num">
              {number(stats.min)} to {number(stats.max)}
            </span>
          )}
          <span class="moments num">
            <i>μ</i> {number(stats.mean, 2)} <i>σ</i> {number(stats.std, 2)}
          </span>
        </>
      )}
    </span>
  );
}

const width = 44;

/** Where min, max and mean ± std lie on a scale, and where zero does. */
function Spread({ stats, scale }: { readonly stats: Statistics; readonly scale: OutputRange }) {
  const span = scale.max - scale.min;
  const at = (value: number): number =>
    span > 0 ? Math.min(width, Math.max(0, ((value - scale.min) / span) * width)) : width / 2;
  const low = at(stats.mean - stats.std);
  const high = at(stats.mean + stats.std);
  const [from, to] = [Math.min(at(stats.min), width - 1) + 0.5, Math.max(at(stats.max), 1) - 0.5];
  return (
    <svg class="spread" width={width} height="12" aria-hidden="true">
      <path class="line" d={`M${from} 6H${to}M${from} 3v6M${to} 3v6`} />
      {scale.min < 0 && scale.max > 0 && <path class="zero" d={`M${at(0)} 0V12`} />}
      <rect x={low} y="3" width={Math.max(2, high - low)} height="6" rx="1" />
    </svg>
  );
}
