/**
 * Convolution (cross-correlation) as matrix products over columns (im2col; Chellapilla, Puri & Simard 2006), a few rows of
 * the output at a time, so that the columns stay in L2 and their memory is bounded. Images are [channels, height, width]
 * of one group; `columns` has room for channels · kh · kw · rows · ow floats.
 */
import { gemm } from './gemm';

// The layer under way: fixed for all images of a call, so that the functions below stay readable.
let channels: i32, height: i32, width: i32;
let kh: i32, kw: i32, oh: i32, ow: i32;
let sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32;

export function setConvolution(
  c: i32, h: i32, w: i32, kernelRows: i32, kernelColumns: i32, outRows: i32, outColumns: i32,
  strideY: i32, strideX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32,
): void {
  channels = c; height = h; width = w;
  kh = kernelRows; kw = kernelColumns; oh = outRows; ow = outColumns;
  sy = strideY; sx = strideX; py = padY; px = padX; dy = dilationY; dx = dilationX;
}

/** First output column whose tap at offset `at` (from the window's start) lies inside the image, and the one after the last. */
// @ts-ignore: decorator
@inline function firstInside(at: i32): i32 {
  return at >= 0 ? 0 : (sx - 1 - at) / sx;
}
// @ts-ignore: decorator
@inline function endInside(at: i32): i32 {
  return at >= width ? 0 : min(ow, (width - 1 - at) / sx + 1);
}

/** Windows of output rows [from, from + rows) as columns [channels · kh · kw, rows · ow]. Writes up to 12 bytes further. */
function gather(image: usize, columns: usize, from: i32, rows: i32): void {
  const zero = f32x4.splat(0);
  let to = columns;
  for (let c = 0; c < channels; c++)
    for (let ky = 0; ky < kh; ky++)
      for (let kx = 0; kx < kw; kx++) {
        const at = kx * dx - px;
        const low = firstInside(at);
        const high = max(low, endInside(at));
        for (let r = from; r < from + rows; r++) {
          const end = to + (<usize>ow << 2);
          const y = r * sy - py + ky * dy;
          if (y < 0 || y >= height || low >= ow) {
            for (; to < end; to += 16) v128.store(to, zero);
          } else {
            let s = image + (<usize>((c * height + y) * width + at + low * sx) << 2);
            const stop = end - (<usize>(ow - high) << 2);
            for (let x = 0; x < low; x++, to += 4) store<f32>(to, 0);
            if (sx == 1) for (; to < stop; to += 16, s += 16) v128.store(to, v128.load(s));
            else for (; to < stop; to += 4, s += <usize>sx << 2) store<f32>(to, load<f32>(s));
            for (to = stop; to < end; to += 16) v128.store(to, zero);
          }
          to = end;
        }
      }
}

/** Adds columns back onto the pixels they came from. */
function scatter(columns: usize, image: usize, from: i32, rows: i32): void {
  let s = columns;
  for (let c = 0; c < channels; c++)
    for (let ky = 0; ky < kh; ky++)
      for (let kx = 0; kx < kw; kx++) {
        const at = kx * dx - px;
        const low = firstInside(at);
        const high = max(low, endInside(at));
        for (let r = from; r < from + rows; r++, s += <usize>ow << 2) {
          const y = r * sy - py + ky * dy;
          if (y < 0 || y >= height) continue;
          let to = image + (<usize>((c * height + y) * width + at + low * sx) << 2);
          let p = s + (<usize>low << 2);
          const stop = s + (<usize>high << 2);
          if (sx == 1) for (; p + 16 <= stop; p += 16, to += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(p)));
          for (; p < stop; p += 4, to += <usize>sx << 2) store<f32>(to, load<f32>(to) + load<f32>(p));
        }
      }
}

/** Where the columns are the image itself: one tap, not moved. */
// @ts-ignore: decorator
@inline function pointwise(): bool {
  return kh == 1 && kw == 1 && sy == 1 && sx == 1 && py == 0 && px == 0 && oh == height && ow == width;
}

/** out [batch, groups · outputs, oh, ow] = x ⋆ weight [groups · outputs, channels, kh, kw]; `rows` of the output at a time. */
export function conv2d(
  x: usize, weight: usize, out: usize, batch: i32, groups: i32, outputs: i32, columns: usize, rows: i32, work: usize,
): void {
  const depth = channels * kh * kw;
  const pixels = oh * ow;
  for (let n = 0; n < batch; n++)
    for (let g = 0; g < groups; g++) {
      const image = x + (<usize>((n * groups + g) * channels * height * width) << 2);
      const w = weight + (<usize>(g * outputs * depth) << 2);
      const to = out + (<usize>((n * groups + g) * outputs * pixels) << 2);
      if (pointwise()) gemm(outputs, pixels, depth, w, depth, 1, image, pixels, 1, to, pixels, false, work);
      else
        for (let r = 0; r < oh; r += rows) {
          const part = min(rows, oh - r);
          gather(image, columns, r, part);
          gemm(outputs, part * ow, depth, w, depth, 1, columns, part * ow, 1, to + (<usize>(r * ow) << 2), pixels, false, work);
        }
    }
}

/** dx (zeros before) from the upstream gradient. */
export function conv2dInputBackward(
  grad: usize, weight: usize, dx: usize, batch: i32, groups: i32, outputs: i32, columns: usize, rows: i32, work: usize,
): void {
  const depth = channels * kh * kw;
  const pixels = oh * ow;
  for (let n = 0; n < batch; n++)
    for (let g = 0; g < groups; g++) {
      const image = dx + (<usize>((n * groups + g) * channels * height * width) << 2);
      const w = weight + (<usize>(g * outputs * depth) << 2);
      const from = grad + (<usize>((n * groups + g) * outputs * pixels) << 2);
      for (let r = 0; r < oh; r += rows) {
        const part = min(rows, oh - r);
        gemm(depth, part * ow, outputs, w, 1, depth, from + (<usize>(r * ow) << 2), pixels, 1, columns, part * ow, false, work);
        scatter(columns, image, r, part);
      }
    }
}

/** Adds to dWeight (zeros before the first image). */
export function conv2dWeightBackward(
  grad: usize, x: usize, dWeight: usize, batch: i32, groups: i32, outputs: i32, columns: usize, rows: i32, work: usize,
): void {
  const depth = channels * kh * kw;
  const pixels = oh * ow;
  for (let n = 0; n < batch; n++)
    for (let g = 0; g < groups; g++) {
      const image = x + (<usize>((n * groups + g) * channels * height * width) << 2);
      const w = dWeight + (<usize>(g * outputs * depth) << 2);
      const from = grad + (<usize>((n * groups + g) * outputs * pixels) << 2);
      for (let r = 0; r < oh; r += rows) {
        const part = min(rows, oh - r);
        gather(image, columns, r, part);
        gemm(outputs, depth, part * ow, from + (<usize>(r * ow) << 2), pixels, 1, columns, 1, part * ow, w, depth, true, work);
      }
    }
}
