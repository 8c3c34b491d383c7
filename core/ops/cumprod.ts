/** Running products. */
import { context } from '../context.ts';
import { numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { where } from './compare.ts';
import { eye, ones } from './creation.ts';
import { normalizeDim } from './dims.ts';
import { mul } from './elementwise.ts';
import type { Op } from './op.ts';
import { transpose } from './permute.ts';
import { sum } from './reduce.ts';
import { rowsOf, whole } from './rows.ts';
import { triu } from './triangle.ts';
import { unsqueeze } from './view.ts';

interface CumprodAttrs {
  readonly dim: number;
}

/** `row` of each line of `x` along `dim`, written there in `out`. */
function eachLine(
  inputs: readonly Tensor[],
  dim: number,
  out: Tensor,
  row: (lines: readonly ArrayLike<number>[], to: (i: number, value: number) => void, length: number) => void,
): void {
  const data = out.storage.data;
  const size = out.shape[dim] ?? 1;
  const after = numel(out.shape.slice(dim + 1));
  const rows = inputs.map((x) => rowsOf(x, x.ndim === 0 ? [] : [dim], context.backend).data);
  const count = size === 0 ? 0 : numel(out.shape) / size;
  for (let line = 0; line < count; line++) {
    const start = Math.floor(line / after) * size * after + (line % after);
    row(
      rows.map((each) => each.subarray(line * size, (line + 1) * size)),
      (i, value) => {
        data[start + i * after] = value;
      },
      size,
    );
  }
}

/** ∂L/∂x of `cumprod` in one pass and without a division, so that it is right where some elements are 0. */
const cumprodBackwardOp: Op<CumprodAttrs> = {
  name: 'cumprodBackward',
  shape: ([x]) => ({ shape: x!.shape, dtype: 'f32', axes: x!.axes }),
  forward([x, grad], { dim }, out) {
    const result = allocate(out);
    eachLine([x!, grad!], dim, result, ([values, upstream], to, length) => {
      const after = new Float64Array(length + 1);
      for (let i = length - 1; i >= 0; i--)
        after[i] = upstream![i]! + (i + 1 < length ? values![i + 1]! * after[i + 1]! : 0);
      let before = 1;
      for (let i = 0; i < length; i++) {
        to(i, before * after[i]!);
        before *= values![i]!;
      }
    });
    return result;
  },
  backward: undefined,
  flops: ([x]) => 4 * numel(x!.shape),
};

export const cumprodOps = {
  cumprod: {
    name: 'cumprod',
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype === 'bool' ? 'i32' : x!.dtype, axes: x!.axes }),
    forward([x], { dim }, out) {
      const result = allocate(out);
      const isWhole = out.dtype === 'i32';
      eachLine([x!], dim, result, ([values], to, length) => {
        let product = 1;
        for (let i = 0; i < length; i++) {
          product *= values![i]!;
          to(i, isWhole ? whole('cumprod', product) : product);
        }
      });
      return result;
    },
    backward: (grad, { inputs: [x], attrs }) => [
      context.gradEnabled ? slopes(grad, x!, attrs.dim) : apply(cumprodBackwardOp, [x!, grad], attrs),
    ],
    flops: ([x]) => numel(x!.shape),
  } satisfies Op<CumprodAttrs>,
  cumprodBackward: cumprodBackwardOp,
};

/** The same of operations that can be differentiated: for each element the running products of the others, from its place on. */
function slopes(grad: Tensor, x: Tensor, dim: number): Tensor {
  if (x.ndim === 0) return mul(grad, ones([]));
  const rows = transpose(x, dim, -1);
  const size = rows.shape.at(-1)!;
  const others = cumprod(where(eye(size, { dtype: 'bool' }), 1, unsqueeze(rows, -2)), -1);
  return transpose(sum(triu(mul(others, unsqueeze(transpose(grad, dim, -1), -2))), -1), dim, -1);
}

/**
 * Running product along `dim`: any shape → the same. Throws ShapeError for a dimension there is not, TensightError for a product of integers
 * that i32 does not hold.
 */
export const cumprod = (x: Tensor, dim: number): Tensor =>
  apply(cumprodOps.cumprod, [x], { dim: normalizeDim('cumprod', dim, x) });

/** Methods that this family gives every tensor. */
export const cumprodMethods = {
  /** Running product along `dim`. */
  cumprod(this: Tensor, dim: number): Tensor {
    return cumprod(this, dim);
  },
};
