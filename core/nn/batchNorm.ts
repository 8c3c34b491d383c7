import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat, checkSizes } from './check.ts';
import { batchNorm, groupNorm } from './functional.ts';
import { configOf, Layer } from './layer.ts';
import type { Parameter } from './module.ts';
import { NormBase } from './normBase.ts';
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

/** What the batch norms share: they differ in the number of axes after the channel. Ioffe & Szegedy 2015. */
abstract class BatchNorm extends NormBase {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    checkArguments(new.target, arguments);
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    super(numFeatures, { eps, momentum, affine, trackRunningStats });
  }

  /** Numbers of dimensions the input may have, and what they are. */
  protected abstract readonly input: { readonly ranks: readonly number[]; readonly meaning: string };

  forward(x: Tensor): Tensor {
    this.check(x, this.input.ranks, this.input.meaning, 1);
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

/** Normalises each channel over batch, depth, height and width: [batch, channel, depth, height, width] → the same. */
export class BatchNorm3d extends BatchNorm {
  protected readonly input = { ranks: [5], meaning: '[batch, channel, depth, height, width]' };
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
export class GroupNorm extends Layer {
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
    checkArguments(new.target, arguments);
    super();
    checkSizes('GroupNorm(numGroups, numChannels, options)', { numGroups, numChannels });
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

  override config() {
    return configOf<GroupNormOptions>({
      numGroups: this.numGroups,
      numChannels: this.numChannels,
      eps: this.eps,
      affine: this.weight !== undefined,
    });
  }

  override extraRepr(): string {
    return `${this.numGroups} groups of ${this.numChannels} channels, eps=${this.eps}`;
  }
}
