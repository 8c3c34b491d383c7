/** The diagonal of matrices: a view, laid back into zeros for the gradient. */
import { ShapeError } from '../errors.ts';
import { unnamed } from '../tensor/axes.ts';
import { formatShape, type Spec, specOf } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkWhole } from '../usage/values.ts';
import { allocate, apply } from './apply.ts';
import { normalizeDim } from './dims.ts';
import type { Op } from './op.ts';
import { addInto } from './slice.ts';

interface DiagonalAttrs {
  readonly offset: number;
  readonly dim1: number;
  readonly dim2: number;
}

function diagonalSpec(x: Spec, { offset, dim1, dim2 }: DiagonalAttrs): Spec {
  const [rows, columns] = [x.shape[dim1]!, x.shape[dim2]!];
  const length = Math.max(0, offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns));
  const keep = x.shape.map((_, i) => i).filter((i) => i !== dim1 && i !== dim2);
  const [a, b] = [x.axes[dim1]!.name, x.axes[dim2]!.name];
  const shared = a === b || b === undefined ? a : a === undefined ? b : undefined;
  return {
    shape: [...keep.map((i) => x.shape[i]!), length],
    dtype: x.dtype,
    axes: [...keep.map((i) => x.axes[i]!), shared === undefined ? unnamed : { name: shared }],
  };
}

function diagonalView(x: Tensor, { offset, dim1, dim2 }: DiagonalAttrs, out: Spec): Tensor {
  const keep = x.shape.map((_, i) => i).filter((i) => i !== dim1 && i !== dim2);
  const start = offset >= 0 ? offset * x.strides[dim2]! : -offset * x.strides[dim1]!;
  return new Tensor(
    out,
    x.storage,
    [...keep.map((i) => x.strides[i]!), x.strides[dim1]! + x.strides[dim2]!],
    x.offset + (out.shape.at(-1) === 0 ? 0 : start),
  );
}

const diagonalOp: Op<DiagonalAttrs> = {
  name: 'diagonal',
  shape: ([x], attrs) => diagonalSpec(x!, attrs),
  forward: ([x], attrs, out) => diagonalView(x!, attrs, out),
  backward: (grad, { inputs: [x], attrs }) => [apply(diagonalBackwardOp, [grad], { ...attrs, of: specOf(x!) })],
  accumulate: (grad, { attrs, output }, sum) => addInto(diagonalView(sum, attrs, output), grad),
  flops: () => 0,
  isView: true,
};

/** Zeros with a gradient on the diagonal it came from. */
const diagonalBackwardOp: Op<DiagonalAttrs & { readonly of: Spec }> = {
  name: 'diagonalBackward',
  shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
  forward([grad], attrs, out, backend) {
    const whole = allocate(out);
    backend.copy(grad!, diagonalView(whole, attrs, grad!));
    return whole;
  },
  backward: (grad, { attrs: { offset, dim1, dim2 } }) => [apply(diagonalOp, [grad], { offset, dim1, dim2 })],
  flops: () => 0,
};

export const diagonalOps = { diagonal: diagonalOp, diagonalBackward: diagonalBackwardOp };

/** Elements [i, i + offset] of dimensions `dim1` and `dim2`, which become one, the last: [B, N, N] by (0, 1, 2) → [B, N]. */
export function diagonal(x: Tensor, offset = 0, dim1 = 0, dim2 = 1): Tensor {
  const [a, b] = [normalizeDim('diagonal', dim1, x), normalizeDim('diagonal', dim2, x)];
  if (x.ndim < 2 || a === b)
    throw new ShapeError('diagonal', [x], `${formatShape(x)} has no matrix in dimensions ${dim1} and ${dim2}`);
  checkWhole('diagonal', { offset });
  return apply(diagonalOp, [x], { offset, dim1: a, dim2: b });
}

/** Methods that this family gives every tensor. */
export const diagonalMethods = {
  /** Elements [i, i + offset] of dimensions `dim1` and `dim2`, which become one, the last. */
  diagonal(this: Tensor, offset = 0, dim1 = 0, dim2 = 1): Tensor {
    return diagonal(this, offset, dim1, dim2);
  },
};
