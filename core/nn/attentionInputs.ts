/** Whether queries, keys and values fit an attention and each other; what is said where they do not. */
import { ShapeError, TensightError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkBatchFirst, checkFeatures, checkRank } from './check.ts';
import type { Layer } from './layer.ts';

/** What of a `MultiheadAttention` says which inputs it takes. */
interface Widths extends Layer {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly batchFirst: boolean;
}

/** Throws TensightError for an input that is missing, ShapeError for one that does not fit. */
export function checkAttentionInputs(of: Widths, query: Tensor, key: Tensor, value: Tensor): void {
  const layer = `MultiheadAttention(${of.embedDim}, ${of.numHeads})`;
  const order = of.batchFirst ? '[batch, seq, embed]' : '[seq, batch, embed]';
  for (const [name, given] of Object.entries({ query, key, value }))
    if ((given as unknown) === undefined)
      throw new TensightError(
        `${layer}: expected a tensor as ${name}, got nothing`,
        'Write attention.forward(query, key, value); for self-attention all are the same: attention.forward(x, x, x).',
      );
  for (const x of [query, key, value]) checkRank(layer, x, [2, 3], `${order}, or [seq, embed] without a batch`);
  checkFeatures(`${layer}: query`, query, of.embedDim, (size) => `nn.MultiheadAttention(${size}, …)`);
  checkFeatures(`${layer}: key`, key, of.kdim, (size) => `{ kdim: ${size} }`, { layer: of, argument: 'kdim' });
  checkFeatures(`${layer}: value`, value, of.vdim, (size) => `{ vdim: ${size} }`, {
    layer: of,
    argument: 'vdim',
  });
  const shapes = `query ${formatShape(query)}, key ${formatShape(key)}, value ${formatShape(value)}`;
  const fail = (what: string, hint?: string) => {
    throw new ShapeError(layer, [query, key, value], `${what}: ${shapes}`, hint);
  };
  if (query.ndim !== key.ndim || key.ndim !== value.ndim) fail('some have a batch and some have none');
  if (query.ndim === 2) {
    if (key.shape[0] !== value.shape[0]) fail('expected as many keys as values');
    return;
  }
  const call = `{ batchFirst: ${!of.batchFirst} } where the layer is made`;
  for (const x of [query, key]) checkBatchFirst(layer, x, of.batchFirst, call);
  const [batchDim, seqDim] = of.batchFirst ? [0, 1] : [1, 0];
  if (query.shape[batchDim] !== key.shape[batchDim] || key.shape[batchDim] !== value.shape[batchDim])
    fail(
      'the batches differ',
      `${order} is expected; pass { batchFirst: ${!of.batchFirst} } if it is the other way round.`,
    );
  if (key.shape[seqDim] !== value.shape[seqDim]) fail('expected as many keys as values');
}
