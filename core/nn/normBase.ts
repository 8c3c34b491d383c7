/** What norms of channels share that may keep running statistics: PyTorch's `_NormBase`. */
import { ShapeError } from '../errors.ts';
import { full, zeros } from '../ops/creation.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { channelsHint, checkFloat, checkRank } from './check.ts';
import { configOf, Layer } from './layer.ts';
import { Buffer, type Parameter } from './module.ts';
import { constantParameter, parameter } from './parameter.ts';

/** What batch and instance norms may be told, nothing left out. */
export interface NormBaseOptions {
  /** Added to the variance. */
  readonly eps: number;
  /** How much of each batch enters the running statistics; null: all batches alike. */
  readonly momentum: number | null;
  /** Whether it has a learnt weight and bias a channel. */
  readonly affine: boolean;
  /** Whether it keeps statistics for evaluation. */
  readonly trackRunningStats: boolean;
}

/** A weight and a bias a channel, and running statistics, where there are such. */
export abstract class NormBase extends Layer {
  protected static override readonly stateNames = {
    runningMean: 'running_mean',
    runningVar: 'running_var',
    numBatchesTracked: 'num_batches_tracked',
  };
  // States of PyTorch before 0.4.1 have no count, nor have those of libraries that leave integers out.
  protected static override readonly optionalState = ['num_batches_tracked'];

  /** Channels. */
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
  /** How many batches those are, [] (i32); an instance norm does not count them, as in PyTorch. */
  readonly numBatchesTracked: Buffer | undefined;

  constructor(numFeatures: number, { eps, momentum, affine, trackRunningStats }: NormBaseOptions) {
    super();
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? constantParameter([numFeatures], 1) : undefined;
    this.bias = affine ? parameter([numFeatures]) : undefined;
    this.runningMean = trackRunningStats ? new Buffer(zeros([numFeatures])) : undefined;
    this.runningVar = trackRunningStats ? new Buffer(full([numFeatures], 1)) : undefined;
    this.numBatchesTracked = trackRunningStats ? new Buffer(zeros([], { dtype: 'i32' })) : undefined;
  }

  /** `x` has as many dimensions as one of `ranks`, described by `meaning`, and its channels in dimension `dim` (from the end where negative). */
  protected check(x: Tensor, ranks: readonly number[], meaning: string, dim: number): void {
    const layer = `${this.constructor.name}(${this.numFeatures})`;
    checkFloat(layer, x);
    checkRank(layer, x, ranks, meaning);
    const channels = x.shape.at(dim)!;
    if (channels !== this.numFeatures)
      throw new ShapeError(
        layer,
        [x],
        `expected ${meaning} with ${this.numFeatures} channels, got ${channels}: ${formatShape(x)}`,
        ...channelsHint(x, this.numFeatures, dim < 0 ? x.ndim + dim : dim, `nn.${this.constructor.name}(${channels})`, {
          layer: this,
          argument: 'numFeatures',
        }),
      );
  }

  override config() {
    return configOf<NormBaseOptions>({
      numFeatures: this.numFeatures,
      eps: this.eps,
      momentum: this.momentum,
      affine: this.weight !== undefined,
      trackRunningStats: this.runningMean !== undefined,
    });
  }

  override extraRepr(): string {
    return `${this.numFeatures}, eps=${this.eps}${this.weight ? '' : ', not affine'}`;
  }
}
