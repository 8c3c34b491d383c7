/** Arithmetic, comparisons and pointwise functions, with broadcasting. */
import type { BinaryKernel, UnaryKernel } from '../backends/backend.ts';
import { type DType, promote } from '../tensor/dtype.ts';
import { numel, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { broadcastSpec, stretched, sumTo } from './broadcast.ts';
import { scalar } from './creation.ts';
import type { Op, Saved } from './op.ts';

/** A tensor, or a number that stands for a 0-d tensor. */
export type Operand = Tensor | number;

export function asTensor(value: Operand, like?: Tensor): Tensor {
  if (value instanceof Tensor) return value;
  return scalar(value, like !== undefined && like.dtype !== 'f32' && Number.isInteger(value) ? 'i32' : 'f32');
}

type BinaryBackward = (grad: Tensor, a: Tensor, b: Tensor, out: Tensor) => readonly [() => Tensor, () => Tensor];

/** An operation on two broadcast operands; `dtype` of the result, the operands' common one where left out. */
function binaryOp(
  kernel: BinaryKernel,
  options: { dtype?: DType; integer?: 'f32'; backward?: BinaryBackward },
): Op<undefined> {
  const { backward } = options;
  return {
    name: kernel,
    shape([a, b]) {
      const common = options.dtype ?? promote(a!.dtype, b!.dtype);
      return broadcastSpec(kernel, a!, b!, options.integer && common !== 'f32' ? options.integer : common);
    },
    forward([a, b], _attrs, out, backend) {
      const result = allocate(out);
      backend.binary(kernel, stretched(a!, out.shape), stretched(b!, out.shape), result);
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

const ops = {
  add: binaryOp('add', { backward: (g) => [() => g, () => g] }),
  sub: binaryOp('sub', { backward: (g) => [() => g, () => neg(g)] }),
  mul: binaryOp('mul', { backward: (g, a, b) => [() => mul(g, b), () => mul(g, a)] }),
  div: binaryOp('div', {
    integer: 'f32',
    backward: (g, a, b) => [() => div(g, b), () => neg(div(mul(g, a), mul(b, b)))],
  }),
} satisfies Record<string, Op<undefined>>;

function call(op: Op<undefined>, a: Operand, b: Operand): Tensor {
  const like = a instanceof Tensor ? a : b instanceof Tensor ? b : undefined;
  return apply(op, [asTensor(a, like), asTensor(b, like)], undefined);
}

/** a + b, broadcast. */
export const add = (a: Operand, b: Operand): Tensor => call(ops.add, a, b);
/** a − b, broadcast. */
export const sub = (a: Operand, b: Operand): Tensor => call(ops.sub, a, b);
/** a · b element by element, broadcast. */
export const mul = (a: Operand, b: Operand): Tensor => call(ops.mul, a, b);
/** a / b element by element, broadcast; integers divide as floats. */
export const div = (a: Operand, b: Operand): Tensor => call(ops.div, a, b);

/** A function of one argument. `backward` gets (upstream gradient, input, output). */
function unaryOp(
  kernel: UnaryKernel,
  cost: number,
  backward?: (grad: Tensor, x: Tensor, y: Tensor) => Tensor,
): Op<undefined> {
  return {
    name: kernel,
    shape: ([x]): Spec => ({ shape: x!.shape, dtype: x!.dtype === 'bool' ? 'i32' : x!.dtype, axes: x!.axes }),
    forward([x], _attrs, out, backend) {
      const result = allocate(out);
      backend.unary(kernel, x!, result);
      return result;
    },
    backward: backward ? (grad, { inputs, output }) => [backward(grad, inputs[0]!, output)] : undefined,
    flops: (_inputs, out) => cost * numel(out.shape),
  };
}

const negOp = unaryOp('neg', 1, (g) => neg(g));
const expOp = unaryOp('exp', 1, (g, _x, y) => mul(g, y));

/** −x. */
export const neg = (x: Tensor): Tensor => apply(negOp, [x], undefined);
/** eˣ. */
export const exp = (x: Tensor): Tensor => apply(expOp, [x], undefined);

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
  /** this · other element by element, broadcast. */
  mul(this: Tensor, other: Operand): Tensor {
    return mul(this, other);
  },
  /** this / other element by element, broadcast. */
  div(this: Tensor, other: Operand): Tensor {
    return div(this, other);
  },
  /** −this. */
  neg(this: Tensor): Tensor {
    return neg(this);
  },
  /** e to the power of this. */
  exp(this: Tensor): Tensor {
    return exp(this);
  },
};
