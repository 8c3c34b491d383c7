/** The editor's answers, checked: buffers as long as the cells they stand for, or an error that says what came instead. */
import * as v from 'valibot';
import type { PanelMethods } from '../extension/protocol/panel.ts';
import type { AttentionGrid, Histogram, Tile } from '../extension/protocol/views.ts';

const size = v.pipe(v.number(), v.integer(), v.minValue(0));
/** NaN where nothing is finite; `v.number()` alone turns that away. */
const extremum = v.union([v.number(), v.nan()]);
const tileEntries = {
  rows: size,
  columns: size,
  sourceRows: size,
  sourceColumns: size,
  mean: v.instance(Float32Array),
  extreme: v.optional(v.instance(Float32Array)),
  min: extremum,
  max: extremum,
  masked: v.optional(v.instance(Uint8Array)),
};
type TileEntries = v.InferOutput<v.LooseObjectSchema<typeof tileEntries, undefined>>;

function fits<T extends TileEntries>(tile: T): boolean {
  const cells = tile.rows * tile.columns;
  return [tile.mean, tile.extreme, tile.masked].every((buffer) => buffer === undefined || buffer.length === cells);
}
const wrongLength = 'a buffer is not as long as its rows × columns';
const tile = v.pipe(
  v.looseObject(tileEntries),
  v.check((each) => fits(each), wrongLength),
);
const headTile = v.pipe(
  v.looseObject({ ...tileEntries, entropy: extremum, peak: extremum }),
  v.check((each) => fits(each), wrongLength),
);
const grid = v.looseObject({ heads: v.array(headTile) });
const histogram = v.looseObject({
  min: extremum,
  max: extremum,
  counts: v.array(v.number()),
  total: size,
  left: size,
  zeros: size,
});

export interface Answers {
  tile: Tile;
  attentionMap: Tile;
  attentionGrid: AttentionGrid;
  histogram: Histogram;
}

const schemas = { tile, attentionMap: tile, attentionGrid: grid, histogram } as const;

export type Question = keyof Answers;
export type QueryOf<Q extends Question> = Parameters<PanelMethods[Q]>[0];

export function checkAnswer<Q extends Question>(question: Q, answer: unknown): Answers[Q] {
  return v.parse(schemas[question] as v.GenericSchema, answer) as Answers[Q];
}
