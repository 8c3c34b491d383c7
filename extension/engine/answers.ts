/** How each question about a run is answered, from the tensors that are held of it. */
import type { QueryAnswer, QueryName, QueryParams } from '../protocol/queries.ts';
import type { HeldRuns } from './held.ts';
import { gridOf, headMatrix, headTile } from './views/attention.ts';
import { matrixAt, part } from './views/elements.ts';
import { histogramOf } from './views/histogram.ts';
import { maskOf, tileOf } from './views/tile.ts';

/** Throws RpcError where what is asked about is not held. */
export const answers: {
  readonly [Q in QueryName]: (held: HeldRuns, params: QueryParams<Q>) => QueryAnswer<Q>;
} = {
  tile(held, query) {
    const matrix = part(matrixAt(held.tensor(query), query.at), query.rows, query.columns);
    const tile = tileOf(matrix, query.maxRows, query.maxColumns);
    const attention =
      query.of === 'value'
        ? held.run(query.run).trace.models[query.model]?.attention.find(({ weights }) => weights === query.tensor)
        : undefined;
    if (attention === undefined) return tile;
    const scores = part(
      matrixAt(held.tensor({ ...query, tensor: attention.scores }), query.at),
      query.rows,
      query.columns,
    );
    return { ...tile, masked: maskOf(scores, tile.rows, tile.columns) };
  },

  histogram: (held, query) => histogramOf(held.tensor(query), query.bins),

  attentionGrid(held, query) {
    const record = held.attention(query);
    const weights = held.tensor({ ...query, tensor: record.weights, of: 'value' });
    const scores = held.tensor({ ...query, tensor: record.scores, of: 'value' });
    return gridOf(weights, scores, record, query.batch, query.maxSize);
  },

  attentionMap(held, query) {
    const record = held.attention(query);
    const { batch, head, maxRows, maxColumns } = query;
    const scores = held.tensor({ ...query, tensor: record.scores, of: 'value' });
    const values =
      query.of === 'scores'
        ? scores
        : held.tensor({ ...query, tensor: record.weights, of: query.of === 'weights' ? 'value' : 'gradient' });
    const matrix = headMatrix(values, record, batch, head);
    return headTile(matrix, headMatrix(scores, record, batch, head), maxRows, maxColumns);
  },
};
