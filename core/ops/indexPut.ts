/** Elements written at indices, and where a mask holds: PyTorch's `x[ids] = y`, which here gives a new tensor. Made of `scatter` and `where`. */
import { NeedsValueError, ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { broadcastShapes, formatShape, numel } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { broadcastSpec } from './broadcast.ts';
import { where } from './compare.ts';
import { zeros } from './creation.ts';
import { normalizeDim } from './dims.ts';
import { indexAdd, indexSelect, rowsAt } from './indexing.ts';
import { checkIndices } from './indices.ts';
import { asTensor, type Operand } from './make.ts';
import { scatter } from './scatter.ts';
import { cumsum } from './statistics.ts';
import { expand, reshape } from './view.ts';

/** Options of `indexPut`. */
export interface IndexPutOptions {
  /** Adds to what is there, in place of writing over it; an index that is named twice adds twice. Default false. */
  readonly accumulate?: boolean;
}

/**
 * x with `values` (a number, or a tensor that is stretched) where the indices point: PyTorch's `x[i, j] = values` as a new tensor. Indices
 * are i32, broadcast together, negative ones counted from the end; or one mask (bool) of x's first dimensions: x [N, M, ...], i [K], j [K],
 * values [K, ...] → [N, M, ...]. Where two are written to one place the later stays. Throws ShapeError where they do not fit, IndexError for
 * places there are not.
 */
export function indexPut(
  x: Tensor,
  indices: readonly Tensor[],
  values: Operand,
  options: IndexPutOptions = {},
): Tensor {
  checkArguments('indexPut', arguments);
  if (!Array.isArray(indices) || indices.length === 0 || !indices.every((each) => each instanceof Tensor))
    throw new TensightError(
      `indexPut: expected a list of indices, got ${inWords(indices)}`,
      'Write x.indexPut([ids], values), or x.indexPut([rows, columns], values).',
    );
  const { accumulate = false } = options;
  const src = asTensor(values, x, 'indexPut').to(x.dtype);
  const mask = indices[0]!;
  if (mask.dtype === 'bool') {
    if (indices.length > 1)
      throw new ShapeError(
        'indexPut',
        indices,
        'expected a mask by itself, got other indices beside it',
        'Write mask.nonzero({ asTuple: true }) for its indices.',
      );
    return putWhere(x, mask, src, accumulate);
  }
  const { rows, table, rest } = rowsAt('indexPut', x, indices);
  const wanted = [...rows.shape, ...rest];
  if (String(broadcastShapes(src.shape, wanted)) !== String(wanted))
    throw new ShapeError(
      'indexPut',
      [x, src],
      `${formatShape(src)} does not fit into the places [${wanted}]`,
      'What is written has a row for each index, or is stretched to that.',
    );
  const written = reshape(expand(src, wanted), [rows.numel, ...rest]);
  const list = reshape(rows, [rows.numel]);
  const result = accumulate
    ? indexAdd(table, 0, list, written)
    : scatter(table, 0, stretchedAlong(list, 0, written.shape), written);
  return reshape(result, x.shape).withAxes(x.axes);
}

/** A list of indices along `dim`, the same for all else. */
function stretchedAlong(list: Tensor, dim: number, shape: readonly number[]): Tensor {
  return expand(
    reshape(
      list,
      shape.map((_, d) => (d === dim ? -1 : 1)),
    ),
    shape,
  );
}

/** With `src` where the mask, of the first dimensions of x, holds: one row for all, or a row for each place. */
function putWhere(x: Tensor, mask: Tensor, src: Tensor, accumulate: boolean): Tensor {
  if (String(mask.shape) !== String(x.shape.slice(0, mask.ndim)))
    throw new ShapeError('indexPut', [x, mask], `a mask of ${formatShape(mask)} does not fit ${formatShape(x)}`);
  const rest = x.shape.slice(mask.ndim);
  const whole = expand(reshape(mask, [...mask.shape, ...rest.map(() => 1)]), x.shape);
  const one = src.ndim <= rest.length || src.shape[src.ndim - rest.length - 1] === 1;
  if (one && String(broadcastShapes(src.shape, [1, ...rest])) === String([1, ...rest])) {
    const row = reshape(expand(src, [1, ...rest]), rest);
    return where(whole, accumulate ? x.add(row) : row, x);
  }
  if (mask.isMeta) throw new NeedsValueError('indexPut: how many rows are written depends on the values');
  const count = (elementsOf(mask) as Uint8Array).reduce((n, each) => n + (each === 0 ? 0 : 1), 0);
  const wanted = [count, ...rest];
  if (String(broadcastShapes(src.shape, wanted)) !== String(wanted))
    throw new ShapeError('indexPut', [x, src], `${formatShape(src)} does not fit into the places [${wanted}]`);
  const chosen = maskedScatter(x, whole, expand(src, wanted));
  return accumulate ? where(whole, x.add(chosen), x) : chosen;
}

/** x with a number (or a tensor of one) in place of the elements along `dim` that a list of indices names: [4, 3] by [2] of dim 0 → [4, 3]. */
export function indexFill(x: Tensor, dim: number, index: Tensor, value: Operand): Tensor {
  checkArguments('indexFill', arguments);
  const d = normalizeDim('indexFill', dim, x);
  const number = asTensor(value, x, 'indexFill');
  if (number.ndim > 0 || index.ndim > 1)
    throw new ShapeError(
      'indexFill',
      [x, index, number],
      `expected a list of indices and one number, got ${formatShape(index)} and ${formatShape(number)}`,
      'x.indexPut([ids], values) writes several.',
    );
  const from = x.ndim === 0 ? reshape(x, [1]) : x;
  const size = from.shape[d]!;
  checkIndices('indexFill', index, size, { into: `dimension ${dim} of ${formatShape(x)}` });
  if (x.numel === 0) return x;
  // A mask, so that a place that is named twice is written once.
  const named = scatter(zeros([size], { dtype: 'bool' }), 0, reshape(index, [index.numel]), 1);
  const mask = reshape(
    named,
    from.shape.map((_, i) => (i === d ? size : 1)),
  );
  return reshape(where(mask, number.to(x.dtype), from), x.shape);
}

/** x with the slices of `src` along `dim` in place of those that a list of indices names: [4, 3], [2] of dim 0, [2, 3] → [4, 3]. */
export function indexCopy(x: Tensor, dim: number, index: Tensor, src: Tensor): Tensor {
  checkArguments('indexCopy', arguments);
  const d = normalizeDim('indexCopy', dim, x);
  const wanted = x.shape.with(d, index.numel);
  if (index.ndim > 1 || x.dtype !== src.dtype || String(src.shape) !== String(wanted))
    throw new ShapeError(
      'indexCopy',
      [x, index, src],
      `${src.dtype} ${formatShape(src)} at indices ${formatShape(index)} does not fit into ${x.dtype} ${formatShape(x)}`,
      `Expected a list of indices, and [${wanted}] to write.`,
    );
  return scatter(x, d, stretchedAlong(reshape(index, [index.numel]), d, wanted), src);
}

/**
 * x with the elements of `source`, in order, where the mask (bool; broadcast with x) holds: the first to the first place, and so on. Throws
 * ShapeError where it has too few, or the mask is not bool.
 */
export function maskedScatter(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  checkArguments('maskedScatter', arguments);
  if (mask.dtype !== 'bool' || source.dtype !== x.dtype)
    throw new ShapeError(
      'maskedScatter',
      [x, mask, source],
      `expected a bool mask and ${x.dtype} elements, got ${mask.dtype} and ${source.dtype}`,
      "mask.to('bool'), source.to(x.dtype)",
    );
  const { shape, axes } = broadcastSpec('maskedScatter', x, mask, x.dtype);
  const whole = expand(mask, shape);
  if (!whole.isMeta) {
    const count = (elementsOf(whole) as Uint8Array).reduce((n, each) => n + (each === 0 ? 0 : 1), 0);
    if (count > source.numel)
      throw new ShapeError(
        'maskedScatter',
        [x, mask, source],
        `${formatShape(source)} has ${source.numel} elements, the mask chooses ${count}`,
      );
    if (count === 0) return expand(x, shape).withAxes(axes);
  }
  const size = numel(shape);
  if (size === 0 || source.numel === 0) return expand(x, shape).withAxes(axes);
  // The how manieth place that holds each is; of those that do not, any element.
  const order = cumsum(reshape(whole, [size]), 0)
    .sub(1)
    .clamp(0, source.numel - 1);
  const chosen = reshape(indexSelect(reshape(source, [source.numel]), 0, order), shape);
  return where(whole, chosen, expand(x, shape)).withAxes(axes);
}

/** Methods that this family gives every tensor. */
export const indexPutMethods = {
  /** With `values` where the indices point, PyTorch's `x[i, j] = values`: x.indexPut([i, j], values). A new tensor. */
  indexPut(this: Tensor, indices: readonly Tensor[], values: Operand, options: IndexPutOptions = {}): Tensor {
    return indexPut(this, indices, values, options);
  },
  /** With a number in place of the elements along `dim` that a list of indices names. */
  indexFill(this: Tensor, dim: number, index: Tensor, value: Operand): Tensor {
    return indexFill(this, dim, index, value);
  },
  /** With the slices of `src` along `dim` in place of those that a list of indices names. */
  indexCopy(this: Tensor, dim: number, index: Tensor, src: Tensor): Tensor {
    return indexCopy(this, dim, index, src);
  },
  /** With the elements of `source`, in order, where the mask (bool) holds. */
  maskedScatter(this: Tensor, mask: Tensor, source: Tensor): Tensor {
    return maskedScatter(this, mask, source);
  },
};
