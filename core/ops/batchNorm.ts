/** Normalisation of channels over the batch (Ioffe & Szegedy 2015) and over groups of channels (Wu & He 2018). */

import { ShapeError } from '../errors.ts';
import { unnamedAxes } from '../tensor/axes.ts';
import { writable } from '../tensor/keptDraws.ts';
import { formatShape, numel, type Shape, type Spec } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, applyWithSaved } from './apply.ts';
import { broadcastView } from './broadcast.ts';
import { add, mul, sub } from './elementwise.ts';
import { layerNorm } from './norm.ts';
import type { Op, Saved } from './op.ts';
import { rsqrt } from './pointwise.ts';
import { mean, reduceInto, sum } from './reduce.ts';
import { eachRow, someInfinite, spreadOf } from './rows.ts';
import { type Standardization, standardized } from './standardized.ts';
import { withAxes } from './tensorMethods.ts';
import { reshape } from './view.ts';

interface BatchNormAttrs {
  readonly eps: number;
  readonly hasWeight: boolean;
  readonly hasBias: boolean;
  /** Whether mean and variance to normalise by are the last two inputs; else they are the batch's own. */
  readonly hasStatistics: boolean;
}

/** All dimensions but the channels'. */
function others(x: Spec): number[] {
  return x.shape.map((_, i) => i).filter((i) => i !== 1);
}

/** [C] as [1, C, 1, …]. */
function channelShape(x: Spec): Shape {
  return x.shape.map((size, i) => (i === 1 ? size : 1));
}

function perChannel(t: Tensor, x: Spec): Tensor {
  const shape = channelShape(x);
  const strides = shape.map((_, i) => (i === 1 ? t.strides[0]! : 0));
  return broadcastView(new Tensor({ shape, dtype: 'f32', axes: [] }, t.storage, strides, t.offset), x.shape);
}

/** Inputs: x, then weight, bias, mean and variance, as far as there are such. */
function named<T>(inputs: readonly T[], { hasWeight, hasBias, hasStatistics }: BatchNormAttrs) {
  const weight = hasWeight ? inputs[1] : undefined;
  const bias = hasBias ? inputs[hasWeight ? 2 : 1] : undefined;
  const [mean, variance] = hasStatistics ? inputs.slice(-2) : [];
  return { x: inputs[0]!, weight, bias, mean, variance };
}

export const batchNormOp: Op<BatchNormAttrs> = {
  name: 'batchNorm',
  shape(inputs, attrs) {
    const { x, weight, bias, mean, variance } = named(inputs, attrs);
    if (x.shape.length < 2)
      throw new ShapeError('batchNorm', [x], `expected [batch, channel, ...], got ${formatShape(x)}`);
    const channels = x.shape[1]!;
    for (const t of [weight, bias, mean, variance])
      if (t !== undefined && String(t.shape) !== String([channels]))
        throw new ShapeError(
          'batchNorm',
          [x, t],
          `${formatShape(x)} has ${channels} channels (dimension 1), weights and statistics are ${formatShape(t)}`,
          `Each has one number a channel: [${channels}].`,
        );
    const count = numel(x.shape) / Math.max(channels, 1);
    if (mean === undefined && count === 1)
      throw new ShapeError(
        'batchNorm',
        [x],
        `${formatShape(x)} has one value per channel: no variance to normalise by`,
        'Train on a batch of two or more, or call eval().',
      );
    return { shape: x.shape, dtype: 'f32', axes: x.axes };
  },
  forward(inputs, attrs, out, backend, save) {
    const { x, weight, bias, mean, variance } = named(inputs, attrs);
    const reduction = { dims: others(x), keepdim: false };
    const channels: Spec = { shape: [x.shape[1]!], dtype: 'f32', axes: unnamedAxes(1) };
    const center = mean ?? reduceInto('mean', x, reduction, channels, backend);
    const result = allocate(out);
    backend.binary('sub', x, perChannel(center, x), result);
    const scale = allocate(channels);
    const to = scale.storage.data;
    const count = numel(x.shape) / Math.max(channels.shape[0]!, 1);
    const squares =
      variance === undefined ? reduceInto('sumOfSquares', result, reduction, channels, backend) : undefined;
    const spread = variance === undefined ? squares!.storage.data : elementsOf(variance);
    const divisor = variance === undefined ? count : 1;
    const scaleOf = (sum: number) => 1 / Math.sqrt(sum / divisor + attrs.eps);
    if (variance === undefined && someInfinite(spread)) {
      eachRow(x, reduction.dims, backend, to, (row) => 2 * scaleOf(spreadOf(row)));
      // In halves: the difference of two numbers near the end of f32 is beyond it.
      const [half, halfCenter] = [allocate(channels), allocate(channels)];
      half.storage.data.fill(0.5);
      backend.binary('mul', center, half, halfCenter);
      backend.binary('mul', x, perChannel(half, x), result);
      backend.binary('sub', result, perChannel(halfCenter, x), result);
    } else for (let c = 0; c < to.length; c++) to[c] = scaleOf(spread[c]!);
    backend.binary('mul', result, perChannel(scale, x), result);
    if (weight !== undefined) backend.binary('mul', result, perChannel(weight, x), result);
    if (bias !== undefined) backend.binary('add', result, perChannel(bias, x), result);
    if (squares !== undefined) save(center, squares);
    return result;
  },
  backward: (grad, saved) => batchNormBackward(grad, saved),
  flops: ([x]) => 7 * numel(x!.shape),
};

function batchNormBackward(grad: Tensor, { inputs, attrs, needs }: Saved<BatchNormAttrs>): (Tensor | undefined)[] {
  const { x, weight, mean: center, variance } = named(inputs, attrs);
  const dims = others(x);
  const shape = channelShape(x);
  const { hat, scale } =
    center && variance ? byFixed(x, center, variance, attrs.eps) : standardized(x, dims, attrs.eps);
  const d = weight === undefined ? grad : mul(grad, reshape(weight, shape));
  const moved = attrs.hasStatistics ? d : sub(sub(d, mean(d, dims, true)), mul(hat, mean(mul(d, hat), dims, true)));
  const out: (Tensor | undefined)[] = [needs[0] ? mul(moved, scale) : undefined];
  if (attrs.hasWeight) out.push(needs[1] ? sum(mul(grad, hat), dims) : undefined);
  if (attrs.hasBias) out.push(needs[attrs.hasWeight ? 2 : 1] ? sum(grad, dims) : undefined);
  return out;
}

/** By statistics that are given. No gradient flows to them. */
function byFixed(x: Tensor, center: Tensor, variance: Tensor, eps: number): Standardization {
  const shape = channelShape(x);
  const scale = rsqrt(add(reshape(variance, shape), eps));
  return { hat: mul(sub(x, reshape(center, shape)), scale), scale };
}

/** Lets running statistics follow those of a batch of `count` elements a channel: its means, and its sums of squared distances from them. */
function follow(
  [mean, variance]: readonly [Tensor, Tensor],
  [center, squares]: readonly Tensor[],
  count: number,
  momentum: number,
): void {
  if (center === undefined || squares === undefined) return;
  blend(mean, (c) => center.storage.data[c]!, momentum);
  blend(variance, (c) => squares.storage.data[c]! / (count - 1), momentum);
}

/** running = (1 − momentum) · running + momentum · batch, in place. */
function blend(running: Tensor, batch: (channel: number) => number, momentum: number): void {
  const data = writable(running.storage);
  for (let c = 0; c < running.numel; c++) {
    const at = running.offset + c * running.strides[0]!;
    data[at] = (1 - momentum) * data[at]! + momentum * batch(c);
  }
}

/** What batch norm may be told. */
export interface BatchNormOptions {
  /** Normalise by this batch's statistics and let the running ones follow. False by default. */
  readonly training?: boolean;
  /** The batch's part in the running statistics. 0.1 by default. */
  readonly momentum?: number;
  /** 1e-5 by default. */
  readonly eps?: number;
}

/**
 * (x − mean) / √(variance + eps) · weight + bias for each channel. x [batch, channel, ...] → the same; the statistics,
 * weight and bias are [channel]. While training the (biased) statistics are the batch's, and the running ones, where there
 * are any, are updated in place, the variance unbiased; else they are the running ones.
 */
export function batchNorm(
  x: Tensor,
  runningMean?: Tensor | null,
  runningVar?: Tensor | null,
  weight?: Tensor | null,
  bias?: Tensor | null,
  { training = false, momentum = 0.1, eps = 1e-5 }: BatchNormOptions = {},
): Tensor {
  checkArguments('batchNorm', arguments);
  const running = runningMean && runningVar ? ([runningMean, runningVar] as const) : undefined;
  if (!training && running === undefined)
    throw new ShapeError(
      'batchNorm',
      [x],
      'expected running statistics to normalise by, got none',
      'Pass them, or training: true.',
    );
  const inputs = [x];
  if (weight) inputs.push(weight);
  if (bias) inputs.push(bias);
  if (!training && running) inputs.push(...running);
  const [output, statistics] = applyWithSaved(batchNormOp, inputs, {
    eps,
    hasWeight: Boolean(weight),
    hasBias: Boolean(bias),
    hasStatistics: !training,
  });
  if (training && running) follow(running, statistics, numel(x.shape) / x.shape[1]!, momentum);
  return output;
}

/**
 * Each of `groups` groups of channels normalised on its own, then scaled and shifted by channel: x [batch, channel, ...] →
 * the same; weight and bias [channel]. Made of layerNorm and arithmetic. Throws ShapeError where groups do not divide, and for one
 * example with one value a group.
 */
export function groupNorm(x: Tensor, groups: number, weight?: Tensor | null, bias?: Tensor | null, eps = 1e-5): Tensor {
  checkArguments('groupNorm', arguments);
  const [batch, channels] = x.shape as [number, number];
  if (x.ndim < 2 || channels % groups !== 0)
    throw new ShapeError(
      'groupNorm',
      [x],
      `${x.ndim < 2 ? 'no' : channels} channels of ${formatShape(x)} do not divide into ${groups} groups`,
      'Channels are dimension 1; the number of groups must divide it.',
    );
  const width = (channels / groups) * numel(x.shape.slice(2));
  if (batch * width === 1)
    throw new ShapeError(
      'groupNorm',
      [x],
      `${formatShape(x)} has one value per group: no variance to normalise by`,
      'Use fewer groups, or a batch of two or more.',
    );
  const normal = withAxes(
    reshape(layerNorm(reshape(x, [batch, groups, width]), width, null, null, eps), x.shape),
    x.axes,
  );
  const shape = channelShape(x);
  const scaled = weight ? mul(normal, reshape(weight, shape)) : normal;
  return bias ? add(scaled, reshape(bias, shape)) : scaled;
}
