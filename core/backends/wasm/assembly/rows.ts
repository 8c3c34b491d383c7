/** Softmax and layer norm, row by row. Sums run in double precision, two lanes at a time. */
import { exp4 } from './math';
import { addWide, madd, storeFirst, total } from './simd';

/** The largest of a row; NaN is passed over here and comes back through the sum. */
// @ts-ignore: decorator
@inline function rowMax(x: usize, n: i32): f32 {
  let best: f32 = -Infinity;
  let k = 0;
  if (n >= 4) {
    let m = v128.load(x);
    for (k = 4; k + 4 <= n; k += 4) m = f32x4.pmax(m, v128.load(x + (<usize>k << 2)));
    best = max(max(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1)), max(f32x4.extract_lane(m, 2), f32x4.extract_lane(m, 3)));
  }
  for (; k < n; k++) best = max(best, load<f32>(x + (<usize>k << 2)));
  return best;
}

/** The first `rest` lanes; the others 0. */
// @ts-ignore: decorator
@inline function firstLanes(v: v128, rest: i32): v128 {
  return v128.and(v, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rest)));
}

// @ts-ignore: decorator
@inline function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** In place. What lies after a row must be readable; it is not written. */
export function softmax(x: usize, rows: i32, n: i32): void {
  const whole = n & ~3;
  for (let r = 0; r < rows; r++, x += <usize>n << 2) {
    const top = rowMax(x, n);
    const m = f32x4.splat(top);
    let sum = f64x2.splat(0);
    for (let k = 0; k < whole; k += 4) {
      const p = x + (<usize>k << 2);
      const e = exp4(f32x4.sub(v128.load(p), m));
      v128.store(p, e);
      sum = addWide(sum, e);
    }
    let all = total(sum);
    for (let k = whole; k < n; k++) {
      const p = x + (<usize>k << 2);
      const e = exp1(load<f32>(p) - top);
      store<f32>(p, e);
      all += <f64>e;
    }
    const scale = <f32>(1 / all);
    const s = f32x4.splat(scale);
    for (let k = 0; k < whole; k += 4) {
      const p = x + (<usize>k << 2);
      v128.store(p, f32x4.mul(v128.load(p), s));
    }
    for (let k = whole; k < n; k++) {
      const p = x + (<usize>k << 2);
      store<f32>(p, load<f32>(p) * scale);
    }
  }
}

/** In place. */
export function logSoftmax(x: usize, rows: i32, n: i32): void {
  const whole = n & ~3;
  for (let r = 0; r < rows; r++, x += <usize>n << 2) {
    const top = rowMax(x, n);
    const m = f32x4.splat(top);
    let sum = f64x2.splat(0);
    for (let k = 0; k < whole; k += 4) sum = addWide(sum, exp4(f32x4.sub(v128.load(x + (<usize>k << 2)), m)));
    let all = total(sum);
    for (let k = whole; k < n; k++) all += <f64>exp1(load<f32>(x + (<usize>k << 2)) - top);
    const log = <f32>Math.log(all);
    const l = f32x4.splat(log);
    for (let k = 0; k < whole; k += 4) {
      const p = x + (<usize>k << 2);
      v128.store(p, f32x4.sub(f32x4.sub(v128.load(p), m), l));
    }
    for (let k = whole; k < n; k++) {
      const p = x + (<usize>k << 2);
      store<f32>(p, load<f32>(p) - top - log);
    }
  }
}

/** Onto `g`, the upstream gradient: y · (g − Σ g y), of the logarithm g − eʸ Σ g. */
export function softmaxBackward(g: usize, y: usize, rows: i32, n: i32, log: bool): void {
  const whole = n & ~3;
  const bytes = <usize>n << 2;
  for (let r = 0; r < rows; r++, g += bytes, y += bytes) {
    let sum = f64x2.splat(0);
    for (let k = 0; k < whole; k += 4) {
      const u = v128.load(g + (<usize>k << 2));
      sum = addWide(sum, log ? u : f32x4.mul(u, v128.load(y + (<usize>k << 2))));
    }
    let all = total(sum);
    for (let k = whole; k < n; k++) {
      const u = load<f32>(g + (<usize>k << 2));
      all += log ? <f64>u : <f64>u * <f64>load<f32>(y + (<usize>k << 2));
    }
    const s = f32x4.splat(<f32>all);
    for (let k = 0; k < n; k += 4) {
      const p = g + (<usize>k << 2);
      const u = v128.load(p);
      const v = v128.load(y + (<usize>k << 2));
      const d = log ? f32x4.sub(u, f32x4.mul(exp4(v), s)) : f32x4.mul(v, f32x4.sub(u, s));
      if (k < whole) v128.store(p, d);
      else {
        store<f32>(p, f32x4.extract_lane(d, 0));
        if (n - k > 1) store<f32>(p, f32x4.extract_lane(d, 1), 4);
        if (n - k > 2) store<f32>(p, f32x4.extract_lane(d, 2), 8);
      }
    }
  }
}

/** (x − center)² of four floats, added to two doubles: squares of what f32 holds do not fit into it. */
// @ts-ignore: decorator
@inline function addSquares(sum: v128, x: v128, center: v128): v128 {
  const a = f64x2.sub(f64x2.promote_low_f32x4(x), center);
  const b = f64x2.sub(f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0)), center);
  return f64x2.add(sum, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
}

/** In place over [rows, n]; `weight` and `bias` may be 0 (none). A mean is kept as two floats, so that a large offset cancels. */
export function layerNorm(x: usize, rows: i32, n: i32, weight: usize, bias: usize, eps: f64, mean: usize, rstd: usize): void {
  const whole = n & ~3;
  const rest = n - whole;
  for (let r = 0; r < rows; r++, x += <usize>n << 2, mean += 4, rstd += 4) {
    let sum = f64x2.splat(0);
    for (let k = 0; k < whole; k += 4) sum = addWide(sum, v128.load(x + (<usize>k << 2)));
    if (rest > 0) sum = addWide(sum, firstLanes(v128.load(x + (<usize>whole << 2)), rest));
    const m = total(sum) / <f64>n;
    const high = <f32>m;
    const m1 = f32x4.splat(high);
    const m2 = f32x4.splat(<f32>(m - <f64>high));
    const center = f64x2.splat(m);
    let squares = f64x2.splat(0);
    for (let k = 0; k < whole; k += 4) squares = addSquares(squares, v128.load(x + (<usize>k << 2)), center);
    if (rest > 0) {
      const last = x + (<usize>whole << 2);
      for (let k = 0; k < rest; k++) {
        const d = <f64>load<f32>(last + (<usize>k << 2)) - m;
        squares = f64x2.replace_lane(squares, 0, f64x2.extract_lane(squares, 0) + d * d);
      }
    }
    const scale = <f32>(1 / Math.sqrt(total(squares) / <f64>n + eps));
    store<f32>(mean, high);
    store<f32>(rstd, scale);
    const s = f32x4.splat(scale);
    for (let k = 0; k < n; k += 4) {
      const at = <usize>k << 2;
      let y = f32x4.mul(f32x4.sub(f32x4.sub(v128.load(x + at), m1), m2), s);
      if (weight) y = f32x4.mul(y, v128.load(weight + at));
      if (bias) y = f32x4.add(y, v128.load(bias + at));
      if (k < whole) v128.store(x + at, y);
      else storeFirst(x + at, y, rest);
    }
  }
}

/**
 * Onto `x`: ∂L/∂x. `dWeight` and `dBias` are rows of n doubles (rounded up to a multiple of 4) that grow by this block's
 * part.
 */
export function layerNormBackward(
  g: usize, x: usize, rows: i32, n: i32, weight: usize, mean: usize, rstd: usize, dWeight: usize, dBias: usize,
): void {
  const whole = n & ~3;
  const rest = n - whole;
  const bytes = <usize>n << 2;
  for (let r = 0; r < rows; r++, g += bytes, x += bytes, mean += 4, rstd += 4) {
    const m = v128.load32_splat(mean);
    const s = v128.load32_splat(rstd);
    let sum = f64x2.splat(0);
    let product = f64x2.splat(0);
    for (let k = 0; k < n; k += 4) {
      const at = <usize>k << 2;
      let u = v128.load(g + at);
      let h = f32x4.mul(f32x4.sub(v128.load(x + at), m), s);
      if (k == whole) {
        u = firstLanes(u, rest);
        h = firstLanes(h, rest);
      }
      const p = dWeight + 2 * at;
      const uh = f32x4.mul(u, h);
      v128.store(p, f64x2.add(v128.load(p), f64x2.promote_low_f32x4(uh)));
      v128.store(p, f64x2.add(v128.load(p, 16), f64x2.promote_low_f32x4(i64x2.shuffle(uh, uh, 1, 0))), 16);
      const q = dBias + 2 * at;
      v128.store(q, f64x2.add(v128.load(q), f64x2.promote_low_f32x4(u)));
      v128.store(q, f64x2.add(v128.load(q, 16), f64x2.promote_low_f32x4(i64x2.shuffle(u, u, 1, 0))), 16);
      if (weight) u = f32x4.mul(u, k == whole ? firstLanes(v128.load(weight + at), rest) : v128.load(weight + at));
      sum = addWide(sum, u);
      product = addWide(product, f32x4.mul(u, h));
    }
    const meanD = f32x4.splat(<f32>(total(sum) / <f64>n));
    const meanDx = f32x4.splat(<f32>(total(product) / <f64>n));
    for (let k = 0; k < n; k += 4) {
      const at = <usize>k << 2;
      const h = f32x4.mul(f32x4.sub(v128.load(x + at), m), s);
      let u = v128.load(g + at);
      if (weight) u = f32x4.mul(u, v128.load(weight + at));
      const d = f32x4.mul(s, f32x4.sub(f32x4.sub(u, meanD), f32x4.mul(h, meanDx)));
      if (k < whole) v128.store(x + at, d);
      else storeFirst(x + at, d, rest);
    }
  }
}
