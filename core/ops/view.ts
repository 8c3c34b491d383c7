/** Other ways to look at the same elements: shape, order and repetition of dimensions, without copying where it can be had. */
import { ShapeError } from '../errors.ts';
import { type Axis, unnamed } from '../tensor/axes.ts';
import { contiguousStrides, formatShape, numel, type Shape, type Spec, sameShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { stretched, sumTo } from './broadcast.ts';
import type { Op } from './op.ts';

const free = () => 0;

/** A tensor with the same elements, row-major in memory; itself where it is so already. Not an operation of the graph. */
export function compact(x: Tensor, backend: Parameters<Op['forward']>[3]): Tensor {
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
    const flat = compact(x!, backend);
    return new Tensor(out, flat.storage, contiguousStrides(out.shape), flat.offset);
  },
  backward: (grad, { inputs }) => [reshape(grad, inputs[0]!.shape)],
  flops: free,
  isView: true,
};

/** Fills in the one −1. */
function resolve(x: Spec, shape: Shape): number[] {
  const count = numel(x.shape);
  const open = shape.filter((size) => size === -1).length;
  const known = shape.reduce((n, size) => (size === -1 ? n : n * size), 1);
  const fits = open === 0 ? known === count : open === 1 && known > 0 && count % known === 0;
  if (!fits) {
    const hint =
      open > 1
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

/** An axis keeps its name where everything before it and its size are unchanged, or everything behind it. */
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

/** The same elements in another shape; one size may be −1. A view where memory allows, else a copy. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  return apply(reshapeOp, [x], { shape });
}

const expandOp: Op<{ readonly shape: Shape }> = {
  name: 'expand',
  shape: ([x], { shape }) => {
    const lead = shape.length - x!.shape.length;
    const full = shape.map((size, i) => (size === -1 && i >= lead ? x!.shape[i - lead]! : size));
    if (lead < 0 || full.some((size, i) => i >= lead && x!.shape[i - lead] !== size && x!.shape[i - lead] !== 1)) {
      throw new ShapeError(
        'expand',
        [x!],
        `${formatShape(x!)} can't be expanded to [${shape.join(', ')}]`,
        'Only dimensions of size 1 stretch; new ones come in front.',
      );
    }
    return { shape: full, dtype: x!.dtype, axes: full.map((_, i) => (i < lead ? unnamed : x!.axes[i - lead]!)) };
  },
  forward: ([x], _attrs, out) => {
    const view = stretched(x!, out.shape);
    return new Tensor(out, view.storage, view.strides, view.offset);
  },
  backward: (grad, { inputs }) => [sumTo(grad, inputs[0]!.shape)],
  flops: free,
  isView: true,
};

/** Stretches dimensions of size 1 to `shape` without copying; −1 keeps a size. */
export function expand(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(expandOp, [x], { shape });
}

export const viewMethods = {
  /** The same elements in another shape; one size may be −1. */
  reshape(this: Tensor, ...shape: readonly number[]): Tensor {
    return reshape(this, shape);
  },
  /** Stretches dimensions of size 1 without copying; −1 keeps a size. */
  expand(this: Tensor, ...shape: readonly number[]): Tensor {
    return expand(this, shape);
  },
};
