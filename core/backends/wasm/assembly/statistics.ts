/** What a trace says of a tensor. */
import { total } from './simd';

/**
 * One pass over n floats. Writes to `out` as doubles: Σ (x − pivot), Σ (x − pivot)², Σ x², the smallest, the largest, the
 * number of zeros. Returns whether all are finite; where one is not, what was written is worth nothing.
 */
export function statistics(x: usize, n: i32, pivot: f64, out: usize): bool {
  const p = f64x2.splat(pivot);
  const zero = f32x4.splat(0);
  let sum = f64x2.splat(0), squares = f64x2.splat(0), raw = f64x2.splat(0);
  let low = f32x4.splat(Infinity), high = f32x4.splat(-Infinity);
  let zeros = i32x4.splat(0), odd = i32x4.splat(0);
  const whole = n & ~3;
  for (let k = 0; k < whole; k += 4, x += 16) {
    const v = v128.load(x);
    // NaN and infinities are the only numbers whose difference to themselves is not 0.
    odd = v128.or(odd, f32x4.sub(v, v));
    zeros = i32x4.sub(zeros, f32x4.eq(v, zero));
    low = f32x4.pmin(low, v);
    high = f32x4.pmax(high, v);
    const a = f64x2.promote_low_f32x4(v), b = f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 0));
    const da = f64x2.sub(a, p), db = f64x2.sub(b, p);
    sum = f64x2.add(sum, f64x2.add(da, db));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(da, da), f64x2.mul(db, db)));
    raw = f64x2.add(raw, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
  }
  let s = total(sum), q = total(squares), r = total(raw);
  let least = min(min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)), min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3)));
  let most = max(max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)), max(f32x4.extract_lane(high, 2), f32x4.extract_lane(high, 3)));
  let count = i32x4.extract_lane(zeros, 0) + i32x4.extract_lane(zeros, 1) + i32x4.extract_lane(zeros, 2) + i32x4.extract_lane(zeros, 3);
  let finite = !v128.any_true(odd);
  for (let k = whole; k < n; k++, x += 4) {
    const v = load<f32>(x);
    if (v - v != 0) finite = false;
    if (v == 0) count++;
    least = min(least, v);
    most = max(most, v);
    const d = <f64>v - pivot;
    s += d;
    q += d * d;
    r += <f64>v * <f64>v;
  }
  store<f64>(out, s);
  store<f64>(out, q, 8);
  store<f64>(out, r, 16);
  store<f64>(out, <f64>least, 24);
  store<f64>(out, <f64>most, 32);
  store<f64>(out, <f64>count, 40);
  return finite;
}
