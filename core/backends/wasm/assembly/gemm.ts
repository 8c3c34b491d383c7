/**
 * C = A · B in single precision. Structure after Goto & van de Geijn 2008, "Anatomy of high-performance matrix
 * multiplication": B is packed by panels of eight columns, A by panels of six rows (four without fused multiply-add: V8 keeps
 * 16 registers, of which 12 or 8 hold sums), so that the micro-kernel reads both straight through. Packing takes any
 * strides, which is why transposed operands cost what plain ones do.
 */
import { MADD, madd, transposed0, transposed1, transposed2, transposed3 } from './simd';

export const MR: i32 = MADD ? 6 : 4;
export const NR: i32 = 8;
/** Depth of a packed block: a panel of B (KC × NR floats) stays in L1. */
const KC: i32 = 384;
/** Rows of a packed block of A, which stays in L2. */
const MC: i32 = 96;
/** Columns of a packed block of B, which stays in L3. */
const NC: i32 = 1024;

/** Bytes `gemm` packs into, from its address `work` on. */
export function gemmWorkspace(): i32 {
  return (MR * NR + KC * (NC + NR) + KC * (MC + MR)) * 4 + 64;
}

/** Panels of NR columns, k-major inside a panel; the last one is filled up with zeros. Strides in bytes. */
function packB(kc: i32, nc: i32, b: usize, row: i32, column: i32, dst: usize): void {
  let j = 0;
  for (; j + NR <= nc; j += NR, b += NR * column) {
    let s = b;
    let k = 0;
    if (column == 4) {
      for (; k < kc; k++, s += row, dst += 32) {
        v128.store(dst, v128.load(s));
        v128.store(dst, v128.load(s, 16), 16);
      }
    } else if (row == 4) {
      for (; k + 4 <= kc; k += 4, s += 16, dst += 128) {
        let r0 = v128.load(s), r1 = v128.load(s + column), r2 = v128.load(s + 2 * column), r3 = v128.load(s + 3 * column);
        v128.store(dst, transposed0(r0, r1, r2, r3), 0);
        v128.store(dst, transposed1(r0, r1, r2, r3), 32);
        v128.store(dst, transposed2(r0, r1, r2, r3), 64);
        v128.store(dst, transposed3(r0, r1, r2, r3), 96);
        const t = s + 4 * column;
        r0 = v128.load(t), r1 = v128.load(t + column), r2 = v128.load(t + 2 * column), r3 = v128.load(t + 3 * column);
        v128.store(dst, transposed0(r0, r1, r2, r3), 16);
        v128.store(dst, transposed1(r0, r1, r2, r3), 48);
        v128.store(dst, transposed2(r0, r1, r2, r3), 80);
        v128.store(dst, transposed3(r0, r1, r2, r3), 112);
      }
    }
    for (; k < kc; k++, s += row, dst += 32) {
      let t = s;
      for (let x = 0; x < 32; x += 4, t += column) store<f32>(dst + x, load<f32>(t));
    }
  }
  if (j == nc) return;
  const rest = (nc - j) * 4;
  for (let k = 0; k < kc; k++, b += row, dst += 32) {
    let t = b;
    for (let x = 0; x < 32; x += 4, t += column) store<f32>(dst + x, x < rest ? load<f32>(t) : 0);
  }
}

/** Panels of MR rows, k-major inside a panel; the last one is filled up with zeros. Strides in bytes. */
function packA(mc: i32, kc: i32, a: usize, row: i32, column: i32, dst: usize): void {
  let i = 0;
  for (; i + MR <= mc; i += MR, a += MR * row) {
    let s = a;
    let k = 0;
    if (column == 4) {
      for (; k + 4 <= kc; k += 4, s += 16, dst += 16 * MR) {
        const r0 = v128.load(s), r1 = v128.load(s + row), r2 = v128.load(s + 2 * row), r3 = v128.load(s + 3 * row);
        v128.store(dst, transposed0(r0, r1, r2, r3), 0);
        v128.store(dst, transposed1(r0, r1, r2, r3), 4 * MR);
        v128.store(dst, transposed2(r0, r1, r2, r3), 8 * MR);
        v128.store(dst, transposed3(r0, r1, r2, r3), 12 * MR);
        if (MR == 6) {
          const r4 = v128.load(s + 4 * row), r5 = v128.load(s + 5 * row);
          const low = i32x4.shuffle(r4, r5, 0, 4, 1, 5), high = i32x4.shuffle(r4, r5, 2, 6, 3, 7);
          v128.store64_lane(dst, low, 0, 16);
          v128.store64_lane(dst, low, 1, 16 + 4 * MR);
          v128.store64_lane(dst, high, 0, 16 + 8 * MR);
          v128.store64_lane(dst, high, 1, 16 + 12 * MR);
        }
      }
    } else if (row == 4) {
      for (; k < kc; k++, s += column, dst += 4 * MR) {
        v128.store(dst, v128.load(s));
        if (MR == 6) store<i64>(dst, load<i64>(s, 16), 16);
      }
    }
    for (; k < kc; k++, s += column, dst += 4 * MR) {
      let t = s;
      for (let x = 0; x < 4 * MR; x += 4, t += row) store<f32>(dst + x, load<f32>(t));
    }
  }
  if (i == mc) return;
  const rest = (mc - i) * 4;
  for (let k = 0; k < kc; k++, a += column, dst += 4 * MR) {
    let t = a;
    for (let x = 0; x < 4 * MR; x += 4, t += row) store<f32>(dst + x, x < rest ? load<f32>(t) : 0);
  }
}

/**
 * A tile of 6 × 8: c (+)= apᵀ · bp over kc, two steps a turn. The `break` between them keeps the compilers from pulling the second
 * step's loads before the first one's sums, for which there are no registers.
 */
function micro6(kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0), c51 = f32x4.splat(0);
  let a: v128, b0: v128, b1: v128;
  for (let k = kc; k > 0; k -= 2, ap += 48, bp += 64) {
    b0 = v128.load(bp), b1 = v128.load(bp, 16);
    a = v128.load32_splat(ap, 0);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load32_splat(ap, 4);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load32_splat(ap, 8);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load32_splat(ap, 12);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a = v128.load32_splat(ap, 16);
    c40 = madd(a, b0, c40);
    c41 = madd(a, b1, c41);
    a = v128.load32_splat(ap, 20);
    c50 = madd(a, b0, c50);
    c51 = madd(a, b1, c51);
    if (k == 1) break;
    b0 = v128.load(bp, 32), b1 = v128.load(bp, 48);
    a = v128.load32_splat(ap, 24);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load32_splat(ap, 28);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load32_splat(ap, 32);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load32_splat(ap, 36);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a = v128.load32_splat(ap, 40);
    c40 = madd(a, b0, c40);
    c41 = madd(a, b1, c41);
    a = v128.load32_splat(ap, 44);
    c50 = madd(a, b0, c50);
    c51 = madd(a, b1, c51);
  }
  if (accumulate) {
    let p = c;
    c00 = f32x4.add(c00, v128.load(p));
    c01 = f32x4.add(c01, v128.load(p, 16));
    p += ldc;
    c10 = f32x4.add(c10, v128.load(p));
    c11 = f32x4.add(c11, v128.load(p, 16));
    p += ldc;
    c20 = f32x4.add(c20, v128.load(p));
    c21 = f32x4.add(c21, v128.load(p, 16));
    p += ldc;
    c30 = f32x4.add(c30, v128.load(p));
    c31 = f32x4.add(c31, v128.load(p, 16));
    p += ldc;
    c40 = f32x4.add(c40, v128.load(p));
    c41 = f32x4.add(c41, v128.load(p, 16));
    p += ldc;
    c50 = f32x4.add(c50, v128.load(p));
    c51 = f32x4.add(c51, v128.load(p, 16));
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

/** A tile of 4 × 8: c (+)= apᵀ · bp over kc. */
function micro4(kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let a: v128, b0: v128, b1: v128;
  for (let k = kc; k > 0; k -= 2, ap += 32, bp += 64) {
    b0 = v128.load(bp), b1 = v128.load(bp, 16);
    a = v128.load32_splat(ap, 0);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load32_splat(ap, 4);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load32_splat(ap, 8);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load32_splat(ap, 12);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    if (k == 1) break;
    b0 = v128.load(bp, 32), b1 = v128.load(bp, 48);
    a = v128.load32_splat(ap, 16);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load32_splat(ap, 20);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load32_splat(ap, 24);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load32_splat(ap, 28);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
  }
  if (accumulate) {
    let p = c;
    c00 = f32x4.add(c00, v128.load(p));
    c01 = f32x4.add(c01, v128.load(p, 16));
    p += ldc;
    c10 = f32x4.add(c10, v128.load(p));
    c11 = f32x4.add(c11, v128.load(p, 16));
    p += ldc;
    c20 = f32x4.add(c20, v128.load(p));
    c21 = f32x4.add(c21, v128.load(p, 16));
    p += ldc;
    c30 = f32x4.add(c30, v128.load(p));
    c31 = f32x4.add(c31, v128.load(p, 16));
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

/** A tile that reaches over the border: computed whole beside, its valid part copied. */
function edge(kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, accumulate: bool, rows: i32, columns: i32, tile: usize): void {
  if (MR == 6) micro6(kc, ap, bp, tile, 32, false);
  else micro4(kc, ap, bp, tile, 32, false);
  for (let i = 0; i < rows; i++, c += ldc, tile += 32)
    for (let j = 0; j < columns * 4; j += 4) {
      const value = load<f32>(tile + j);
      store<f32>(c + j, accumulate ? load<f32>(c + j) + value : value);
    }
}

/** A block of B, packed, times the rows of A that meet it: c [m, nc] (+)= a [m, kc] · packedB. Strides in bytes. */
function blockProduct(
  m: i32, nc: i32, kc: i32, a: usize, ar: i32, ac: i32, packedB: usize, c: usize, ldc: usize, onto: bool, packedA: usize, tile: usize,
): void {
  for (let i0 = 0; i0 < m; i0 += MC) {
    const mc = min(MC, m - i0);
    packA(mc, kc, a + i0 * ar, ar, ac, packedA);
    for (let j = 0; j < nc; j += NR) {
      const columns = min(NR, nc - j);
      const bp = packedB + (<usize>(j * kc) << 2);
      let ap = packedA;
      let at = c + <usize>i0 * ldc + (<usize>j << 2);
      for (let i = 0; i < mc; i += MR, ap += <usize>(kc * 4 * MR), at += ldc * MR) {
        const rows = min(MR, mc - i);
        if (rows < MR || columns < NR) edge(kc, ap, bp, at, ldc, onto, rows, columns, tile);
        else if (MR == 6) micro6(kc, ap, bp, at, ldc, onto);
        else micro4(kc, ap, bp, at, ldc, onto);
      }
    }
  }
}

/** C [m, n] (+)= A [m, k] · B [k, n]. Strides in elements; rows of C are contiguous. `work`: see gemmWorkspace. */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  accumulate: bool,
  work: usize,
): void {
  const tile = (work + 15) & ~15;
  const packedB = tile + MR * NR * 4;
  const packedA = packedB + KC * (NC + NR) * 4;
  const ar = <i32>aRow << 2, ac = <i32>aColumn << 2, br = <i32>bRow << 2, bc = <i32>bColumn << 2;
  const ldc = <usize>cRow << 2;
  for (let j0 = 0; j0 < n; j0 += NC) {
    const nc = min(NC, n - j0);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kc = min(KC, k - k0);
      packB(kc, nc, b + k0 * br + j0 * bc, br, bc, packedB);
      blockProduct(m, nc, kc, a + k0 * ac, ar, ac, packedB, c + (<usize>j0 << 2), ldc, k0 > 0 || accumulate, packedA, tile);
    }
  }
}

/** Floats of a B [k, n] that is packed once for many products. */
export function packedLength(n: i32, k: i32): i32 {
  return ((n + NR - 1) & ~(NR - 1)) * k + 16;
}

/** All blocks of B [k, n], in the order in which `gemmPacked` meets them. `to` is a multiple of 16. */
export function pack(n: i32, k: i32, b: usize, bRow: i32, bColumn: i32, to: usize): void {
  const br = <i32>bRow << 2, bc = <i32>bColumn << 2;
  for (let j0 = 0; j0 < n; j0 += NC) {
    const nc = min(NC, n - j0);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kc = min(KC, k - k0);
      packB(kc, nc, b + k0 * br + j0 * bc, br, bc, to);
      to += <usize>(((nc + NR - 1) & ~(NR - 1)) * kc) << 2;
    }
  }
}

/** C [m, n] (+)= A [m, k] · B, which `pack` has packed. */
export function gemmPacked(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, packed: usize, c: usize, cRow: i32, accumulate: bool, work: usize,
): void {
  const tile = (work + 15) & ~15;
  const packedA = tile + MR * NR * 4;
  const ar = <i32>aRow << 2, ac = <i32>aColumn << 2;
  for (let j0 = 0; j0 < n; j0 += NC) {
    const nc = min(NC, n - j0);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kc = min(KC, k - k0);
      blockProduct(m, nc, kc, a + k0 * ac, ar, ac, packed, c + (<usize>j0 << 2), <usize>cRow << 2, k0 > 0 || accumulate, packedA, tile);
      packed += <usize>(((nc + NR - 1) & ~(NR - 1)) * kc) << 2;
    }
  }
}
