/** Pointwise nonlinearities and softmax, as modules: any shape → the same. */

import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat, checkRank } from './check.ts';
import * as F from './functional.ts';
import { configOf, Layer } from './layer.ts';

/** max(0, x). The gradient at 0 is 0. */
export class ReLU extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('ReLU', x);
    return F.relu(x);
  }
}

/** x·Φ(x), Φ the normal distribution; `approximate: 'tanh'` is GPT-2's. Hendrycks & Gimpel 2016. */
export class GELU extends Layer {
  /** `'none'`: with the error function. `'tanh'`: the approximation that GPT-2 uses. */
  readonly approximate: 'none' | 'tanh';

  constructor({ approximate = 'none' }: { approximate?: 'none' | 'tanh' } = {}) {
    checkArguments(new.target, arguments);
    super();
    this.approximate = approximate;
  }

  forward(x: Tensor): Tensor {
    checkFloat('GELU', x);
    return F.gelu(x, { approximate: this.approximate });
  }

  override config() {
    return configOf({ approximate: this.approximate });
  }

  override extraRepr(): string {
    return this.approximate === 'tanh' ? 'tanh' : '';
  }
}

/** x·sigmoid(x), also called swish. */
export class SiLU extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('SiLU', x);
    return F.silu(x);
  }
}

/** Hyperbolic tangent: into (−1, 1). */
export class Tanh extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('Tanh', x);
    return F.tanh(x);
  }
}

/** 1 / (1 + e⁻ˣ): into (0, 1). */
export class Sigmoid extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('Sigmoid', x);
    return F.sigmoid(x);
  }
}

/** x where positive, else `negativeSlope`·x. */
export class LeakyReLU extends Layer {
  /** What x is multiplied with below 0. */
  readonly negativeSlope: number;

  constructor(negativeSlope = 0.01) {
    checkArguments(new.target, arguments);
    super();
    this.negativeSlope = negativeSlope;
  }

  forward(x: Tensor): Tensor {
    checkFloat('LeakyReLU', x);
    return F.leakyRelu(x, this.negativeSlope);
  }

  override config() {
    return configOf({ negativeSlope: this.negativeSlope });
  }

  override extraRepr(): string {
    return `slope=${this.negativeSlope}`;
  }
}

/** x where positive, else alpha·(eˣ − 1). Clevert et al. 2016. */
export class ELU extends Layer {
  /** Where it levels off far below 0: at −alpha. */
  readonly alpha: number;

  constructor(alpha = 1) {
    checkArguments(new.target, arguments);
    super();
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    checkFloat('ELU', x);
    return F.elu(x, this.alpha);
  }

  override config() {
    return configOf({ alpha: this.alpha });
  }
}

/** log(1 + e^(beta·x)) / beta, and x itself where beta·x is above `threshold`: a smooth ReLU. */
export class Softplus extends Layer {
  /** How sharp the bend at 0 is. */
  readonly beta: number;
  /** From which beta·x on it is straight. */
  readonly threshold: number;

  constructor(beta = 1, threshold = 20) {
    checkArguments(new.target, arguments);
    super();
    this.beta = beta;
    this.threshold = threshold;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Softplus', x);
    return F.softplus(x, this.beta, this.threshold);
  }

  override config() {
    return configOf({ beta: this.beta, threshold: this.threshold });
  }

  override extraRepr(): string {
    const { beta, threshold } = this;
    return [beta === 1 ? '' : `beta=${beta}`, threshold === 20 ? '' : `threshold=${threshold}`]
      .filter(Boolean)
      .join(', ');
  }
}

/** eˣ / Σeˣ along `dim`: positive, summing to 1. */
export class Softmax extends Layer {
  /** The dimension that sums to 1; negative ones count from the last. */
  readonly dim: number;

  constructor(dim = -1) {
    checkArguments(new.target, arguments);
    super();
    this.dim = dim;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Softmax', x);
    return F.softmax(x, this.dim);
  }

  override config() {
    return configOf({ dim: this.dim });
  }
}

/** Softmax over the channels, at each position: [batch, channel, height, width] or [channel, height, width] → the same. */
export class Softmax2d extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('Softmax2d', x);
    checkRank('Softmax2d', x, [3, 4], '[batch, channel, height, width]');
    return F.softmax(x, -3);
  }
}

/** Logarithm of softmax along `dim`, without the loss of precision of taking both. */
export class LogSoftmax extends Layer {
  /** The dimension whose exponentials sum to 1; negative ones count from the last. */
  readonly dim: number;

  constructor(dim = -1) {
    checkArguments(new.target, arguments);
    super();
    this.dim = dim;
  }

  forward(x: Tensor): Tensor {
    checkFloat('LogSoftmax', x);
    return F.logSoftmax(x, this.dim);
  }

  override config() {
    return configOf({ dim: this.dim });
  }
}
