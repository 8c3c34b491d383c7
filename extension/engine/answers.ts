/** How each question about a run is answered, from the tensors that are held of it. */
import type { QueryAnswer, QueryName, QueryParams } from '../protocol/queries.ts';
import { RpcError } from '../protocol/rpc.ts';
import type { HeldRuns } from './held.ts';
import { gridOf, headMatrix, headTile, scoresMatrix, weightsMatrix } from './views/attention.ts';
import { type Matrix, matrixAt, part } from './views/elements.ts';
import { histogramOf } from './views/histogram.ts';
import { sheetOf } from './views/sheet.ts';
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
    const before = held.tensor({ ...query, tensor: attention.scores });
    const { shape } = held.tensor(query);
    if (before.ndim !== shape.length || before.shape.some((size, d) => size !== shape[d])) return tile;
    const scores = part(matrixAt(before, query.at), query.rows, query.columns);
    return { ...tile, masked: maskOf(scores, tile.rows, tile.columns) };
  },

  sheet(held, query) {
    const { at, axis, indices, maxRows, maxColumns } = query;
    return { tiles: sheetOf(held.tensor(query), at, axis, indices, maxRows, maxColumns) };
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
    const weights = held.tensor({ ...query, tensor: record.weights, of: 'value' });
    const masking = scoresMatrix(scores, weights, record, batch, head);
    const tile = (matrix: Matrix) => headTile(matrix, masking, maxRows, maxColumns);
    switch (query.of) {
      case 'weights':
        return tile(weightsMatrix(weights, record, batch, head));
      case 'scores':
        if (masking === undefined)
          throw new RpcError(
            "The scores don't have the shape of the weights: a mask broadcasts them before the softmax.",
          );
        return tile(masking);
      case 'gradient':
        return tile(headMatrix(held.tensor({ ...query, tensor: record.weights, of: 'gradient' }), record, batch, head));
      default:
        throw new RpcError(query.of satisfies never);
    }
  },
};
