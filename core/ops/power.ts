/** Powers, with an exponent that is a tensor or a number. */
import { ShapeError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { apply } from './apply.ts';
import { eq, ge, where } from './compare.ts';
import { zerosLike } from './creation.ts';
import { binaryOp, callBinary, type Operand, unaryOp } from './make.ts';
import { below, infiniteAtZero, type NotANumber } from './notANumber.ts';
import type { Op } from './op.ts';

const ofNegative: NotANumber = {
  cause: below('a negative number', ', to a power that is not whole'),
  hint: 'Take x.abs() first, or a whole exponent.',
  slope: infiniteAtZero,
};

export const powerOps = {
  pow: binaryOp('pow', {
    nan: ofNegative,
    backward: (g, a, b, out) => [
      () => g.mul(where(eq(b, 0), 0, b.mul(a.pow(b.sub(1))))),
      // 0 to any power is flat in the exponent, where log(0) would make it NaN.
      () => g.mul(where(eq(a, 0).mul(ge(b, 0)), 0, out.mul(a.log()))),
    ],
  }),
  powScalar: {
    ...unaryOp<{ readonly exponent: number }>('powScalar', {
      dtype: 'same',
      name: 'pow',
      nan: ofNegative,
      cost: 1,
      parameter: ({ exponent }) => exponent,
      backward: (g, x, _y, { exponent }) => (exponent === 0 ? zerosLike(g) : g.mul(x.pow(exponent - 1).mul(exponent))),
    }),
    shape: ([x], { exponent }) => {
      const whole = Number.isInteger(exponent);
      if (whole && exponent < 0 && x!.dtype !== 'f32')
        throw new ShapeError(
          'pow',
          [x!],
          `integers have no powers of ${exponent}: ${formatShape(x!)} is ${x!.dtype}`,
          "Convert it first: x.to('f32').pow(…).",
        );
      return { shape: x!.shape, dtype: whole && x!.dtype !== 'f32' ? 'i32' : 'f32', axes: x!.axes };
    },
  } satisfies Op<{ readonly exponent: number }>,
};

/** x to the power of a number. */
export const powScalar = (x: Tensor, exponent: number): Tensor => apply(powerOps.powScalar, [x], { exponent });
/**
 * a to the power of b element by element: a [...] and b [...] broadcast → their common shape. Throws ShapeError where
 * they do not fit.
 */
export const pow = (a: Operand, b: Operand): Tensor =>
  a instanceof Tensor && typeof b === 'number' ? powScalar(a, b) : callBinary(powerOps.pow, a, b);

/** Methods that this family gives every tensor. */
export const powerMethods = {
  /** this to the power of other, element by element, broadcast. */
  pow(this: Tensor, other: Operand): Tensor {
    return pow(this, other);
  },
};
