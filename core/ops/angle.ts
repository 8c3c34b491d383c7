/** Angles, in radians, of slopes and of points. */
import type { Tensor } from '../tensor/tensor.ts';
import { apply } from './apply.ts';
import { binaryOp, callBinary, type Operand, unaryOp } from './make.ts';
import type { Op } from './op.ts';

export const angleOps = {
  atan: unaryOp<undefined>('atan', { dtype: 'float', cost: 1, backward: (g, x) => g.div(x.square().add(1)) }),
  atan2: binaryOp('atan2', {
    integer: 'f32',
    nan: { slope: 'At the point (0, 0) there is no direction: keep one of both away from 0, x.add(1e-8).' },
    backward(g, a, b) {
      const scaled = () => g.div(a.square().add(b.square()));
      return [() => scaled().mul(b), () => scaled().mul(a).neg()];
    },
  }),
} satisfies Record<string, Op<undefined>>;

/** The angle in (−π/2, π/2) of a slope: any shape → the same, f32. */
export const atan = (x: Tensor): Tensor => apply(angleOps.atan, [x], undefined);
/**
 * The angle in [−π, π] of the point (x, y) at x = b and y = a, element by element: a [...] and b [...] broadcast → their common shape, f32.
 * Throws ShapeError where they do not fit.
 */
export const atan2 = (a: Operand, b: Operand): Tensor => callBinary(angleOps.atan2, a, b);

/** Methods that this family gives every tensor. */
export const angleMethods = {
  /** The angle of a slope, radians. */
  atan(this: Tensor): Tensor {
    return atan(this);
  },
  /** The angle of the point (other, this), radians; broadcast. */
  atan2(this: Tensor, other: Operand): Tensor {
    return atan2(this, other);
  },
};
