/**
 * A slice assigned: PyTorch's `x[1:3] = y`, which here gives a new tensor. Gradients flow to what is written, and to what is not
 * written over.
 */
import { IndexError, ShapeError } from '../errors.ts';
import { broadcastShapes, formatShape, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { zeros } from './creation.ts';
import { normalizeDim } from './dims.ts';
import { asTensor, type Operand } from './make.ts';
import type { Op } from './op.ts';
import { narrow, type SliceAttrs, sliced, sliceView, spanOf } from './slice.ts';
import { expand, unsqueeze } from './view.ts';

const part = (x: Spec, { dim, length }: SliceAttrs) => x.shape.with(dim, length);

export const sliceScatterOp: Op<SliceAttrs> = {
  name: 'sliceScatter',
  shape([x, src], attrs) {
    const wanted = part(x!, attrs);
    if (String(src!.shape) !== String(wanted))
      throw new ShapeError(
        'sliceScatter',
        [x!, src!],
        `${formatShape(src!)} does not fill the slice [${wanted}] of ${formatShape(x!)}`,
      );
    return { shape: x!.shape, dtype: x!.dtype, axes: x!.axes };
  },
  forward([x, src], attrs, out, backend) {
    const result = allocate(out);
    backend.copy(x!, result);
    backend.copy(src!, sliceView(result, attrs, { shape: src!.shape, dtype: out.dtype, axes: src!.axes }));
    return result;
  },
  backward: (grad, { inputs: [, src], attrs, needs }) => [
    needs[0] ? apply(sliceScatterOp, [grad, zeros(src!.shape)], attrs) : undefined,
    needs[1] ? sliced(grad, attrs) : undefined,
  ],
  flops: () => 0,
};

/** `value` in the slice: a number, or a tensor that is stretched to it. */
function written(op: string, x: Tensor, value: Operand, attrs: SliceAttrs): Tensor {
  const wanted = part(x, attrs);
  const src = asTensor(value, x, op);
  if (String(broadcastShapes(src.shape, wanted)) !== String(wanted))
    throw new ShapeError(
      op,
      [x, src],
      `${formatShape(src)} does not fit into the slice [${wanted}] of ${formatShape(x)}`,
      'What is written has the shape of the slice, or is stretched to it.',
    );
  // Written with the dtype of x; a value whose own would lose something there keeps none of its gradient.
  return apply(sliceScatterOp, [x, expand(src.to(x.dtype), wanted)], attrs);
}

/**
 * `x` with `value` (a number, or a tensor that is stretched) in place of `x.slice(dim, start, end, step)`: PyTorch's `x[:, 1:3] = value`
 * as a new tensor: x [5, 3], dim 0, 1 … 3, value [2, 3] → [5, 3]. Throws ShapeError where the value does not fit into the slice.
 */
export function setSlice(
  x: Tensor,
  dim: number,
  start: number | undefined,
  end: number | undefined,
  value: Operand,
  step = 1,
): Tensor {
  return written('setSlice', x, value, spanOf('setSlice', x, dim, start, end, step));
}

/** `x` with `src` in place of `x.slice(dim, start, end, step)`, whose shape it has: [5, 3] and [2, 3] → [5, 3]. Throws ShapeError where it has another. */
export function sliceScatter(x: Tensor, src: Tensor, dim = 0, start?: number, end?: number, step = 1): Tensor {
  if (!(src instanceof Tensor)) checkArguments('sliceScatter', arguments);
  const attrs = spanOf('sliceScatter', x, dim, start, end, step);
  return apply(sliceScatterOp, [x, src.to(x.dtype)], attrs);
}

/** `x` with `src` (or one number) in place of `x.select(dim, index)`: [5, 3] and [3] → [5, 3]. Throws IndexError where there is no such element. */
export function selectScatter(x: Tensor, src: Operand, dim: number, index: number): Tensor {
  if (typeof index !== 'number') checkArguments('selectScatter', arguments);
  const d = normalizeDim('selectScatter', dim, x);
  const size = x.shape[d] ?? 0;
  const at = index < 0 ? index + size : index;
  if (!Number.isInteger(index) || at < 0 || at >= size)
    throw new IndexError(
      `selectScatter: index ${index} is outside dimension ${dim} of ${formatShape(x)}`,
      size === 0 ? 'It is empty.' : `Use ${-size} … ${size - 1}.`,
    );
  const value = asTensor(src, x, 'selectScatter');
  return written(
    'selectScatter',
    x,
    value.ndim === 0 ? value : unsqueeze(expand(value, narrow(x, d, at, 1).shape.toSpliced(d, 1)), d),
    {
      ...{ dim: d, start: at },
      length: 1,
      step: 1,
    },
  );
}

/** Methods that this family gives every tensor. */
export const sliceScatterMethods = {
  /** With `value` in place of `this.slice(dim, start, end, step)`, PyTorch's `x[:, 1:3] = value`: x.setSlice(1, 1, 3, value). A new tensor. */
  setSlice(
    this: Tensor,
    dim: number,
    start: number | undefined,
    end: number | undefined,
    value: Operand,
    step = 1,
  ): Tensor {
    return setSlice(this, dim, start, end, value, step);
  },
  /** With `src` in place of `this.slice(dim, start, end, step)`, whose shape it has. */
  sliceScatter(this: Tensor, src: Tensor, dim = 0, start?: number, end?: number, step = 1): Tensor {
    return sliceScatter(this, src, dim, start, end, step);
  },
  /** With `src` in place of `this.select(dim, index)`. */
  selectScatter(this: Tensor, src: Operand, dim: number, index: number): Tensor {
    return selectScatter(this, src, dim, index);
  },
};
