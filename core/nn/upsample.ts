import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import { type InterpolateOptions, interpolate } from './functional.ts';
import { configOf, Layer } from './layer.ts';

/** Lines or planes in another size: [batch, channel, ...] → the same with `size`, or `scaleFactor` times as large. */
export class Upsample extends Layer {
  /** The size asked for, and how it is filled. */
  readonly options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    if (new.target === Upsample) checkArguments(new.target, arguments);
    super();
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Upsample', x);
    return interpolate(x, this.options);
  }

  override config() {
    return configOf({ ...this.options });
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode = 'nearest' } = this.options;
    const how = size === undefined ? `×${String(scaleFactor).replaceAll(',', '×')}` : String(size).replaceAll(',', '×');
    return `${how}, ${mode}`;
  }
}

/** `Upsample` of planes that copies the nearest element: [batch, channel, height, width] → larger. */
export class UpsamplingNearest2d extends Upsample {
  constructor(options: Pick<InterpolateOptions, 'size' | 'scaleFactor'>) {
    checkArguments(new.target, arguments);
    super({ ...options, mode: 'nearest' });
  }

  override config() {
    return configOf({ size: this.options.size, scaleFactor: this.options.scaleFactor });
  }
}

/** `Upsample` of planes that mixes neighbours, corners upon corners: [batch, channel, height, width] → larger. */
export class UpsamplingBilinear2d extends Upsample {
  constructor(options: Pick<InterpolateOptions, 'size' | 'scaleFactor'>) {
    checkArguments(new.target, arguments);
    super({ ...options, mode: 'bilinear', alignCorners: true });
  }

  override config() {
    return configOf({ size: this.options.size, scaleFactor: this.options.scaleFactor });
  }
}
