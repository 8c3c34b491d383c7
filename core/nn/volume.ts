/** Layers over volumes: [batch, channel, depth, height, width] → the same with other sizes. */
import type { MaxPoolOptions } from '../ops/maxPool.ts';
import type { OutputSizes, Sizes } from '../ops/window.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import { type AvgPoolOptions, adaptiveAvgPool3d, adaptiveMaxPool3d, avgPool3d, maxPool3d } from './functional.ts';
import { AdaptivePool, Pool } from './pool.ts';

/** Largest element of each window: [batch, channel, depth, height, width] → the same with smaller sizes. */
export class MaxPool3d extends Pool<Omit<MaxPoolOptions, 'returnIndices'>> {
  constructor(kernelSize: Sizes, options: Omit<MaxPoolOptions, 'returnIndices'> = {}) {
    checkArguments(new.target, arguments);
    super(kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkFloat('MaxPool3d', x);
    return maxPool3d(x, this.kernelSize, this.options);
  }
}

/** Mean of each window: [batch, channel, depth, height, width] → the same with smaller sizes. */
export class AvgPool3d extends Pool<AvgPoolOptions> {
  constructor(kernelSize: Sizes, options: AvgPoolOptions = {}) {
    checkArguments(new.target, arguments);
    super(kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkFloat('AvgPool3d', x);
    return avgPool3d(x, this.kernelSize, this.options);
  }
}

/** Means of windows of nearly equal size: [batch, channel, depth, height, width] → [batch, channel, ...outputSize]; `null` keeps a size. */
export class AdaptiveAvgPool3d extends AdaptivePool {
  constructor(outputSize: OutputSizes) {
    checkArguments(new.target, arguments);
    super(outputSize);
  }

  forward(x: Tensor): Tensor {
    checkFloat('AdaptiveAvgPool3d', x);
    return adaptiveAvgPool3d(x, this.outputSize);
  }
}

/** Largest elements of windows of nearly equal size: [batch, channel, depth, height, width] → [batch, channel, ...outputSize]; `null` keeps a size. */
export class AdaptiveMaxPool3d extends AdaptivePool {
  constructor(outputSize: OutputSizes) {
    checkArguments(new.target, arguments);
    super(outputSize);
  }

  forward(x: Tensor): Tensor {
    checkFloat('AdaptiveMaxPool3d', x);
    return adaptiveMaxPool3d(x, this.outputSize);
  }
}
