/**
 * Convolution by matrix products: for each image and group the windows are laid out as columns [C/groups · kH · kW, H' · W']
 * (im2col; Chellapilla, Puri & Simard 2006), so that forward and both gradients run at the speed of `matmul`.
 */
import type { Geometry, Strided } from '../backend.ts';
import { count } from './loops.ts';
import { matmul } from './matmul.ts';

interface Sizes {
  readonly batch: number;
  /** Of one group. */
  readonly channels: number;
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly kernel: readonly [number, number];
  readonly out: readonly [number, number];
}

function sizes(x: Strided, weight: Strided, out: Strided, groups: number): Sizes {
  return {
    batch: x.shape[0]!,
    channels: weight.shape[1]!,
    outputs: out.shape[1]! / groups,
    height: x.shape[2]!,
    width: x.shape[3]!,
    kernel: [weight.shape[2]!, weight.shape[3]!],
    out: [out.shape[2]!, out.shape[3]!],
  };
}

function matrix(data: Float32Array, offset: number, shape: readonly number[], strides: readonly number[]): Strided {
  return { storage: { data }, dtype: 'f32', shape, strides, offset };
}

/** Contiguous elements of a view. */
function dense(view: Strided): Float32Array {
  const { shape, strides } = view;
  const source = view.storage.data as Float32Array;
  const [n, c, h, w] = shape as [number, number, number, number];
  const out = new Float32Array(n * c * h * w);
  let o = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < c; j++)
      for (let y = 0; y < h; y++) {
        const row = view.offset + i * strides[0]! + j * strides[1]! + y * strides[2]!;
        for (let x = 0; x < w; x++) out[o++] = source[row + x * strides[3]!]!;
      }
  return out;
}

/** Calls `visit(position in the columns, position in the group's planes)` for every tap that lies inside the image. */
function eachTap(
  size: Sizes,
  { stride, padding, dilation }: Geometry,
  visit: (column: number, at: number) => void,
): void {
  const { channels, height, width, kernel, out } = size;
  let row = 0;
  for (let c = 0; c < channels; c++)
    for (let ky = 0; ky < kernel[0]; ky++)
      for (let kx = 0; kx < kernel[1]; kx++, row++)
        for (let oy = 0; oy < out[0]; oy++) {
          const y = oy * stride[0] - padding[0] + ky * dilation[0];
          if (y < 0 || y >= height) continue;
          const line = (c * height + y) * width;
          const column = (row * out[0] + oy) * out[1];
          for (let ox = 0; ox < out[1]; ox++) {
            const x = ox * stride[1] - padding[1] + kx * dilation[1];
            if (x >= 0 && x < width) visit(column + ox, line + x);
          }
        }
}

/** The columns of one image and group; taps in the padding stay 0. */
function gatherColumns(
  columns: Float32Array,
  image: Float32Array,
  start: number,
  size: Sizes,
  geometry: Geometry,
): void {
  columns.fill(0);
  eachTap(size, geometry, (column, at) => {
    columns[column] = image[start + at]!;
  });
}

export function conv2d(x: Strided, weight: Strided, out: Strided, geometry: Geometry, groups: number): void {
  const size = sizes(x, weight, out, groups);
  const { batch, channels, outputs } = size;
  const depth = channels * size.kernel[0] * size.kernel[1];
  const pixels = size.out[0] * size.out[1];
  const image = dense(x);
  const w = dense(weight);
  const columns = new Float32Array(depth * pixels);
  const target = out.storage.data as Float32Array;
  for (let n = 0; n < batch; n++)
    for (let g = 0; g < groups; g++) {
      gatherColumns(columns, image, (n * groups + g) * channels * size.height * size.width, size, geometry);
      matmul(
        matrix(w, g * outputs * depth, [outputs, depth], [depth, 1]),
        matrix(columns, 0, [depth, pixels], [pixels, 1]),
        matrix(target, out.offset + (n * groups + g) * outputs * pixels, [outputs, pixels], [pixels, 1]),
      );
    }
}

export function conv2dInputBackward(
  grad: Strided,
  weight: Strided,
  dx: Strided,
  geometry: Geometry,
  groups: number,
): void {
  const size = sizes(dx, weight, grad, groups);
  const { batch, channels, outputs } = size;
  const depth = channels * size.kernel[0] * size.kernel[1];
  const pixels = size.out[0] * size.out[1];
  const g = dense(grad);
  const w = dense(weight);
  const columns = new Float32Array(depth * pixels);
  const target = dx.storage.data as Float32Array;
  for (let n = 0; n < batch; n++)
    for (let group = 0; group < groups; group++) {
      matmul(
        matrix(w, group * outputs * depth, [depth, outputs], [1, depth]),
        matrix(g, (n * groups + group) * outputs * pixels, [outputs, pixels], [pixels, 1]),
        matrix(columns, 0, [depth, pixels], [pixels, 1]),
      );
      const start = dx.offset + (n * groups + group) * channels * size.height * size.width;
      eachTap(size, geometry, (column, at) => {
        target[start + at]! += columns[column]!;
      });
    }
}

export function conv2dWeightBackward(
  grad: Strided,
  x: Strided,
  dWeight: Strided,
  geometry: Geometry,
  groups: number,
): void {
  const size = sizes(x, dWeight, grad, groups);
  const { batch, channels, outputs } = size;
  const depth = channels * size.kernel[0] * size.kernel[1];
  const pixels = size.out[0] * size.out[1];
  const g = dense(grad);
  const image = dense(x);
  const columns = new Float32Array(depth * pixels);
  const part = new Float32Array(outputs * depth);
  const total = new Float64Array(count(dWeight.shape));
  for (let n = 0; n < batch; n++)
    for (let group = 0; group < groups; group++) {
      gatherColumns(columns, image, (n * groups + group) * channels * size.height * size.width, size, geometry);
      matmul(
        matrix(g, (n * groups + group) * outputs * pixels, [outputs, pixels], [pixels, 1]),
        matrix(columns, 0, [pixels, depth], [1, pixels]),
        matrix(part, 0, [outputs, depth], [depth, 1]),
      );
      const start = group * outputs * depth;
      for (let i = 0; i < part.length; i++) total[start + i]! += part[i]!;
    }
  dWeight.storage.data.set(total, dWeight.offset);
}
