/** What is left of a division, by either rule of rounding the quotient. */
import { ShapeError, TensightError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { eq, logicalAnd, logicalXor, lt, ne, where } from './compare.ts';
import { binaryOp, callBinary, type Operand } from './make.ts';
import type { NotANumber } from './notANumber.ts';
import type { Op } from './op.ts';
import { trunc } from './pointwise.ts';

const ofZero: NotANumber = {
  cause: ([, b]) => (b?.zeros ? 'the rest of a division by 0' : undefined),
  hint: 'Keep the divisor away from 0: y.add(1e-8).',
};

/** ⌊a / b⌋: by what is left, so that it is right where a / b is rounded to a whole number, or b is infinite. */
function floored(a: Tensor, b: Tensor): Tensor {
  const rest = fmod(a, b);
  const towards0 = a.to('f32').sub(rest).div(b).round();
  const below = logicalAnd(ne(rest, 0), logicalXor(lt(rest, 0), lt(b, 0)));
  return where(eq(b, 0), a.div(b), where(below, towards0.sub(1), towards0));
}

function restOp(kernel: 'remainder' | 'fmod', whole: (a: Tensor, b: Tensor) => Tensor): Op<undefined> {
  const op = binaryOp(kernel, {
    nan: ofZero,
    backward: (g, a, b) => [() => g, () => g.mul(whole(a, b)).neg()],
  });
  return {
    ...op,
    shape([a, b]) {
      if (a!.dtype === 'bool' && b!.dtype === 'bool')
        throw new ShapeError(kernel, [a!, b!], "bool can't be divided", "Convert it first: .to('i32').");
      return op.shape([a!, b!], undefined);
    },
    forward(inputs, attrs, out, backend, save) {
      if (out.dtype === 'i32' && elementsOf(inputs[1]!).includes(0))
        throw new TensightError(
          `${kernel}: whole numbers are not divided by 0`,
          'Mask the zeros first: y.maskedFill(y.eq(0), 1).',
        );
      return op.forward(inputs, attrs, out, backend, save);
    },
  };
}

export const remainderOps = {
  remainder: restOp('remainder', floored),
  fmod: restOp('fmod', (a, b) => trunc(a.div(b))),
};

/**
 * a − ⌊a / b⌋ · b, with the sign of b, as Python's %: a [...] and b [...] broadcast → their common shape. Throws ShapeError where they do
 * not fit, TensightError for whole numbers by 0.
 */
export const remainder = (a: Operand, b: Operand): Tensor => callBinary(remainderOps.remainder, a, b);
/**
 * a − trunc(a / b) · b, with the sign of a, as JavaScript's %: a [...] and b [...] broadcast → their common shape. Throws ShapeError where
 * they do not fit, TensightError for whole numbers by 0.
 */
export const fmod = (a: Operand, b: Operand): Tensor => callBinary(remainderOps.fmod, a, b);

/** Methods that this family gives every tensor. */
export const remainderMethods = {
  /** What is left of a division by `other`, with its sign, as Python's %; broadcast. */
  remainder(this: Tensor, other: Operand): Tensor {
    return remainder(this, other);
  },
  /** What is left of a division by `other`, with the sign of this, as JavaScript's %; broadcast. */
  fmod(this: Tensor, other: Operand): Tensor {
    return fmod(this, other);
  },
};
