import { each, type Sizes } from '../ops/window.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkChannels } from './check.ts';
import { spatialNames } from './conv.ts';
import { checkFiltered, drawFilters } from './filters.ts';
import { convTranspose1d, convTranspose2d, convTranspose3d } from './functional.ts';
import { configOf, Layer } from './layer.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';

/** How the filters are laid. One number counts for all spatial dimensions. */
export interface ConvTransposeLayerOptions {
  /** How far apart neighbouring inputs land. Default 1. */
  stride?: Sizes;
  /** How much is cut off on both sides. Default 0. */
  padding?: Sizes;
  /** How much is added at the end of each dimension. Default 0. */
  outputPadding?: Sizes;
  /** How far the kernel's elements stand apart. Default 1. */
  dilation?: Sizes;
  /** Channels fall into so many groups, each with filters of its own. Default 1. */
  groups?: number;
  /** Default true. */
  bias?: boolean;
}

/** What both share: weight [in, out / groups, ...kernel] and bias [out], uniform in ±1/√fan-in at the start. */
abstract class ConvTranspose extends Layer {
  /** Channels of inputs, their second axis. */
  readonly inChannels: number;
  /** Channels of outputs: the number of filters. */
  readonly outChannels: number;
  /** Size of a filter: [length], or [height, width]. */
  readonly kernelSize: readonly number[];
  /** How the filters are laid, with what was left out filled in. */
  readonly options: Omit<Required<ConvTransposeLayerOptions>, 'bias'>;
  /** The filters, [in, out / groups, ...kernel]. */
  weight: Parameter;
  /** One number a filter, [out]; undefined without bias. */
  bias: Parameter | undefined;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    rank: number,
    { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1, bias = true }: ConvTransposeLayerOptions,
  ) {
    super();
    const layer = new.target.name;
    checkChannels(layer, { inChannels, outChannels, groups });
    const kernel = each(layer, 'kernelSize', kernelSize, rank, 1);
    each(layer, 'stride', stride, rank, 1);
    each(layer, 'dilation', dilation, rank, 1);
    each(layer, 'padding', padding, rank, 0);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernel;
    this.options = { stride, padding, outputPadding, dilation, groups };
    const spatial = spatialNames(rank);
    this.weight = parameter([inChannels, outChannels / groups, ...kernel], ['in', 'out', ...spatial]);
    this.bias = bias ? parameter([outChannels], ['out']) : undefined;
    this.resetParameters();
  }

  /** Draws weight and bias afresh. */
  resetParameters(): void {
    drawFilters(this.weight, this.bias);
  }

  override config() {
    return configOf<ConvTransposeLayerOptions>({
      inChannels: this.inChannels,
      outChannels: this.outChannels,
      kernelSize: this.kernelSize,
      ...this.options,
      bias: this.bias !== undefined,
    });
  }

  override extraRepr(): string {
    const { stride, padding, outputPadding, dilation, groups } = this.options;
    const more = [
      String(stride) === '1' ? '' : `stride ${stride}`,
      String(padding) === '0' ? '' : `padding ${padding}`,
      String(outputPadding) === '0' ? '' : `output padding ${outputPadding}`,
      String(dilation) === '1' ? '' : `dilation ${dilation}`,
      groups === 1 ? '' : `${groups} groups`,
      this.bias ? '' : 'no bias',
    ].filter((part) => part !== '');
    return [`${this.inChannels} → ${this.outChannels}, kernel ${this.kernelSize.join('×')}`, ...more].join(', ');
  }
}

/** A convolution turned round: each element spread over a line by a filter. [batch, in, length] → [batch, out, length']. */
export class ConvTranspose1d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvTransposeLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super(inChannels, outChannels, kernelSize, 1, options);
  }

  /** x [batch, in, length] → [batch, out, length′]. */
  forward(x: Tensor): Tensor {
    checkFiltered(this, x);
    return convTranspose1d(x, this.weight, this.bias, this.options);
  }
}

/** A convolution turned round: each pixel spread over a plane by a filter. [batch, in, H, W] → [batch, out, H', W']. */
export class ConvTranspose2d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvTransposeLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super(inChannels, outChannels, kernelSize, 2, options);
  }

  /** x [batch, in, height, width] → [batch, out, height′, width′]. */
  forward(x: Tensor): Tensor {
    checkFiltered(this, x);
    return convTranspose2d(x, this.weight, this.bias, this.options);
  }
}

/** A convolution turned round: each element spread through a volume by a filter. [batch, in, D, H, W] → [batch, out, D', H', W']. */
export class ConvTranspose3d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvTransposeLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super(inChannels, outChannels, kernelSize, 3, options);
  }

  /** x [batch, in, depth, height, width] → [batch, out, depth′, height′, width′]. */
  forward(x: Tensor): Tensor {
    checkFiltered(this, x);
    return convTranspose3d(x, this.weight, this.bias, this.options);
  }
}
