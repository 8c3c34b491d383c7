import { TensightError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import { alphaDropout, dropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from './functional.ts';
import { configOf, Layer } from './layer.ts';

/** What the dropouts share. Throws TensightError for p outside [0, 1]. */
abstract class AnyDropout extends Layer {
  /** Probability with which an element, or a channel, is dropped. */
  readonly p: number;

  constructor(p = 0.5) {
    checkArguments(new.target, arguments);
    super();
    if (!(p >= 0 && p <= 1))
      throw new TensightError(`${new.target.name}: expected a probability p in [0, 1], got ${p}`);
    this.p = p;
  }

  override config() {
    return configOf({ p: this.p });
  }
}

/**
 * In training, sets each element to 0 with probability `p` and scales the rest by 1/(1 − p); in evaluation does nothing.
 * Any shape → the same. The mask is that of a PyTorch without MKL; pip's and conda's for x64 draw others from the same seed. Srivastava et al. 2014.
 */
export class Dropout extends AnyDropout {
  forward(x: Tensor): Tensor {
    checkFloat('Dropout', x);
    return dropout(x, this.p, this.training);
  }
}

/** `Dropout` of whole channels: [batch, channel, length] → the same. Tompson et al. 2015. */
export class Dropout1d extends AnyDropout {
  forward(x: Tensor): Tensor {
    checkFloat('Dropout1d', x);
    return dropout1d(x, this.p, this.training);
  }
}

/** `Dropout` of whole channels: [batch, channel, height, width] → the same. Tompson et al. 2015. */
export class Dropout2d extends AnyDropout {
  forward(x: Tensor): Tensor {
    checkFloat('Dropout2d', x);
    return dropout2d(x, this.p, this.training);
  }
}

/** `Dropout` of whole channels: [batch, channel, depth, height, width] → the same. */
export class Dropout3d extends AnyDropout {
  forward(x: Tensor): Tensor {
    checkFloat('Dropout3d', x);
    return dropout3d(x, this.p, this.training);
  }
}

/** `Dropout` that keeps mean and variance after a SELU: any shape → the same. Klambauer et al. 2017. */
export class AlphaDropout extends AnyDropout {
  forward(x: Tensor): Tensor {
    checkFloat('AlphaDropout', x);
    return alphaDropout(x, this.p, this.training);
  }
}

/** `AlphaDropout` of whole channels: [batch, channel, ...] → the same. */
export class FeatureAlphaDropout extends AnyDropout {
  forward(x: Tensor): Tensor {
    checkFloat('FeatureAlphaDropout', x);
    return featureAlphaDropout(x, this.p, this.training);
  }
}
