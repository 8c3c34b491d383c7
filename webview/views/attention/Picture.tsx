/** One head's map as a picture or a table, in the colours that are chosen. */

import type { Tile } from '../../../extension/protocol/queries.ts';
import type { MapTokens } from '../../../extension/reading/attention.ts';
import { number } from '../../../extension/reading/numbers.ts';
import { ColourBar } from '../../charts/ColourBar.tsx';
import { HeatMap } from '../../charts/HeatMap.tsx';
import { rangeOf } from '../../charts/range.ts';
import { MapTable } from './MapTable.tsx';
import { asTable, extremes, hideSink, type MapOf, type Scale } from './options.ts';
import { Reading } from './Reading.tsx';

interface PictureProps {
  readonly tile: Tile;
  readonly other: Tile | undefined;
  readonly of: MapOf;
  /** What the colours of weights stand for. */
  readonly scale: Scale;
  readonly tokens: MapTokens;
  readonly stale: boolean;
}

export function Picture({ tile, other, of, scale, tokens, stale }: PictureProps) {
  if (asTable.value) return <MapTable tile={tile} tokens={tokens} stale={stale} name={of} />;
  const whole = tile.columns === tile.sourceColumns;
  const without = hideSink.value && whole && tile.columns > 1 ? 0 : undefined;
  const range = rangeOf(tile, {
    kind: of === 'weights' ? 'sequential' : 'diverging',
    scale: of === 'weights' ? scale : 'map',
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
      maxCell={112}
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
