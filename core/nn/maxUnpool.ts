/** Max pooling undone: layers that lay largest elements back to where they stood. */
import type { MaxUnpoolOptions } from '../ops/maxUnpool.ts';
import type { Sizes } from '../ops/window.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import { maxUnpool1d, maxUnpool2d, maxUnpool3d } from './functional.ts';
import { Pool } from './pool.ts';

/** How the pooling moved that is undone, as a layer: sizes come with the call. */
export type MaxUnpoolLayerOptions = Omit<MaxUnpoolOptions, 'outputSize'>;

abstract class MaxUnpool extends Pool<MaxUnpoolLayerOptions> {
  constructor(kernelSize: Sizes, options: MaxUnpoolLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super(kernelSize, options);
  }
}

/** Undoes `MaxPool1d`: x and indices [batch, channel, length'] → [batch, channel, length]. */
export class MaxUnpool1d extends MaxUnpool {
  /** `outputSize`: of the result, where a stride leaves several open. */
  forward(x: Tensor, indices: Tensor, outputSize?: Shape): Tensor {
    checkFloat('MaxUnpool1d', x);
    return maxUnpool1d(x, indices, this.kernelSize, { ...this.options, ...(outputSize && { outputSize }) });
  }
}

/** Undoes `MaxPool2d`: x and indices [batch, channel, height', width'] → [batch, channel, height, width]. */
export class MaxUnpool2d extends MaxUnpool {
  /** `outputSize`: of the result, where a stride leaves several open. */
  forward(x: Tensor, indices: Tensor, outputSize?: Shape): Tensor {
    checkFloat('MaxUnpool2d', x);
    return maxUnpool2d(x, indices, this.kernelSize, { ...this.options, ...(outputSize && { outputSize }) });
  }
}

/** Undoes `MaxPool3d`: x and indices [batch, channel, D', H', W'] → [batch, channel, D, H, W]. */
export class MaxUnpool3d extends MaxUnpool {
  /** `outputSize`: of the result, where a stride leaves several open. */
  forward(x: Tensor, indices: Tensor, outputSize?: Shape): Tensor {
    checkFloat('MaxUnpool3d', x);
    return maxUnpool3d(x, indices, this.kernelSize, { ...this.options, ...(outputSize && { outputSize }) });
  }
}
