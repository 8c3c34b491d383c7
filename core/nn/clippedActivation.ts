/** Activations of straight pieces, as modules: any shape → the same. */

import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import * as F from './functional.ts';
import { configOf, Layer } from './layer.ts';

/** x, clipped to `minVal` … `maxVal`. */
export class Hardtanh extends Layer {
  /** Smallest output. */
  readonly minVal: number;
  /** Largest output. */
  readonly maxVal: number;

  constructor(minVal = -1, maxVal = 1) {
    checkArguments(new.target, arguments);
    super();
    this.minVal = minVal;
    this.maxVal = maxVal;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Hardtanh', x);
    return F.hardtanh(x, this.minVal, this.maxVal);
  }

  override config() {
    return configOf({ minVal: this.minVal, maxVal: this.maxVal });
  }

  override extraRepr(): string {
    return `${this.minVal} … ${this.maxVal}`;
  }
}

/** x, clipped to 0 … 6. Howard et al. 2017. */
export class ReLU6 extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('ReLU6', x);
    return F.relu6(x);
  }
}

/** A sigmoid of three straight pieces: relu6(x + 3) / 6. */
export class Hardsigmoid extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('Hardsigmoid', x);
    return F.hardsigmoid(x);
  }
}

/** x·hardsigmoid(x). Howard et al. 2019. */
export class Hardswish extends Layer {
  forward(x: Tensor): Tensor {
    checkFloat('Hardswish', x);
    return F.hardswish(x);
  }
}

/** x, and 0 where |x| ≤ `lambda`. */
export class Hardshrink extends Layer {
  /** How far from 0 an element must be to be kept. */
  readonly lambda: number;

  constructor(lambda = 0.5) {
    checkArguments(new.target, arguments);
    super();
    this.lambda = lambda;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Hardshrink', x);
    return F.hardshrink(x, this.lambda);
  }

  override config() {
    return configOf({ lambda: this.lambda });
  }
}

/** x drawn towards 0 by `lambda`, and 0 where |x| ≤ `lambda`. */
export class Softshrink extends Layer {
  /** How far elements are drawn towards 0. */
  readonly lambda: number;

  constructor(lambda = 0.5) {
    checkArguments(new.target, arguments);
    super();
    this.lambda = lambda;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Softshrink', x);
    return F.softshrink(x, this.lambda);
  }

  override config() {
    return configOf({ lambda: this.lambda });
  }
}

/** x where it is above `threshold`, else `value`. */
export class Threshold extends Layer {
  /** What an element must be above to be kept. */
  readonly threshold: number;
  /** What the others become. */
  readonly value: number;

  constructor(threshold: number, value: number) {
    checkArguments(new.target, arguments);
    super();
    this.threshold = threshold;
    this.value = value;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Threshold', x);
    return F.threshold(x, this.threshold, this.value);
  }

  override config() {
    return configOf({ threshold: this.threshold, value: this.value });
  }
}
