/**
 * Random numbers as PyTorch draws them (`reference/random.ts` says how and from where): four at a time, to the same last bit. What
 * PyTorch rounds once is rounded once here too: by one instruction where the host fuses, else in double precision.
 */

/** Words of the Mersenne Twister. */
const SIZE: i32 = 624;
const SHIFT: i32 = 397;

/** a · b + c on this host, to find out whether it fuses: four of the same. */
export function multiplyAdd(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(fma<i32>(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)), 0);
}

/** a · b + c, rounded once. `T` is an integer where the host's own instruction does so. */
// @ts-ignore: decorator
@inline function fma<T>(a: v128, b: v128, c: v128): v128 {
  if (isInteger<T>()) {
    if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
    else return f32x4.add(c, f32x4.mul(a, b));
  } else return exact4(a, b, c);
}

function exact4(a: v128, b: v128, c: v128): v128 {
  const low = exact2(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b), f64x2.promote_low_f32x4(c));
  const high = exact2(upper(a), upper(b), upper(c));
  return i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

// @ts-ignore: decorator
@inline function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
}

/** Of floats in double precision: the product is exact, the sum rounded to odd. */
// @ts-ignore: decorator
@inline function exact2(a: v128, b: v128, c: v128): v128 {
  const product = f64x2.mul(a, b);
  const sum = f64x2.add(product, c);
  const added = f64x2.sub(sum, product);
  const error = f64x2.add(f64x2.sub(product, f64x2.sub(sum, added)), f64x2.sub(c, added));
  const one = i64x2.splat(1);
  // One up or down in size, where the last bit is even and something was rounded off.
  const step = v128.or(i64x2.shr_s(v128.xor(error, sum), 63), one);
  const even = i64x2.sub(v128.and(sum, one), one);
  const rounded = f64x2.ne(error, f64x2.splat(0));
  return i64x2.add(sum, v128.and(step, v128.and(even, rounded)));
}

// @ts-ignore: decorator
@inline function twisted4(words: v128, next: v128): v128 {
  const y = v128.or(v128.and(words, i32x4.splat(0x80000000)), v128.and(next, i32x4.splat(0x7fffffff)));
  const odd = i32x4.neg(v128.and(next, i32x4.splat(1)));
  return v128.xor(i32x4.shr_u(y, 1), v128.and(odd, i32x4.splat(0x9908b0df)));
}

// @ts-ignore: decorator
@inline function twisted(word: i32, next: i32): i32 {
  return (((word & 0x80000000) | (next & 0x7fffffff)) >>> 1) ^ (-(next & 1) & 0x9908b0df);
}

/** The next 624 words in place of these. */
function renew(words: usize): void {
  let p = words;
  // 227 words look ahead, of which 224 go by fours.
  for (let i = 0; i < 56; i++, p += 16)
    v128.store(p, v128.xor(v128.load(p, SHIFT * 4), twisted4(v128.load(p), v128.load(p, 4))));
  for (let i = 0; i < 3; i++, p += 4) store<i32>(p, load<i32>(p, SHIFT * 4) ^ twisted(load<i32>(p), load<i32>(p, 4)));
  // 396 look back, and the last one to both ends.
  for (let i = 0; i < 99; i++, p += 16)
    v128.store(p, v128.xor(v128.load(p - (SIZE - SHIFT) * 4), twisted4(v128.load(p), v128.load(p, 4))));
  store<i32>(p, load<i32>(words, (SHIFT - 1) * 4) ^ twisted(load<i32>(p), load<i32>(words)));
}

/** Uniform in [0, 1): the low 24 bits of four tempered words. */
// @ts-ignore: decorator
@inline function uniform4(words: usize): v128 {
  let y = v128.load(words);
  y = v128.xor(y, i32x4.shr_u(y, 11));
  y = v128.xor(y, v128.and(i32x4.shl(y, 7), i32x4.splat(0x9d2c5680)));
  y = v128.xor(y, v128.and(i32x4.shl(y, 15), i32x4.splat(0xefc60000)));
  y = v128.xor(y, i32x4.shr_u(y, 18));
  return f32x4.mul(f32x4.convert_i32x4_s(v128.and(y, i32x4.splat(0xffffff))), f32x4.splat(5.9604644775390625e-8));
}

/** n floats, uniform in [low, low + width); up to three more are written. Returns which of the words comes next; `at` does so at first. */
export function uniform(words: usize, at: i32, low: f32, width: f32, out: usize, n: i32, fused: bool): i32 {
  const from = f32x4.splat(low), by = f32x4.splat(width);
  const plain = low == 0 && width == 1;
  while (n > 0) {
    if (at == SIZE) {
      renew(words);
      at = 0;
    }
    const count = min(n, SIZE - at);
    let p = words + (<usize>at << 2), q = out;
    const end = out + (<usize>count << 2);
    if (plain) for (; q < end; p += 16, q += 16) v128.store(q, uniform4(p));
    else if (fused) for (; q < end; p += 16, q += 16) v128.store(q, fma<i32>(uniform4(p), by, from));
    else for (; q < end; p += 16, q += 16) v128.store(q, fma<f32>(uniform4(p), by, from));
    at += count;
    n -= count;
    out = end;
  }
  return at;
}

/** Box & Muller's transform of blocks of 16 uniform floats, in place. */
export function normal(v: usize, blocks: i32, mean: f32, std: f32, fused: bool): void {
  const m = f32x4.splat(mean), s = f32x4.splat(std);
  if (fused)
    for (; blocks > 0; blocks--, v += 64) {
      transform4<i32>(v, m, s);
      transform4<i32>(v + 16, m, s);
    }
  else
    for (; blocks > 0; blocks--, v += 64) {
      transform4<f32>(v, m, s);
      transform4<f32>(v + 16, m, s);
    }
}

// @ts-ignore: decorator
@inline function transform4<T>(v: usize, mean: v128, std: v128): void {
  const log = log4<T>(f32x4.sub(f32x4.splat(1), v128.load(v)));
  const radius = f32x4.sqrt(f32x4.mul(f32x4.splat(-2), log));
  const angle = f32x4.mul(f32x4.splat(6.283185307179586), v128.load(v, 32));
  // Cephes' single-precision sine and cosine of an angle of 0 or more.
  const turns = f32x4.mul(angle, f32x4.splat(1.27323954473516));
  let n: v128;
  if (ASC_FEATURE_RELAXED_SIMD) n = i32x4.relaxed_trunc_f32x4_s(turns);
  else n = i32x4.trunc_sat_f32x4_s(turns);
  n = v128.and(i32x4.add(n, i32x4.splat(1)), i32x4.splat(-2));
  const k = f32x4.convert_i32x4_s(n);
  let x = fma<T>(k, f32x4.splat(-0.78515625), angle);
  x = fma<T>(k, f32x4.splat(-2.4187564849853515625e-4), x);
  x = fma<T>(k, f32x4.splat(-3.77489497744594108e-8), x);
  const square = f32x4.mul(x, x);
  let c = fma<T>(f32x4.splat(2.443315711809948e-5), square, f32x4.splat(-1.388731625493765e-3));
  c = f32x4.mul(fma<T>(c, square, f32x4.splat(4.166664568298827e-2)), square);
  c = f32x4.add(fma<T>(c, square, f32x4.mul(square, f32x4.splat(-0.5))), f32x4.splat(1));
  let s = fma<T>(f32x4.splat(-1.9515295891e-4), square, f32x4.splat(8.3321608736e-3));
  s = f32x4.mul(fma<T>(s, square, f32x4.splat(-1.6666654611e-1)), square);
  s = fma<T>(s, x, x);
  const swapped = i32x4.shr_s(i32x4.shl(n, 30), 31);
  const four = i32x4.splat(4);
  const sine = v128.xor(v128.bitselect(c, s, swapped), i32x4.shl(v128.and(n, four), 29));
  const negative = v128.andnot(four, i32x4.sub(n, i32x4.splat(2)));
  const cosine = v128.xor(v128.bitselect(s, c, swapped), i32x4.shl(negative, 29));
  v128.store(v, fma<T>(f32x4.mul(radius, cosine), std, mean));
  v128.store(v, fma<T>(f32x4.mul(radius, sine), std, mean), 32);
}

/** Cephes' single-precision logarithm of floats above 0. */
// @ts-ignore: decorator
@inline function log4<T>(v: v128): v128 {
  const mantissa = v128.or(v128.and(v, i32x4.splat(0x7fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(mantissa, f32x4.splat(0.707106781186547524));
  const exponent = f32x4.convert_i32x4_s(
    i32x4.add(i32x4.sub(i32x4.shr_u(v, 23), i32x4.splat(126)), small),
  );
  const x = f32x4.add(f32x4.sub(mantissa, f32x4.splat(1)), v128.and(mantissa, small));
  const square = f32x4.mul(x, x);
  let y = fma<T>(f32x4.splat(7.0376836292e-2), x, f32x4.splat(-1.151461031e-1));
  y = fma<T>(y, x, f32x4.splat(1.167699874e-1));
  y = fma<T>(y, x, f32x4.splat(-1.2420140846e-1));
  y = fma<T>(y, x, f32x4.splat(1.4249322787e-1));
  y = fma<T>(y, x, f32x4.splat(-1.6668057665e-1));
  y = fma<T>(y, x, f32x4.splat(2.0000714765e-1));
  y = fma<T>(y, x, f32x4.splat(-2.4999993993e-1));
  y = fma<T>(y, x, f32x4.splat(3.3333331174e-1));
  y = fma<T>(f32x4.mul(y, x), square, f32x4.mul(exponent, f32x4.splat(-2.1219444e-4)));
  y = f32x4.sub(y, f32x4.mul(square, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(x, y), f32x4.mul(exponent, f32x4.splat(0.693359375)));
}
