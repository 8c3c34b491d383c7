/** What is said of the cell under the cursor: who asks whom, how much, and its rank among them. */

import type { Tile } from '../../../extension/protocol/queries.ts';
import type { MapTokens } from '../../../extension/reading/attention.ts';
import { number, ordinal } from '../../../extension/reading/numbers.ts';
import type { Cell } from '../../charts/geometry.ts';
import { rankIn } from '../../charts/rank.ts';
import type { MapOf } from './options.ts';

interface ReadingProps {
  readonly cell: Cell;
  readonly tile: Tile;
  readonly other: Tile | undefined;
  readonly of: MapOf;
  readonly tokens: MapTokens;
}

export function Reading({ cell, tile, other, of, tokens }: ReadingProps) {
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
