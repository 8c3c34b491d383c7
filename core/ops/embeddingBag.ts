/** Rows of a table summed up bag by bag: made of the lookup and visible sums. */

import { ShapeError, TensightError } from '../errors.ts';
import { axis } from '../tensor/axes.ts';
import { formatShape } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { eq, where } from './compare.ts';
import { ones, tensor, zeros } from './creation.ts';
import { div, maximum, mul } from './elementwise.ts';
import { embedding } from './embedding.ts';
import { max } from './extrema.ts';
import { indexAdd, indexSelect } from './indexing.ts';
import { stack } from './rearrange.ts';
import { withAxes } from './tensorMethods.ts';
import { reshape, unsqueeze } from './view.ts';

/** What becomes of the rows of a bag. */
export interface EmbeddingBagOptions {
  /** `mean` by default. */
  readonly mode?: 'sum' | 'mean' | 'max';
  /** How much each row counts in a `sum`: of the ids' shape. */
  readonly perSampleWeights?: Tensor | undefined;
  /** Whether the last offset is the end of the last bag. */
  readonly includeLastOffset?: boolean | undefined;
  /** Ids that do not count, as if they were not there. */
  readonly paddingIdx?: number | undefined;
}

/**
 * Sums, means or largest elements of a table's rows, bag by bag: ids (i32) [bag, item] with weight [entries, width], or ids [item] of
 * all bags one after another and where each starts, `offsets` [bag] → [bag, width]. An empty bag gives zeros. Throws ShapeError
 * where offsets are missing, too many or do not rise from 0; IndexError for an id that has no row.
 */
export function embeddingBag(
  ids: Tensor,
  weight: Tensor,
  offsets?: Tensor | readonly number[] | undefined,
  { mode = 'mean', perSampleWeights, includeLastOffset = false, paddingIdx }: EmbeddingBagOptions = {},
): Tensor {
  checkArguments('embeddingBag', arguments);
  const op = 'embeddingBag';
  const bounds = boundsOf(ids, offsets ?? undefined, includeLastOffset);
  const bags = bounds.length - 1;
  if (mode !== 'sum' && mode !== 'mean' && mode !== 'max')
    throw new TensightError(`embeddingBag: there is no mode '${String(mode)}'`, "Use 'sum', 'mean' or 'max'.");
  if (perSampleWeights !== undefined && (mode !== 'sum' || String(perSampleWeights.shape) !== String(ids.shape)))
    throw new ShapeError(
      op,
      [ids, perSampleWeights],
      `weights ${formatShape(perSampleWeights)} for ids ${formatShape(ids)} in mode '${mode}'`,
      "Give one number per id, with mode 'sum'.",
    );
  const [entries = 0, width = 0] = weight.shape;
  const skip = paddingIdx !== undefined && paddingIdx < 0 ? paddingIdx + entries : paddingIdx;
  const flat = reshape(ids, [ids.numel]);
  const rows = embedding(weight, flat, { paddingIdx: skip });
  const axes = [ids.ndim === 2 ? ids.axes[0]! : axis('bag'), rows.axes[1]!];
  if (mode === 'max') {
    if (ids.ndim === 2 && skip === undefined && ids.shape[1]! > 0)
      return withAxes(max(reshape(rows, [...ids.shape, width]), 1).values, axes);
    // Of rows that do not count none is the largest.
    const counts = (i: number) => skip === undefined || elementsOf(flat)[i] !== skip;
    const largest = Array.from({ length: bags }, (_, b) => {
      const places: number[] = [];
      for (let i = bounds[b]!; i < bounds[b + 1]!; i++) if (counts(i)) places.push(i);
      if (places.length === 0) return zeros([width]);
      return max(indexSelect(rows, 0, tensor(Int32Array.from(places))), 0).values;
    });
    return withAxes(bags === 0 ? zeros([0, width]) : stack(largest), axes);
  }
  const bagOf = new Int32Array(flat.numel);
  for (let b = 0; b < bags; b++) bagOf.fill(b, bounds[b]!, bounds[b + 1]!);
  const absent = skip === undefined ? undefined : eq(flat, skip);
  const weighed = perSampleWeights === undefined ? rows : mul(rows, reshape(perSampleWeights, [flat.numel, 1]));
  const counted = absent === undefined ? weighed : where(unsqueeze(absent, 1), 0, weighed);
  const index = tensor(bagOf);
  const sums = indexAdd(zeros([bags, width]), 0, index, counted);
  if (mode === 'sum') return withAxes(sums, axes);
  const one = ones([flat.numel]);
  const many = indexAdd(zeros([bags]), 0, index, absent === undefined ? one : where(absent, 0, one));
  return withAxes(div(sums, unsqueeze(maximum(many, 1), 1)), axes);
}

/** Where each bag starts among all ids, and where the last one ends. */
function boundsOf(ids: Tensor, offsets: Tensor | readonly number[] | undefined, includeLast: boolean): number[] {
  const op = 'embeddingBag';
  if (ids.ndim === 2) {
    if (offsets !== undefined)
      throw new ShapeError(op, [ids], `bags of one length each, ${formatShape(ids)}, have no offsets`);
    return Array.from({ length: ids.shape[0]! + 1 }, (_, b) => b * ids.shape[1]!);
  }
  if (ids.ndim !== 1 || offsets === undefined)
    throw new ShapeError(
      op,
      [ids],
      ids.ndim === 1
        ? 'expected offsets, where each bag starts, got none'
        : `expected ids [bag, item] or [item], got ${formatShape(ids)}`,
      'For ids [item] give offsets [bag], the first of them 0.',
    );
  const given = offsets instanceof Tensor ? [...elementsOf(offsets)] : [...offsets];
  const bounds = includeLast ? given : [...given, ids.numel];
  const rising = bounds.every((at, b) => Number.isInteger(at) && at >= (bounds[b - 1] ?? 0));
  if (!rising || bounds[0] !== 0 || bounds.at(-1) !== ids.numel)
    throw new ShapeError(
      op,
      [ids],
      `offsets [${given.join(', ')}] do not cut ${ids.numel} ids into bags`,
      includeLast ? 'They rise from 0 to the number of ids.' : 'They rise from 0 to at most the number of ids.',
    );
  return bounds;
}
