/** Arithmetic of two operands, with broadcasting, and the makers of pointwise operations. */
import type { BinaryKernel, UnaryKernel } from '../backends/backend.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { type DType, promote } from '../tensor/dtype.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { broadcastSpec, stretched, sumTo } from './broadcast.ts';
import { eq, ge, lt, where } from './compare.ts';
import { scalar } from './creation.ts';
import type { Op, Saved } from './op.ts';
import { log, neg, powScalar } from './pointwise.ts';

/** A tensor, or a number that stands for a 0-d tensor. */
export type Operand = Tensor | number;

/** Throws TensightError where `value`, an operand of `op`, is neither; true and false count as 1 and 0. */
export function asTensor(value: Operand, like?: Tensor, op = 'an operand'): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value !== 'number' && typeof value !== 'boolean')
    throw new TensightError(
      `${op}: expected a tensor or a number, got ${inWords(value)}`,
      Array.isArray(value) ? 'Make a tensor of it: tensor([…]).' : undefined,
    );
  return scalar(value, like !== undefined && like.dtype !== 'f32' && Number.isInteger(value) ? 'i32' : 'f32');
}

type BinaryBackward = (grad: Tensor, a: Tensor, b: Tensor, out: Tensor) => readonly [() => Tensor, () => Tensor];

/** An operation on two broadcast operands; `dtype` of the result, the operands' common one where left out. */
export function binaryOp(
  kernel: BinaryKernel,
  options: { dtype?: DType; integer?: 'f32'; backward?: BinaryBackward },
): Op<undefined> {
  const { backward } = options;
  return {
    name: kernel,
    shape([a, b]) {
      const common = options.dtype ?? promote(a!.dtype, b!.dtype);
      if (kernel === 'sub' && (a!.dtype === 'bool' || b!.dtype === 'bool'))
        throw new ShapeError(
          'sub',
          [a!, b!],
          'bool can not be subtracted',
          "For the opposite of a mask use mask.logicalNot(), for where two differ logicalXor; or convert it: .to('i32').",
        );
      if (kernel === 'pow' && common === 'bool')
        throw new ShapeError('pow', [a!, b!], 'bool has no powers', "Convert it first: .to('i32').");
      return broadcastSpec(kernel, a!, b!, options.integer && common !== 'f32' ? options.integer : common);
    },
    forward([a, b], _attrs, out, backend) {
      const result = allocate(out);
      // True and true is true, not 2.
      const own = kernel === 'add' && out.dtype === 'bool' ? 'logicalOr' : kernel;
      backend.binary(own, stretched(a!, out.shape), stretched(b!, out.shape), result);
      return result;
    },
    backward: backward
      ? (grad, { inputs: [a, b], output, needs }: Saved<undefined>) => {
          const [da, db] = backward(grad, a!, b!, output);
          return [needs[0] ? sumTo(da(), a!.shape) : undefined, needs[1] ? sumTo(db(), b!.shape) : undefined];
        }
      : undefined,
    flops: (_inputs, out) => numel(out.shape),
  };
}

/** Applies an operation of two operands of which one may be a number. */
export function callBinary(op: Op<undefined>, a: Operand, b: Operand): Tensor {
  const like = a instanceof Tensor ? a : b instanceof Tensor ? b : undefined;
  return apply(op, [asTensor(a, like, op.name), asTensor(b, like, op.name)], undefined);
}

export interface UnaryOptions<A> {
  /** `float`: integers become f32. `same`: integers stay (bool becomes i32). `number`: the same, but bool is refused. */
  readonly dtype: 'float' | 'same' | 'number' | 'bool';
  /** Floating-point operations an element. */
  readonly cost: number;
  /** The kernel's parameter. */
  readonly parameter?: (attrs: A) => number;
  readonly backward?: (grad: Tensor, x: Tensor, y: Tensor, attrs: A) => Tensor;
  /** Where it differs from the kernel's. */
  readonly name?: string;
}

/** A function of one argument, element by element. */
export function unaryOp<A>(kernel: UnaryKernel, options: UnaryOptions<A>): Op<A> {
  const { backward, parameter } = options;
  return {
    name: options.name ?? kernel,
    shape([x]) {
      if (options.dtype === 'number' && x!.dtype === 'bool')
        throw new ShapeError(
          options.name ?? kernel,
          [x!],
          `wants numbers, ${formatShape(x!)} is bool`,
          "For the opposite of a mask use mask.logicalNot(); or convert it: .to('i32').",
        );
      return { shape: x!.shape, dtype: unaryType(options.dtype, x!.dtype), axes: x!.axes };
    },
    forward([x], attrs, out, backend) {
      const result = allocate(out);
      backend.unary(kernel, x!, result, parameter?.(attrs));
      return result;
    },
    backward: backward
      ? (grad, { inputs, output, attrs }: Saved<A>) => [backward(grad, inputs[0]!, output, attrs)]
      : undefined,
    flops: (_inputs, out) => options.cost * numel(out.shape),
  };
}

function unaryType(rule: UnaryOptions<unknown>['dtype'], dtype: DType): DType {
  if (rule === 'bool' || dtype === 'f32') return rule === 'bool' ? 'bool' : 'f32';
  return rule === 'float' ? 'f32' : 'i32';
}

/** The part of `grad` that belongs to the larger (smaller) operand; equal ones share it. */
function toWinner(grad: Tensor, own: Tensor, other: Tensor, loses: (a: Tensor, b: Tensor) => Tensor): Tensor {
  return where(eq(own, other), mul(grad, 0.5), where(loses(own, other), 0, grad));
}

export const elementwiseOps = {
  add: binaryOp('add', { backward: (g) => [() => g, () => g] }),
  sub: binaryOp('sub', { backward: (g) => [() => g, () => neg(g)] }),
  mul: binaryOp('mul', { backward: (g, a, b) => [() => mul(g, b), () => mul(g, a)] }),
  div: binaryOp('div', {
    integer: 'f32',
    backward: (g, _a, b, out) => [() => div(g, b), () => neg(div(mul(g, out), b))],
  }),
  pow: binaryOp('pow', {
    backward: (g, a, b, out) => [
      () => mul(g, where(eq(b, 0), 0, mul(b, pow(a, sub(b, 1))))),
      // 0 to any power is flat in the exponent, where log(0) would make it NaN.
      () => mul(g, where(mul(eq(a, 0), ge(b, 0)), 0, mul(out, log(a)))),
    ],
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
/**
 * a to the power of b element by element: a [...] and b [...] broadcast → their common shape. Throws ShapeError where
 * they do not fit.
 */
export const pow = (a: Operand, b: Operand): Tensor =>
  a instanceof Tensor && typeof b === 'number' ? powScalar(a, b) : callBinary(elementwiseOps.pow, a, b);

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
  /** this to the power of other, element by element, broadcast. */
  pow(this: Tensor, other: Operand): Tensor {
    return pow(this, other);
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
