/** The mean of windows that move over one or two spatial dimensions, or divide them evenly. */

import type { Windows } from '../backends/backend.ts';
import { ShapeError } from '../errors.ts';
import { formatShape, numel, type Spec, specOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import type { Op } from './op.ts';
import {
  batched,
  checkWindow,
  each,
  type OutputSizes,
  outputSizes,
  type PoolOptions,
  planes,
  pooledSpec,
  type Rank,
  type Sizes,
  wantHalf,
  wantPlanes,
  windowCount,
} from './window.ts';

/** Windows of one size that move by a stride. */
export interface MovedAttrs {
  readonly rank: Rank;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  /** Whether a window that only half fits at the end counts. */
  readonly ceil: boolean;
  /** Whether padding counts among what a window is divided by. */
  readonly countIncludePad: boolean;
  /** What every window is divided by, in the place of its size. */
  readonly divisorOverride: number | undefined;
}

/** As many windows as asked for along each dimension, of nearly equal size. */
export interface AdaptiveAttrs {
  readonly rank: Rank;
  readonly sizes: readonly number[];
}

type AverageAttrs = MovedAttrs | AdaptiveAttrs;

function averageOp(name: string): Op<AverageAttrs> {
  return {
    name,
    shape([x], attrs) {
      const spatial = 'sizes' in attrs ? attrs.sizes : movedCounts(name, x!, attrs);
      return pooledSpec(x!, spatial, 'f32', attrs.rank);
    },
    forward([x], attrs, out, backend) {
      const { rank } = attrs;
      const result = allocate(out);
      const [rows, columns] = windowsOf(x!, out, attrs);
      backend.averagePool2d(planes(x!, rank, backend), planes(result, rank, backend), rows, columns);
      return result;
    },
    backward: (grad, { inputs: [x], attrs }) => [apply(averageBackward, [grad], { ...attrs, name, of: specOf(x!) })],
    flops: ([x]) => numel(x!.shape),
  };
}

const averageBackward: Op<AverageAttrs & { readonly name: string; readonly of: Spec }> = {
  name: 'averagePoolBackward',
  shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
  forward([grad], attrs, out, backend) {
    const { rank } = attrs;
    const result = allocate(out);
    const [rows, columns] = windowsOf(out, grad!, attrs);
    backend.averagePool2dBackward(planes(grad!, rank, backend), planes(result, rank, backend), rows, columns);
    return result;
  },
  backward: (grad, { attrs: { name, of: _, ...attrs } }) => [apply(averagePoolOps[name as 'avgPool1d'], [grad], attrs)],
  flops: ([grad]) => numel(grad!.shape),
};

export const averagePoolOps = {
  avgPool1d: averageOp('avgPool1d'),
  avgPool2d: averageOp('avgPool2d'),
  adaptiveAvgPool1d: averageOp('adaptiveAvgPool1d'),
  adaptiveAvgPool2d: averageOp('adaptiveAvgPool2d'),
  averagePoolBackward: averageBackward,
};

/** What mean pooling may be told. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts among what a window is divided by. True by default. */
  readonly countIncludePad?: boolean;
  /** What every window is divided by, in the place of its size. Planes only, as in PyTorch. */
  readonly divisorOverride?: number;
}

/** The one row of a plane that has only columns. */
const oneRow: Windows = { start: new Int32Array([0]), end: new Int32Array([1]), length: new Int32Array([1]) };

function windows(count: number, of: (i: number) => readonly [start: number, end: number, length: number]): Windows {
  const [start, end, length] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  for (let i = 0; i < count; i++) [start[i], end[i], length[i]] = of(i);
  return { start, end, length };
}

/** How many windows there are along each dimension. Throws ShapeError where none fits. */
function movedCounts(op: string, x: Spec, { kernel, stride, padding, ceil }: MovedAttrs): number[] {
  const counts = kernel.map((k, i) => windowCount(x.shape[2 + i]!, k, stride[i]!, [padding[i]!, padding[i]!], 1, ceil));
  checkWindow(op, x, counts, kernel);
  return counts;
}

/** The windows of rows and of columns, from the sizes of what goes in and comes out. */
function windowsOf(x: Spec, out: Spec, attrs: AverageAttrs): readonly [rows: Windows, columns: Windows] {
  const spans = out.shape.slice(2).map((count, i) => {
    const size = x.shape[2 + i]!;
    return 'sizes' in attrs ? evenly(size, count) : moved(size, count, attrs, i);
  });
  return [attrs.rank === 1 ? oneRow : spans[0]!, spans.at(-1)!];
}

function evenly(size: number, count: number): Windows {
  return windows(count, (w) => {
    const start = Math.floor((w * size) / count);
    const end = Math.ceil(((w + 1) * size) / count);
    return [start, end, end - start];
  });
}

function moved(size: number, count: number, attrs: MovedAttrs, dim: number): Windows {
  const { countIncludePad, divisorOverride } = attrs;
  const [kernel, step, pad] = [attrs.kernel[dim]!, attrs.stride[dim]!, attrs.padding[dim]!];
  return windows(count, (w) => {
    const from = w * step - pad;
    const to = Math.min(from + kernel, size + pad);
    const [start, end] = [Math.max(from, 0), Math.min(to, size)];
    // What a window is divided by is the product of its lengths.
    if (divisorOverride !== undefined) return [start, end, dim === 0 ? divisorOverride : 1];
    return [start, end, countIncludePad ? to - from : end - start];
  });
}

function average(op: 'avgPool1d' | 'avgPool2d', x: Tensor, kernelSize: Sizes, options: AvgPoolOptions): Tensor {
  const rank = op === 'avgPool1d' ? 1 : 2;
  const { stride = kernelSize, padding = 0, ceilMode = false, countIncludePad = true, divisorOverride } = options;
  if (divisorOverride !== undefined && !(Number.isInteger(divisorOverride) && divisorOverride !== 0 && rank === 2))
    throw new ShapeError(
      op,
      [x],
      `expected a whole number other than 0 for divisorOverride, got ${divisorOverride}`,
      'Only avgPool2d and avgPool3d take it.',
    );
  const kernel = each(op, 'kernelSize', kernelSize, rank, 1);
  const strides = each(op, 'stride', stride, rank, 1);
  const paddings = each(op, 'padding', padding, rank, 0);
  return batched(x, rank, (b) => {
    wantPlanes(op, b, rank);
    wantHalf(op, b, paddings, kernel);
    return apply(averagePoolOps[op], [b], {
      ...{ rank, kernel, stride: strides, padding: paddings, ceil: ceilMode },
      ...{ countIncludePad, divisorOverride },
    });
  });
}

/** Mean of each window: [batch, channel, length] → [batch, channel, length']. The batch may be missing. */
export function avgPool1d(x: Tensor, kernelSize: Sizes, options: AvgPoolOptions = {}): Tensor {
  checkArguments('avgPool1d', arguments);
  return average('avgPool1d', x, kernelSize, options);
}
/** Mean of each window: [batch, channel, height, width] → [batch, channel, height', width']. The batch may be missing. */
export function avgPool2d(x: Tensor, kernelSize: Sizes, options: AvgPoolOptions = {}): Tensor {
  checkArguments('avgPool2d', arguments);
  return average('avgPool2d', x, kernelSize, options);
}

function adaptive(op: 'adaptiveAvgPool1d' | 'adaptiveAvgPool2d', x: Tensor, outputSize: OutputSizes): Tensor {
  const rank = op === 'adaptiveAvgPool1d' ? 1 : 2;
  const sizes = outputSizes(op, outputSize, x, rank);
  return batched(x, rank, (b) => {
    wantPlanes(op, b, rank);
    if (b.shape.slice(2).includes(0))
      throw new ShapeError(op, [b], `${formatShape(b)} has nothing to take the mean of`);
    return apply(averagePoolOps[op], [b], { rank, sizes });
  });
}

/** Means of as many windows of (nearly) equal size as asked for: [batch, channel, length] → [batch, channel, outputSize]. */
export const adaptiveAvgPool1d = (x: Tensor, outputSize: OutputSizes): Tensor =>
  adaptive('adaptiveAvgPool1d', x, outputSize);
/** Means of as many windows of (nearly) equal size as asked for: [batch, channel, H, W] → [batch, channel, ...outputSize]. */
export const adaptiveAvgPool2d = (x: Tensor, outputSize: OutputSizes): Tensor =>
  adaptive('adaptiveAvgPool2d', x, outputSize);
