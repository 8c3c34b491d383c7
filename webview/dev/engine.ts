/** Answers what the page asks, with numbers made up on the spot that look like attention, activations and gradients. */
import type { FileTrace } from '../../core/trace/trace.ts';
import type {
  AttentionGrid,
  Histogram,
  QueryAnswer,
  QueryName,
  QueryParams,
  Tile,
} from '../../extension/protocol/queries.ts';
import { normal, random } from './traces/random.ts';

/** Weights of one head, softmaxed over the keys its mask leaves. */
function head(trace: FileTrace, id: number, which: number, batch: number) {
  const record = trace.models[0]?.attention[id];
  const rows = record?.queryLength ?? 1;
  const columns = record?.keyLength ?? 1;
  const next = random(id * 131 + which * 17 + batch * 7 + 1);
  const style = (id + which) % 5;
  const weights = new Float32Array(rows * columns);
  const scores = new Float32Array(rows * columns);
  const masked = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    const along = (row * (columns - 1)) / Math.max(1, rows - 1);
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      const far = Math.abs(column - along);
      const shape =
        [
          -far * 1.4,
          -Math.abs(column - along + 1) * 1.7,
          column === 0 ? 3.2 : -0.1 * far,
          -0.06 * far,
          ((column * 7 + which) % 5 === 0 ? 2 : 0) - 0.02 * far,
        ][style] ?? 0;
      scores[i] = shape + 0.5 * normal(next);
      if (record?.causal === true && column > row) {
        masked[i] = 1;
        scores[i] = Number.NEGATIVE_INFINITY;
      } else sum += Math.exp(scores[i] ?? 0);
    }
    for (let column = 0; column < columns; column++)
      weights[row * columns + column] = Math.exp(scores[row * columns + column] ?? 0) / sum;
  }
  return { rows, columns, weights, scores, masked };
}

/** Averages down to at most so many cells, as the engine does. */
export function shrink(
  cells: Float32Array,
  rows: number,
  columns: number,
  maxRows: number,
  maxColumns: number,
  masked?: Uint8Array,
): Tile {
  const toRows = Math.min(rows, maxRows);
  const toColumns = Math.min(columns, maxColumns);
  const whole = toRows === rows && toColumns === columns;
  const size = toRows * toColumns;
  const mean = new Float32Array(size);
  const extreme = new Float32Array(size);
  const covered = new Uint8Array(size).fill(1);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < toRows; row++)
    for (let column = 0; column < toColumns; column++) {
      const at = row * toColumns + column;
      let sum = 0;
      let n = 0;
      for (let r = Math.floor((row * rows) / toRows); r < Math.floor(((row + 1) * rows) / toRows); r++)
        for (
          let c = Math.floor((column * columns) / toColumns);
          c < Math.floor(((column + 1) * columns) / toColumns);
          c++
        ) {
          const value = cells[r * columns + c] ?? 0;
          if (masked?.[r * columns + c] !== 1) covered[at] = 0;
          if (!Number.isFinite(value)) continue;
          sum += value;
          n++;
          if (Math.abs(value) > Math.abs(extreme[at] ?? 0)) extreme[at] = value;
          min = Math.min(min, value);
          max = Math.max(max, value);
        }
      mean[at] = n === 0 ? (whole ? (cells[row * columns + column] ?? Number.NaN) : Number.NaN) : sum / n;
    }
  return {
    rows: toRows,
    columns: toColumns,
    sourceRows: rows,
    sourceColumns: columns,
    mean,
    min,
    max,
    ...(whole ? {} : { extreme }),
    ...(masked === undefined ? {} : { masked: covered }),
  };
}

function attentionMap(trace: FileTrace, query: QueryParams<'attentionMap'>): Tile {
  const { rows, columns, weights, scores, masked } = head(trace, query.attention, query.head, query.batch);
  const next = random(query.head + 99);
  const cells =
    query.of === 'weights'
      ? weights
      : query.of === 'scores'
        ? scores
        : weights.map((w, i) => (masked[i] === 1 ? 0 : 1e-3 * w * normal(next)));
  return shrink(cells, rows, columns, query.maxRows, query.maxColumns, masked);
}

function attentionGrid(trace: FileTrace, query: QueryParams<'attentionGrid'>): AttentionGrid {
  const heads = trace.models[0]?.attention[query.attention]?.heads ?? 0;
  return {
    heads: Array.from({ length: heads }, (_, which) => {
      const { rows, columns, weights, masked } = head(trace, query.attention, which, query.batch);
      let entropy = 0;
      for (const w of weights) if (w > 0) entropy -= w * Math.log2(w);
      const tile = shrink(weights, rows, columns, query.maxSize, query.maxSize, masked);
      return { ...tile, entropy: entropy / rows, peak: tile.max };
    }),
  };
}

function tile(trace: FileTrace, query: QueryParams<'tile'>): Tile {
  const tensor = trace.models[query.model]?.tensors[query.tensor];
  const stats = query.of === 'value' ? tensor?.stats : tensor?.gradient;
  const rows = query.rows[1] - query.rows[0];
  const columns = query.columns[1] - query.columns[0];
  const next = random(query.tensor * 31 + query.at.reduce((a, b) => a * 7 + b, 3));
  const cells = Float32Array.from(
    { length: rows * columns },
    (_, i) => (stats?.mean ?? 0) + (stats?.std ?? 1) * (0.8 * normal(next) + 0.5 * Math.sin(i / 9)),
  );
  if ((stats?.nan ?? 0) > 0) for (let i = 0; i < cells.length; i += 9) cells[i] = Number.NaN;
  return shrink(cells, rows, columns, query.maxRows, query.maxColumns);
}

function sheet(trace: FileTrace, { axis, indices, ...query }: QueryParams<'sheet'>): QueryAnswer<'sheet'> {
  const shape = trace.models[query.model]?.tensors[query.tensor]?.shape ?? [];
  const [rows = 1, columns = 1] = shape.slice(-2);
  const tiles = Array.from({ length: Math.min(indices[1], shape[axis] ?? 0) - indices[0] }, (_, i) =>
    tile(trace, {
      ...query,
      at: query.at.map((index, dimension) => (dimension === axis ? indices[0] + i : index)),
      rows: [0, rows],
      columns: [0, columns],
    }),
  );
  return { tiles };
}

function histogram(trace: FileTrace, query: QueryParams<'histogram'>): Histogram {
  const tensor = trace.models[query.model]?.tensors[query.tensor];
  const stats = query.of === 'value' ? tensor?.stats : tensor?.gradient;
  const total = stats?.count ?? 1;
  const min = stats?.min ?? -1;
  const max = stats?.max ?? 1;
  const counts = Array.from({ length: query.bins }, (_, i) => {
    const x = min + ((i + 0.5) / query.bins) * (max - min);
    const z = (x - (stats?.mean ?? 0)) / (stats?.std || 1);
    return Math.round((total / query.bins) * 3 * Math.exp(-z * z * 0.5) * (0.85 + 0.3 * random(i + query.tensor)()));
  });
  return {
    min,
    max,
    counts,
    total,
    nonFinite: (stats?.nan ?? 0) + (stats?.posInf ?? 0) + (stats?.negInf ?? 0),
    zeros: stats?.zeros ?? 0,
  };
}

/** Of the questions that pictures here ask; one that is not among them is not answered. */
export const answers = { tile, sheet, histogram, attentionGrid, attentionMap } satisfies {
  readonly [Q in QueryName]?: (trace: FileTrace, params: QueryParams<Q>) => QueryAnswer<Q>;
};
