import { TensightError } from '../errors.ts';
import { each, type Sizes } from '../ops/window.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkChannels } from './check.ts';
import { checkFiltered, drawFilters } from './filters.ts';
import { type ConvolutionOptions, conv1d, conv2d, conv3d, type PadMode, pad } from './functional.ts';
import { configOf, Layer } from './layer.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';

export type { Sizes };

/** How the filters are laid. One number counts for all spatial dimensions. */
export interface ConvOptions {
  /** How far the kernel moves from one output to the next. Default 1. */
  stride?: Sizes;
  /** Zeros around the input; `'same'` keeps its size (stride 1). Default 0. */
  padding?: Sizes | 'same' | 'valid';
  /** What padding is made of: zeros (default), or the input's own elements. */
  paddingMode?: 'zeros' | PadMode;
  /** How far the kernel's elements stand apart. Default 1. */
  dilation?: Sizes;
  /** Channels fall into so many groups, each with filters of its own. Default 1. */
  groups?: number;
  /** Default true. */
  bias?: boolean;
}

/** What the axes of a filter count. */
export const spatialNames = (rank: number): readonly string[] =>
  rank === 1 ? ['length'] : ['depth', 'height', 'width'].slice(-rank);

const paddingModes: readonly string[] = ['zeros', 'reflect', 'replicate', 'circular'];

/** What the convolutions share: weight [out, in / groups, ...kernel] and bias [out], uniform in ±1/√fan-in at the start. */
abstract class Conv extends Layer {
  /** Channels of inputs, their second axis. */
  readonly inChannels: number;
  /** Channels of outputs: the number of filters. */
  readonly outChannels: number;
  /** Size of a filter: [length], or [height, width]. */
  readonly kernelSize: readonly number[];
  /** How the filters are laid, with what was left out filled in. */
  readonly options: Omit<Required<ConvOptions>, 'bias'>;
  /** The filters, [out, in / groups, ...kernel]. */
  weight: Parameter;
  /** One number a filter, [out]; undefined without bias. */
  bias: Parameter | undefined;

  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, rank: number, options: ConvOptions) {
    super();
    const { stride = 1, padding = 0, paddingMode = 'zeros', dilation = 1, groups = 1, bias = true } = options;
    const layer = new.target.name;
    checkChannels(layer, { inChannels, outChannels, groups });
    const kernel = each(layer, 'kernelSize', kernelSize, rank, 1);
    each(layer, 'stride', stride, rank, 1);
    each(layer, 'dilation', dilation, rank, 1);
    if (typeof padding === 'string' && padding !== 'same' && padding !== 'valid')
      throw new TensightError(
        `${layer}: there is no padding '${String(padding)}'`,
        "Write 'same', 'valid' or a whole number.",
      );
    if (padding !== 'same' && padding !== 'valid') each(layer, 'padding', padding, rank, 0);
    if (padding === 'same' && each(layer, 'stride', stride, rank, 1).some((step) => step !== 1))
      throw new TensightError(`${layer}: padding 'same' needs stride 1`, 'Give the padding as a number.');
    if (!paddingModes.includes(paddingMode))
      throw new TensightError(
        `${layer}: there is no paddingMode '${paddingMode}'`,
        `There are ${paddingModes.join(', ')}.`,
      );
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernel;
    this.options = { stride, padding, paddingMode, dilation, groups };
    const spatial = spatialNames(rank);
    this.weight = parameter([outChannels, inChannels / groups, ...kernel], ['out', 'in', ...spatial]);
    this.bias = bias ? parameter([outChannels], ['out']) : undefined;
    this.resetParameters();
  }

  /** Draws weight and bias afresh. */
  resetParameters(): void {
    drawFilters(this.weight, this.bias);
  }

  /** Input and options with the padding made, where it is not of zeros. */
  protected padded(x: Tensor): [Tensor, ConvolutionOptions] {
    const { paddingMode, ...options } = this.options;
    if (paddingMode === 'zeros' || options.padding === 'valid') return [x, options];
    const rank = this.kernelSize.length;
    const [amounts, steps] = [options.padding, options.dilation].map((given) =>
      typeof given === 'object' ? given : new Array<number | 'same'>(rank).fill(given as number | 'same'),
    ) as [(number | 'same')[], number[]];
    // What 'same' adds is one more at the end where it is odd.
    const sides = amounts.map((amount, i): [number, number] => {
      if (amount !== 'same') return [amount, amount];
      const whole = steps[i]! * (this.kernelSize[i]! - 1);
      return [Math.floor(whole / 2), Math.ceil(whole / 2)];
    });
    return [pad(x, sides.reverse().flat(), paddingMode), { ...options, padding: 0 }];
  }

  override config() {
    return configOf<ConvOptions>({
      inChannels: this.inChannels,
      outChannels: this.outChannels,
      kernelSize: this.kernelSize,
      ...this.options,
      bias: this.bias !== undefined,
    });
  }

  override extraRepr(): string {
    const { stride, padding, paddingMode, dilation, groups } = this.options;
    const more = [
      String(stride) === '1' ? '' : `stride ${stride}`,
      String(padding) === '0' ? '' : `padding ${padding}`,
      paddingMode === 'zeros' ? '' : paddingMode,
      String(dilation) === '1' ? '' : `dilation ${dilation}`,
      groups === 1 ? '' : `${groups} groups`,
      this.bias ? '' : 'no bias',
    ].filter((part) => part !== '');
    return [`${this.inChannels} → ${this.outChannels}, kernel ${this.kernelSize.join('×')}`, ...more].join(', ');
  }
}

/** Filters slid along a line: [batch, in, length] → [batch, out, length']. Throws ShapeError for other channels. */
export class Conv1d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvOptions = {}) {
    checkArguments(new.target, arguments);
    super(inChannels, outChannels, kernelSize, 1, options);
  }

  /** x [batch, in, length] → [batch, out, length′]. */
  forward(x: Tensor): Tensor {
    checkFiltered(this, x);
    const [input, options] = this.padded(x);
    return conv1d(input, this.weight, this.bias, options);
  }
}

/** Filters slid over a plane: [batch, in, height, width] → [batch, out, height', width']. LeCun et al. 1998. */
export class Conv2d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvOptions = {}) {
    checkArguments(new.target, arguments);
    super(inChannels, outChannels, kernelSize, 2, options);
  }

  /** x [batch, in, height, width] → [batch, out, height′, width′]. */
  forward(x: Tensor): Tensor {
    checkFiltered(this, x);
    const [input, options] = this.padded(x);
    return conv2d(input, this.weight, this.bias, options);
  }
}

/** Filters slid through a volume: [batch, in, depth, height, width] → [batch, out, depth', height', width']. */
export class Conv3d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvOptions = {}) {
    checkArguments(new.target, arguments);
    super(inChannels, outChannels, kernelSize, 3, options);
  }

  /** x [batch, in, depth, height, width] → [batch, out, depth′, height′, width′]. */
  forward(x: Tensor): Tensor {
    checkFiltered(this, x);
    const [input, options] = this.padded(x);
    return conv3d(input, this.weight, this.bias, options);
  }
}
