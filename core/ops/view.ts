/** Other ways to look at the same elements: shape, order and repetition of dimensions, without copying where it can be had. */

import { ShapeError } from '../errors.ts';
import { type Axis, unnamed } from '../tensor/axes.ts';
import { contiguousStrides, formatShape, numel, type Shape, type Spec, sameShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments, misusedDim } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { broadcastView, sumToShape } from './broadcast.ts';
import { listed, normalizeDim, normalizeDims, type Sizes } from './dims.ts';
import type { Op } from './op.ts';

function free(): number {
  return 0;
}

/** A tensor with the same elements, row-major in memory; itself where it is so already. Not an operation of the graph. */
export function toContiguous(x: Tensor, backend: Parameters<Op['forward']>[3]): Tensor {
  if (x.isContiguous) return x;
  const copy = allocate({ shape: x.shape, dtype: x.dtype, axes: x.axes });
  backend.copy(x, copy);
  return copy;
}

const reshapeOp: Op<{ readonly shape: Shape }> = {
  name: 'reshape',
  shape: ([x], { shape }) => ({
    shape: resolve(x!, shape),
    dtype: x!.dtype,
    axes: reshapedAxes(x!, resolve(x!, shape)),
  }),
  forward: ([x], _attrs, out, backend) => {
    const strides = viewStrides(x!, out.shape);
    if (strides !== undefined) return new Tensor(out, x!.storage, strides, x!.offset);
    const flat = toContiguous(x!, backend);
    return new Tensor(out, flat.storage, contiguousStrides(out.shape), flat.offset);
  },
  backward: (grad, { inputs }) => [reshape(grad, inputs[0]!.shape)],
  flops: free,
  isView: true,
};

/** Strides that show `x` in another shape without a copy; undefined where there are none. */
function viewStrides(x: Tensor, shape: Shape): number[] | undefined {
  if (x.isContiguous) return contiguousStrides(shape);
  const strides = new Array<number>(shape.length).fill(0);
  if (numel(shape) === 0) return contiguousStrides(shape);
  // From the last dimension: runs of x that lie in one stride are cut up anew.
  let to = shape.length - 1;
  let from = x.shape.length - 1;
  while (from >= 0) {
    const step = x.strides[from]!;
    let size = x.shape[from]!;
    while (from > 0 && (x.shape[from - 1] === 1 || size === 1 || x.strides[from - 1] === size * step)) {
      if (size === 1) return undefined;
      size *= x.shape[--from]!;
    }
    let filled = 1;
    while (to >= 0 && (filled < size || shape[to] === 1)) {
      strides[to] = step * filled;
      filled *= shape[to--]!;
    }
    if (filled !== size) return undefined;
    from--;
  }
  return strides;
}

/** Fills in the one −1. */
function resolve(x: Spec, shape: Shape): number[] {
  const count = numel(x.shape);
  const open = shape.filter((size) => size === -1).length;
  const known = shape.reduce((n, size) => (size === -1 ? n : n * size), 1);
  const whole = shape.every((size) => Number.isInteger(size) && size >= -1);
  const fits = !whole ? false : open === 0 ? known === count : open === 1 && known > 0 && count % known === 0;
  if (!fits) {
    const hint = !whole
      ? 'A size is a whole number of 0 or more; one of them may be −1.'
      : open > 1
        ? 'Only one size can be −1.'
        : `${count} elements can't be laid out as [${shape.join(', ')}]${open === 1 ? `: ${known} does not divide ${count}` : ` (${known})`}.`;
    throw new ShapeError(
      'reshape',
      [x],
      `${formatShape(x)} has ${count} elements, [${shape.join(', ')}] does not hold as many`,
      hint,
    );
  }
  return shape.map((size) => (size === -1 ? count / known : size));
}

/** An axis keeps its name where everything before it and its size are unchanged, or everything after it. */
function reshapedAxes(x: Spec, shape: Shape): Axis[] {
  const axes = new Array<Axis>(shape.length).fill(unnamed);
  let front = 0;
  while (front < shape.length && front < x.shape.length && shape[front] === x.shape[front]) {
    axes[front] = x.axes[front]!;
    front++;
  }
  for (
    let back = 1;
    back <= shape.length - front &&
    back <= x.shape.length - front &&
    shape[shape.length - back] === x.shape[x.shape.length - back];
    back++
  ) {
    axes[shape.length - back] = x.axes[x.shape.length - back]!;
  }
  return axes;
}

/**
 * The same elements in another shape; one size may be −1: [2, 6] to [3, −1] → [3, 4]. A view where memory allows, else
 * a copy. Throws ShapeError where the counts differ.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (!(Array.isArray(shape) && x instanceof Tensor)) checkArguments('reshape', arguments);
  return apply(reshapeOp, [x], { shape });
}

const expandOp: Op<{ readonly shape: Shape }> = {
  name: 'expand',
  shape: ([x], { shape }) => {
    const lead = shape.length - x!.shape.length;
    const full = shape.map((size, i) => (size === -1 && i >= lead ? x!.shape[i - lead]! : size));
    const fits = (size: number, i: number) =>
      Number.isInteger(size) && size >= 0 && (i < lead || x!.shape[i - lead] === size || x!.shape[i - lead] === 1);
    if (lead < 0 || !full.every(fits)) {
      throw new ShapeError(
        'expand',
        [x!],
        `${formatShape(x!)} can't be expanded to [${shape.join(', ')}]`,
        'Only dimensions of size 1 stretch; new ones come in front, and −1 keeps a size that is there.',
      );
    }
    return { shape: full, dtype: x!.dtype, axes: full.map((_, i) => (i < lead ? unnamed : x!.axes[i - lead]!)) };
  },
  forward: ([x], _attrs, out) => {
    const view = broadcastView(x!, out.shape);
    return new Tensor(out, view.storage, view.strides, view.offset);
  },
  backward: (grad, { inputs }) => [sumToShape(grad, inputs[0]!.shape)],
  flops: free,
  isView: true,
};

/**
 * Stretches dimensions of size 1 to `shape` without copying; −1 keeps a size: [3, 1] to [2, −1, 4] → [2, 3, 4]. Throws
 * ShapeError for other sizes.
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (!(Array.isArray(shape) && x instanceof Tensor)) checkArguments('expand', arguments);
  return sameShape(x.shape, shape) ? x : apply(expandOp, [x], { shape });
}

const squeezeOp: Op<{ readonly dims: readonly number[] }> = {
  name: 'squeeze',
  shape: ([x], { dims }) => {
    const keep = x!.shape.map((_, i) => i).filter((i) => !dims.includes(i));
    return { shape: keep.map((i) => x!.shape[i]!), dtype: x!.dtype, axes: keep.map((i) => x!.axes[i]!) };
  },
  forward: ([x], { dims }, out) =>
    new Tensor(
      out,
      x!.storage,
      x!.strides.filter((_, i) => !dims.includes(i)),
      x!.offset,
    ),
  backward: (grad, { inputs }) => [reshape(grad, inputs[0]!.shape)],
  flops: free,
  isView: true,
};

/** Without its dimensions of size 1, or without `dim` if its size is 1: [1, 3, 1] → [3]. A view. */
export function squeeze(x: Tensor, dim?: number | readonly number[]): Tensor {
  if (dim !== undefined && typeof dim !== 'number' && !Array.isArray(dim)) throw misusedDim('squeeze', dim);
  const asked = dim === undefined ? normalizeDims('squeeze', dim, x) : typeof dim === 'number' ? [dim] : dim;
  const dims = asked.map((d) => normalizeDim('squeeze', d, x)).filter((d) => x.shape[d] === 1);
  return dims.length === 0 ? x : apply(squeezeOp, [x], { dims });
}

const unsqueezeOp: Op<{ readonly dim: number }> = {
  name: 'unsqueeze',
  shape: ([x], { dim }) => ({
    shape: x!.shape.toSpliced(dim, 0, 1),
    dtype: x!.dtype,
    axes: x!.axes.toSpliced(dim, 0, unnamed),
  }),
  forward: ([x], { dim }, out) =>
    new Tensor(out, x!.storage, x!.strides.toSpliced(dim, 0, (x!.strides[dim] ?? 1) * (x!.shape[dim] ?? 1)), x!.offset),
  backward: (grad, { inputs }) => [reshape(grad, inputs[0]!.shape)],
  flops: free,
  isView: true,
};

/** With a new dimension of size 1 at `dim`: [3, 4] with 1 → [3, 1, 4]. A view. */
export function unsqueeze(x: Tensor, dim: number): Tensor {
  return apply(unsqueezeOp, [x], { dim: normalizeDim('unsqueeze', dim, x, 1) });
}

/** Dimensions `start` … `end` (both included) made one: [2, 3, 4] from 1 → [2, 12]. */
export function flatten(x: Tensor, start = 0, end = -1): Tensor {
  const from = normalizeDim('flatten', start, x);
  const to = normalizeDim('flatten', end, x);
  if (x.ndim === 0) return reshape(x, [1]);
  if (from > to)
    throw new ShapeError('flatten', [x], `expected the start before the end, got dimensions ${start} and ${end}`);
  const merged = numel(x.shape.slice(from, to + 1));
  return reshape(x, [...x.shape.slice(0, from), merged, ...x.shape.slice(to + 1)]);
}

/**
 * Dimension `dim` cut into `sizes`, of which one may be −1: [2, 12] at 1 into [3, −1] → [2, 3, 4]. Throws ShapeError
 * where they do not hold as many.
 */
export function unflatten(x: Tensor, dim: number, sizes: Shape): Tensor {
  const d = normalizeDim('unflatten', dim, x);
  const known = sizes.reduce((n, size) => (size === -1 ? n : n * size), 1);
  const full = sizes.map((size) => (size === -1 ? x.shape[d]! / known : size));
  const open = sizes.filter((size) => size === -1).length;
  if (open > 1 || sizes.length === 0 || numel(full) !== x.shape[d] || !full.every((n) => Number.isInteger(n) && n >= 0))
    throw new ShapeError(
      'unflatten',
      [x],
      `dimension ${dim} of ${formatShape(x)} has ${x.shape[d]} elements, [${sizes.join(', ')}] does not hold as many`,
      open > 1 ? 'One size at most may be −1.' : `Their product must be ${x.shape[d]}.`,
    );
  return reshape(x, [...x.shape.slice(0, d), ...full, ...x.shape.slice(d + 1)]);
}

/** `x` stretched to `shape` by broadcasting: [3, 1] to [2, 3, 4] → [2, 3, 4]. A view. Throws ShapeError where it does not stretch so. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (!(Array.isArray(shape) && x instanceof Tensor)) checkArguments('broadcastTo', arguments);
  return expand(x, shape);
}

export const viewOps = { reshape: reshapeOp, expand: expandOp, squeeze: squeezeOp, unsqueeze: unsqueezeOp };

/** Methods that this family gives every tensor. */
export const viewMethods = {
  /** The same elements in another shape; one size may be −1. */
  reshape(this: Tensor, ...shape: Sizes): Tensor {
    return reshape(this, listed('reshape', shape));
  },
  /** The same elements in another shape; one size may be −1. Copies where memory does not allow a view. */
  view(this: Tensor, ...shape: Sizes): Tensor {
    return reshape(this, listed('view', shape));
  },
  /** Dimensions `start` … `end` made one: [2, 3, 4].flatten(1) → [2, 12]. */
  flatten(this: Tensor, start = 0, end = -1): Tensor {
    return flatten(this, start, end);
  },
  /** Dimension `dim` cut into `sizes`: [2, 12].unflatten(1, [3, 4]) → [2, 3, 4]. */
  unflatten(this: Tensor, dim: number, sizes: Shape): Tensor {
    return unflatten(this, dim, sizes);
  },
  /** Stretches dimensions of size 1 without copying; −1 keeps a size, new dimensions come in front. */
  expand(this: Tensor, ...shape: Sizes): Tensor {
    return expand(this, listed('expand', shape));
  },
  /** Stretched to the shape of `other`, without copying: [3, 1].expandAs([2, 3, 4]) → [2, 3, 4]. */
  expandAs(this: Tensor, other: Tensor): Tensor {
    checkArguments('expandAs', [this, other]);
    return expand(this, other.shape);
  },
  /** Stretched to `shape` by broadcasting: [3, 1] to [2, 3, 4] → [2, 3, 4]. */
  broadcastTo(this: Tensor, shape: Shape): Tensor {
    return broadcastTo(this, shape);
  },
  /** The same elements in the shape of `other`, which has as many. */
  viewAs(this: Tensor, other: Tensor): Tensor {
    checkArguments('viewAs', [this, other]);
    return reshape(this, other.shape);
  },
  /** The same elements in the shape of `other`, which has as many. */
  reshapeAs(this: Tensor, other: Tensor): Tensor {
    checkArguments('reshapeAs', [this, other]);
    return reshape(this, other.shape);
  },
  /** All elements in one row: [2, 3] → [6]. */
  ravel(this: Tensor): Tensor {
    return flatten(this);
  },
  /** Without its dimensions of size 1, or without `dim` if its size is 1. */
  squeeze(this: Tensor, dim?: number | readonly number[]): Tensor {
    return squeeze(this, dim);
  },
  /** With a new dimension of size 1 at `dim`. */
  unsqueeze(this: Tensor, dim: number): Tensor {
    return unsqueeze(this, dim);
  },
};
