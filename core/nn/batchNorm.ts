import { ShapeError } from '../errors.ts';
import { full, zeros } from '../ops/creation.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkFloat, checkRank } from './check.ts';
import { batchNorm, groupNorm } from './functional.ts';
import { Buffer, Module, type Parameter } from './module.ts';
import { constantParameter, parameter } from './parameter.ts';

/** What batch norms may be told. */
export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** How much of each batch enters the running statistics; null: all batches alike. Default 0.1. */
  momentum?: number | null;
  /** Whether it has a learnt weight and bias a channel. Default true. */
  affine?: boolean;
  /** Whether it keeps statistics for evaluation. Default true. */
  trackRunningStats?: boolean;
}

/** What the batch norms share: they differ in the number of axes behind the channel. Ioffe & Szegedy 2015. */
abstract class BatchNorm extends Module {
  protected static override readonly stateNames = {
    runningMean: 'running_mean',
    runningVar: 'running_var',
    numBatchesTracked: 'num_batches_tracked',
  };

  /** Channels, the second axis of inputs. */
  readonly numFeatures: number;
  /** Added to the variance. */
  readonly eps: number;
  /** How much of each batch enters the running statistics; null: all batches alike. */
  readonly momentum: number | null;
  /** What normalised elements are multiplied with, [channel]. */
  weight: Parameter | undefined;
  /** What is added then, [channel]. */
  bias: Parameter | undefined;
  /** Mean of each channel over the batches so far, [channel]. */
  readonly runningMean: Buffer | undefined;
  /** Unbiased variance of each channel over the batches so far, [channel]. */
  readonly runningVar: Buffer | undefined;
  /** How many batches those are, [] (i32). */
  readonly numBatchesTracked: Buffer | undefined;

  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super();
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? constantParameter([numFeatures], 1) : undefined;
    this.bias = affine ? parameter([numFeatures]) : undefined;
    this.runningMean = trackRunningStats ? new Buffer(zeros([numFeatures])) : undefined;
    this.runningVar = trackRunningStats ? new Buffer(full([numFeatures], 1)) : undefined;
    this.numBatchesTracked = trackRunningStats ? new Buffer(zeros([], { dtype: 'i32' })) : undefined;
  }

  /** Numbers of dimensions the input may have, and what they are. */
  protected abstract readonly input: { readonly ranks: readonly number[]; readonly meaning: string };

  forward(x: Tensor): Tensor {
    const layer = `${this.constructor.name}(${this.numFeatures})`;
    checkFloat(layer, x);
    checkRank(layer, x, this.input.ranks, this.input.meaning);
    if (x.shape[1] !== this.numFeatures)
      throw new ShapeError(
        layer,
        [x],
        `the input has ${x.shape[1]} channels (its second axis), not ${this.numFeatures}: ${formatShape(x)}`,
        `nn.${this.constructor.name}(${x.shape[1]}) would fit.`,
      );
    const training = this.training || this.runningMean === undefined;
    let momentum = this.momentum ?? 0;
    if (this.training && this.numBatchesTracked !== undefined) {
      const { data } = this.numBatchesTracked.storage;
      const at = this.numBatchesTracked.offset;
      data[at] = data[at]! + 1;
      if (this.momentum === null) momentum = 1 / data[at]!;
    }
    return batchNorm(x, this.runningMean, this.runningVar, this.weight, this.bias, {
      training,
      momentum,
      eps: this.eps,
    });
  }

  override extraRepr(): string {
    return `${this.numFeatures}, eps=${this.eps}${this.weight ? '' : ', not affine'}`;
  }
}

/**
 * Normalises each channel over batch (and length): [batch, channel] or [batch, channel, length] → the same. In training by
 * the batch's own mean and biased variance, whose running means evaluation uses.
 */
export class BatchNorm1d extends BatchNorm {
  protected readonly input = { ranks: [2, 3], meaning: '[batch, channel] or [batch, channel, length]' };
}

/** Normalises each channel over batch, height and width: [batch, channel, height, width] → the same. */
export class BatchNorm2d extends BatchNorm {
  protected readonly input = { ranks: [4], meaning: '[batch, channel, height, width]' };
}

/** What `GroupNorm` may be told. */
export interface GroupNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether it has a learnt weight and bias a channel. Default true. */
  affine?: boolean;
}

/**
 * Normalises the channels of each example in `numGroups` groups: [batch, channel, ...] → the same. Wu & He 2018.
 * Throws ShapeError where `numGroups` does not divide the channels.
 */
export class GroupNorm extends Module {
  /** How many groups the channels fall into. */
  readonly numGroups: number;
  /** Channels, the second axis of inputs. */
  readonly numChannels: number;
  /** Added to the variance. */
  readonly eps: number;
  /** What normalised elements are multiplied with, [channel]. */
  weight: Parameter | undefined;
  /** What is added then, [channel]. */
  bias: Parameter | undefined;

  constructor(numGroups: number, numChannels: number, { eps = 1e-5, affine = true }: GroupNormOptions = {}) {
    super();
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.weight = affine ? constantParameter([numChannels], 1) : undefined;
    this.bias = affine ? parameter([numChannels]) : undefined;
  }

  /** x [batch, channel, ...] → the same. */
  forward(x: Tensor): Tensor {
    checkFloat('GroupNorm', x);
    return groupNorm(x, this.numGroups, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    return `${this.numGroups} groups of ${this.numChannels} channels, eps=${this.eps}`;
  }
}
