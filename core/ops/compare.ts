/** Comparisons, logic, and choosing by condition. Comparisons have no gradient. */
import { ShapeError, TensightError } from '../errors.ts';
import { promote } from '../tensor/dtype.ts';
import { formatShape, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments, noTensor } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { broadcastSpec, broadcastView, sumToShape } from './broadcast.ts';
import { asTensor, binaryOp, callBinary, type Operand, unaryOp } from './make.ts';
import type { Op } from './op.ts';

function wantBool(op: string, what: string, spec: Spec): void {
  if (spec.dtype !== 'bool')
    throw new ShapeError(
      op,
      [spec],
      `expected bool for ${what}, got ${spec.dtype} ${formatShape(spec)}`,
      "Compare it (mask.eq(0)) or convert it: mask.to('bool').",
    );
}

export const compareOps = {
  eq: binaryOp('eq', { dtype: 'bool' }),
  ne: binaryOp('ne', { dtype: 'bool' }),
  lt: binaryOp('lt', { dtype: 'bool' }),
  le: binaryOp('le', { dtype: 'bool' }),
  gt: binaryOp('gt', { dtype: 'bool' }),
  ge: binaryOp('ge', { dtype: 'bool' }),
  logicalAnd: binaryOp('logicalAnd', { dtype: 'bool' }),
  logicalOr: binaryOp('logicalOr', { dtype: 'bool' }),
  logicalXor: binaryOp('logicalXor', { dtype: 'bool' }),
  logicalNot: unaryOp<undefined>('logicalNot', { dtype: 'bool', cost: 1 }),
  isnan: unaryOp<undefined>('isnan', { dtype: 'bool', cost: 1 }),
  isinf: unaryOp<undefined>('isinf', { dtype: 'bool', cost: 1 }),
  isfinite: unaryOp<undefined>('isfinite', { dtype: 'bool', cost: 1 }),
  where: {
    name: 'where',
    shape([condition, a, b]) {
      wantBool('where', 'the condition', condition!);
      const values = broadcastSpec('where', a!, b!, promote(a!.dtype, b!.dtype));
      const spec = broadcastSpec('where', values, condition!, values.dtype);
      return spec;
    },
    forward([condition, a, b], _attrs, out, backend) {
      const result = allocate(out);
      backend.where(
        broadcastView(condition!, out.shape),
        broadcastView(a!, out.shape),
        broadcastView(b!, out.shape),
        result,
      );
      return result;
    },
    backward: (grad, { inputs: [condition, a, b], needs }) => [
      undefined,
      needs[1] ? sumToShape(where(condition!, grad, 0), a!.shape) : undefined,
      needs[2] ? sumToShape(where(condition!, 0, grad), b!.shape) : undefined,
    ],
    flops: () => 0,
    role: 'score',
    nan: { slope: 'What is not chosen has a gradient too: 0 times its slope. Keep the other branch finite as well.' },
  } satisfies Op<undefined>,
  maskedFill: {
    name: 'maskedFill',
    shape([x, mask]) {
      wantBool('maskedFill', 'the mask', mask!);
      const spec = broadcastSpec('maskedFill', x!, mask!, x!.dtype);
      return { shape: spec.shape, dtype: x!.dtype, axes: spec.axes };
    },
    forward([x, mask], { value }, out, backend) {
      const result = allocate(out);
      backend.where(
        broadcastView(mask!, out.shape),
        broadcastView(asTensor(value, x!, 'maskedFill'), out.shape),
        broadcastView(x!, out.shape),
        result,
      );
      return result;
    },
    backward: (grad, { inputs: [x, mask] }) => [sumToShape(maskedFill(grad, mask!, 0), x!.shape), undefined],
    flops: () => 0,
    role: 'score',
  } satisfies Op<{ readonly value: number }>,
};

/**
 * Whether a = b, element by element: a [...] and b [...] broadcast → bool of their common shape. Throws ShapeError
 * where they do not fit.
 */
export const eq = (a: Operand, b: Operand): Tensor => callBinary(compareOps.eq, a, b);
/**
 * Whether a ≠ b, element by element: a [...] and b [...] broadcast → bool of their common shape. Throws ShapeError
 * where they do not fit.
 */
export const ne = (a: Operand, b: Operand): Tensor => callBinary(compareOps.ne, a, b);
/**
 * Whether a < b, element by element: a [...] and b [...] broadcast → bool of their common shape. Throws ShapeError
 * where they do not fit.
 */
export const lt = (a: Operand, b: Operand): Tensor => callBinary(compareOps.lt, a, b);
/**
 * Whether a ≤ b, element by element: a [...] and b [...] broadcast → bool of their common shape. Throws ShapeError
 * where they do not fit.
 */
export const le = (a: Operand, b: Operand): Tensor => callBinary(compareOps.le, a, b);
/**
 * Whether a > b, element by element: a [...] and b [...] broadcast → bool of their common shape. Throws ShapeError
 * where they do not fit.
 */
export const gt = (a: Operand, b: Operand): Tensor => callBinary(compareOps.gt, a, b);
/**
 * Whether a ≥ b, element by element: a [...] and b [...] broadcast → bool of their common shape. Throws ShapeError
 * where they do not fit.
 */
export const ge = (a: Operand, b: Operand): Tensor => callBinary(compareOps.ge, a, b);
/**
 * Whether both are not 0: a [...] and b [...] broadcast → bool of their common shape. Throws ShapeError where they do
 * not fit.
 */
export const logicalAnd = (a: Operand, b: Operand): Tensor => callBinary(compareOps.logicalAnd, a, b);
/**
 * Whether one at least is not 0: a [...] and b [...] broadcast → bool of their common shape. Throws ShapeError where
 * they do not fit.
 */
export const logicalOr = (a: Operand, b: Operand): Tensor => callBinary(compareOps.logicalOr, a, b);
/**
 * Whether exactly one is not 0: a [...] and b [...] broadcast → bool of their common shape. Throws ShapeError where
 * they do not fit.
 */
export const logicalXor = (a: Operand, b: Operand): Tensor => callBinary(compareOps.logicalXor, a, b);
/** Whether an element is 0: any shape → bool of that shape. */
export const logicalNot = (x: Tensor): Tensor => apply(compareOps.logicalNot, [x], undefined);
/** Whether an element is not a number: any shape → bool of that shape. */
export const isnan = (x: Tensor): Tensor => apply(compareOps.isnan, [x], undefined);
/** Whether an element is ∞ or −∞: any shape → bool of that shape. */
export const isinf = (x: Tensor): Tensor => apply(compareOps.isinf, [x], undefined);
/** Whether an element is neither infinite nor NaN: any shape → bool of that shape. */
export const isfinite = (x: Tensor): Tensor => apply(compareOps.isfinite, [x], undefined);

/**
 * `a` where the condition (bool) holds, `b` elsewhere: all three broadcast → their common shape. Throws ShapeError
 * where they do not fit, or the condition is not bool.
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor;
/** The places where a condition holds, a list with one i32 [count] a dimension: what `x.index(…)` takes. Throws NeedsValueError in a shape run. */
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, a?: Operand, b?: Operand): Tensor | Tensor[] {
  if (!(condition instanceof Tensor)) throw noTensor('where', condition);
  if (a === undefined && b === undefined) return condition.nonzero({ asTuple: true });
  if (a === undefined || b === undefined)
    throw new TensightError(
      'where: expected a condition and two operands, got one of them',
      'Write where(condition, a, b); the places where a condition holds are where(condition).',
    );
  const like = a instanceof Tensor ? a : b instanceof Tensor ? b : undefined;
  return apply(compareOps.where, [condition, asTensor(a, like, 'where'), asTensor(b, like, 'where')], undefined);
}

/**
 * `x` with `value` where the mask (bool) holds: the two broadcast → their common shape. Throws ShapeError where they do not fit, or
 * the mask is not bool.
 */
export function maskedFill(x: Tensor, mask: Tensor, value: number): Tensor {
  checkArguments('maskedFill', arguments);
  return apply(compareOps.maskedFill, [x, mask], { value });
}

/** Methods that this family gives every tensor. */
export const compareMethods = {
  /** this = other element by element, bool. */
  eq(this: Tensor, other: Operand): Tensor {
    return eq(this, other);
  },
  /** this ≠ other element by element, bool. */
  ne(this: Tensor, other: Operand): Tensor {
    return ne(this, other);
  },
  /** this < other element by element, bool. */
  lt(this: Tensor, other: Operand): Tensor {
    return lt(this, other);
  },
  /** this ≤ other element by element, bool. */
  le(this: Tensor, other: Operand): Tensor {
    return le(this, other);
  },
  /** this > other element by element, bool. */
  gt(this: Tensor, other: Operand): Tensor {
    return gt(this, other);
  },
  /** this ≥ other element by element, bool. */
  ge(this: Tensor, other: Operand): Tensor {
    return ge(this, other);
  },
  /** Both not 0, bool. */
  logicalAnd(this: Tensor, other: Operand): Tensor {
    return logicalAnd(this, other);
  },
  /** Either not 0, bool. */
  logicalOr(this: Tensor, other: Operand): Tensor {
    return logicalOr(this, other);
  },
  /** Exactly one not 0, bool. */
  logicalXor(this: Tensor, other: Operand): Tensor {
    return logicalXor(this, other);
  },
  /** Is 0, bool. */
  logicalNot(this: Tensor): Tensor {
    return logicalNot(this);
  },
  /** Is not a number, bool. */
  isnan(this: Tensor): Tensor {
    return isnan(this);
  },
  /** Is ∞ or −∞, bool. */
  isinf(this: Tensor): Tensor {
    return isinf(this);
  },
  /** Is neither infinite nor NaN, bool. */
  isfinite(this: Tensor): Tensor {
    return isfinite(this);
  },
  /** This where the condition (bool) holds, `other` elsewhere; broadcast. */
  where(this: Tensor, condition: Tensor, other: Operand): Tensor {
    return where(condition, this, other);
  },
  /** This with `value` where the mask (bool) holds; broadcast. */
  maskedFill(this: Tensor, mask: Tensor, value: number): Tensor {
    return maskedFill(this, mask, value);
  },
};
