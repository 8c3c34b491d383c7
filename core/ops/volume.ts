/**
 * What slides over volumes [batch, channel, depth, height, width], made of what slides over planes: a volume's filters are those of planes,
 * with the kernel's depth among the channels; its windows are planes' windows, then those of their depths.
 */
import { ShapeError } from '../errors.ts';
import { type Axis, unnamed } from '../tensor/axes.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { adaptiveMaxPool2d } from './adaptiveMaxPool.ts';
import { apply } from './apply.ts';
import { type AvgPoolOptions, adaptiveAvgPool2d, avgPool2d } from './averagePool.ts';
import { type ConvolutionOptions, convolutionOps } from './convolution.ts';
import { type ConvTransposeOptions, convTranspose2d } from './convTranspose.ts';
import { zeros } from './creation.ts';
import { add, div } from './elementwise.ts';
import { gather } from './indexing.ts';
import { type MaxPoolOptions, maxPool2d, type WithIndices } from './maxPool.ts';
import { permute } from './permute.ts';
import { pad } from './rearrange.ts';
import { slice } from './slice.ts';
import { setSlice } from './sliceScatter.ts';
import { slidingWindows, windowsAdded } from './slidingWindow.ts';
import { reshape, squeeze, unsqueeze } from './view.ts';
import { each, type OutputSizes, outputSizes, type Sizes, windowCount } from './window.ts';

type Three = [number, number, number];

/** Runs `body` on [batch, channel, depth, height, width]; a missing batch is put in front and taken away again. */
function batched<T extends Tensor | [Tensor, Tensor]>(op: string, x: Tensor, body: (x: Tensor) => T): T {
  if (x.dtype !== 'f32')
    throw new ShapeError(op, [x], `expected f32, got ${x.dtype} ${formatShape(x)}`, "Convert it first: x.to('f32').");
  if (x.ndim === 5) return body(x);
  if (x.ndim !== 4)
    throw new ShapeError(op, [x], `expected [batch, channel, depth, height, width], got ${formatShape(x)}`);
  const y = body(unsqueeze(x, 0));
  return (Array.isArray(y) ? y.map((t) => squeeze(t, 0)) : squeeze(y as Tensor, 0)) as T;
}

/** Axes of a result, of which the names of sizes that moved stay. */
function axesOf(x: Tensor, channel: Axis = x.axes[1]!): readonly Axis[] {
  const spatial = x.axes.slice(2).map((a) => (a.name === undefined ? unnamed : { name: a.name }));
  return [x.axes[0]!, channel, ...spatial];
}

function checkFilters(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null | undefined,
  inputs: number,
  outputs: number,
) {
  if (x.shape[1] !== inputs)
    throw new ShapeError(
      op,
      [x, weight],
      `takes ${inputs} channels, dimension 1 of ${formatShape(x)} has ${x.shape[1]}`,
      x.shape.at(-1) === inputs
        ? 'The channels are last; they belong right after the batch: x.permute(0, 4, 1, 2, 3).'
        : `Make the layer take ${x.shape[1]} channels.`,
    );
  if (bias && String(bias.shape) !== String([outputs]))
    throw new ShapeError(op, [bias], `expected a bias [${outputs}], got ${formatShape(bias)}`);
}

/**
 * x [batch, in, depth, height, width], weight [out, in/groups, kernel, kernel, kernel], bias [out] → [batch, out, depth', height', width']. The
 * batch may be missing. Throws ShapeError where channels differ or no window fits.
 */
export function conv3d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: ConvolutionOptions = {}): Tensor {
  checkArguments('conv3d', arguments);
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  if (weight.ndim !== 5)
    throw new ShapeError(
      'conv3d',
      [weight],
      `expected a weight [out, in/groups, depth, height, width], got ${formatShape(weight)}`,
    );
  const strides = each('conv3d', 'stride', stride, 3, 1) as Three;
  const steps = each('conv3d', 'dilation', dilation, 3, 1) as Three;
  if (padding === 'same' && strides.some((s) => s !== 1))
    throw new ShapeError('conv3d', [x], "padding 'same' needs stride 1", 'Give the padding as a number.');
  const [outputs, perGroup, ...kernel] = weight.shape as [number, number, number, number, number];
  const around =
    padding === 'same'
      ? steps.map((d, i): [number, number] => [
          Math.floor((d * (kernel[i]! - 1)) / 2),
          Math.ceil((d * (kernel[i]! - 1)) / 2),
        ])
      : each('conv3d', 'padding', padding === 'valid' ? 0 : padding, 3, 0).map((p): [number, number] => [p, p]);
  return batched('conv3d', x, (b) => {
    checkFilters('conv3d', b, weight, bias, perGroup * groups, outputs);
    const span = steps[0] * (kernel[0] - 1) + 1;
    const deep = pad(b, [0, 0, 0, 0, ...around[0]!]);
    if (deep.shape[2]! < span)
      throw new ShapeError(
        'conv3d',
        [b],
        `a kernel of ${kernel.join(' × ')} does not fit into ${formatShape(b)}`,
        'Pad it, or take a smaller kernel.',
      );
    const windows = slidingWindows(deep, 2, span, strides[0]);
    const taps = steps[0] === 1 ? windows : slice(windows, 5, 0, undefined, steps[0]);
    const [batch, channels, count, height, width] = taps.shape as [number, number, number, number, number];
    const laid = reshape(permute(taps, [0, 2, 1, 5, 3, 4]), [batch * count, channels * kernel[0], height, width]);
    const filters = reshape(weight, [outputs, perGroup * kernel[0], kernel[1], kernel[2]]);
    const attrs = {
      rank: 2,
      stride: strides.slice(1),
      padding: around.slice(1),
      dilation: steps.slice(1),
      groups,
    } as const;
    const y = apply(convolutionOps.conv2d, bias ? [laid, filters, bias] : [laid, filters], attrs);
    return permute(reshape(y, [batch, count, ...y.shape.slice(1)]), [0, 2, 1, 3, 4]).withAxes(
      axesOf(b, { name: 'channel' }),
    );
  });
}

/**
 * `convTranspose2d` over three dimensions: x [batch, in, D, H, W], weight [in, out/groups, kernel, kernel, kernel], bias [out] → [batch, out, D',
 * H', W']. The batch may be missing. Throws ShapeError where channels differ.
 */
export function convTranspose3d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: ConvTransposeOptions = {},
): Tensor {
  checkArguments('convTranspose3d', arguments);
  const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
  if (weight.ndim !== 5)
    throw new ShapeError(
      'convTranspose3d',
      [weight],
      `expected a weight [in, out/groups, depth, height, width], got ${formatShape(weight)}`,
    );
  const strides = each('convTranspose3d', 'stride', stride, 3, 1) as Three;
  const steps = each('convTranspose3d', 'dilation', dilation, 3, 1) as Three;
  const cut = each('convTranspose3d', 'padding', padding, 3, 0) as Three;
  const more = each('convTranspose3d', 'outputPadding', outputPadding, 3, 0) as Three;
  if (more.some((n, i) => n >= Math.max(strides[i]!, steps[i]!)))
    throw new ShapeError(
      'convTranspose3d',
      [x],
      `outputPadding ${JSON.stringify(outputPadding)} is not below stride ${JSON.stringify(stride)} or dilation ${JSON.stringify(dilation)}`,
      'It only chooses among the sizes a stride leaves open.',
    );
  const [inputs, perGroup, depth, ...plane] = weight.shape as [number, number, number, number, number];
  const outputs = perGroup * groups;
  return batched('convTranspose3d', x, (b) => {
    checkFilters('convTranspose3d', b, weight, bias, inputs, outputs);
    const [batch, , count, height, width] = b.shape as [number, number, number, number, number];
    const laid = reshape(permute(b, [0, 2, 1, 3, 4]), [batch * count, inputs, height, width]);
    const spread = convTranspose2d(laid, reshape(weight, [inputs, perGroup * depth, ...plane]), undefined, {
      stride: strides.slice(1),
      padding: cut.slice(1),
      outputPadding: more.slice(1),
      dilation: steps.slice(1),
      groups,
    });
    const sizes = spread.shape.slice(2);
    // Each input's taps along the depth, as windows that lie over each other.
    const taps = permute(reshape(spread, [batch, count, outputs, depth, ...sizes]), [0, 2, 1, 4, 5, 3]);
    const span = steps[0] * (depth - 1) + 1;
    const deep = (count - 1) * strides[0] + span - 2 * cut[0] + more[0];
    if (deep < 1)
      throw new ShapeError(
        'convTranspose3d',
        [x, weight],
        `nothing is left of ${formatShape(x)}: the output would be [${[deep, ...sizes].join(', ')}]`,
      );
    const windows =
      steps[0] === 1 ? taps : setSlice(zeros([...taps.shape.slice(0, -1), span]), 5, 0, undefined, taps, steps[0]);
    const whole = windowsAdded(windows, 2, strides[0], (count - 1) * strides[0] + span);
    const y = pad(whole, [0, 0, 0, 0, -cut[0], more[0] - cut[0]]);
    return (bias ? add(y, reshape(bias, [outputs, 1, 1, 1])) : y).withAxes(axesOf(b, { name: 'channel' }));
  });
}

/** `planes` of each depth, side by side among the channels; then `depths`, with each plane laid out in one row. */
function separately(
  x: Tensor,
  planes: (x: Tensor) => Tensor,
  depths: (x: Tensor) => Tensor,
): { readonly result: Tensor; readonly laid: Tensor } {
  const [batch, channels, depth, height, width] = x.shape as [number, number, number, number, number];
  const flat = planes(reshape(x, [batch, channels * depth, height, width]));
  const [rows, columns] = flat.shape.slice(2) as [number, number];
  const laid = reshape(flat, [batch, channels, depth, rows * columns]);
  const pooled = depths(laid);
  const result = reshape(pooled, [batch, channels, pooled.shape[2]!, rows, columns]).withAxes(axesOf(x));
  return { result, laid };
}

/** Largest element of each window: [batch, channel, depth, height, width] → the same with smaller sizes; the batch may be missing. */
export function maxPool3d(x: Tensor, kernelSize: Sizes, options: WithIndices): [Tensor, Tensor];
export function maxPool3d(x: Tensor, kernelSize: Sizes, options?: MaxPoolOptions): Tensor;
export function maxPool3d(x: Tensor, kernelSize: Sizes, options: MaxPoolOptions = {}): Tensor | [Tensor, Tensor] {
  checkArguments('maxPool3d', arguments);
  const { stride = kernelSize, padding = 0, dilation = 1, ceilMode = false, returnIndices = false } = options;
  const kernel = each('maxPool3d', 'the kernel', kernelSize, 3, 1) as Three;
  const strides = each('maxPool3d', 'stride', stride, 3, 1) as Three;
  const around = each('maxPool3d', 'padding', padding, 3, 0) as Three;
  const steps = each('maxPool3d', 'dilation', dilation, 3, 1) as Three;
  const ofPlanes = { stride: strides.slice(1), padding: around.slice(1), dilation: steps.slice(1), ceilMode };
  const ofDepths = { stride: [strides[0], 1], padding: [around[0], 0], dilation: [steps[0], 1], ceilMode };
  return batched<Tensor | [Tensor, Tensor]>('maxPool3d', x, (b) => {
    wantSizes('maxPool3d', b, kernel, strides, around, steps, ceilMode);
    const { result, laid } = separately(
      b,
      (t) => maxPool2d(t, kernel.slice(1), ofPlanes),
      (t) => maxPool2d(t, [kernel[0], 1], ofDepths),
    );
    if (!returnIndices) return result;
    const [batch, channels, depth, height, width] = b.shape as [number, number, number, number, number];
    const [, inPlane] = maxPool2d(reshape(b, [batch, channels * depth, height, width]), kernel.slice(1), {
      ...ofPlanes,
      returnIndices: true,
    });
    const [, inDepth] = maxPool2d(laid, [kernel[0], 1], { ...ofDepths, returnIndices: true });
    const size = laid.shape[3]!;
    const places = reshape(inDepth, [batch, channels, numel(inDepth.shape.slice(2))]);
    const within = gather(reshape(inPlane, [batch, channels, depth * size]), -1, places);
    const planesBefore = div(places.sub(places.remainder(Math.max(1, size))), Math.max(1, size))
      .round()
      .to('i32');
    return [result, reshape(planesBefore.mul(height * width).add(within), result.shape).withAxes(result.axes)];
  });
}

function wantSizes(
  op: string,
  x: Tensor,
  kernel: Three,
  strides: Three,
  around: Three,
  steps: Three,
  ceil: boolean,
): void {
  const counts = kernel.map((k, i) =>
    windowCount(x.shape[2 + i]!, k, strides[i]!, [around[i]!, around[i]!], steps[i]!, ceil),
  );
  if (counts.some((count) => count < 1))
    throw new ShapeError(
      op,
      [x],
      `a window of ${kernel.join(' × ')} does not fit into ${formatShape(x)}`,
      'Pad it, or take smaller windows.',
    );
}

/** Mean of each window: [batch, channel, depth, height, width] → the same with smaller sizes; the batch may be missing. */
export function avgPool3d(x: Tensor, kernelSize: Sizes, options: AvgPoolOptions = {}): Tensor {
  checkArguments('avgPool3d', arguments);
  const { stride = kernelSize, padding = 0, ceilMode = false, countIncludePad = true, divisorOverride } = options;
  if (divisorOverride !== undefined && !(Number.isInteger(divisorOverride) && divisorOverride !== 0))
    throw new ShapeError(
      'avgPool3d',
      [x],
      `expected a whole number other than 0 for divisorOverride, got ${divisorOverride}`,
    );
  const kernel = each('avgPool3d', 'the kernel', kernelSize, 3, 1) as Three;
  const strides = each('avgPool3d', 'stride', stride, 3, 1) as Three;
  const around = each('avgPool3d', 'padding', padding, 3, 0) as Three;
  const how = { ceilMode, countIncludePad, ...(divisorOverride !== undefined && { divisorOverride: 1 }) };
  return batched('avgPool3d', x, (b) => {
    wantSizes('avgPool3d', b, kernel, strides, around, [1, 1, 1], ceilMode);
    const { result } = separately(
      b,
      (t) => avgPool2d(t, kernel.slice(1), { ...how, stride: strides.slice(1), padding: around.slice(1) }),
      (t) => avgPool2d(t, [kernel[0], 1], { ...how, stride: [strides[0], 1], padding: [around[0], 0] }),
    );
    return divisorOverride === undefined ? result : div(result, divisorOverride);
  });
}

/** A pool into windows of nearly equal size, over planes and then over depths. */
function adaptively(
  name: string,
  x: Tensor,
  size: OutputSizes,
  pool: (x: Tensor, size: OutputSizes) => Tensor,
): Tensor {
  const sizes = outputSizes(name, size, x, 3) as Three;
  return batched(
    name,
    x,
    (b) =>
      separately(
        b,
        (t) => pool(t, sizes.slice(1)),
        (t) => pool(t, [sizes[0], t.shape[3]!]),
      ).result,
  );
}

/** Means of as many windows of (nearly) equal size as asked for: [batch, channel, D, H, W] → [batch, channel, ...outputSize]. */
export function adaptiveAvgPool3d(x: Tensor, outputSize: OutputSizes): Tensor {
  return adaptively('adaptiveAvgPool3d', x, outputSize, (t, size) => adaptiveAvgPool2d(t, size));
}

/** Largest elements of as many windows of (nearly) equal size as asked for: [batch, channel, D, H, W] → [batch, channel, ...outputSize]. */
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSizes): Tensor {
  return adaptively('adaptiveMaxPool3d', x, outputSize, (t, size) => adaptiveMaxPool2d(t, size));
}
