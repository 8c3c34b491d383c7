/** The arithmetic of windows that move over one or two spatial dimensions: sizes, padding, errors. */
import type { Geometry } from '../backends/backend.ts';
import { ShapeError } from '../errors.ts';
import { inWords, unquoted } from '../inWords.ts';
import { type Axis, unnamed } from '../tensor/axes.ts';
import { formatShape, numel, type Shape, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import type { Op } from './op.ts';
import { squeeze, toContiguous, unsqueeze } from './view.ts';

/** One number for all spatial dimensions, or one each. */
export type Sizes = number | readonly number[];

/** Sizes of which `null` keeps what the input has. */
export type OutputSizes = Sizes | readonly (number | null)[];

/** The sizes an adaptive pooling of `x` [..., ...spatial] gives. */
export function outputSizes(op: string, size: OutputSizes, x: Spec, rank: number): number[] {
  checkArguments(op, [x, size]);
  const given = !Array.isArray(size)
    ? (size as Sizes)
    : size.map((n, i) => n ?? x.shape[x.shape.length - rank + i] ?? 1);
  return each(op, 'outputSize', given, rank, 1);
}

/** `size` for each of `rank` dimensions. */
export function each(op: string, what: string, size: Sizes, rank: number, least: number): number[] {
  const list: readonly number[] =
    typeof size === 'number' ? new Array<number>(rank).fill(size) : Array.isArray(size) ? [...size] : [];
  if (list.length !== rank || list.some((n) => !Number.isInteger(n) || n < least))
    throw new ShapeError(
      op,
      [],
      `expected ${rank === 1 ? 'a whole number' : `one whole number, or a list of ${rank},`} of ${least} or more for ${what}, got ${shown(size)}`,
      unquoted(size),
    );
  return [...list];
}

const shown = (size: unknown): string =>
  typeof size === 'number' ? String(size) : Array.isArray(size) ? `[${size.map(String).join(', ')}]` : inWords(size);

/** A geometry of two dimensions; one dimension is a plane of height 1. */
export function geometryOf(
  stride: readonly number[],
  padding: readonly number[],
  dilation: readonly number[],
): Geometry {
  const two = (list: readonly number[], fill: number): readonly [number, number] =>
    list.length === 1 ? [fill, list[0]!] : [list[0]!, list[1]!];
  return { stride: two(stride, 1), padding: two(padding, 0), dilation: two(dilation, 1) };
}

/** How many windows fit along a dimension. */
export function windowCount(
  size: number,
  kernel: number,
  stride: number,
  [before, after]: readonly [number, number],
  dilation: number,
  ceil = false,
): number {
  // Less than 0 where not even one fits in whole; rounded up, a part of one counts.
  const room = size + before + after - dilation * (kernel - 1) - 1;
  const windows = Math.max(0, Math.floor((room + (ceil ? stride - 1 : 0)) / stride) + 1);
  // The last window must start inside the input or its left padding.
  return ceil && (windows - 1) * stride >= size + before ? windows - 1 : windows;
}

/** Throws where the padding is more than half of the kernel: a window could lie in it altogether. */
export function wantHalf(op: string, x: Spec, padding: readonly number[], kernel: readonly number[]): void {
  if (padding.some((p, i) => 2 * p > kernel[i]!))
    throw new ShapeError(
      op,
      [x],
      `padding [${padding.join(', ')}] is more than half the kernel [${kernel.join(', ')}]`,
      'Pad the input itself, x.pad([…]), where it is to be more.',
    );
}

/** Throws where no window fits in. */
export function checkWindow(op: string, x: Spec, spatial: readonly number[], kernel: readonly number[]): void {
  if (spatial.some((n) => n < 1))
    throw new ShapeError(
      op,
      [x],
      `a window of [${kernel.join(', ')}] does not fit into ${formatShape(x)}`,
      'Use a smaller kernel or dilation, or more padding; pooling earlier has perhaps left too little.',
    );
}

/** Axes after the batch and channels: the name stays, positions' labels go. */
export function movedAxes(x: Spec, rank: number): Axis[] {
  return x.axes.slice(-rank).map((a) => (a.name === undefined ? unnamed : { name: a.name }));
}

/** With a dimension of size 1 in the place of the height, where there is none. No operation of the graph. */
export function planar(t: Tensor, rank: number): Tensor {
  if (rank === 2) return t;
  const d = t.ndim - 1;
  const spec: Spec = { shape: t.shape.toSpliced(d, 0, 1), dtype: t.dtype, axes: t.axes.toSpliced(d, 0, unnamed) };
  return new Tensor(spec, t.storage, t.strides.toSpliced(d, 0, 0), t.offset);
}

export type Rank = 1 | 2;

/** [batch, channel, ...spatial] as [planes, height, width], in memory. */
export function planes(t: Tensor, rank: Rank, backend: Parameters<Op['forward']>[3]): Tensor {
  const flat = toContiguous(t, backend);
  const spatial = t.shape.slice(-rank);
  const shape = [numel(t.shape.slice(0, -rank)), ...(rank === 1 ? [1] : []), ...spatial];
  return new Tensor({ shape, dtype: t.dtype, axes: [] }, flat.storage, undefined, flat.offset);
}

export function wantPlanes(op: string, x: Spec, rank: Rank): void {
  if (x.shape.length !== rank + 2)
    throw new ShapeError(
      op,
      [x],
      `expected [batch, channel, ${rank === 1 ? 'length' : 'height, width'}], got ${formatShape(x)}`,
    );
  if (x.dtype !== 'f32')
    throw new ShapeError(op, [x], `expected f32, got ${x.dtype} ${formatShape(x)}`, "Convert it first: x.to('f32').");
}

export function pooledSpec(x: Spec, spatial: Shape, dtype: Spec['dtype'], rank: Rank): Spec {
  return {
    shape: [...x.shape.slice(0, -rank), ...spatial],
    dtype,
    axes: [...x.axes.slice(0, -rank), ...movedAxes(x, rank)],
  };
}

/** Runs `body` on [batch, channel, ...spatial]; a missing batch is put in front and taken away again. */
export function batched<T extends Tensor | [Tensor, Tensor]>(x: Tensor, rank: Rank, body: (x: Tensor) => T): T {
  if (x.ndim !== rank + 1) return body(x);
  const y = body(unsqueeze(x, 0));
  return (Array.isArray(y) ? y.map((t) => squeeze(t, 0)) : squeeze(y as Tensor, 0)) as T;
}

/** What all poolings may be told. */
export interface PoolOptions {
  /** The kernel's size where left out. */
  readonly stride?: Sizes;
  /**
   * Rows and columns added on both sides, at most half the kernel. They are never the largest; a mean counts them as
   * zeros. 0 where left out.
   */
  readonly padding?: Sizes;
  /** Whether a window that only half fits at the end counts. */
  readonly ceilMode?: boolean;
}
