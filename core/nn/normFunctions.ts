/** Normalisation over a batch or over groups of channels, made of visible operations. */
import { noGrad } from '../context.ts';
import { ShapeError } from '../errors.ts';
import { rsqrt } from '../ops/pointwise.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

export interface BatchNormCall {
  /** By the batch's own statistics, which then enter the running ones. Default false. */
  training?: boolean;
  /** Default 0.1. */
  momentum?: number;
  /** Default 1e-5. */
  eps?: number;
}

/**
 * (x − mean) / √(variance + eps) · weight + bias, a channel: x [batch, channel, ...], all else [channel]. In training
 * `runningMean` and `runningVar` (by the unbiased variance) are moved in place.
 */
export function batchNorm(
  x: Tensor,
  runningMean?: Tensor,
  runningVar?: Tensor,
  weight?: Tensor,
  bias?: Tensor,
  { training = false, momentum = 0.1, eps = 1e-5 }: BatchNormCall = {},
): Tensor {
  const channels = x.shape[1]!;
  const column = [channels, ...new Array<number>(x.ndim - 2).fill(1)];
  const shaped = (t: Tensor) => t.reshape(...column);
  let mean: Tensor;
  let variance: Tensor;
  if (training || runningMean === undefined || runningVar === undefined) {
    const dims = x.shape.map((_, i) => i).filter((i) => i !== 1);
    mean = x.mean(dims, true);
    variance = x.var(dims, { correction: 0, keepdim: true });
    const count = numel(x.shape) / channels;
    if (runningMean) moveTowards(runningMean, mean, momentum);
    if (runningVar) moveTowards(runningVar, variance, momentum, count / (count - 1));
  } else {
    mean = shaped(runningMean);
    variance = shaped(runningVar);
  }
  const y = x.sub(mean).mul(rsqrt(variance.add(eps)));
  const scaled = weight ? y.mul(shaped(weight)) : y;
  return bias ? scaled.add(shaped(bias)) : scaled;
}

/** running ← (1 − momentum)·running + momentum·scale·batch, in place, without a trace in the graph. */
function moveTowards(running: Tensor, batch: Tensor, momentum: number, scale = 1): void {
  if (running.isMeta || batch.isMeta) return;
  const values = noGrad(() => batch.toTypedArray());
  const { data } = running.storage;
  for (let i = 0; i < values.length; i++) {
    const at = running.offset + i;
    data[at] = (1 - momentum) * data[at]! + momentum * scale * values[i]!;
  }
}

/** Normalises the channels of each example in groups: x [batch, channel, ...], weight and bias [channel] → as x. */
export function groupNorm(x: Tensor, numGroups: number, weight?: Tensor, bias?: Tensor, eps = 1e-5): Tensor {
  const [batch, channels] = x.shape as [number, number];
  if (x.ndim < 2 || channels % numGroups !== 0)
    throw new ShapeError(
      'groupNorm',
      [x],
      `${numGroups} groups do not divide the channels (the second axis) of ${formatShape(x)}`,
    );
  const groups = x.reshape(batch, numGroups, numel(x.shape.slice(1)) / numGroups);
  const centered = groups.sub(groups.mean(-1, true));
  const scale = rsqrt(groups.var(-1, { correction: 0, keepdim: true }).add(eps));
  const y = centered
    .mul(scale)
    .reshape(...x.shape)
    .withAxes(x.axes);
  const column = [channels, ...new Array<number>(x.ndim - 2).fill(1)];
  const scaled = weight ? y.mul(weight.reshape(...column)) : y;
  return bias ? scaled.add(bias.reshape(...column)) : scaled;
}
