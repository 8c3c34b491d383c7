/** A tile of a product in registers, 6 × 16, 6 × 8 or 4 × 8: what all of `gemm` is for. */
import { MADD, madd } from './simd';

/** Rows and columns of a tile. V8 keeps 16 registers, of which 12 (or 8, without fused multiply-add) hold sums. */
export const MR: i32 = MADD ? 6 : 4;
export const NR: i32 = WIDE ? 16 : 8;
/** From column to column of a packed row of tiles: an element of A is there once, or in all lanes of a vector (see gemm.ts). */
export const PACKED_A: i32 = WIDE ? MR << 2 : MR << 4;
/** The same of B. */
export const PACKED_B: i32 = NR << 2;

/** See wideTile.ts: a module of its own, which a host may compile in its own way. */
// @ts-ignore: decorator
@external("tile", "tile")
declare function wideTile(kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, from: usize, fromRow: usize): void;

/**
 * A tile of 6 × 8: c = from + a · bp over kc, four steps a turn. The `break` between them keeps the compilers from pulling a step's
 * loads before the sums of the one before, for which there are no registers.
 */
function micro6(kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, from: usize, fromRow: usize): void {
  let c00 = v128.load(from), c01 = v128.load(from, 16);
  from += fromRow;
  let c10 = v128.load(from), c11 = v128.load(from, 16);
  from += fromRow;
  let c20 = v128.load(from), c21 = v128.load(from, 16);
  from += fromRow;
  let c30 = v128.load(from), c31 = v128.load(from, 16);
  from += fromRow;
  let c40 = v128.load(from), c41 = v128.load(from, 16);
  from += fromRow;
  let c50 = v128.load(from), c51 = v128.load(from, 16);
  let a: v128, b0: v128, b1: v128;
  for (let k = kc; k > 0; k -= 4, ap += 384, bp += 128) {
    b0 = v128.load(bp), b1 = v128.load(bp, 16);
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
    if (k == 1) break;
    b0 = v128.load(bp, 32), b1 = v128.load(bp, 48);
    a = v128.load(ap, 96);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load(ap, 112);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load(ap, 128);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load(ap, 144);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a = v128.load(ap, 160);
    c40 = madd(a, b0, c40);
    c41 = madd(a, b1, c41);
    a = v128.load(ap, 176);
    c50 = madd(a, b0, c50);
    c51 = madd(a, b1, c51);
    if (k == 2) break;
    b0 = v128.load(bp, 64), b1 = v128.load(bp, 80);
    a = v128.load(ap, 192);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load(ap, 208);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load(ap, 224);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load(ap, 240);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a = v128.load(ap, 256);
    c40 = madd(a, b0, c40);
    c41 = madd(a, b1, c41);
    a = v128.load(ap, 272);
    c50 = madd(a, b0, c50);
    c51 = madd(a, b1, c51);
    if (k == 3) break;
    b0 = v128.load(bp, 96), b1 = v128.load(bp, 112);
    a = v128.load(ap, 288);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load(ap, 304);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load(ap, 320);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load(ap, 336);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a = v128.load(ap, 352);
    c40 = madd(a, b0, c40);
    c41 = madd(a, b1, c41);
    a = v128.load(ap, 368);
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

/** A tile of 4 × 8. */
function micro4(kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, from: usize, fromRow: usize): void {
  let c00 = v128.load(from), c01 = v128.load(from, 16);
  from += fromRow;
  let c10 = v128.load(from), c11 = v128.load(from, 16);
  from += fromRow;
  let c20 = v128.load(from), c21 = v128.load(from, 16);
  from += fromRow;
  let c30 = v128.load(from), c31 = v128.load(from, 16);
  let a: v128, b0: v128, b1: v128;
  for (let k = kc; k > 0; k -= 4, ap += 256, bp += 128) {
    b0 = v128.load(bp), b1 = v128.load(bp, 16);
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
    if (k == 1) break;
    b0 = v128.load(bp, 32), b1 = v128.load(bp, 48);
    a = v128.load(ap, 64);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load(ap, 80);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load(ap, 96);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load(ap, 112);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    if (k == 2) break;
    b0 = v128.load(bp, 64), b1 = v128.load(bp, 80);
    a = v128.load(ap, 128);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load(ap, 144);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load(ap, 160);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load(ap, 176);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    if (k == 3) break;
    b0 = v128.load(bp, 96), b1 = v128.load(bp, 112);
    a = v128.load(ap, 192);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load(ap, 208);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load(ap, 224);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load(ap, 240);
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

// @ts-ignore: decorator
@inline export function micro(kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, from: usize, fromRow: usize): void {
  if (WIDE) wideTile(kc, ap, bp, c, ldc, from, fromRow);
  else if (MR == 6) micro6(kc, ap, bp, c, ldc, from, fromRow);
  else micro4(kc, ap, bp, c, ldc, from, fromRow);
}
