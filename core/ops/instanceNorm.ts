/** Normalisation of each channel of each example by itself (Ulyanov et al. 2016): made of group norm, which it is a case of. */

import { ShapeError } from '../errors.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { batchNorm, groupNorm } from './batchNorm.ts';

/** What instance norm may be told. */
export interface InstanceNormOptions {
  /** Normalise by each example's own statistics, and let the running ones follow. True by default. */
  readonly useInputStats?: boolean;
  /** The batch's part in the running statistics. 0.1 by default. */
  readonly momentum?: number;
  /** 1e-5 by default. */
  readonly eps?: number;
}

/**
 * (x − mean) / √(variance + eps) · weight + bias for each channel of each example. x [batch, channel, ...] → the same;
 * running statistics, weight and bias are [channel]. The (biased) statistics are those of the example's own positions; the
 * running ones, where there are any, are moved in place towards their means over the batch, the variance unbiased. Throws
 * ShapeError where a channel has only one position, which has no variance.
 */
export function instanceNorm(
  x: Tensor,
  runningMean?: Tensor | null,
  runningVar?: Tensor | null,
  weight?: Tensor | null,
  bias?: Tensor | null,
  { useInputStats = true, momentum = 0.1, eps = 1e-5 }: InstanceNormOptions = {},
): Tensor {
  checkArguments('instanceNorm', arguments);
  if (!useInputStats) return batchNorm(x, runningMean, runningVar, weight, bias, { eps });
  if (x.ndim < 3)
    throw new ShapeError(
      'instanceNorm',
      [x],
      `expected [batch, channel, ...positions], got ${formatShape(x)}`,
      'To normalise over features use layerNorm.',
    );
  if (numel(x.shape.slice(2)) === 1)
    throw new ShapeError(
      'instanceNorm',
      [x],
      `${formatShape(x)} has one position per channel: no variance to normalise by`,
      'Normalise where planes are larger, or over channels: groupNorm, layerNorm.',
    );
  if (runningMean && runningVar && !x.isMeta) follow(x, runningMean, runningVar, momentum);
  return groupNorm(x, x.shape[1]!, weight, bias, eps);
}

/** running = (1 − momentum) · running + momentum · mean over the batch, in place. */
function follow(x: Tensor, runningMean: Tensor, runningVar: Tensor, momentum: number): void {
  const [batch, channels] = x.shape as [number, number];
  const count = numel(x.shape.slice(2));
  const data = elementsOf(x);
  for (let c = 0; c < channels; c++) {
    let [means, variances] = [0, 0];
    for (let b = 0; b < batch; b++) {
      const values = data.subarray((b * channels + c) * count, (b * channels + c + 1) * count);
      let sum = 0;
      for (const value of values) sum += value;
      const mean = sum / count;
      let squares = 0;
      for (const value of values) squares += (value - mean) ** 2;
      means += mean / batch;
      variances += squares / (count - 1) / batch;
    }
    move(runningMean, c, means, momentum);
    move(runningVar, c, variances, momentum);
  }
}

function move(running: Tensor, channel: number, to: number, momentum: number): void {
  const { data } = running.storage;
  const at = running.offset + channel * running.strides[0]!;
  data[at] = (1 - momentum) * data[at]! + momentum * to;
}
