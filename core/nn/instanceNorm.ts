import { ShapeError } from '../errors.ts';
import { full, zeros } from '../ops/creation.ts';
import { batched } from '../ops/window.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { BatchNormOptions } from './batchNorm.ts';
import { checkFloat, checkRank } from './check.ts';
import { instanceNorm } from './functional.ts';
import { Buffer, Module, type Parameter } from './module.ts';
import { constantParameter, parameter } from './parameter.ts';

/** What instance norms may be told. Unlike batch norms they have neither weight nor running statistics unless asked. */
export interface InstanceNormOptions extends Omit<BatchNormOptions, 'momentum'> {
  /** How much of each batch enters the running statistics. Default 0.1. */
  momentum?: number;
  /** Whether it has a learnt weight and bias a channel. Default false. */
  affine?: boolean;
  /** Whether it keeps statistics for evaluation. Default false. */
  trackRunningStats?: boolean;
}

/** What the instance norms share: they differ in the number of axes behind the channel. Ulyanov et al. 2016. */
abstract class InstanceNorm extends Module {
  protected static override readonly stateNames = {
    runningMean: 'running_mean',
    runningVar: 'running_var',
    numBatchesTracked: 'num_batches_tracked',
  };

  /** Channels. */
  readonly numFeatures: number;
  /** Added to the variance. */
  readonly eps: number;
  /** How much of each batch enters the running statistics. */
  readonly momentum: number;
  /** What normalised elements are multiplied with, [channel]. */
  weight: Parameter | undefined;
  /** What is added then, [channel]. */
  bias: Parameter | undefined;
  /** Mean of each channel over the examples so far, [channel]. */
  readonly runningMean: Buffer | undefined;
  /** Unbiased variance of each channel within the examples so far, [channel]. */
  readonly runningVar: Buffer | undefined;
  /** Stays 0, [] (i32): PyTorch's state has it. */
  readonly numBatchesTracked: Buffer | undefined;

  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    super();
    const { eps = 1e-5, momentum = 0.1, affine = false, trackRunningStats = false } = options;
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? constantParameter([numFeatures], 1) : undefined;
    this.bias = affine ? parameter([numFeatures]) : undefined;
    this.runningMean = trackRunningStats ? new Buffer(zeros([numFeatures])) : undefined;
    this.runningVar = trackRunningStats ? new Buffer(full([numFeatures], 1)) : undefined;
    this.numBatchesTracked = trackRunningStats ? new Buffer(zeros([], { dtype: 'i32' })) : undefined;
  }

  /** How many axes stand behind the channel, and what the input is. */
  protected abstract readonly input: { readonly spatial: 1 | 2; readonly meaning: string };

  forward(x: Tensor): Tensor {
    const layer = `${this.constructor.name}(${this.numFeatures})`;
    const { spatial, meaning } = this.input;
    checkFloat(layer, x);
    checkRank(layer, x, [spatial + 1, spatial + 2], meaning);
    const channels = x.shape[x.ndim - spatial - 1];
    if (channels !== this.numFeatures)
      throw new ShapeError(
        layer,
        [x],
        `the input has ${channels} channels, not ${this.numFeatures}: ${formatShape(x)}`,
        `nn.${this.constructor.name}(${channels}) would fit.`,
      );
    return batched(x, spatial, (b) =>
      instanceNorm(b, this.runningMean, this.runningVar, this.weight, this.bias, {
        useInputStats: this.training || this.runningMean === undefined,
        momentum: this.momentum,
        eps: this.eps,
      }),
    );
  }

  override extraRepr(): string {
    return `${this.numFeatures}, eps=${this.eps}${this.weight ? '' : ', not affine'}`;
  }
}

/**
 * Normalises each channel of each example over its length: [batch, channel, length] → the same; the batch may be missing. By
 * the example's own mean and biased variance, in evaluation too unless it keeps running statistics.
 */
export class InstanceNorm1d extends InstanceNorm {
  protected readonly input = { spatial: 1, meaning: '[batch, channel, length]' } as const;
}

/** Normalises each channel of each example over its plane: [batch, channel, height, width] → the same; the batch may be missing. */
export class InstanceNorm2d extends InstanceNorm {
  protected readonly input = { spatial: 2, meaning: '[batch, channel, height, width]' } as const;
}
