/** Activations with a slope that is learnt, or a gate. */

import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import { glu, prelu, rrelu } from './functional.ts';
import { configOf, Layer } from './layer.ts';
import type { Parameter } from './module.ts';
import { constantParameter } from './parameter.ts';

/** x, and a learnt slope times x below 0: one for all, or one a channel of [batch, channel, ...]. He et al. 2015. */
export class PReLU extends Layer {
  /** [numParameters] */
  weight: Parameter;
  /** What the slopes are at the start. */
  readonly init: number;

  constructor(numParameters = 1, init = 0.25) {
    checkArguments(new.target, arguments);
    super();
    this.init = init;
    this.weight = constantParameter([numParameters], init);
  }

  forward(x: Tensor): Tensor {
    checkFloat('PReLU', x);
    return prelu(x, this.weight);
  }

  override config() {
    return configOf({ numParameters: this.weight.numel, init: this.init });
  }

  override extraRepr(): string {
    return `${this.weight.numel}`;
  }
}

/** One half of x along `dim`, gated by the sigmoid of the other: [..., 2n] → [..., n]. Dauphin et al. 2017. */
export class GLU extends Layer {
  /** The dimension that is halved; negative ones count from the last. */
  readonly dim: number;

  constructor(dim = -1) {
    checkArguments(new.target, arguments);
    super();
    this.dim = dim;
  }

  forward(x: Tensor): Tensor {
    checkFloat('GLU', x);
    return glu(x, this.dim);
  }

  override config() {
    return configOf({ dim: this.dim });
  }
}

/** x, and below 0 a slope times x: drawn between `lower` and `upper` in training, their mean in evaluation. Xu et al. 2015. */
export class RReLU extends Layer {
  /** The smallest slope. */
  readonly lower: number;
  /** The largest slope. */
  readonly upper: number;

  constructor(lower = 1 / 8, upper = 1 / 3) {
    checkArguments(new.target, arguments);
    super();
    this.lower = lower;
    this.upper = upper;
  }

  forward(x: Tensor): Tensor {
    checkFloat('RReLU', x);
    return rrelu(x, this.lower, this.upper, this.training);
  }

  override config() {
    return configOf({ lower: this.lower, upper: this.upper });
  }

  override extraRepr(): string {
    return `${this.lower} … ${this.upper}`;
  }
}
