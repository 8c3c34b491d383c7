/** Pooling: the largest or the mean element of windows that move over one or two spatial dimensions. */
import type { Windows } from '../backends/backend.ts';
import { ShapeError } from '../errors.ts';
import { formatShape, numel, type Shape, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { zeros } from './creation.ts';
import { scatterAdd } from './indexing.ts';
import type { Op } from './op.ts';
import { compact, reshape, squeeze, unsqueeze } from './view.ts';
import { each, geometryOf, movedAxes, type Sizes, wantWindow, windowCount } from './window.ts';

type Rank = 1 | 2;

interface MaxAttrs {
  readonly rank: Rank;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceil: boolean;
}

/** [batch, channel, ...spatial] as [planes, height, width], in memory. */
function planes(t: Tensor, rank: Rank, backend: Parameters<Op['forward']>[3]): Tensor {
  const flat = compact(t, backend);
  const spatial = t.shape.slice(-rank);
  const shape = [numel(t.shape.slice(0, -rank)), ...(rank === 1 ? [1] : []), ...spatial];
  return new Tensor({ shape, dtype: t.dtype, axes: [] }, flat.storage, undefined, flat.offset);
}

function wantPlanes(op: string, x: Spec, rank: Rank): void {
  if (x.shape.length !== rank + 2)
    throw new ShapeError(
      op,
      [x],
      `wants [batch, channel, ${rank === 1 ? 'length' : 'height, width'}], got ${formatShape(x)}`,
    );
  if (x.dtype !== 'f32')
    throw new ShapeError(op, [x], `wants floats, ${formatShape(x)} is ${x.dtype}`, "Convert it first: x.to('f32').");
}

function pooledSpec(x: Spec, spatial: Shape, dtype: Spec['dtype'], rank: Rank): Spec {
  return {
    shape: [...x.shape.slice(0, -rank), ...spatial],
    dtype,
    axes: [...x.axes.slice(0, -rank), ...movedAxes(x, rank)],
  };
}

function maxSpec(op: string, x: Spec, attrs: MaxAttrs, dtype: Spec['dtype']): Spec {
  const { rank, kernel, stride, padding, dilation, ceil } = attrs;
  wantPlanes(op, x, rank);
  if (padding.some((p, i) => 2 * p > kernel[i]!))
    throw new ShapeError(
      op,
      [x],
      `padding [${padding.join(', ')}] is more than half the kernel [${kernel.join(', ')}]`,
    );
  const spatial = kernel.map((k, i) =>
    windowCount(x.shape[2 + i]!, k, stride[i]!, [padding[i]!, padding[i]!], dilation[i]!, ceil),
  );
  wantWindow(op, x, spatial, kernel);
  return pooledSpec(x, spatial, dtype, rank);
}

function runMax(x: Tensor, attrs: MaxAttrs, out: Spec, backend: Parameters<Op['forward']>[3]): [Tensor, Tensor] {
  const { rank, kernel, stride, padding, dilation } = attrs;
  const values = allocate({ ...out, dtype: 'f32' });
  const indices = allocate({ ...out, dtype: 'i32' });
  backend.maxPool2d(
    planes(x, rank, backend),
    planes(values, rank, backend),
    planes(indices, rank, backend),
    [rank === 1 ? 1 : kernel[0]!, kernel.at(-1)!],
    geometryOf(stride, padding, dilation),
  );
  return [values, indices];
}

/** [batch, channel, ...spatial] with the spatial dimensions in one. */
function flatPlanes(t: Tensor, rank: Rank): Tensor {
  return reshape(t, [...t.shape.slice(0, -rank), numel(t.shape.slice(-rank))]);
}

function maxPoolOp(name: string): Op<MaxAttrs> {
  return {
    name,
    shape: ([x], attrs) => maxSpec(name, x!, attrs, 'f32'),
    forward([x], attrs, out, backend, save) {
      const [values, indices] = runMax(x!, attrs, out, backend);
      save(indices);
      return values;
    },
    backward: (grad, { inputs: [x], attrs: { rank }, tensors: [indices] }) => {
      // A shape run keeps no indices; all that is asked for is a gradient of x's shape.
      if (indices === undefined) return [zeros(x!.shape)];
      const empty = zeros([...x!.shape.slice(0, -rank), numel(x!.shape.slice(-rank))]);
      return [reshape(scatterAdd(empty, -1, flatPlanes(indices, rank), flatPlanes(grad, rank)), x!.shape)];
    },
    flops: (_inputs, out, { kernel }) => numel(out.shape) * numel(kernel),
  };
}

function maxPoolIndicesOp(name: string): Op<MaxAttrs> {
  return {
    name,
    shape: ([x], attrs) => maxSpec(name, x!, attrs, 'i32'),
    forward: ([x], attrs, out, backend) => runMax(x!, attrs, out, backend)[1],
    backward: undefined,
    flops: (_inputs, out, { kernel }) => numel(out.shape) * numel(kernel),
  };
}

interface AverageAttrs {
  readonly rank: Rank;
  readonly rows: Windows;
  readonly columns: Windows;
}

function averageOp(name: string): Op<AverageAttrs> {
  return {
    name,
    shape([x], { rank, rows, columns }) {
      const spatial = rank === 1 ? [columns.start.length] : [rows.start.length, columns.start.length];
      return pooledSpec(x!, spatial, 'f32', rank);
    },
    forward([x], { rank, rows, columns }, out, backend) {
      const result = allocate(out);
      backend.averagePool2d(planes(x!, rank, backend), planes(result, rank, backend), rows, columns);
      return result;
    },
    backward: (grad, { inputs: [x], attrs }) => [apply(averageBackward, [grad], { ...attrs, name, of: x! })],
    flops: ([x]) => numel(x!.shape),
  };
}

const averageBackward: Op<AverageAttrs & { readonly name: string; readonly of: Spec }> = {
  name: 'averagePoolBackward',
  shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
  forward([grad], { rank, rows, columns }, out, backend) {
    const result = allocate(out);
    backend.averagePool2dBackward(planes(grad!, rank, backend), planes(result, rank, backend), rows, columns);
    return result;
  },
  backward: (grad, { attrs: { name, rank, rows, columns } }) => [
    apply(poolingOps[name as 'avgPool1d'], [grad], { rank, rows, columns }),
  ],
  flops: ([grad]) => numel(grad!.shape),
};

export const poolingOps = {
  maxPool1d: maxPoolOp('maxPool1d'),
  maxPool2d: maxPoolOp('maxPool2d'),
  maxPool1dIndices: maxPoolIndicesOp('maxPool1dIndices'),
  maxPool2dIndices: maxPoolIndicesOp('maxPool2dIndices'),
  avgPool1d: averageOp('avgPool1d'),
  avgPool2d: averageOp('avgPool2d'),
  adaptiveAvgPool1d: averageOp('adaptiveAvgPool1d'),
  adaptiveAvgPool2d: averageOp('adaptiveAvgPool2d'),
  averagePoolBackward: averageBackward,
};

/** Runs `body` on [batch, channel, ...spatial]; a missing batch is put in front and taken away again. */
function batched<T extends Tensor | [Tensor, Tensor]>(x: Tensor, rank: Rank, body: (x: Tensor) => T): T {
  if (x.ndim !== rank + 1) return body(x);
  const y = body(unsqueeze(x, 0));
  return (Array.isArray(y) ? y.map((t) => squeeze(t, 0)) : squeeze(y as Tensor, 0)) as T;
}

export interface PoolOptions {
  /** The kernel's size where left out. */
  readonly stride?: Sizes;
  readonly padding?: Sizes;
  /** Whether a window that only half fits at the end counts. */
  readonly ceilMode?: boolean;
}

export interface MaxPoolOptions extends PoolOptions {
  readonly dilation?: Sizes;
  /** Also returns where in its plane, row-major, each maximum stands (i32). */
  readonly returnIndices?: boolean;
}

type WithIndices = MaxPoolOptions & { readonly returnIndices: true };

function maxPool(rank: Rank, x: Tensor, kernelSize: Sizes, options: MaxPoolOptions): Tensor | [Tensor, Tensor] {
  const op = rank === 1 ? 'maxPool1d' : 'maxPool2d';
  const { stride = kernelSize, padding = 0, dilation = 1, ceilMode = false, returnIndices = false } = options;
  const attrs: MaxAttrs = {
    rank,
    kernel: each(op, 'the kernel', kernelSize, rank, 1),
    stride: each(op, 'stride', stride, rank, 1),
    padding: each(op, 'padding', padding, rank, 0),
    dilation: each(op, 'dilation', dilation, rank, 1),
    ceil: ceilMode,
  };
  return batched<Tensor | [Tensor, Tensor]>(x, rank, (b) => {
    const values = apply(poolingOps[op], [b], attrs);
    return returnIndices ? [values, apply(poolingOps[`${op}Indices`], [b], attrs)] : values;
  });
}

/** Largest element of each window: [batch, channel, length] → [batch, channel, length']. The batch may be missing. */
export function maxPool1d(x: Tensor, kernelSize: Sizes, options: WithIndices): [Tensor, Tensor];
export function maxPool1d(x: Tensor, kernelSize: Sizes, options?: MaxPoolOptions): Tensor;
export function maxPool1d(x: Tensor, kernelSize: Sizes, options: MaxPoolOptions = {}): Tensor | [Tensor, Tensor] {
  return maxPool(1, x, kernelSize, options);
}

/** Largest element of each window: [batch, channel, height, width] → [batch, channel, height', width']. */
export function maxPool2d(x: Tensor, kernelSize: Sizes, options: WithIndices): [Tensor, Tensor];
export function maxPool2d(x: Tensor, kernelSize: Sizes, options?: MaxPoolOptions): Tensor;
export function maxPool2d(x: Tensor, kernelSize: Sizes, options: MaxPoolOptions = {}): Tensor | [Tensor, Tensor] {
  return maxPool(2, x, kernelSize, options);
}

export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts among what a window is divided by. True where left out. */
  readonly countIncludePad?: boolean;
}

/** The one row of a plane that has only columns. */
const oneRow: Windows = { start: new Int32Array([0]), end: new Int32Array([1]), length: new Int32Array([1]) };

function windows(count: number, of: (i: number) => readonly [start: number, end: number, length: number]): Windows {
  const [start, end, length] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  for (let i = 0; i < count; i++) [start[i], end[i], length[i]] = of(i);
  return { start, end, length };
}

function average(op: 'avgPool1d' | 'avgPool2d', x: Tensor, kernelSize: Sizes, options: AvgPoolOptions): Tensor {
  const rank = op === 'avgPool1d' ? 1 : 2;
  const { stride = kernelSize, padding = 0, ceilMode = false, countIncludePad = true } = options;
  const kernel = each(op, 'the kernel', kernelSize, rank, 1);
  const strides = each(op, 'stride', stride, rank, 1);
  const paddings = each(op, 'padding', padding, rank, 0);
  return batched(x, rank, (b) => {
    wantPlanes(op, b, rank);
    const spans = kernel.map((k, i) => {
      const [size, step, pad] = [b.shape[2 + i]!, strides[i]!, paddings[i]!];
      return windows(windowCount(size, k, step, [pad, pad], 1, ceilMode), (w) => {
        const from = w * step - pad;
        const to = Math.min(from + k, size + pad);
        const [start, end] = [Math.max(from, 0), Math.min(to, size)];
        return [start, end, countIncludePad ? to - from : end - start];
      });
    });
    wantWindow(
      op,
      b,
      spans.map(({ start }) => start.length),
      kernel,
    );
    return apply(poolingOps[op], [b], { rank, rows: rank === 1 ? oneRow : spans[0]!, columns: spans.at(-1)! });
  });
}

/** Mean of each window: [batch, channel, length] → [batch, channel, length']. The batch may be missing. */
export const avgPool1d = (x: Tensor, kernelSize: Sizes, options: AvgPoolOptions = {}): Tensor =>
  average('avgPool1d', x, kernelSize, options);
/** Mean of each window: [batch, channel, height, width] → [batch, channel, height', width']. The batch may be missing. */
export const avgPool2d = (x: Tensor, kernelSize: Sizes, options: AvgPoolOptions = {}): Tensor =>
  average('avgPool2d', x, kernelSize, options);

function adaptive(op: 'adaptiveAvgPool1d' | 'adaptiveAvgPool2d', x: Tensor, outputSize: Sizes): Tensor {
  const rank = op === 'adaptiveAvgPool1d' ? 1 : 2;
  const sizes = each(op, 'the output size', outputSize, rank, 1);
  return batched(x, rank, (b) => {
    wantPlanes(op, b, rank);
    const spans = sizes.map((count, i) =>
      windows(count, (w) => {
        const size = b.shape[2 + i]!;
        const start = Math.floor((w * size) / count);
        const end = Math.ceil(((w + 1) * size) / count);
        return [start, end, end - start];
      }),
    );
    return apply(poolingOps[op], [b], { rank, rows: rank === 1 ? oneRow : spans[0]!, columns: spans.at(-1)! });
  });
}

/** Means of as many windows of (nearly) equal size as asked for: [batch, channel, length] → [batch, channel, outputSize]. */
export const adaptiveAvgPool1d = (x: Tensor, outputSize: Sizes): Tensor => adaptive('adaptiveAvgPool1d', x, outputSize);
/** Means of as many windows of (nearly) equal size as asked for: [batch, channel, H, W] → [batch, channel, ...outputSize]. */
export const adaptiveAvgPool2d = (x: Tensor, outputSize: Sizes): Tensor => adaptive('adaptiveAvgPool2d', x, outputSize);
