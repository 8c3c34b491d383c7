/** Mathematical functions of one argument, element by element. */

import { ShapeError } from '../errors.ts';
import { numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkNumbers } from '../usage/values.ts';
import { allocate, apply } from './apply.ts';
import { ge, le, where } from './compare.ts';
import { zerosLike } from './creation.ts';
import { unaryOp } from './make.ts';
import { below, infiniteAtZero, ofZero } from './notANumber.ts';
import type { Op } from './op.ts';

const twoOverSqrtPi = 2 / Math.sqrt(Math.PI);

const keepPositive = 'Keep its input positive: x.clamp(1e-8), or a softplus before it.';

/** What logarithms to any base have in common. */
const logarithm = (name: string) => ({
  dtype: 'float' as const,
  cost: 1,
  nan: {
    cause: below(`${name} of a negative number`),
    hint: keepPositive,
    overflow: ofZero(`${name} of 0`),
    overflowHint: keepPositive,
    slope: infiniteAtZero,
  },
});

interface ClampAttrs {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

const step = (kernel: 'sign' | 'floor' | 'ceil' | 'trunc' | 'round'): Op<undefined> => ({
  ...unaryOp<undefined>(kernel, { dtype: 'number', cost: 1, backward: (g) => zerosLike(g) }),
  isStep: true,
});

export const pointwiseOps = {
  neg: unaryOp<undefined>('neg', { dtype: 'number', cost: 1, backward: (g) => g.neg() }),
  abs: unaryOp<undefined>('abs', { role: 'positive', dtype: 'number', cost: 1, backward: (g, x) => g.mul(x.sign()) }),
  sign: {
    ...step('sign'),
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype, axes: x!.axes }),
  } satisfies Op<undefined>,
  exp: unaryOp<undefined>('exp', {
    role: 'exponential',
    dtype: 'float',
    cost: 1,
    backward: (g, _x, y) => g.mul(y),
    nan: {
      overflowHint:
        'Beyond 88 it passes the largest float. Subtract the largest first, x.sub(x.amax(-1, true)), or use softmax or logsumexp, which do.',
    },
  }),
  expm1: unaryOp<undefined>('expm1', { dtype: 'float', cost: 1, backward: (g, _x, y) => g.mul(y.add(1)) }),
  log: unaryOp<undefined>('log', { ...logarithm('log'), backward: (g, x) => g.div(x) }),
  log2: unaryOp<undefined>('log2', { ...logarithm('log2'), backward: (g, x) => g.div(x.mul(Math.LN2)) }),
  log10: unaryOp<undefined>('log10', { ...logarithm('log10'), backward: (g, x) => g.div(x.mul(Math.LN10)) }),
  log1p: unaryOp<undefined>('log1p', {
    dtype: 'float',
    cost: 1,
    backward: (g, x) => g.div(x.add(1)),
    nan: { cause: below('log1p of a number below −1'), hint: keepPositive },
  }),
  sqrt: unaryOp<undefined>('sqrt', {
    dtype: 'float',
    cost: 1,
    backward: (g, _x, y) => g.div(y.mul(2)),
    nan: {
      cause: below('sqrt of a negative number'),
      hint: 'Keep its input at 0 or above: x.clamp(0).',
      slope: infiniteAtZero,
    },
  }),
  rsqrt: unaryOp<undefined>('rsqrt', {
    dtype: 'float',
    cost: 2,
    backward: (g, _x, y) => g.mul(-0.5).mul(y.pow(3)),
    nan: {
      cause: below('rsqrt of a negative number'),
      hint: 'Keep its input above 0: x.add(1e-8).',
      overflow: ofZero('rsqrt of 0'),
      overflowHint: 'Keep its input above 0: x.add(1e-8).',
      slope: infiniteAtZero,
    },
  }),
  reciprocal: unaryOp<undefined>('reciprocal', {
    role: 'inverse',
    dtype: 'float',
    cost: 1,
    backward: (g, _x, y) => g.mul(y.mul(y)).neg(),
    nan: { overflow: ofZero('the reciprocal of 0'), overflowHint: 'Keep its input away from 0: x.add(1e-8).' },
  }),
  square: unaryOp<undefined>('square', {
    role: 'positive',
    dtype: 'same',
    cost: 1,
    backward: (g, x) => g.mul(x.mul(2)),
  }),
  sin: unaryOp<undefined>('sin', { dtype: 'float', cost: 1, backward: (g, x) => g.mul(x.cos()) }),
  cos: unaryOp<undefined>('cos', { dtype: 'float', cost: 1, backward: (g, x) => g.mul(x.sin()).neg() }),
  erf: unaryOp<undefined>('erf', {
    dtype: 'float',
    cost: 1,
    backward: (g, x) => g.mul(x.square().neg().exp().mul(twoOverSqrtPi)),
  }),
  floor: step('floor'),
  ceil: step('ceil'),
  trunc: step('trunc'),
  round: step('round'),
  clamp: {
    name: 'clamp',
    shape: ([x], { min, max }) => {
      if (min === undefined && max === undefined)
        throw new ShapeError('clamp', [x!], 'expected a lower limit, an upper one, or both', 'x.clamp(0, 1)');
      const whole = (min === undefined || Number.isInteger(min)) && (max === undefined || Number.isInteger(max));
      return { shape: x!.shape, dtype: whole && x!.dtype !== 'f32' ? 'i32' : 'f32', axes: x!.axes };
    },
    forward([x], { min, max }, out, backend) {
      let from = x!;
      if (min !== undefined) {
        const low = allocate(out);
        backend.unary('clampMin', from, low, min);
        from = low;
      }
      if (max === undefined) return from;
      const result = allocate(out);
      backend.unary('clampMax', from, result, max);
      return result;
    },
    backward: (grad, { inputs: [x], attrs: { min, max } }) => {
      let inside = grad;
      if (min !== undefined) inside = where(ge(x!, min), inside, 0);
      if (max !== undefined) inside = where(le(x!, max), inside, 0);
      return [inside];
    },
    flops: (_inputs, out) => 2 * numel(out.shape),
    role: 'score',
  } satisfies Op<ClampAttrs>,
};

/** −x: any shape → the same. */
export const neg = (x: Tensor): Tensor => apply(pointwiseOps.neg, [x], undefined);
/** |x|: any shape → the same. The gradient at 0 is 0. */
export const abs = (x: Tensor): Tensor => apply(pointwiseOps.abs, [x], undefined);
/** −1, 0 or 1: any shape → the same. The gradient is 0. */
export const sign = (x: Tensor): Tensor => apply(pointwiseOps.sign, [x], undefined);
/** eˣ: any shape → the same, f32. */
export const exp = (x: Tensor): Tensor => apply(pointwiseOps.exp, [x], undefined);
/** eˣ − 1, exact near 0: any shape → the same, f32. */
export const expm1 = (x: Tensor): Tensor => apply(pointwiseOps.expm1, [x], undefined);
/** Natural logarithm: any shape → the same, f32. −∞ at 0, NaN below. */
export const log = (x: Tensor): Tensor => apply(pointwiseOps.log, [x], undefined);
/** Logarithm to the base 2: any shape → the same, f32. −∞ at 0, NaN below. */
export const log2 = (x: Tensor): Tensor => apply(pointwiseOps.log2, [x], undefined);
/** Logarithm to the base 10: any shape → the same, f32. −∞ at 0, NaN below. */
export const log10 = (x: Tensor): Tensor => apply(pointwiseOps.log10, [x], undefined);
/** log(1 + x), exact near 0: any shape → the same, f32. */
export const log1p = (x: Tensor): Tensor => apply(pointwiseOps.log1p, [x], undefined);
/** √x: any shape → the same, f32. NaN below 0. */
export const sqrt = (x: Tensor): Tensor => apply(pointwiseOps.sqrt, [x], undefined);
/** 1/√x: any shape → the same, f32. */
export const rsqrt = (x: Tensor): Tensor => apply(pointwiseOps.rsqrt, [x], undefined);
/** 1/x: any shape → the same, f32. */
export const reciprocal = (x: Tensor): Tensor => apply(pointwiseOps.reciprocal, [x], undefined);
/** x²: any shape → the same. */
export const square = (x: Tensor): Tensor => apply(pointwiseOps.square, [x], undefined);
/** Sine of angles in radians: any shape → the same, f32. */
export const sin = (x: Tensor): Tensor => apply(pointwiseOps.sin, [x], undefined);
/** Cosine of angles in radians: any shape → the same, f32. */
export const cos = (x: Tensor): Tensor => apply(pointwiseOps.cos, [x], undefined);
/** The error function, 2/√π ∫₀ˣ e^(−t²) dt: any shape → the same, f32. */
export const erf = (x: Tensor): Tensor => apply(pointwiseOps.erf, [x], undefined);
/** Largest whole number not above each element: any shape → the same. The gradient is 0. */
export const floor = (x: Tensor): Tensor => apply(pointwiseOps.floor, [x], undefined);
/** Smallest whole number not below each element: any shape → the same. The gradient is 0. */
export const ceil = (x: Tensor): Tensor => apply(pointwiseOps.ceil, [x], undefined);
/** Without its fraction, rounded towards 0: any shape → the same. The gradient is 0. */
export const trunc = (x: Tensor): Tensor => apply(pointwiseOps.trunc, [x], undefined);
/** To the nearest whole number, halves to the even one: any shape → the same. The gradient is 0. */
export const round = (x: Tensor): Tensor => apply(pointwiseOps.round, [x], undefined);
/** Held between `min` and `max`, either of which may be left out: any shape → the same. No gradient beyond them. Throws ShapeError without either. */
export const clamp = (x: Tensor, min?: number, max?: number): Tensor => {
  checkNumbers('clamp', { min, max }, [x, min, max]);
  return apply(pointwiseOps.clamp, [x], { min, max });
};

/** Methods that this family gives every tensor. */
export const pointwiseMethods = {
  /** −this. */
  neg(this: Tensor): Tensor {
    return neg(this);
  },
  /** Absolute values. */
  abs(this: Tensor): Tensor {
    return abs(this);
  },
  /** −1, 0 or 1 by sign. */
  sign(this: Tensor): Tensor {
    return sign(this);
  },
  /** e to the power of this. */
  exp(this: Tensor): Tensor {
    return exp(this);
  },
  /** e to the power of this, minus 1; exact near 0. */
  expm1(this: Tensor): Tensor {
    return expm1(this);
  },
  /** Natural logarithm. */
  log(this: Tensor): Tensor {
    return log(this);
  },
  /** Logarithm to the base 2. */
  log2(this: Tensor): Tensor {
    return log2(this);
  },
  /** Logarithm to the base 10. */
  log10(this: Tensor): Tensor {
    return log10(this);
  },
  /** log(1 + this); exact near 0. */
  log1p(this: Tensor): Tensor {
    return log1p(this);
  },
  /** Square root. */
  sqrt(this: Tensor): Tensor {
    return sqrt(this);
  },
  /** 1 / square root. */
  rsqrt(this: Tensor): Tensor {
    return rsqrt(this);
  },
  /** 1 / this. */
  reciprocal(this: Tensor): Tensor {
    return reciprocal(this);
  },
  /** this · this. */
  square(this: Tensor): Tensor {
    return square(this);
  },
  /** Sine, radians. */
  sin(this: Tensor): Tensor {
    return sin(this);
  },
  /** Cosine, radians. */
  cos(this: Tensor): Tensor {
    return cos(this);
  },
  /** The error function. */
  erf(this: Tensor): Tensor {
    return erf(this);
  },
  /** Largest whole number not above. */
  floor(this: Tensor): Tensor {
    return floor(this);
  },
  /** Smallest whole number not below. */
  ceil(this: Tensor): Tensor {
    return ceil(this);
  },
  /** Without its fraction, rounded towards 0. */
  trunc(this: Tensor): Tensor {
    return trunc(this);
  },
  /** Nearest whole number, halves to the even one. */
  round(this: Tensor): Tensor {
    return round(this);
  },
  /** Held between `min` and `max`; either may be left out. */
  clamp(this: Tensor, min?: number, max?: number): Tensor {
    return clamp(this, min, max);
  },
};
