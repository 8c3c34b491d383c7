/** Activation functions. Their gradients have kernels of their own: they run once for every element of every layer. */

import type { BinaryKernel, UnaryKernel } from '../backends/backend.ts';
import { context } from '../context.ts';
import { numel, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkChoice, checkNumbers } from '../usage/values.ts';
import { allocate, apply } from './apply.ts';
import { gt, le, where } from './compare.ts';
import { add, mul, sub } from './elementwise.ts';
import { unaryOp } from './make.ts';
import type { Op } from './op.ts';
import { clamp, erf, exp, square } from './pointwise.ts';

interface Parameter {
  readonly p: number;
}

/** Upstream gradient times the derivative at what forward saved; its own derivative is made of visible operations. */
function derivative(kernel: BinaryKernel): Op<Parameter> {
  return {
    name: kernel,
    shape: ([, saved]): Spec => ({ shape: saved!.shape, dtype: 'f32', axes: saved!.axes }),
    forward([g, saved], { p }, out, backend) {
      const result = allocate(out);
      backend.binary(kernel, g!, saved!, result, p);
      return result;
    },
    backward: undefined,
    flops: (_inputs, out) => 4 * numel(out.shape),
  };
}

const derivatives = {
  tanhBackward: derivative('tanhBackward'),
  sigmoidBackward: derivative('sigmoidBackward'),
  reluBackward: derivative('reluBackward'),
  geluBackward: derivative('geluBackward'),
  geluTanhBackward: derivative('geluTanhBackward'),
  siluBackward: derivative('siluBackward'),
  softplusBackward: derivative('softplusBackward'),
  leakyReluBackward: derivative('leakyReluBackward'),
  eluBackward: derivative('eluBackward'),
};

/**
 * An activation of `kernel`, whose derivative kernel looks at the input (or the output). `slope` is dy/dx in tensor
 * operations, for gradients that are themselves differentiated.
 */
function activation(
  kernel: UnaryKernel,
  derivativeOp: Op<Parameter>,
  looksAt: 'input' | 'output',
  cost: number,
  slope: (x: Tensor, y: Tensor, p: number) => Tensor,
  name: string = kernel,
): Op<Parameter> {
  return unaryOp<Parameter>(kernel, {
    name,
    dtype: 'float',
    cost,
    parameter: ({ p }) => p,
    backward: (g, x, y, { p }) =>
      context.gradEnabled ? mul(g, slope(x, y, p)) : apply(derivativeOp, [g, looksAt === 'input' ? x : y], { p }),
  });
}

const density0 = 1 / Math.sqrt(2 * Math.PI);
const geluScale = Math.sqrt(2 / Math.PI);

export const activationOps = {
  ...derivatives,
  tanh: {
    ...activation('tanh', derivatives.tanhBackward, 'output', 1, (_x, y) => sub(1, square(y))),
    role: 'score',
  } satisfies Op<Parameter>,
  sigmoid: {
    ...activation('sigmoid', derivatives.sigmoidBackward, 'output', 3, (_x, y) => mul(y, sub(1, y))),
    role: 'positive',
  } satisfies Op<Parameter>,
  relu: {
    ...activation('relu', derivatives.reluBackward, 'input', 1, (x) => where(le(x, 0), 0, 1)),
    role: 'positive',
  } satisfies Op<Parameter>,
  gelu: activation('gelu', derivatives.geluBackward, 'input', 5, (x) =>
    add(mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5), mul(x, mul(exp(mul(square(x), -0.5)), density0))),
  ),
  geluTanh: activation(
    'geluTanh',
    derivatives.geluTanhBackward,
    'input',
    9,
    (x) => {
      const x2 = square(x);
      const t = tanh(mul(mul(x, add(mul(x2, 0.044715), 1)), geluScale));
      const inner = mul(add(mul(x2, 3 * 0.044715), 1), geluScale);
      return mul(add(add(t, 1), mul(mul(x, sub(1, square(t))), inner)), 0.5);
    },
    'gelu',
  ),
  silu: activation('silu', derivatives.siluBackward, 'input', 4, (x) => {
    const s = sigmoid(x);
    return mul(s, add(mul(x, sub(1, s)), 1));
  }),
  softplus: {
    ...activation('softplus', derivatives.softplusBackward, 'input', 4, (x, _y, beta) => sigmoid(mul(x, beta))),
    role: 'positive',
  } satisfies Op<Parameter>,
  leakyRelu: activation('leakyRelu', derivatives.leakyReluBackward, 'input', 2, (x, _y, slope) =>
    where(gt(x, 0), 1, slope),
  ),
  elu: activation('elu', derivatives.eluBackward, 'input', 3, (x, _y, alpha) =>
    // Held below 0, so that no overflow is multiplied with the 0 of the side that does not count.
    where(le(x, 0), mul(exp(clamp(x, undefined, 0)), alpha), 1),
  ),
};

/** From where on kernels take softplus to be straight: a float shows no difference. */
const kernelThreshold = 20;

const plain: Parameter = { p: 0 };

/** Hyperbolic tangent, into (−1, 1): any shape → the same. */
export const tanh = (x: Tensor): Tensor => apply(activationOps.tanh, [x], plain);
/** 1 / (1 + e⁻ˣ), into (0, 1): any shape → the same. */
export const sigmoid = (x: Tensor): Tensor => apply(activationOps.sigmoid, [x], plain);
/** max(x, 0): any shape → the same. The gradient at 0 is 0. */
export const relu = (x: Tensor): Tensor => apply(activationOps.relu, [x], plain);
/**
 * x·Φ(x), Φ the normal distribution, or with `approximate: 'tanh'` as GPT-2 has it: any shape → the same. Hendrycks &
 * Gimpel 2016.
 */
export function gelu(x: Tensor, options: { approximate?: 'none' | 'tanh' } = {}): Tensor {
  checkArguments('gelu', arguments);
  checkChoice('gelu', 'approximate', options.approximate, ['none', 'tanh']);
  return apply(options.approximate === 'tanh' ? activationOps.geluTanh : activationOps.gelu, [x], plain);
}
/** x·sigmoid(x), also called swish: any shape → the same. Hendrycks & Gimpel 2016. */
export const silu = (x: Tensor): Tensor => apply(activationOps.silu, [x], plain);
/** log(1 + e^(βx)) / β, and x itself where βx > `threshold`: any shape → the same. */
export const softplus = (x: Tensor, beta = 1, threshold = kernelThreshold): Tensor => {
  checkNumbers('softplus', { beta, threshold }, [x, beta, threshold]);
  const soft = apply(activationOps.softplus, [x], { p: beta });
  return threshold === kernelThreshold ? soft : where(gt(mul(x, beta), threshold), x, soft);
};
/** x, and `negativeSlope`·x below 0: any shape → the same. Maas et al. 2013. */
export const leakyRelu = (x: Tensor, negativeSlope = 0.01): Tensor => {
  checkNumbers('leakyRelu', { negativeSlope }, [x, negativeSlope]);
  return apply(activationOps.leakyRelu, [x], { p: negativeSlope });
};
/** x, and α(eˣ − 1) below 0: any shape → the same. Clevert et al. 2016. */
export const elu = (x: Tensor, alpha = 1): Tensor => {
  checkNumbers('elu', { alpha }, [x, alpha]);
  return apply(activationOps.elu, [x], { p: alpha });
};

/** Methods that this family gives every tensor. */
export const activationMethods = {
  /** Hyperbolic tangent. */
  tanh(this: Tensor): Tensor {
    return tanh(this);
  },
  /** 1 / (1 + e⁻ˣ). */
  sigmoid(this: Tensor): Tensor {
    return sigmoid(this);
  },
  /** max(this, 0). */
  relu(this: Tensor): Tensor {
    return relu(this);
  },
  /** x·Φ(x), or its approximation by tanh. */
  gelu(this: Tensor, options?: { approximate?: 'none' | 'tanh' }): Tensor {
    return gelu(this, options);
  },
  /** x·sigmoid(x). */
  silu(this: Tensor): Tensor {
    return silu(this);
  },
};
