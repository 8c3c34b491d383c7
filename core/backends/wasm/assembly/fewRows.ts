/** Products of a few rows, where packing would cost more than multiplying: a step of a model that writes word by word. */
import { madd } from './simd';

/** The sum of a vector's lanes. */
// @ts-ignore: decorator
@inline function across(x: v128): f32 {
  const y = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(y, 0) + f32x4.extract_lane(y, 1);
}

/**
 * C [m, n] = A [m, k] · Bᵀ, where rows of A and of Bᵀ [n, k] are contiguous, and the bias where its address is not 0. Strides from row to
 * row in elements.
 */
export function fewRows(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, b: usize, bRow: i32, c: usize, cRow: i32, bias: usize,
): void {
  const step = <usize>bRow << 2;
  const whole = k & ~3;
  for (let j = 0; j < n; j += 4, b += 4 * step, bias += bias ? 16 : 0) {
    const count = min(4, n - j);
    const b1 = <usize>min(1, count - 1) * step, b2 = <usize>min(2, count - 1) * step, b3 = <usize>min(3, count - 1) * step;
    for (let i = 0; i < m; i++) {
      let p = a + (<usize>(i * aRow) << 2), q = b;
      let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
      for (const end = p + (<usize>whole << 2); p < end; p += 16, q += 16) {
        const x = v128.load(p);
        s0 = madd(x, v128.load(q), s0);
        s1 = madd(x, v128.load(q + b1), s1);
        s2 = madd(x, v128.load(q + b2), s2);
        s3 = madd(x, v128.load(q + b3), s3);
      }
      let t0 = across(s0), t1 = across(s1), t2 = across(s2), t3 = across(s3);
      for (let r = whole; r < k; r++, p += 4, q += 4) {
        const x = load<f32>(p);
        t0 += x * load<f32>(q);
        t1 += x * load<f32>(q + b1);
        t2 += x * load<f32>(q + b2);
        t3 += x * load<f32>(q + b3);
      }
      const to = c + (<usize>(i * cRow + j) << 2);
      for (let l = 0; l < count; l++) {
        const t = l == 0 ? t0 : l == 1 ? t1 : l == 2 ? t2 : t3;
        const at = <usize>l << 2;
        store<f32>(to + at, bias ? load<f32>(bias + at) + t : t);
      }
    }
  }
}
