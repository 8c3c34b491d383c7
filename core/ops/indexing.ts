/** Elements chosen by index, and sums laid back to where they came from. */

import { context } from '../context.ts';
import { NeedsValueError, ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { unnamed } from '../tensor/axes.ts';
import { formatShape, type Spec } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { where } from './compare.ts';
import { zeros } from './creation.ts';
import { normalizeDim } from './dims.ts';
import { checkIndices } from './indices.ts';
import type { Op } from './op.ts';

interface DimAttrs {
  readonly dim: number;
}

/** An index of as many dimensions as x, that chooses along `dim`. */
export function checkAlong(op: string, x: Spec, dim: number, index: Spec): void {
  const fits =
    index.shape.length === x.shape.length && index.shape.every((size, i) => i === dim || size <= x.shape[i]!);
  if (!fits)
    throw new ShapeError(
      op,
      [x, index],
      `an index of ${formatShape(index)} does not fit ${formatShape(x)}`,
      `It must have as many dimensions, and only in dimension ${dim} may it be larger.`,
    );
  if (x.shape.length > 0) checkIndices(op, index, x.shape[dim]!, { into: `dimension ${dim} of ${formatShape(x)}` });
}

/** An index of one dimension, laid along `dim` and stretched over the others. */
function along(index: Tensor, dim: number, shape: readonly number[]): Tensor {
  return new Tensor(
    { shape, dtype: index.dtype, axes: index.axes },
    index.storage,
    shape.map((_, i) => (i === dim ? (index.strides[0] ?? 0) : 0)),
    index.offset,
  );
}

export const indexingOps = {
  gather: {
    name: 'gather',
    shape([x, index], { dim }) {
      checkAlong('gather', x!, dim, index!);
      return {
        shape: index!.shape,
        dtype: x!.dtype,
        axes: x!.axes.map((a, i) => (i === dim ? index!.axes[i]! : a)),
      };
    },
    forward([x, index], { dim }, out, backend) {
      const result = allocate(out);
      backend.gather(x!, dim, index!, result);
      return result;
    },
    backward: (grad, { inputs: [x, index], attrs: { dim } }) => [
      scatterAdd(zeros(x!.shape), dim, index!, grad),
      undefined,
    ],
    accumulate: (grad, { inputs: [, index], attrs: { dim } }, sum) =>
      context.backend.scatterAdd(sum, dim, index!, grad),
    flops: () => 0,
  } satisfies Op<DimAttrs>,
  scatterAdd: {
    name: 'scatterAdd',
    shape([x, index, src], { dim }) {
      checkAlong('scatterAdd', x!, dim, index!);
      if (index!.shape.some((size, i) => size > src!.shape[i]!))
        throw new ShapeError(
          'scatterAdd',
          [index!, src!],
          `the index ${formatShape(index!)} is larger than what is to be added, ${formatShape(src!)}`,
        );
      return { shape: x!.shape, dtype: x!.dtype, axes: x!.axes };
    },
    forward([x, index, src], { dim }, out, backend) {
      const result = allocate(out);
      backend.copy(x!, result);
      backend.scatterAdd(result, dim, index!, src!);
      return result;
    },
    backward: (grad, { inputs: [, index, src], attrs: { dim }, needs }) => {
      if (!needs[2]) return [grad, undefined, undefined];
      const picked = gather(grad, dim, index!);
      // Elements of src after the index were never added.
      const whole = picked.shape.reduce(
        (g, size, i) => (size === src!.shape[i] ? g : grown(g, i, src!.shape[i]!)),
        picked,
      );
      return [grad, undefined, whole];
    },
    flops: (_inputs, out) => out.shape.reduce((n, size) => n * size, 1),
  } satisfies Op<DimAttrs>,
  indexSelect: {
    name: 'indexSelect',
    shape([x, index], { dim }) {
      if (x!.shape.length === 0) throw new ShapeError('indexSelect', [x!], 'a number has no elements to choose from');
      if (index!.shape.length > 1)
        throw new ShapeError('indexSelect', [index!], `expected a list of indices, got ${formatShape(index!)}`);
      checkIndices('indexSelect', index!, x!.shape[dim]!, { into: `dimension ${dim} of ${formatShape(x!)}` });
      const count = index!.shape[0] ?? 1;
      return {
        shape: x!.shape.map((size, i) => (i === dim ? count : size)),
        dtype: x!.dtype,
        axes: x!.axes.map((a, i) => (i === dim ? (index!.axes[0] ?? unnamed) : a)),
      };
    },
    forward([x, index], { dim }, out, backend) {
      const result = allocate(out);
      backend.gather(x!, dim, along(index!, dim, out.shape), result);
      return result;
    },
    backward: (grad, { inputs: [x, index], attrs }) => [indexAdded(zeros(x!.shape), index!, grad, attrs), undefined],
    accumulate: (grad, { inputs: [, index], attrs: { dim } }, sum) =>
      context.backend.scatterAdd(sum, dim, along(index!, dim, grad.shape), grad),
    flops: () => 0,
  } satisfies Op<DimAttrs>,
  /** x with rows of src added where the index says. */
  indexAdd: {
    name: 'indexAdd',
    shape([x, index, src], { dim }) {
      const count = index!.shape[0] ?? 1;
      const fits =
        index!.shape.length <= 1 &&
        src!.shape.length === x!.shape.length &&
        src!.shape.every((size, i) => size === (i === dim ? count : x!.shape[i]));
      if (!fits)
        throw new ShapeError(
          'indexAdd',
          [x!, index!, src!],
          `${formatShape(src!)} at indices ${formatShape(index!)} does not fit into ${formatShape(x!)}`,
          'Expected a list of indices, and one slice for each of them.',
        );
      checkIndices('indexAdd', index!, x!.shape[dim]!, { into: `dimension ${dim} of ${formatShape(x!)}` });
      return { shape: x!.shape, dtype: x!.dtype, axes: x!.axes };
    },
    forward([x, index, src], { dim }, out, backend) {
      const result = allocate(out);
      backend.copy(x!, result);
      backend.scatterAdd(result, dim, along(index!, dim, src!.shape), src!);
      return result;
    },
    backward: (grad, { inputs: [, index], attrs, needs }) => [
      grad,
      undefined,
      needs[2] ? indexSelect(grad, attrs.dim, index!) : undefined,
    ],
    flops: ([, , src]) => src!.shape.reduce((n, size) => n * size, 1),
  } satisfies Op<DimAttrs>,
  oneHot: {
    name: 'oneHot',
    shape([ids], { classes }) {
      checkIndices('oneHot', ids!, classes, { into: `${classes} classes` });
      return { shape: [...ids!.shape, classes], dtype: 'i32', axes: [...ids!.axes, { name: 'class' }] };
    },
    forward([ids], { classes }, out) {
      const result = allocate(out);
      const data = result.storage.data;
      const which = elementsOf(ids!);
      for (let i = 0; i < which.length; i++) data[i * classes + which[i]!] = 1;
      return result;
    },
    backward: undefined,
    flops: () => 0,
  } satisfies Op<{ readonly classes: number }>,
  shift: {
    name: 'shift',
    shape([ids]) {
      if (ids!.shape.length === 0) throw new ShapeError('shift', [ids!], 'expected two tokens or more, got one');
      return { shape: ids!.shape, dtype: ids!.dtype, axes: ids!.axes };
    },
    forward([ids], { fill }, out, backend) {
      const result = allocate(out);
      backend.fill(result, fill);
      const last = out.shape.length - 1;
      const length = Math.max(0, out.shape[last]! - 1);
      const shape = out.shape.map((size, i) => (i === last ? length : size));
      const spec: Spec = { shape, dtype: out.dtype, axes: out.axes };
      backend.copy(
        new Tensor(spec, ids!.storage, ids!.strides, ids!.offset + (length === 0 ? 0 : ids!.strides[last]!)),
        new Tensor(spec, result.storage, result.strides),
      );
      return result;
    },
    backward: undefined,
    flops: () => 0,
  } satisfies Op<{ readonly fill: number }>,
};

/** With zeros after it, along `dim`, up to `size`. */
export function grown(x: Tensor, dim: number, size: number): Tensor {
  const padding = new Array<number>(2 * (x.ndim - dim)).fill(0);
  padding[padding.length - 1] = size - x.shape[dim]!;
  return x.pad(padding);
}

/**
 * out[i][j] = x[index[i][j]][j] for dim 0, and so on: one element of x [...] along `dim` for each index (i32) → the
 * shape of the index. Throws IndexError for elements there are not.
 */
export const gather = (x: Tensor, dim: number, index: Tensor): Tensor =>
  apply(indexingOps.gather, [x, index], { dim: normalizeDim('gather', dim, x) });

/** x with src added where the index points along `dim`: out[index[i][j]][j] += src[i][j] for dim 0. */
export const scatterAdd = (x: Tensor, dim: number, index: Tensor, src: Tensor): Tensor =>
  apply(indexingOps.scatterAdd, [x, index, src], { dim: normalizeDim('scatterAdd', dim, x) });

function indexAdded(x: Tensor, index: Tensor, src: Tensor, attrs: DimAttrs): Tensor {
  return apply(indexingOps.indexAdd, [x, index, src], attrs);
}

/** x with the slices of src along `dim` added where a list of indices points: [4, 3] + [2, 3] at [2] of dim 0. */
export const indexAdd = (x: Tensor, dim: number, index: Tensor, src: Tensor): Tensor =>
  indexAdded(x, index, src, { dim: normalizeDim('indexAdd', dim, x) });

/** The elements along `dim` that a list of indices names, in its order: [4, 3] by [2] of dim 0 → [2, 3]. */
export const indexSelect = (x: Tensor, dim: number, index: Tensor): Tensor =>
  apply(indexingOps.indexSelect, [x, index], { dim: normalizeDim('indexSelect', dim, x) });

/**
 * What `x[ids]` is in PyTorch: rows of x, one for each index, negative ones counted from the end: x [N, ...], ids [...] →
 * [...ids, ...]. Several, broadcast, index as many dimensions: `logits.index(arange(3), targets)` is one logit a row.
 */
function index(x: Tensor, ids: Tensor, ...more: readonly Tensor[]): Tensor {
  const all = [ids, ...more];
  const at = all.findIndex((each) => !(each instanceof Tensor));
  const wrong: unknown = all[at];
  if (at >= 0)
    throw new TensightError(
      `index: expected tensors of indices, got ${inWords(wrong)}`,
      typeof wrong === 'number'
        ? 'Write x.at(i) for one element along the first axis, x.select(dim, i) along another.'
        : "Write x.index(tensor([0, 2], { dtype: 'i32' })).",
    );
  if (x.ndim === 0) throw new ShapeError('index', [x], 'a number has no rows');
  if (all.length === 1 && ids.ndim === 1) return indexSelect(x, 0, fromFront(ids, x.shape[0]!));
  const { rows, table, rest } = rowsAt('index', x, all);
  return indexSelect(table, 0, rows.reshape(rows.numel))
    .reshape(...rows.shape, ...rest)
    .withAxes([...rows.axes, ...x.axes.slice(all.length)]);
}

/** Indices counted from the front. */
function fromFront(ids: Tensor, size: number): Tensor {
  const hasNegative = !ids.isMeta && elementsOf(ids).some((v) => v < 0 && v >= -size);
  return hasNegative ? where(ids.lt(0), ids.add(size), ids) : ids;
}

/** Where several indices point: x with the dimensions they index made one (`table`), the row of it that each means, and the other sizes. */
export function rowsAt(
  op: string,
  x: Tensor,
  indices: readonly Tensor[],
): { readonly rows: Tensor; readonly table: Tensor; readonly rest: readonly number[] } {
  if (x.ndim < indices.length)
    throw new ShapeError(
      op,
      [x],
      x.ndim === 0 ? 'a number has no rows' : `${indices.length} indices for ${formatShape(x)}`,
    );
  const from = indices.map((each, d) => fromFront(each, x.shape[d]!));
  for (const [d, each] of from.entries())
    checkIndices(op, each, x.shape[d]!, { into: `dimension ${d} of ${formatShape(x)}` });
  // Rows of several dimensions are rows of one, numbered through.
  const rows = from.reduce((sofar, each, d) => sofar.mul(x.shape[d]!).add(each));
  const rest = x.shape.slice(from.length);
  const count = from.reduce((n, _, d) => n * x.shape[d]!, 1);
  return { rows, table: from.length === 1 ? x : x.reshape(count, ...rest), rest };
}

/** 1 at each index and 0 elsewhere: ids [...] → [..., classes], i32. Without `classes`: as many as the largest needs. Throws ShapeError where there is none. */
export function oneHot(ids: Tensor, classes?: number): Tensor {
  checkArguments('oneHot', arguments);
  if (classes === undefined && ids.isMeta)
    throw new NeedsValueError('oneHot: without a number of classes the shape depends on the values');
  if (classes === undefined && ids.numel === 0)
    throw new ShapeError(
      'oneHot',
      [ids],
      'expected a number of classes, because there are no ids',
      'Give it: oneHot(ids, 10).',
    );
  return apply(indexingOps.oneHot, [ids], {
    classes: classes ?? (elementsOf(ids) as Int32Array).reduce((most, v) => Math.max(most, v), -1) + 1,
  });
}

/** The next token at each position along the last dimension, and −100, which losses leave out, at the last. */
const shift = (ids: Tensor, fill = -100): Tensor => apply(indexingOps.shift, [ids], { fill });

/** Methods that this family gives every tensor. */
export const indexingMethods = {
  /** One element along `dim` for each index: out[i][j] = this[index[i][j]][j] for dim 0. */
  gather(this: Tensor, dim: number, indices: Tensor): Tensor {
    return gather(this, dim, indices);
  },
  /** This with `src` added where the index points along `dim`. */
  scatterAdd(this: Tensor, dim: number, indices: Tensor, src: Tensor): Tensor {
    return scatterAdd(this, dim, indices, src);
  },
  /** The elements along `dim` that a list of indices names. */
  indexSelect(this: Tensor, dim: number, indices: Tensor): Tensor {
    return indexSelect(this, dim, indices);
  },
  /** With slices of `src` along `dim` added where a list of indices points. */
  indexAdd(this: Tensor, dim: number, indices: Tensor, src: Tensor): Tensor {
    return indexAdd(this, dim, indices, src);
  },
  /** PyTorch's `x[i]`: element `i` of the first dimension. */
  at(this: Tensor, i: number): Tensor {
    checkArguments('at', [this, i]);
    return this.select(0, i);
  },
  /** The next token at each position along the last dimension; −100, which losses leave out, at the last. */
  shift(this: Tensor): Tensor {
    return shift(this);
  },
};

/** Declared before it is defined: what a rest of tensors is can't be inferred while what a tensor is is being inferred. */
export interface IndexMethod {
  /** PyTorch's `x[ids]`: [N, ...] by ids [...] → [...ids, ...]; `x[i, j]` with two, broadcast. */
  index(this: Tensor, ids: Tensor, ...more: readonly Tensor[]): Tensor;
}

export const indexMethod: IndexMethod = {
  index(ids, ...more) {
    return index(this, ids, ...more);
  },
};
