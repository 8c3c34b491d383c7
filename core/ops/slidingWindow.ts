/** Windows that slide along a dimension, PyTorch's `Tensor.unfold`: a view. */
import { ShapeError } from '../errors.ts';
import { unnamed } from '../tensor/axes.ts';
import { formatShape, numel, type Spec, specOf } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkNumbers } from '../usage/values.ts';
import { allocate, apply } from './apply.ts';
import { normalizeDim } from './dims.ts';
import type { Op } from './op.ts';
import { addInto } from './slice.ts';

interface WindowAttrs {
  readonly dim: number;
  readonly size: number;
  readonly step: number;
  /** Number of windows. */
  readonly count: number;
}

function windowed(x: Spec, { dim, size, count }: WindowAttrs): Spec {
  return {
    shape: [...x.shape.with(dim, count), size],
    dtype: x.dtype,
    axes: [...x.axes.map((a, i) => (i === dim ? (a.name === undefined ? unnamed : { name: a.name }) : a)), unnamed],
  };
}

function view(x: Tensor, { dim, step }: WindowAttrs, out: Spec): Tensor {
  const own = x.strides[dim]!;
  return new Tensor(out, x.storage, [...x.strides.with(dim, own * step), own], x.offset);
}

/** Element `i` of every window. */
function nth(windows: Tensor, i: number): Tensor {
  const spec = { shape: windows.shape.slice(0, -1), dtype: windows.dtype, axes: windows.axes.slice(0, -1) };
  const step = windows.strides.at(-1)!;
  return new Tensor(spec, windows.storage, windows.strides.slice(0, -1), windows.offset + i * step);
}

const unfoldOp: Op<WindowAttrs> = {
  name: 'unfold',
  shape: ([x], attrs) => windowed(x!, attrs),
  forward: ([x], attrs, out) => view(x!, attrs, out),
  backward: (grad, { inputs: [x], attrs }) => [apply(unfoldBackwardOp, [grad], { ...attrs, of: specOf(x!) })],
  flops: () => 0,
  isView: true,
};

/** Zeros with every window added where it came from. */
const unfoldBackwardOp: Op<WindowAttrs & { readonly of: Spec }> = {
  name: 'unfoldBackward',
  shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
  forward([grad], attrs, out) {
    const whole = allocate(out);
    const windows = view(whole, attrs, grad!);
    // Of one element of every window none lies over another.
    for (let i = 0; i < attrs.size; i++) addInto(nth(windows, i), nth(grad!, i));
    return whole;
  },
  backward: (grad, { attrs: { dim, size, step, count } }) => [apply(unfoldOp, [grad], { dim, size, step, count })],
  flops: ([grad]) => numel(grad!.shape),
};

export const slidingWindowOps = { unfold: unfoldOp, unfoldBackward: unfoldBackwardOp };

/**
 * Windows of `size` elements along `dim`, every `step`, each as a new last dimension: [batch, 7] with (1, 3, 2) → [batch, 3, 3]. A view. Throws
 * ShapeError where not one fits.
 */
export function slidingWindows(x: Tensor, dim: number, size: number, step: number): Tensor {
  const d = normalizeDim('unfold', dim, x);
  checkNumbers('unfold', { size: size ?? null, step: step ?? null });
  const length = x.shape[d] ?? 1;
  if (!Number.isInteger(size) || !Number.isInteger(step) || size < 0 || step < 1 || size > length)
    throw new ShapeError(
      'unfold',
      [x],
      `windows of ${size} every ${step} do not fit into dimension ${dim} of ${formatShape(x)}, which has ${length}`,
      'Write x.unfold(dim, size, step), with a step of 1 or more.',
    );
  const from = x.ndim === 0 ? x.reshape(1) : x;
  const windows = apply(unfoldOp, [from], {
    dim: d,
    size,
    step,
    count: Math.floor((length - size) / step) + 1,
  });
  return x.ndim === 0 ? windows.reshape(size) : windows;
}

/** Windows (their elements the last dimension) added to each other along `dim`, every `step`, in a whole of `length`: what `slidingWindows` took apart. */
export function windowsAdded(windows: Tensor, dim: number, step: number, length: number): Tensor {
  const [count, size] = [windows.shape[dim]!, windows.shape.at(-1)!];
  const shape = windows.shape.slice(0, -1).with(dim, length);
  const of: Spec = { shape, dtype: 'f32', axes: windows.axes.slice(0, -1) };
  return apply(unfoldBackwardOp, [windows], { dim, size, step, count, of });
}

/** Methods that this family gives every tensor. */
export const slidingWindowMethods = {
  /** Windows of `size` elements along `dim`, every `step`, each as a new last dimension: [batch, 7].unfold(1, 3, 2) → [batch, 3, 3]. A view. */
  unfold(this: Tensor, dim: number, size: number, step: number): Tensor {
    return slidingWindows(this, dim, size, step);
  },
};
