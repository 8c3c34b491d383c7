import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import type { BatchNormOptions } from './batchNorm.ts';
import { instanceNorm } from './functional.ts';
import { NormBase } from './normBase.ts';

/** What instance norms may be told. Unlike batch norms they have neither weight nor running statistics unless asked. */
export interface InstanceNormOptions extends Omit<BatchNormOptions, 'momentum'> {
  /** How much of each batch enters the running statistics. Default 0.1. */
  momentum?: number;
  /** Whether it has a learnt weight and bias a channel. Default false. */
  affine?: boolean;
  /** Whether it keeps statistics for evaluation. Default false. */
  trackRunningStats?: boolean;
}

/** What the instance norms share: they differ in the number of axes after the channel. Ulyanov et al. 2016. */
abstract class InstanceNorm extends NormBase {
  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    checkArguments(new.target, arguments);
    const { eps = 1e-5, momentum = 0.1, affine = false, trackRunningStats = false } = options;
    super(numFeatures, { eps, momentum, affine, trackRunningStats });
  }

  /** How many axes come after the channel, and what the input is. */
  protected abstract readonly input: { readonly spatial: 1 | 2 | 3; readonly meaning: string };

  forward(x: Tensor): Tensor {
    const { spatial, meaning } = this.input;
    this.check(x, [spatial + 1, spatial + 2], meaning, -spatial - 1);
    const isSingle = x.ndim === spatial + 1;
    const y = instanceNorm(isSingle ? x.unsqueeze(0) : x, this.runningMean, this.runningVar, this.weight, this.bias, {
      useInputStats: this.training || this.runningMean === undefined,
      momentum: this.momentum ?? 0,
      eps: this.eps,
    });
    return isSingle ? y.squeeze(0) : y;
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

/** Normalises each channel of each example over its volume: [batch, channel, depth, height, width] → the same; the batch may be missing. */
export class InstanceNorm3d extends InstanceNorm {
  protected readonly input = { spatial: 3, meaning: '[batch, channel, depth, height, width]' } as const;
}
