/**
 * Elementary functions of four floats at once. `f32x4.min/max`, `nearest` and `trunc_sat` are several instructions on x64:
 * `pmin/pmax` (whose first operand is kept when the comparison fails, so NaN survives) and rounding by a magic number are one.
 */
import { madd } from './simd';

/** eˣ: Cephes' expf. 0 below the normal numbers, ∞ above the largest. */
// @ts-ignore: decorator
@inline export function exp4(x: v128): v128 {
  const y = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.7228)), f32x4.splat(-87.3365));
  // Adding 1.5·2²³ leaves the nearest integer in the low bits.
  const t = madd(y, f32x4.splat(1.44269504088896341), f32x4.splat(12582912.0));
  const k = f32x4.sub(t, f32x4.splat(12582912.0));
  let r = madd(k, f32x4.splat(-0.693359375), y);
  r = madd(k, f32x4.splat(2.12194440e-4), r);
  let p = madd(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = madd(f32x4.mul(p, r), r, f32x4.add(r, f32x4.splat(1)));
  let z = i32x4.add(p, i32x4.shl(t, 23));
  z = v128.andnot(z, f32x4.lt(x, f32x4.splat(-87.3365)));
  z = v128.bitselect(f32x4.splat(Infinity), z, f32x4.gt(x, f32x4.splat(88.7228)));
  return v128.bitselect(x, z, f32x4.ne(x, x));
}

/** 1 / (1 + e⁻ˣ) */
// @ts-ignore: decorator
@inline export function sigmoid4(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))));
}

/** Eigen's rational approximation (odd degree 13 over even degree 6), ±1 from 9 on. */
// @ts-ignore: decorator
@inline export function tanh4(x: v128): v128 {
  const y = f32x4.pmax(f32x4.pmin(x, f32x4.splat(7.90531110763549805)), f32x4.splat(-7.90531110763549805));
  const s = f32x4.mul(y, y);
  let p = madd(s, f32x4.splat(-2.76076847742355e-16), f32x4.splat(2.00018790482477e-13));
  p = madd(s, p, f32x4.splat(-8.60467152213735e-11));
  p = madd(s, p, f32x4.splat(5.12229709037114e-8));
  p = madd(s, p, f32x4.splat(1.48572235717979e-5));
  p = madd(s, p, f32x4.splat(6.37261928875436e-4));
  p = madd(s, p, f32x4.splat(4.89352455891786e-3));
  p = f32x4.mul(y, p);
  let q = madd(s, f32x4.splat(1.19825839466702e-6), f32x4.splat(1.18534705686654e-4));
  q = madd(s, q, f32x4.splat(2.2684346324390e-3));
  q = madd(s, q, f32x4.splat(4.89352518554385e-3));
  const r = f32x4.div(p, q);
  const size = f32x4.abs(x);
  const one = v128.or(f32x4.splat(1), v128.and(x, f32x4.splat(-0.0)));
  const far = v128.bitselect(one, r, f32x4.gt(size, f32x4.splat(9)));
  return v128.bitselect(x, far, f32x4.lt(size, f32x4.splat(0.0004)));
}

/** erfc(x) for x ≥ 0 with a relative error below 1.2e-7 (Press et al., Numerical Recipes, §6.2, erfcc). */
// @ts-ignore: decorator
@inline function erfcPositive4(x: v128): v128 {
  const t = f32x4.div(f32x4.splat(1), madd(x, f32x4.splat(0.5), f32x4.splat(1)));
  let p = madd(t, f32x4.splat(0.17087277), f32x4.splat(-0.82215223));
  p = madd(t, p, f32x4.splat(1.48851587));
  p = madd(t, p, f32x4.splat(-1.13520398));
  p = madd(t, p, f32x4.splat(0.27886807));
  p = madd(t, p, f32x4.splat(-0.18628806));
  p = madd(t, p, f32x4.splat(0.09678418));
  p = madd(t, p, f32x4.splat(0.37409196));
  p = madd(t, p, f32x4.splat(1.00002368));
  p = madd(t, p, f32x4.splat(-1.26551223));
  return f32x4.mul(t, exp4(f32x4.sub(p, f32x4.mul(x, x))));
}

/** The error function: its series near 0, else 1 − erfc. */
// @ts-ignore: decorator
@inline export function erf4(x: v128): v128 {
  const s = f32x4.mul(x, x);
  let p = madd(s, f32x4.splat(1.2055332e-4), f32x4.splat(-8.5483270e-4));
  p = madd(s, p, f32x4.splat(5.2239776e-3));
  p = madd(s, p, f32x4.splat(-2.6866171e-2));
  p = madd(s, p, f32x4.splat(1.1283792e-1));
  p = madd(s, p, f32x4.splat(-3.7612639e-1));
  p = madd(s, p, f32x4.splat(1.1283792));
  const near = f32x4.mul(x, p);
  const size = f32x4.abs(x);
  const far = v128.or(f32x4.sub(f32x4.splat(1), erfcPositive4(size)), v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(0.5)));
}

/** Φ(x), the standard normal's distribution: ½ erfc(−x/√2), good to its last digits in the lower tail too. */
// @ts-ignore: decorator
@inline export function phi4(x: v128): v128 {
  const q = f32x4.mul(f32x4.splat(0.5), erfcPositive4(f32x4.mul(f32x4.abs(x), f32x4.splat(0.70710678118654752))));
  return v128.bitselect(f32x4.sub(f32x4.splat(1), q), q, f32x4.gt(x, f32x4.splat(0)));
}
