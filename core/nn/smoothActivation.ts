/** Smooth activations that are met less often, as modules: any shape → the same. */

import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import * as F from './functional.ts';
import { configOf, Layer } from './layer.ts';

/** An ELU, scaled so that outputs keep mean 0 and variance 1. Klambauer et al. 2017. */
export class SELU extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('SELU', x);
    return F.selu(x);
  }
}

/** x, and alpha·(e^(x/alpha) − 1) below 0. Barron 2017. */
export class CELU extends Layer {
  /** Where it levels off far below 0: at −alpha. */
  readonly alpha: number;

  constructor(alpha = 1) {
    checkArguments(new.target, arguments);
    super();
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    checkFloat('CELU', x);
    return F.celu(x, this.alpha);
  }

  override config() {
    return configOf({ alpha: this.alpha });
  }
}

/** x·tanh(softplus(x)). Misra 2019. */
export class Mish extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('Mish', x);
    return F.mish(x);
  }
}

/** x / (1 + |x|): into (−1, 1). */
export class Softsign extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('Softsign', x);
    return F.softsign(x);
  }
}

/** Logarithm of the sigmoid, without overflow. */
export class LogSigmoid extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('LogSigmoid', x);
    return F.logSigmoid(x);
  }
}

/** x − tanh(x). */
export class Tanhshrink extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('Tanhshrink', x);
    return F.tanhshrink(x);
  }
}

/** Softmax of −x along `dim`: the smallest gets the most. */
export class Softmin extends Layer {
  /** The dimension that sums to 1; negative ones count from the last. */
  readonly dim: number;

  constructor(dim = -1) {
    checkArguments(new.target, arguments);
    super();
    this.dim = dim;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Softmin', x);
    return F.softmin(x, this.dim);
  }

  override config() {
    return configOf({ dim: this.dim });
  }
}
