/** Pooling: what of a plane (or a line) is kept. [batch, channel, ...] → the same with smaller sizes. */

import type { OutputSizes, Sizes } from '../ops/window.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import {
  type AvgPoolOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  type LpPoolOptions,
  lpPool1d,
  lpPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
} from './functional.ts';
import { configOf, Layer } from './layer.ts';

export type { OutputSizes };

/** What max pooling may be told, as a layer: it gives the values alone. */
export type MaxPoolLayerOptions = Omit<MaxPoolOptions, 'returnIndices'>;

/** What poolings by windows of one size share. */
export abstract class Pool<O> extends Layer {
  /** Its arguments by position. */
  /** Size of a window. */
  readonly kernelSize: Sizes;
  /** How windows are laid. */
  readonly options: O;

  constructor(kernelSize: Sizes, options: O) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  /** The arguments it was made with. */
  override config() {
    return configOf({ kernelSize: this.kernelSize, ...this.options });
  }

  override extraRepr(): string {
    const { stride } = this.options as { stride?: Sizes };
    return `${String(this.kernelSize).replaceAll(',', '×')}${stride === undefined ? '' : `, stride ${stride}`}`;
  }
}

/** Largest element of each window along a line: [batch, channel, length] → [batch, channel, length']. */
export class MaxPool1d extends Pool<MaxPoolLayerOptions> {
  constructor(kernelSize: Sizes, options: MaxPoolLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super(kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkFloat('MaxPool1d', x);
    return maxPool1d(x, this.kernelSize, this.options);
  }
}

/** Largest element of each window: [batch, channel, height, width] → [batch, channel, height', width']. */
export class MaxPool2d extends Pool<MaxPoolLayerOptions> {
  constructor(kernelSize: Sizes, options: MaxPoolLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super(kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkFloat('MaxPool2d', x);
    return maxPool2d(x, this.kernelSize, this.options);
  }
}

/** Mean of each window along a line: [batch, channel, length] → [batch, channel, length']. */
export class AvgPool1d extends Pool<AvgPoolOptions> {
  constructor(kernelSize: Sizes, options: AvgPoolOptions = {}) {
    checkArguments(new.target, arguments);
    super(kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkFloat('AvgPool1d', x);
    return avgPool1d(x, this.kernelSize, this.options);
  }
}

/** Mean of each window: [batch, channel, height, width] → [batch, channel, height', width']. */
export class AvgPool2d extends Pool<AvgPoolOptions> {
  constructor(kernelSize: Sizes, options: AvgPoolOptions = {}) {
    checkArguments(new.target, arguments);
    super(kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkFloat('AvgPool2d', x);
    return avgPool2d(x, this.kernelSize, this.options);
  }
}

abstract class LPPool extends Pool<LpPoolOptions> {
  /** Its arguments by position. */
  /** p of (Σ xᵖ)^(1/p). */
  readonly normType: number;

  constructor(normType: number, kernelSize: Sizes, options: LpPoolOptions = {}) {
    checkArguments(new.target, arguments);
    super(kernelSize, options);
    this.normType = normType;
  }

  /** The arguments it was made with. */
  override config() {
    return configOf({ normType: this.normType, kernelSize: this.kernelSize, ...this.options });
  }
}

/** (Σ xᵖ)^(1/p) of each window along a line: [batch, channel, length] → [batch, channel, length']. */
export class LPPool1d extends LPPool {
  forward(x: Tensor): Tensor {
    checkFloat('LPPool1d', x);
    return lpPool1d(x, this.normType, this.kernelSize, this.options);
  }
}

/** (Σ xᵖ)^(1/p) of each window: [batch, channel, height, width] → [batch, channel, height', width']. */
export class LPPool2d extends LPPool {
  forward(x: Tensor): Tensor {
    checkFloat('LPPool2d', x);
    return lpPool2d(x, this.normType, this.kernelSize, this.options);
  }
}

/** `3×same` where a size stays as it is. */
function shown(size: OutputSizes): string {
  return typeof size === 'number' ? String(size) : size.map((n) => n ?? 'same').join('×');
}

/** What poolings to a size share. */
export abstract class AdaptivePool extends Layer {
  /** Number of windows, one for all dimensions or one each. */
  readonly outputSize: OutputSizes;

  constructor(outputSize: OutputSizes) {
    super();
    this.outputSize = outputSize;
  }

  /** The arguments it was made with. */
  override config() {
    return configOf({ outputSize: this.outputSize });
  }

  override extraRepr(): string {
    return `→ ${shown(this.outputSize)}`;
  }
}

/** Means of `outputSize` windows of nearly equal length: [batch, channel, length] → [batch, channel, outputSize]. */
export class AdaptiveAvgPool1d extends AdaptivePool {
  constructor(outputSize: OutputSizes) {
    checkArguments(new.target, arguments);
    super(outputSize);
  }

  forward(x: Tensor): Tensor {
    checkFloat('AdaptiveAvgPool1d', x);
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}

/** Means of windows of nearly equal size: [batch, channel, height, width] → [batch, channel, ...outputSize]; `null` keeps a size. */
export class AdaptiveAvgPool2d extends AdaptivePool {
  constructor(outputSize: OutputSizes) {
    checkArguments(new.target, arguments);
    super(outputSize);
  }

  forward(x: Tensor): Tensor {
    checkFloat('AdaptiveAvgPool2d', x);
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}

/** Largest elements of `outputSize` windows of nearly equal length: [batch, channel, length] → [batch, channel, outputSize]. */
export class AdaptiveMaxPool1d extends AdaptivePool {
  constructor(outputSize: OutputSizes) {
    checkArguments(new.target, arguments);
    super(outputSize);
  }

  forward(x: Tensor): Tensor {
    checkFloat('AdaptiveMaxPool1d', x);
    return adaptiveMaxPool1d(x, this.outputSize);
  }
}

/** Largest elements of windows of nearly equal size: [batch, channel, height, width] → [batch, channel, ...outputSize]; `null` keeps a size. */
export class AdaptiveMaxPool2d extends AdaptivePool {
  constructor(outputSize: OutputSizes) {
    checkArguments(new.target, arguments);
    super(outputSize);
  }

  forward(x: Tensor): Tensor {
    checkFloat('AdaptiveMaxPool2d', x);
    return adaptiveMaxPool2d(x, this.outputSize);
  }
}
