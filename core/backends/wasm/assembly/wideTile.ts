/**
 * A tile of 6 × 16 of a product: c = from + a · bp over kc. A module of its own, with one function, because V8 compiles it in
 * an experimental way: with `--experimental-wasm-revectorize`, two vectors of 128 bits that lie side by side become one of 256, so
 * that the 24 sums fit its 16 registers. Without that they don't, and the tile is slower than the one of tile.ts.
 * Strides in bytes; `ap`: six elements a step; `bp`: sixteen.
 */
export function tile(kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, from: usize, fromRow: usize): void {
  let c00 = v128.load(from), c01 = v128.load(from, 16), c02 = v128.load(from, 32), c03 = v128.load(from, 48);
  from += fromRow;
  let c10 = v128.load(from), c11 = v128.load(from, 16), c12 = v128.load(from, 32), c13 = v128.load(from, 48);
  from += fromRow;
  let c20 = v128.load(from), c21 = v128.load(from, 16), c22 = v128.load(from, 32), c23 = v128.load(from, 48);
  from += fromRow;
  let c30 = v128.load(from), c31 = v128.load(from, 16), c32 = v128.load(from, 32), c33 = v128.load(from, 48);
  from += fromRow;
  let c40 = v128.load(from), c41 = v128.load(from, 16), c42 = v128.load(from, 32), c43 = v128.load(from, 48);
  from += fromRow;
  let c50 = v128.load(from), c51 = v128.load(from, 16), c52 = v128.load(from, 32), c53 = v128.load(from, 48);
  for (; kc > 0; kc--, ap += 24, bp += 64) {
    const b0 = v128.load(bp), b1 = v128.load(bp, 16), b2 = v128.load(bp, 32), b3 = v128.load(bp, 48);
    let a = v128.load32_splat(ap);
    c00 = f32x4.relaxed_madd(a, b0, c00);
    c01 = f32x4.relaxed_madd(a, b1, c01);
    c02 = f32x4.relaxed_madd(a, b2, c02);
    c03 = f32x4.relaxed_madd(a, b3, c03);
    a = v128.load32_splat(ap, 4);
    c10 = f32x4.relaxed_madd(a, b0, c10);
    c11 = f32x4.relaxed_madd(a, b1, c11);
    c12 = f32x4.relaxed_madd(a, b2, c12);
    c13 = f32x4.relaxed_madd(a, b3, c13);
    a = v128.load32_splat(ap, 8);
    c20 = f32x4.relaxed_madd(a, b0, c20);
    c21 = f32x4.relaxed_madd(a, b1, c21);
    c22 = f32x4.relaxed_madd(a, b2, c22);
    c23 = f32x4.relaxed_madd(a, b3, c23);
    a = v128.load32_splat(ap, 12);
    c30 = f32x4.relaxed_madd(a, b0, c30);
    c31 = f32x4.relaxed_madd(a, b1, c31);
    c32 = f32x4.relaxed_madd(a, b2, c32);
    c33 = f32x4.relaxed_madd(a, b3, c33);
    a = v128.load32_splat(ap, 16);
    c40 = f32x4.relaxed_madd(a, b0, c40);
    c41 = f32x4.relaxed_madd(a, b1, c41);
    c42 = f32x4.relaxed_madd(a, b2, c42);
    c43 = f32x4.relaxed_madd(a, b3, c43);
    a = v128.load32_splat(ap, 20);
    c50 = f32x4.relaxed_madd(a, b0, c50);
    c51 = f32x4.relaxed_madd(a, b1, c51);
    c52 = f32x4.relaxed_madd(a, b2, c52);
    c53 = f32x4.relaxed_madd(a, b3, c53);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  c += ldc;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  v128.store(c, c12, 32);
  v128.store(c, c13, 48);
  c += ldc;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  v128.store(c, c22, 32);
  v128.store(c, c23, 48);
  c += ldc;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  v128.store(c, c32, 32);
  v128.store(c, c33, 48);
  c += ldc;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  v128.store(c, c42, 32);
  v128.store(c, c43, 48);
  c += ldc;
  v128.store(c, c50);
  v128.store(c, c51, 16);
  v128.store(c, c52, 32);
  v128.store(c, c53, 48);
}
