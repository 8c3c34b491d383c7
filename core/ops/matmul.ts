/** Matrix products. Shapes by PyTorch's rules for vectors, matrices and batches of matrices. */
import { ShapeError } from '../errors.ts';
import { type Axis, unnamed } from '../tensor/axes.ts';
import { broadcastAxes, broadcastShapes, formatShape, numel, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { broadcastView, sumToShape } from './broadcast.ts';
import type { Op, Saved } from './op.ts';
import { mT } from './permute.ts';
import { reshape } from './view.ts';

export interface MatmulAttrs {
  /** What the last two axes of the result count, where the caller knows better than the operands do. */
  readonly axes?: readonly [Axis, Axis];
}

/** Sizes and axes of `x` as a (batch of) matrices: a vector is a row on the left, a column on the right. */
function asMatrix(x: Spec, side: 'left' | 'right'): Spec {
  if (x.shape.length !== 1) return x;
  const row = side === 'left';
  return {
    shape: row ? [1, x.shape[0]!] : [x.shape[0]!, 1],
    dtype: x.dtype,
    axes: row ? [unnamed, x.axes[0]!] : [x.axes[0]!, unnamed],
  };
}

function withoutMatrix(x: Spec): Spec {
  return { shape: x.shape.slice(0, -2), dtype: x.dtype, axes: x.axes.slice(0, -2) };
}

function checked(name: string, a: Spec, b: Spec): readonly [Spec, Spec] {
  if (a.shape.length === 0 || b.shape.length === 0)
    throw new ShapeError(name, [a, b], 'a number is not a matrix', 'To scale a tensor use .mul(number).');
  if (a.dtype !== b.dtype)
    throw new ShapeError(
      name,
      [a, b],
      `${a.dtype} ${formatShape(a)} against ${b.dtype} ${formatShape(b)}`,
      "Both sides must have the same dtype: convert one with .to('f32').",
    );
  const left = asMatrix(a, 'left');
  const right = asMatrix(b, 'right');
  const inner = left.shape.at(-1)!;
  const against = right.shape.at(-2)!;
  if (inner !== against) {
    throw new ShapeError(
      name,
      [a, b],
      `${formatShape(a)} × ${formatShape(b)}: the left one has ${inner} ${columns(a)}, the right one ${against} ${rows(b)}`,
      innerHint(a, b, inner, against),
    );
  }
  if (broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2)) === undefined)
    throw new ShapeError(
      name,
      [a, b],
      `${formatShape(a)} × ${formatShape(b)}: the batch dimensions [${left.shape.slice(0, -2)}] and [${right.shape.slice(0, -2)}] do not fit`,
      'Batch sizes must be equal, or one of them 1.',
    );
  return [left, right];
}

const columns = (x: Spec) => (x.shape.length === 1 ? 'elements' : 'columns (its last size)');
const rows = (x: Spec) => (x.shape.length === 1 ? 'elements' : 'rows (its second to last size)');

function innerHint(a: Spec, b: Spec, inner: number, against: number): string {
  if (b.shape.length >= 2 && b.shape.at(-1) === inner) return 'The right one transposed would fit: .transpose(-2, -1).';
  if (a.shape.length >= 2 && a.shape.at(-2) === against)
    return 'The left one transposed would fit: .transpose(-2, -1).';
  return `The two must be equal: the layer before must give ${against}, or the right one take ${inner}.`;
}

function matmulSpec(name: string, a: Spec, b: Spec, attrs: MatmulAttrs | undefined): Spec {
  const [left, right] = checked(name, a, b);
  const batchA = withoutMatrix(left);
  const batchB = withoutMatrix(right);
  const shape = broadcastShapes(batchA.shape, batchB.shape)!;
  const axes: Axis[] = broadcastAxes(batchA, batchB);
  if (a.shape.length > 1) {
    shape.push(left.shape.at(-2)!);
    axes.push(attrs?.axes?.[0] ?? left.axes.at(-2)!);
  }
  if (b.shape.length > 1) {
    shape.push(right.shape.at(-1)!);
    axes.push(attrs?.axes?.[1] ?? right.axes.at(-1)!);
  }
  return { shape, dtype: a.dtype, axes };
}

/** `x` as matrices in memory, batch dimensions stretched to `batch`. */
function operand(x: Tensor, side: 'left' | 'right', batch: readonly number[]): Tensor {
  const spec = asMatrix(x, side);
  const strides = x.ndim > 1 ? x.strides : side === 'left' ? [0, x.strides[0]!] : [x.strides[0]!, 0];
  return broadcastView(new Tensor(spec, x.storage, strides, x.offset), [...batch, ...spec.shape.slice(-2)]);
}

function matmulOp(name: string): Op<MatmulAttrs | undefined> {
  return {
    name,
    shape: ([a, b], attrs) => matmulSpec(name, a!, b!, attrs),
    forward([a, b], _attrs, out, backend) {
      const result = allocate(out);
      const lost = (a!.ndim === 1 ? 1 : 0) + (b!.ndim === 1 ? 1 : 0);
      const batch = out.shape.slice(0, out.shape.length - 2 + lost);
      const left = operand(a!, 'left', batch);
      const right = operand(b!, 'right', batch);
      const whole: Spec = {
        shape: [...batch, left.shape.at(-2)!, right.shape.at(-1)!],
        dtype: out.dtype,
        axes: out.axes,
      };
      backend.matmul(left, right, lost === 0 ? result : new Tensor(whole, result.storage));
      return result;
    },
    backward: matmulBackward,
    flops: ([a], out) => 2 * numel(out.shape) * (a!.shape.at(-1) ?? 1),
    role: 'product',
  };
}

function matmulBackward(
  grad: Tensor,
  { inputs: [a, b], needs }: Saved<MatmulAttrs | undefined>,
): (Tensor | undefined)[] {
  const left = a!.ndim === 1 ? reshape(a!, [1, a!.shape[0]!]) : a!;
  const right = b!.ndim === 1 ? reshape(b!, [b!.shape[0]!, 1]) : b!;
  const [m, k] = left.shape.slice(-2) as [number, number];
  const n = right.shape.at(-1)!;
  const lost = (a!.ndim === 1 ? 1 : 0) + (b!.ndim === 1 ? 1 : 0);
  const g = lost === 0 ? grad : reshape(grad, [...grad.shape.slice(0, grad.ndim - 2 + lost), m, n]);
  let da: Tensor | undefined;
  let db: Tensor | undefined;
  if (needs[0]) {
    const full = sumToShape(matmul(g, mT(right)), left.shape);
    da = a!.ndim === 1 ? reshape(full, a!.shape) : full;
  }
  if (needs[1]) {
    // One matrix on the right of many: the batch is summed inside one product.
    const full =
      right.ndim === 2 && g.ndim > 2 && left.ndim === g.ndim
        ? matmul(mT(reshape(left, [numel(left.shape.slice(0, -1)), k])), reshape(g, [numel(g.shape.slice(0, -1)), n]))
        : sumToShape(matmul(mT(left), g), right.shape);
    db = b!.ndim === 1 ? reshape(full, b!.shape) : full;
  }
  return [da, db];
}

export const matmulOps = { matmul: matmulOp('matmul'), bmm: matmulOp('bmm') };

/**
 * Matrix product. [..., M, K] × [..., K, N] → [..., M, N], batch dimensions broadcast; a vector on the left is a row, on the
 * right a column, and its dimension goes away. Throws ShapeError where the inner sizes differ.
 */
export const matmul = (a: Tensor, b: Tensor): Tensor => apply(matmulOps.matmul, [a, b], undefined);

/** `matmul` whose last two axes have these names. */
export const namedMatmul = (a: Tensor, b: Tensor, attrs: MatmulAttrs): Tensor => apply(matmulOps.matmul, [a, b], attrs);

/**
 * Matrix products one by one: [B, M, K] × [B, K, N] → [B, M, N]. Throws ShapeError where batches or inner sizes differ.
 */
export function bmm(a: Tensor, b: Tensor): Tensor {
  checkArguments('bmm', arguments);
  if (a.ndim !== 3 || b.ndim !== 3 || a.shape[0] !== b.shape[0])
    throw new ShapeError(
      'bmm',
      [a, b],
      `expected two batches with the same number of matrices, got ${formatShape(a)} and ${formatShape(b)}`,
      'matmul broadcasts batch dimensions.',
    );
  return apply(matmulOps.bmm, [a, b], undefined);
}

/** Methods that this family gives every tensor. */
export const matmulMethods = {
  /** Matrix product: [..., M, K] × [..., K, N] → [..., M, N], batch dimensions broadcast. */
  matmul(this: Tensor, other: Tensor): Tensor {
    return matmul(this, other);
  },
  /** Matrix products one by one: [B, M, K] × [B, K, N] → [B, M, N]. */
  bmm(this: Tensor, other: Tensor): Tensor {
    return bmm(this, other);
  },
};
