import type { Backend } from '../backends/backend.ts';
import { context } from '../context.ts';
import { IndexError, ShapeError } from '../errors.ts';
import { formatShape, numel, type Spec, specOf } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { eq, maskedFill } from './compare.ts';
import { checkIndices } from './indices.ts';
import type { Op } from './op.ts';
import { toContiguous, unsqueeze } from './view.ts';

interface EmbeddingAttrs {
  /** This row gets no gradient. */
  readonly paddingIdx: number | undefined;
}

/** Row-major, in other dimensions. */
function flat(x: Tensor, shape: readonly number[], backend: Backend): Tensor {
  const rows = toContiguous(x, backend);
  return new Tensor({ shape, dtype: x.dtype, axes: [] }, rows.storage, undefined, rows.offset);
}

/** Adds rows to those of `table` that `ids` name. */
function addRows(table: Tensor, ids: Tensor, rows: Tensor, paddingIdx: number | undefined, backend: Backend): void {
  const count = ids.numel;
  backend.scatterAddRows(table, flat(ids, [count], backend), flat(rows, [count, width(table)], backend), paddingIdx);
}

const width = (spec: Spec) => spec.shape.at(-1)!;

export const embeddingOps = {
  embedding: {
    name: 'embedding',
    shape([weight, ids]) {
      if (weight!.shape.length !== 2)
        throw new ShapeError('embedding', [weight!], `expected a table [entries, width], got ${formatShape(weight!)}`);
      const entries = weight!.shape[0]!;
      checkIndices('embedding', ids!, entries, {
        into: `the table of ${entries} entries`,
        hint: 'Make the table as large as the vocabulary: new nn.Embedding(vocabulary.size, …).',
      });
      return { shape: [...ids!.shape, width(weight!)], dtype: 'f32', axes: [...ids!.axes, { name: 'embed' }] };
    },
    forward([weight, ids], _attrs, out, backend) {
      const result = allocate(out);
      const rows = new Tensor({ shape: [ids!.numel, width(weight!)], dtype: 'f32', axes: [] }, result.storage);
      backend.gatherRows(weight!, flat(ids!, [ids!.numel], backend), rows);
      return result;
    },
    backward: (grad, { inputs: [weight, ids], attrs }) => [
      embeddingBackward(grad, ids!, { ...attrs, table: specOf(weight!) }),
      undefined,
    ],
    accumulate: (grad, { inputs: [, ids], attrs: { paddingIdx } }, sum) =>
      addRows(sum, ids!, grad, paddingIdx, context.backend),
    flops: () => 0,
  } satisfies Op<EmbeddingAttrs>,
  /** Gradients of rows, added up in the table they came from. */
  embeddingBackward: {
    name: 'embeddingBackward',
    shape: (_inputs, { table }) => ({ shape: table.shape, dtype: 'f32', axes: table.axes }),
    forward([grad, ids], { paddingIdx }, out, backend) {
      const result = allocate(out);
      addRows(result, ids!, grad!, paddingIdx, backend);
      return result;
    },
    backward: (grad, { inputs: [, ids], attrs: { paddingIdx } }) => {
      const rows = embedding(grad, ids!);
      return [paddingIdx === undefined ? rows : maskedFill(rows, unsqueeze(eq(ids!, paddingIdx), -1), 0), undefined];
    },
    flops: ([grad]) => numel(grad!.shape),
  } satisfies Op<EmbeddingAttrs & { readonly table: Spec }>,
};

function embeddingBackward(grad: Tensor, ids: Tensor, attrs: EmbeddingAttrs & { readonly table: Spec }): Tensor {
  return apply(embeddingOps.embeddingBackward, [grad, ids], attrs);
}

/**
 * Rows of a table: weight [entries, width], ids [...] (i32) → [..., width]. The row `paddingIdx` gets no gradient. Throws
 * IndexError, in a shape run too, where an id has no row.
 */
export function embedding(
  weight: Tensor,
  ids: Tensor,
  { paddingIdx }: { paddingIdx?: number | undefined } = {},
): Tensor {
  const entries = weight.shape[0] ?? 0;
  if (paddingIdx !== undefined && !(paddingIdx >= -entries && paddingIdx < entries))
    throw new IndexError(
      `embedding: expected paddingIdx to be one of ${entries} rows, got ${paddingIdx}`,
      `Give one of its rows, ${-entries} … ${entries - 1}, or leave it out.`,
    );
  const skip = paddingIdx !== undefined && paddingIdx < 0 ? paddingIdx + entries : paddingIdx;
  return apply(embeddingOps.embedding, [weight, ids], { paddingIdx: skip });
}
