/** Layers that change what is a channel and what a position, and lay windows out as columns. */

import type { Sizes } from '../ops/window.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import { channelShuffle, fold, pixelShuffle, pixelUnshuffle, type UnfoldOptions, unfold } from './functional.ts';
import { configOf, Layer } from './layer.ts';

/** r² channels made one of a larger plane: [batch, C·r², H, W] → [batch, C, H·r, W·r]. Shi et al. 2016. */
export class PixelShuffle extends Layer {
  /** r, how many times as high and wide. */
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    checkArguments(new.target, arguments);
    super();
    this.upscaleFactor = upscaleFactor;
  }

  forward(x: Tensor): Tensor {
    checkFloat('PixelShuffle', x);
    return pixelShuffle(x, this.upscaleFactor);
  }

  override config() {
    return configOf({ upscaleFactor: this.upscaleFactor });
  }

  override extraRepr(): string {
    return `×${this.upscaleFactor}`;
  }
}

/** `PixelShuffle`, undone: [batch, C, H·r, W·r] → [batch, C·r², H, W]. */
export class PixelUnshuffle extends Layer {
  /** r, how many times as low and narrow. */
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    checkArguments(new.target, arguments);
    super();
    this.downscaleFactor = downscaleFactor;
  }

  forward(x: Tensor): Tensor {
    checkFloat('PixelUnshuffle', x);
    return pixelUnshuffle(x, this.downscaleFactor);
  }

  override config() {
    return configOf({ downscaleFactor: this.downscaleFactor });
  }

  override extraRepr(): string {
    return `÷${this.downscaleFactor}`;
  }
}

/** Channels dealt out anew, one of each group after the other: [batch, channel, ...] → the same. Zhang et al. 2018. */
export class ChannelShuffle extends Layer {
  /** How many groups there are. */
  readonly groups: number;

  constructor(groups: number) {
    checkArguments(new.target, arguments);
    super();
    this.groups = groups;
  }

  forward(x: Tensor): Tensor {
    checkFloat('ChannelShuffle', x);
    return channelShuffle(x, this.groups);
  }

  override config() {
    return configOf({ groups: this.groups });
  }

  override extraRepr(): string {
    return `${this.groups} groups`;
  }
}

/** Each window as a column: [batch, channel, height, width] → [batch, channel · kernel, window]. */
export class Unfold extends Layer {
  /** Size of a window, one number or [height, width]. */
  readonly kernelSize: Sizes;
  /** How windows are laid. */
  readonly options: UnfoldOptions;

  constructor(kernelSize: Sizes, options: UnfoldOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Unfold', x);
    return unfold(x, this.kernelSize, this.options);
  }

  override config() {
    return configOf({ kernelSize: this.kernelSize, ...this.options });
  }

  override extraRepr(): string {
    return String(this.kernelSize).replaceAll(',', '×');
  }
}

/** Columns added up where their windows lie: [batch, channel · kernel, window] → [batch, channel, ...outputSize]. */
export class Fold extends Layer {
  /** Size of the planes, one number or [height, width]. */
  readonly outputSize: Sizes;
  /** Size of a window, one number or [height, width]. */
  readonly kernelSize: Sizes;
  /** How windows are laid. */
  readonly options: UnfoldOptions;

  constructor(outputSize: Sizes, kernelSize: Sizes, options: UnfoldOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    this.outputSize = outputSize;
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Fold', x);
    return fold(x, this.outputSize, this.kernelSize, this.options);
  }

  override config() {
    return configOf({ outputSize: this.outputSize, kernelSize: this.kernelSize, ...this.options });
  }

  override extraRepr(): string {
    return `${String(this.kernelSize).replaceAll(',', '×')} → ${String(this.outputSize).replaceAll(',', '×')}`;
  }
}
