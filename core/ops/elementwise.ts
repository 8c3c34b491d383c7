/** Arithmetic of two operands, with broadcasting. */
import type { Tensor } from '../tensor/tensor.ts';
import { eq, lt, where } from './compare.ts';
import { binaryOp, callBinary, type Operand } from './make.ts';
import { isInfinite, ofZero } from './notANumber.ts';
import type { Op } from './op.ts';

/** The part of `grad` that belongs to the larger (smaller) operand; equal ones share it. */
function toWinner(grad: Tensor, own: Tensor, other: Tensor, loses: (a: Tensor, b: Tensor) => Tensor): Tensor {
  return where(eq(own, other), grad.mul(0.5), where(loses(own, other), 0, grad));
}

export const elementwiseOps = {
  add: binaryOp('add', { role: 'score', backward: (g) => [() => g, () => g] }),
  sub: binaryOp('sub', { role: 'score', backward: (g) => [() => g, () => g.neg()] }),
  mul: binaryOp('mul', { role: 'multiple', backward: (g, a, b) => [() => g.mul(b), () => g.mul(a)] }),
  div: binaryOp('div', {
    role: 'quotient',
    nan: {
      cause: ([a, b]) => (isInfinite(a) || isInfinite(b) || !b?.zeros ? undefined : '0 / 0'),
      hint: 'Add a small number to the divisor: y.add(1e-8).',
      overflow: ofZero('a division by 0', 1),
      overflowHint: 'Add a small number to the divisor: y.add(1e-8).',
      slope: 'Its divisor is 0 or nearly so. Add a small number to it: y.add(1e-8).',
    },
    integer: 'f32',
    backward: (g, _a, b, out) => [() => g.div(b), () => g.mul(out).div(b).neg()],
  }),
  maximum: binaryOp('maximum', {
    backward: (g, a, b) => [() => toWinner(g, a, b, lt), () => toWinner(g, b, a, lt)],
  }),
  minimum: binaryOp('minimum', {
    backward: (g, a, b) => [
      () => toWinner(g, a, b, (own, other) => lt(other, own)),
      () => toWinner(g, b, a, (own, other) => lt(other, own)),
    ],
  }),
} satisfies Record<string, Op<undefined>>;

/**
 * a + b element by element: a [...] and b [...] broadcast → their common shape. Throws ShapeError where they do not
 * fit.
 */
export const add = (a: Operand, b: Operand): Tensor => callBinary(elementwiseOps.add, a, b);
/**
 * a − b element by element: a [...] and b [...] broadcast → their common shape. Throws ShapeError where they do not
 * fit.
 */
export const sub = (a: Operand, b: Operand): Tensor => callBinary(elementwiseOps.sub, a, b);
/**
 * a · b element by element: a [...] and b [...] broadcast → their common shape. Throws ShapeError where they do not
 * fit.
 */
export const mul = (a: Operand, b: Operand): Tensor => callBinary(elementwiseOps.mul, a, b);
/**
 * a / b element by element, integers as floats: a [...] and b [...] broadcast → their common shape. Throws ShapeError
 * where they do not fit.
 */
export const div = (a: Operand, b: Operand): Tensor => callBinary(elementwiseOps.div, a, b);
/**
 * The larger of a and b element by element; NaN wins: a [...] and b [...] broadcast → their common shape. Throws
 * ShapeError where they do not fit.
 */
export const maximum = (a: Operand, b: Operand): Tensor => callBinary(elementwiseOps.maximum, a, b);
/**
 * The smaller of a and b element by element; NaN wins: a [...] and b [...] broadcast → their common shape. Throws
 * ShapeError where they do not fit.
 */
export const minimum = (a: Operand, b: Operand): Tensor => callBinary(elementwiseOps.minimum, a, b);
/** Methods that this family gives every tensor. */
export const elementwiseMethods = {
  /** this + other, broadcast. */
  add(this: Tensor, other: Operand): Tensor {
    return add(this, other);
  },
  /** this − other, broadcast. */
  sub(this: Tensor, other: Operand): Tensor {
    return sub(this, other);
  },
  /** this · other element by element, broadcast. For the matrix product see `matmul`. */
  mul(this: Tensor, other: Operand): Tensor {
    return mul(this, other);
  },
  /** this / other element by element, broadcast; integers divide as floats. */
  div(this: Tensor, other: Operand): Tensor {
    return div(this, other);
  },
  /** The larger of this and other element by element, broadcast; NaN wins. */
  maximum(this: Tensor, other: Operand): Tensor {
    return maximum(this, other);
  },
  /** The smaller of this and other element by element, broadcast; NaN wins. */
  minimum(this: Tensor, other: Operand): Tensor {
    return minimum(this, other);
  },
};
