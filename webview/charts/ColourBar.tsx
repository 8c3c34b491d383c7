/** What the colours mean: the range they stand for, what was clipped, and the colours that are no value. */
import { integer, number } from '../../extension/reading/numbers.ts';
import { theme } from '../theme.ts';
import { rampColour } from './ramp.ts';
import type { ColourRange } from './range.ts';

interface Props {
  readonly range: ColourRange;
  readonly masked?: boolean;
  readonly notFinite?: number;
  /** Cells that stand for several elements each: `mean of 4 × 4`. */
  readonly averaged?: string | undefined;
}

const stops = 16;

export function ColourBar({ range, masked = false, notFinite = 0, averaged }: Props) {
  const { kind } = theme.value;
  const colours = Array.from({ length: stops + 1 }, (_, i) => rampColour(range.kind, kind, i / stops)).join(', ');
  return (
    <div class="colour-bar" data-testid="colour-bar">
      <span class="num">{number(range.low)}</span>
      <span class="ramp" style={{ backgroundImage: `linear-gradient(to right, ${colours})` }} />
      <span class="num">{range.perRow === undefined ? number(range.high) : 'row’s largest'}</span>
      {range.root === true && (
        <span class="quiet" title="Colours follow the square root, so that small weights differ visibly">
          √ scale
        </span>
      )}
      {range.clipped > 0 && (
        <span class="quiet num" title="Drawn in the nearest colour of the range">
          {integer(range.clipped)} beyond the range
        </span>
      )}
      {masked && (
        <span class="quiet">
          <i class="swatch masked" /> masked
        </span>
      )}
      {notFinite > 0 && (
        <span class="error-text num">
          <i class="swatch nan" /> {integer(notFinite)} NaN or ∞
        </span>
      )}
      {averaged !== undefined && <span class="quiet num">{averaged}</span>}
    </div>
  );
}
