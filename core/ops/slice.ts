/** Parts of a tensor along one dimension. Views, except where a gradient is laid back into the whole. */
import { context } from '../context.ts';
import { IndexError, ShapeError } from '../errors.ts';
import { rebatchedAxis, slicedAxis } from '../tensor/labels.ts';
import { formatShape, type Shape, type Spec, specOf } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkNumbers, checkWhole } from '../usage/values.ts';
import { allocate, apply } from './apply.ts';
import { normalizeDim } from './dims.ts';
import type { Op } from './op.ts';
import { toContiguous, unsqueeze } from './view.ts';

export interface SliceAttrs {
  readonly dim: number;
  readonly start: number;
  readonly length: number;
  readonly step: number;
}

/** The slice of `x`, without an operation of the graph. */
export function sliceView(x: Tensor, { dim, start, step }: SliceAttrs, out: Spec): Tensor {
  return new Tensor(
    out,
    x.storage,
    x.strides.map((s, i) => (i === dim ? s * step : s)),
    x.offset + (out.shape[dim] === 0 ? 0 : start * x.strides[dim]!),
  );
}

interface SelectAttrs {
  readonly dim: number;
  readonly index: number;
}

function selectView(x: Tensor, { dim, index }: SelectAttrs, out: Spec): Tensor {
  return new Tensor(out, x.storage, x.strides.toSpliced(dim, 1), x.offset + index * x.strides[dim]!);
}

/** Adds `x` to a view of other memory, however that lies. */
export function addInto(view: Tensor, x: Tensor): void {
  const { backend } = context;
  if (view.isContiguous) backend.binary('add', view, x, view);
  else {
    const sum = toContiguous(view, backend);
    backend.binary('add', sum, x, sum);
    backend.copy(sum, view);
  }
}

export const sliceOps = {
  slice: {
    name: 'slice',
    shape: ([x], { dim, start, length, step }) => ({
      shape: x!.shape.map((size, i) => (i === dim ? length : size)),
      dtype: x!.dtype,
      axes: x!.axes.map((a, i) =>
        i === dim
          ? slicedAxis(a, start, length, step)
          : dim === 0
            ? rebatchedAxis(a, x!.shape[0]!, start, length, step)
            : a,
      ),
    }),
    forward: ([x], attrs, out) => sliceView(x!, attrs, out),
    backward: (grad, { inputs: [x], attrs }) => [laidBack(grad, attrs, x!)],
    accumulate: (grad, { attrs, output }, sum) => addInto(sliceView(sum, attrs, output), grad),
    flops: () => 0,
    isView: true,
  } satisfies Op<SliceAttrs>,
  /** Zeros with a gradient laid into the slice it came from. */
  sliceBackward: {
    name: 'sliceBackward',
    shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
    forward([grad], attrs, out, backend) {
      const whole = allocate(out);
      backend.copy(grad!, sliceView(whole, attrs, grad!));
      return whole;
    },
    backward: (grad, { attrs: { dim, start, length, step } }) => [sliced(grad, { dim, start, length, step })],
    flops: () => 0,
  } satisfies Op<SliceAttrs & { readonly of: Spec }>,
  select: {
    name: 'select',
    shape: ([x], { dim, index }) => ({
      shape: x!.shape.toSpliced(dim, 1),
      dtype: x!.dtype,
      axes: x!.axes.map((a) => (dim === 0 ? rebatchedAxis(a, x!.shape[0]!, index, undefined) : a)).toSpliced(dim, 1),
    }),
    forward: ([x], attrs, out) => selectView(x!, attrs, out),
    backward: (grad, { inputs: [x], attrs: { dim, index } }) => [
      laidBack(unsqueeze(grad, dim), { dim, start: index, length: 1, step: 1 }, x!),
    ],
    accumulate: (grad, { attrs, output }, sum) => addInto(selectView(sum, attrs, output), grad),
    flops: () => 0,
    isView: true,
  } satisfies Op<SelectAttrs>,
};

/** `slice`, whose span is known to fit. */
export function sliced(x: Tensor, attrs: SliceAttrs): Tensor {
  return apply(sliceOps.slice, [x], attrs);
}

/** Zeros like `of`, with `grad` in the slice. */
function laidBack(grad: Tensor, attrs: SliceAttrs, of: Spec): Tensor {
  return apply(sliceOps.sliceBackward, [grad], { ...attrs, of: specOf(of) });
}

/**
 * Elements `start` … `end` (exclusive; counted from the end where negative, clipped) along `dim`, every `step`-th: [5,
 * 3] with (0, 1, 4) → [3, 3], a view. Throws ShapeError for a step below 1.
 */
export function slice(x: Tensor, dim: number, start?: number, end?: number, step = 1): Tensor {
  return sliced(x, spanOf('slice', x, dim, start, end, step));
}

/** The part of `x` that a slice means, clipped to what is there. */
export function spanOf(
  op: string,
  x: Spec,
  dim: number,
  start: number | undefined,
  end: number | undefined,
  step: number,
): SliceAttrs {
  const d = normalizeDim(op, dim, x);
  checkWhole(op, { start: start ?? undefined, end: end === Number.POSITIVE_INFINITY ? undefined : (end ?? undefined) });
  if (x.shape.length === 0) throw new ShapeError(op, [x], 'a number has no dimensions to slice');
  checkNumbers(op, { step: step ?? null });
  if (!Number.isInteger(step) || step < 1)
    throw new ShapeError(op, [x], `expected a step of 1 or more, got ${step}`, 'Use .flip(dim) to turn it round.');
  const size = x.shape[d]!;
  const clip = (i: number) => Math.min(size, Math.max(0, i < 0 ? i + size : i));
  const from = clip(start ?? 0);
  const to = clip(end ?? size);
  const length = Math.max(0, Math.ceil((to - from) / step));
  return { dim: d, start: from, length, step };
}

/**
 * `length` elements from `start` on along `dim`: [5, 3] with (0, 1, 2) → [2, 3], a view. Throws ShapeError where they
 * do not all exist.
 */
export function narrow(x: Tensor, dim: number, start: number, length: number): Tensor {
  const d = normalizeDim('narrow', dim, x);
  checkWhole('narrow', { start, length });
  const size = x.shape[d] ?? 0;
  const from = start < 0 ? start + size : start;
  if (from < 0 || length < 0 || from + length > size)
    throw new ShapeError(
      'narrow',
      [x],
      `${length} elements from ${start} on go beyond dimension ${dim} of ${formatShape(x)}`,
      `It has ${size} elements.`,
    );
  return sliced(x, { dim: d, start: from, length, step: 1 });
}

/**
 * Element `index` along `dim`, which goes away: [5, 3] with (0, 2) → [3], a view. Throws IndexError where there is
 * none.
 */
export function select(x: Tensor, dim: number, index: number): Tensor {
  if (typeof index !== 'number') checkArguments('select', [x, dim, index]);
  const d = normalizeDim('select', dim, x);
  const size = x.shape[d] ?? 0;
  const at = index < 0 ? index + size : index;
  if (!Number.isInteger(index) || at < 0 || at >= size)
    throw new IndexError(
      `select: index ${index} is outside dimension ${dim} of ${formatShape(x)}`,
      size === 0 ? 'It is empty.' : `Use ${-size} … ${size - 1}.`,
    );
  return apply(sliceOps.select, [x], { dim: d, index: at });
}

/**
 * Pieces of `size` along `dim` (the last may be shorter), or pieces of the sizes given: [5, 3] by 2 → [2, 3], [2, 3],
 * [1, 3]. Views. Throws ShapeError where sizes do not add up.
 */
export function split(x: Tensor, size: number | Shape, dim = 0): Tensor[] {
  const d = normalizeDim('split', dim, x);
  const total = x.shape[d] ?? 1;
  let sizes: Shape;
  if (typeof size === 'number') {
    // Of nothing there is one empty piece, whatever its size.
    if (size === 0 && total === 0) return [x];
    if (!Number.isInteger(size) || size < 1)
      throw new ShapeError('split', [x], `expected pieces of 1 or more, got ${size}`);
    const count = Math.max(1, Math.ceil(total / size));
    sizes = Array.from({ length: count }, (_, i) => Math.min(size, total - i * size));
  } else {
    if (!Array.isArray(size)) checkArguments('split', [x, size, dim]);
    sizes = size;
    if (Array.isArray(size)) checkWhole('split', { 'the size of a piece': sizes });
    const sum = sizes.reduce((n, s) => n + s, 0);
    if (sum !== total)
      throw new ShapeError(
        'split',
        [x],
        `the pieces [${sizes.join(', ')}] make ${sum}, dimension ${dim} of ${formatShape(x)} has ${total}`,
        `Their sizes must make ${total} together.`,
      );
  }
  let start = 0;
  return sizes.map((length) => {
    const piece = narrow(x, d, start, length);
    start += length;
    return piece;
  });
}

/** At most `chunks` pieces of equal size along `dim` (the last may be shorter): [5, 3] by 2 → [3, 3], [2, 3]. Views. */
export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  if (typeof chunks !== 'number') checkArguments('chunk', [x, chunks, dim]);
  const d = normalizeDim('chunk', dim, x);
  if (!Number.isInteger(chunks) || chunks < 1)
    throw new ShapeError('chunk', [x], `expected 1 piece or more, got ${chunks}`);
  const total = x.shape[d] ?? 1;
  // Of nothing, PyTorch makes as many empty pieces as were asked for.
  if (total === 0) return Array.from({ length: chunks }, () => narrow(x, d, 0, 0));
  return split(x, Math.ceil(total / chunks), d);
}

/** Every element along `dim`, a tensor each: [2, 3] → two of [3]. Views. */
export function unbind(x: Tensor, dim = 0): Tensor[] {
  const d = normalizeDim('unbind', dim, x);
  if (x.ndim === 0) throw new ShapeError('unbind', [x], 'a number has no dimension to take apart');
  return Array.from({ length: x.shape[d]! }, (_, i) => select(x, d, i));
}

/** Methods that this family gives every tensor. */
export const sliceMethods = {
  /** Elements `start` … `end` (exclusive) along `dim`, every `step`-th: x.slice(1, 0, -1) drops the last column. */
  slice(this: Tensor, dim: number, start?: number, end?: number, step = 1): Tensor {
    return slice(this, dim, start, end, step);
  },
  /** `length` elements from `start` on along `dim`. */
  narrow(this: Tensor, dim: number, start: number, length: number): Tensor {
    return narrow(this, dim, start, length);
  },
  /** Element `index` along `dim`; the dimension goes away. */
  select(this: Tensor, dim: number, index: number): Tensor {
    return select(this, dim, index);
  },
  /** Pieces of `size` (or of the sizes given) along `dim`. */
  split(this: Tensor, size: number | Shape, dim = 0): Tensor[] {
    return split(this, size, dim);
  },
  /** At most `chunks` pieces of equal size along `dim`. */
  chunk(this: Tensor, chunks: number, dim = 0): Tensor[] {
    return chunk(this, chunks, dim);
  },
  /** Every element along `dim`, one tensor each. */
  unbind(this: Tensor, dim = 0): Tensor[] {
    return unbind(this, dim);
  },
};
