/**
 * Convolution with stride 1 without columns (Georganas et al. 2018, "Anatomy of high-performance deep learning convolutions on SIMD
 * architectures", is one of the same kind). Images are laid into planes with their border of zeros; an output pixel and its right-hand
 * neighbours are then at the same distance from each of their taps, so that a tap is a number added to an address.
 */
import { packA } from './packing';
import { MADD, madd, total } from './simd';
import { MR } from './tile';

/** Taps that are gone through at a time: their weights, in whole vectors, stay in L1. */
const KC: i32 = 192;
/** Outputs and taps whose sums are in registers at a time, in the gradient of the weights. */
const OUTPUTS: i32 = MADD ? 4 : 2;
const TAPS: i32 = 3;

// What the functions below share for a call: planes of `rows` × `pitch` floats, in which an image of h × w begins at (top, left);
// results of oh × ow; `taps` numbers from `table` on.
let planes: i32, h: i32, w: i32, top: i32, left: i32, rows: i32, pitch: i32;
let oh: i32, ow: i32;
let taps: i32;
let table: usize, padded: usize;

/**
 * Begins a call: `count` images h × w at (y0, x0) of planes planeRows × planePitch, results outRows × outColumns, a kernel of kh × kw.
 * `at` has room for directWorkspace floats. `backwards`: taps are met last to first, as the gradient of the input meets them.
 */
export function setDirect(
  count: i32, height: i32, width: i32, y0: i32, x0: i32, planeRows: i32, planePitch: i32, outRows: i32, outColumns: i32,
  kh: i32, kw: i32, dy: i32, dx: i32, backwards: bool, at: usize,
): void {
  planes = count; h = height; w = width; top = y0; left = x0; rows = planeRows; pitch = planePitch;
  oh = outRows; ow = outColumns;
  taps = planes * kh * kw;
  table = at;
  padded = at + ((<usize>taps * 4 + 15) & ~15);
  memory.fill(padded, 0, <usize>(planes * rows * pitch) << 2);
  let to = table;
  for (let c = 0; c < planes; c++)
    for (let i = 0; i < kh; i++)
      for (let j = 0; j < kw; j++, to += 4) {
        const y = (backwards ? kh - 1 - i : i) * dy, x = (backwards ? kw - 1 - j : j) * dx;
        store<i32>(to, ((c * rows + y) * pitch + x) << 2);
      }
}

/** Floats that a call needs from its `at` on: the table, the planes, and results of `outputs`. */
export function directWorkspace(count: i32, planeRows: i32, planePitch: i32, outRows: i32, kernel: i32, outputs: i32): i32 {
  return count * (kernel + planeRows * planePitch) + (outputs + MR) * outRows * (planePitch + 8) + 64;
}

/** Lays an image [planes, h, w] into the planes. */
function lay(image: usize): void {
  for (let c = 0; c < planes; c++)
    for (let y = 0; y < h; y++) {
      let to = padded + (<usize>((c * rows + top + y) * pitch + left) << 2);
      const end = image + (<usize>w << 2);
      for (; image + 16 <= end; image += 16, to += 16) v128.store(to, v128.load(image));
      for (; image < end; image += 4, to += 4) store<f32>(to, load<f32>(image));
    }
}

/** Behind the planes, where results stand with the planes' pitch. */
// @ts-ignore: decorator
@inline function results(): usize {
  return padded + ((<usize>(planes * rows * pitch) * 4 + 79) & ~15);
}

/** Floats of weights [outputs, taps] in whole vectors. */
export function directWeights(outputs: i32, count: i32): i32 {
  return (outputs + MR - 1) / MR * MR * count * 4;
}

/**
 * Weights in whole vectors, MR outputs at a time. Tap (plane, t) of output o is at weight + o · output + plane · step + t; `each` taps a
 * plane. In elements.
 */
export function packDirect(weight: usize, outputs: i32, output: i32, step: i32, each: i32, to: usize): void {
  for (let o = 0; o < outputs; o += MR)
    for (let c = 0; c < planes; c++, to += <usize>(each * MR) << 4)
      packA(min(MR, outputs - o), each, weight + (<usize>(o * output + c * step) << 2), output << 2, 4, to);
}

/** Twice four pixels, whose first taps are from `left` and from `right` on, of six outputs. */
function pixels6(count: i32, offsets: usize, ap: usize, left: usize, right: usize, c: usize, ldc: usize, onto: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0), c51 = f32x4.splat(0);
  if (onto) {
    let p = c;
    c00 = v128.load(p);
    c01 = v128.load(p, 16);
    p += ldc;
    c10 = v128.load(p);
    c11 = v128.load(p, 16);
    p += ldc;
    c20 = v128.load(p);
    c21 = v128.load(p, 16);
    p += ldc;
    c30 = v128.load(p);
    c31 = v128.load(p, 16);
    p += ldc;
    c40 = v128.load(p);
    c41 = v128.load(p, 16);
    p += ldc;
    c50 = v128.load(p);
    c51 = v128.load(p, 16);
  }
  let a: v128;
  for (const end = offsets + (<usize>count << 2); offsets < end; offsets += 4, ap += 96) {
    const tap = load<u32>(offsets);
    const b0 = v128.load(left + tap), b1 = v128.load(right + tap);
    a = v128.load(ap);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load(ap, 16);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load(ap, 32);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load(ap, 48);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a = v128.load(ap, 64);
    c40 = madd(a, b0, c40);
    c41 = madd(a, b1, c41);
    a = v128.load(ap, 80);
    c50 = madd(a, b0, c50);
    c51 = madd(a, b1, c51);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += ldc;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += ldc;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += ldc;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += ldc;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  c += ldc;
  v128.store(c, c50);
  v128.store(c, c51, 16);
}

/** Twice four pixels, whose first taps are from `left` and from `right` on, of four outputs. */
function pixels4(count: i32, offsets: usize, ap: usize, left: usize, right: usize, c: usize, ldc: usize, onto: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  if (onto) {
    let p = c;
    c00 = v128.load(p);
    c01 = v128.load(p, 16);
    p += ldc;
    c10 = v128.load(p);
    c11 = v128.load(p, 16);
    p += ldc;
    c20 = v128.load(p);
    c21 = v128.load(p, 16);
    p += ldc;
    c30 = v128.load(p);
    c31 = v128.load(p, 16);
  }
  let a: v128;
  for (const end = offsets + (<usize>count << 2); offsets < end; offsets += 4, ap += 64) {
    const tap = load<u32>(offsets);
    const b0 = v128.load(left + tap), b1 = v128.load(right + tap);
    a = v128.load(ap);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load(ap, 16);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load(ap, 32);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load(ap, 48);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += ldc;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += ldc;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += ldc;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/** Where the planes have the first tap of the q-th four pixels of a result. */
// @ts-ignore: decorator
@inline function four(q: i32): usize {
  const fours = (ow + 3) >> 2;
  const y = q / fours;
  return padded + (<usize>(y * pitch + ((q - y * fours) << 2)) << 2);
}

/** out [outputs, oh, ow] = image [planes, h, w] ⋆ weights, which `packDirect` has packed. Writes up to 12 bytes further. */
export function direct(image: usize, packed: usize, outputs: i32, out: usize): void {
  lay(image);
  // Results stand with their rows filled up to whole fours, and to an even number of those.
  const wide = ((ow + 3) & ~3) << 2;
  const n = oh * (wide >> 4);
  const to = results();
  const row = <usize>((n + 1) & ~1) << 4;
  for (let o = 0; o < outputs; o += MR, packed += <usize>(taps * MR) << 4) {
    for (let k = 0; k < taps; k += KC) {
      const count = min(KC, taps - k);
      const offsets = table + (<usize>k << 2);
      const ap = packed + (<usize>(k * MR) << 4);
      for (let q = 0; q < n; q += 2) {
        const left = four(q), right = four(min(q + 1, n - 1));
        const c = to + (<usize>q << 4);
        if (MR == 6) pixels6(count, offsets, ap, left, right, c, row, k > 0);
        else pixels4(count, offsets, ap, left, right, c, row, k > 0);
      }
    }
    for (let r = 0; r < min(MR, outputs - o); r++)
      for (let y = 0; y < oh; y++) {
        let s = to + <usize>r * row + <usize>(y * wide);
        const end = out + (<usize>ow << 2);
        for (; out < end; out += 16, s += 16) v128.store(out, v128.load(s));
        out = end;
      }
  }
}

/** Floats of the sums that `directWeightBackward` adds to. */
export function directSums(outputs: i32, count: i32): i32 {
  return ((outputs + OUTPUTS - 1) / OUTPUTS) * ((count + TAPS - 1) / TAPS) * OUTPUTS * TAPS * 4;
}

/** Adds an image's share, of which grad [outputs, oh, ow] is the upstream gradient, to `sums`: four for each output and tap. */
export function directWeightBackward(grad: usize, image: usize, outputs: i32, sums: usize): void {
  lay(image);
  // The gradient with the planes' pitch, zeros between the rows' ends and after the last.
  const n = (oh - 1) * pitch + ow;
  const from = results();
  const row = <usize>((n + 3) & ~3) << 2;
  memory.fill(from, 0, <usize>outputs * row);
  for (let o = 0; o < outputs; o++)
    for (let y = 0; y < oh; y++) {
      let to = from + <usize>o * row + (<usize>(y * pitch) << 2);
      const end = grad + (<usize>ow << 2);
      for (; grad + 16 <= end; grad += 16, to += 16) v128.store(to, v128.load(grad));
      for (; grad < end; grad += 4, to += 4) store<f32>(to, load<f32>(grad));
    }
  for (let o = 0; o < outputs; o += OUTPUTS) {
    const g0 = from + <usize>o * row;
    const g1 = from + <usize>min(o + 1, outputs - 1) * row;
    const g2 = from + <usize>min(o + 2, outputs - 1) * row;
    const g3 = from + <usize>min(o + 3, outputs - 1) * row;
    for (let k = 0; k < taps; k += TAPS, sums += 16 * OUTPUTS * TAPS) {
      const x0 = padded + load<u32>(table + (<usize>k << 2));
      const x1 = padded + load<u32>(table + (<usize>min(k + 1, taps - 1) << 2));
      const x2 = padded + load<u32>(table + (<usize>min(k + 2, taps - 1) << 2));
      if (MADD) sums4(g0, g1, g2, g3, x0, x1, x2, row, sums);
      else sums2(g0, g1, x0, x1, x2, row, sums);
    }
  }
}

/** Products of four rows with three, added to twelve vectors. */
function sums4(g0: usize, g1: usize, g2: usize, g3: usize, x0: usize, x1: usize, x2: usize, length: usize, sums: usize): void {
  let s00 = v128.load(sums), s01 = v128.load(sums, 16), s02 = v128.load(sums, 32);
  let s10 = v128.load(sums, 48), s11 = v128.load(sums, 64), s12 = v128.load(sums, 80);
  let s20 = v128.load(sums, 96), s21 = v128.load(sums, 112), s22 = v128.load(sums, 128);
  let s30 = v128.load(sums, 144), s31 = v128.load(sums, 160), s32 = v128.load(sums, 176);
  let g: v128;
  for (let p: usize = 0; p < length; p += 16) {
    const a = v128.load(x0 + p), b = v128.load(x1 + p), c = v128.load(x2 + p);
    g = v128.load(g0 + p);
    s00 = madd(g, a, s00);
    s01 = madd(g, b, s01);
    s02 = madd(g, c, s02);
    g = v128.load(g1 + p);
    s10 = madd(g, a, s10);
    s11 = madd(g, b, s11);
    s12 = madd(g, c, s12);
    g = v128.load(g2 + p);
    s20 = madd(g, a, s20);
    s21 = madd(g, b, s21);
    s22 = madd(g, c, s22);
    g = v128.load(g3 + p);
    s30 = madd(g, a, s30);
    s31 = madd(g, b, s31);
    s32 = madd(g, c, s32);
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums, s02, 32);
  v128.store(sums, s10, 48);
  v128.store(sums, s11, 64);
  v128.store(sums, s12, 80);
  v128.store(sums, s20, 96);
  v128.store(sums, s21, 112);
  v128.store(sums, s22, 128);
  v128.store(sums, s30, 144);
  v128.store(sums, s31, 160);
  v128.store(sums, s32, 176);
}

/** Products of two rows with three, added to six vectors. */
function sums2(g0: usize, g1: usize, x0: usize, x1: usize, x2: usize, length: usize, sums: usize): void {
  let s00 = v128.load(sums), s01 = v128.load(sums, 16), s02 = v128.load(sums, 32);
  let s10 = v128.load(sums, 48), s11 = v128.load(sums, 64), s12 = v128.load(sums, 80);
  for (let p: usize = 0; p < length; p += 16) {
    const a = v128.load(x0 + p), b = v128.load(x1 + p), c = v128.load(x2 + p);
    const g = v128.load(g0 + p), i = v128.load(g1 + p);
    s00 = madd(g, a, s00);
    s01 = madd(g, b, s01);
    s02 = madd(g, c, s02);
    s10 = madd(i, a, s10);
    s11 = madd(i, b, s11);
    s12 = madd(i, c, s12);
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums, s02, 32);
  v128.store(sums, s10, 48);
  v128.store(sums, s11, 64);
  v128.store(sums, s12, 80);
}

/** The sums that `directWeightBackward` has added to, each in one number: dWeight [outputs, taps]. */
export function directWeightResult(sums: usize, outputs: i32, dWeight: usize): void {
  for (let o = 0; o < outputs; o += OUTPUTS)
    for (let k = 0; k < taps; k += TAPS)
      for (let i = 0; i < OUTPUTS; i++)
        for (let j = 0; j < TAPS; j++, sums += 16) {
          if (o + i >= outputs || k + j >= taps) continue;
          const s = v128.load(sums);
          const all = total(f64x2.add(f64x2.promote_low_f32x4(s), f64x2.promote_low_f32x4(i64x2.shuffle(s, s, 1, 0))));
          store<f32>(dWeight + (<usize>((o + i) * taps + k + j) << 2), <f32>all);
        }
}
