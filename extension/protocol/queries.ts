/**
 * Questions about the tensors of a run, at the resolution of a screen, and their answers. A question is declared here, once: its
 * schemas check it at every boundary of trust, and its types are theirs. The engine answers (engine/answers.ts), pictures ask; all
 * between pass it on unread. Answers are small: nothing larger than what is drawn ever crosses.
 */
import * as v from 'valibot';

/** A position or an id. */
const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31));
/** A number of cells that is asked for. */
const cells = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));
/** A half-open range. */
const range = v.pipe(v.tuple([index, index]), v.readonly());
/** A number of things that were counted. */
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** NaN where nothing is finite; `v.number()` alone turns that away. */
const extremum = v.union([v.number(), v.nan()]);

/** A tensor of a run, or its gradient. `model`: its position in `FileTrace.models`. */
const tensorEntries = { run: index, model: index, tensor: index, of: v.picklist(['value', 'gradient']) };
export type TensorQuery = v.InferOutput<v.StrictObjectSchema<typeof tensorEntries, undefined>>;

const attentionEntries = { run: index, model: index, attention: index, batch: index };
export type AttentionQuery = v.InferOutput<v.StrictObjectSchema<typeof attentionEntries, undefined>>;

const tileEntries = {
  /** Cells of the answer. */
  rows: count,
  columns: count,
  /** Cells of the slice that was asked for. */
  sourceRows: count,
  sourceColumns: count,
  /** Row-major: the cell, or the mean of the finite elements it stands for (NaN where there are none). */
  mean: v.instance(Float32Array),
  /** Element of the largest magnitude in each cell; absent where a cell is one element. */
  extreme: v.optional(v.instance(Float32Array)),
  /** Finite extremes of the whole slice. */
  min: extremum,
  max: extremum,
  /** 1 where every element of the cell was masked out before the softmax (attention weights only). */
  masked: v.optional(v.instance(Uint8Array)),
};
const headEntries = {
  ...tileEntries,
  /** Mean over queries of the entropy of a row, in bits: 0 attends to one key, log2(keys) to all alike. */
  entropy: extremum,
  /** Largest weight in the map. */
  peak: extremum,
};

const wrongLength = 'a buffer is not as long as its rows × columns';
function fits({ rows, columns, mean, extreme, masked }: v.InferOutput<v.ObjectSchema<typeof tileEntries, undefined>>) {
  return [mean, extreme, masked].every((buffer) => buffer === undefined || buffer.length === rows * columns);
}
const tile = v.pipe(
  v.object(tileEntries),
  v.check((one) => fits(one), wrongLength),
);
const head = v.pipe(
  v.object(headEntries),
  v.check((one) => fits(one), wrongLength),
);

export const queries = {
  /** A 2-d slice: `at` fixes every dimension but the last two (a 1-d tensor counts as one row). Larger ones are averaged down to `maxRows` × `maxColumns`. */
  tile: {
    params: v.strictObject({
      ...tensorEntries,
      at: v.pipe(v.array(index), v.maxLength(32), v.readonly()),
      rows: range,
      columns: range,
      maxRows: cells,
      maxColumns: cells,
    }),
    answer: tile,
  },
  /** The same of several slices: a tile for each index of leading dimension `axis` in `indices`, the others as `at` says. */
  sheet: {
    params: v.pipe(
      v.strictObject({
        ...tensorEntries,
        at: v.pipe(v.array(index), v.maxLength(32), v.readonly()),
        axis: index,
        indices: range,
        maxRows: cells,
        maxColumns: cells,
      }),
      v.check(
        ({ indices: [from, to], maxRows, maxColumns }) => (to - from) * maxRows * maxColumns <= 2 ** 21,
        'more cells than are drawn',
      ),
    ),
    answer: v.object({ tiles: v.array(tile) }),
  },
  /** Of the finite elements, in equal bins between their extremes. */
  histogram: {
    params: v.strictObject({ ...tensorEntries, bins: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512)) }),
    answer: v.object({
      min: extremum,
      max: extremum,
      counts: v.array(v.number()),
      total: count,
      /** Elements that are NaN or infinite, and so in no bin. */
      nonFinite: count,
      zeros: count,
    }),
  },
  /** All heads of one attention at thumbnail size. */
  attentionGrid: {
    params: v.strictObject({ ...attentionEntries, maxSize: cells }),
    answer: v.object({ heads: v.array(head) }),
  },
  /** One head's map: a tile of its weights, its scores, or ∂L/∂weights after a backward run. */
  attentionMap: {
    params: v.strictObject({
      ...attentionEntries,
      head: index,
      of: v.picklist(['weights', 'scores', 'gradient']),
      maxRows: cells,
      maxColumns: cells,
    }),
    answer: tile,
  },
} as const;

export type QueryName = keyof typeof queries;
export type QueryParams<Q extends QueryName> = v.InferOutput<(typeof queries)[Q]['params']>;
export type QueryAnswer<Q extends QueryName> = v.InferOutput<(typeof queries)[Q]['answer']>;
export type Tile = v.InferOutput<typeof tile>;
export type Histogram = QueryAnswer<'histogram'>;
export type AttentionGrid = QueryAnswer<'attentionGrid'>;

/** A question on its way. */
export type Query = { readonly [Q in QueryName]: { readonly name: Q; readonly params: QueryParams<Q> } }[QueryName];

/** Checks a question from outside. Throws what is wrong with it. */
export function checkQuery(raw: unknown): Query {
  const { name, params } = v.parse(v.strictObject({ name: v.string(), params: v.unknown() }), raw);
  if (!Object.hasOwn(queries, name)) throw new Error(`unknown question ${name}`);
  const known = name as QueryName;
  return { name: known, params: v.parse(queries[known].params as v.GenericSchema, params) } as Query;
}

/** Checks an answer from outside. Throws what is wrong with it. */
export function checkAnswer<Q extends QueryName>(name: Q, answer: unknown): QueryAnswer<Q> {
  return v.parse(queries[name].answer as v.GenericSchema, answer) as QueryAnswer<Q>;
}
