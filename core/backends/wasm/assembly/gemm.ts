/**
 * C = A · B in single precision. Structure after Goto & van de Geijn 2008, "Anatomy of high-performance matrix
 * multiplication": a block of B is packed by panels of eight columns, then six rows of A at a time (four without fused
 * multiply-add: V8 keeps 16 registers, of which 12 or 8 hold sums) go over all of its panels. Packing takes any strides, which
 * is why transposed operands cost what plain ones do.
 *
 * Rows of A are packed with each element in all four lanes. V8 needs two instructions to load an element into all lanes and
 * one to load a vector; what is saved counts where another thread shares the core (a tenth of the time, measured), and six
 * rows written so are a hundredth of what is computed with them.
 *
 * Every element of C is one sum from the first k to the last, wherever its tile lies: results do not depend on how a product
 * is cut by rows and columns.
 */
import { MADD, madd, transposed0, transposed1, transposed2, transposed3 } from './simd';

export const MR: i32 = MADD ? 6 : 4;
export const NR: i32 = 8;
/** Depth of a packed block: rows of A (KC × MR vectors) stay in L1 while panels of B (KC × NR floats) go by. */
const KC: i32 = 192;
/** Columns of a packed block of B, which stays in L2. */
const NC: i32 = 512;

/** Bytes `gemm` packs into, from its address `work` on. */
export function gemmWorkspace(): i32 {
  return (MR * NR + KC * (NC + NR) + KC * MR * 4) * 4 + 96;
}

/**
 * Panels of NR columns, k-major inside a panel; the last one is filled up with zeros. Strides in bytes; `panel`: from panel to
 * panel where they are put.
 */
function packB(kc: i32, nc: i32, b: usize, row: i32, column: i32, dst: usize, panel: usize): void {
  let j = 0;
  // Two panels at a time, which share each line of the cache that they read.
  if (column == 4)
    for (; j + 2 * NR <= nc; j += 2 * NR, b += 8 * NR, dst += 2 * panel) {
      let s = b, to = dst, next = dst + panel;
      for (let k = 0; k < kc; k++, s += row, to += 32, next += 32) {
        v128.store(to, v128.load(s));
        v128.store(to, v128.load(s, 16), 16);
        v128.store(next, v128.load(s, 32));
        v128.store(next, v128.load(s, 48), 16);
      }
    }
  for (; j + NR <= nc; j += NR, b += NR * column, dst += panel) {
    let s = b, to = dst;
    let k = kc;
    if (row == 4)
      for (; k >= 4; k -= 4, s += 16, to += 128) {
        let r0 = v128.load(s), r1 = v128.load(s + column), r2 = v128.load(s + 2 * column), r3 = v128.load(s + 3 * column);
        v128.store(to, transposed0(r0, r1, r2, r3), 0);
        v128.store(to, transposed1(r0, r1, r2, r3), 32);
        v128.store(to, transposed2(r0, r1, r2, r3), 64);
        v128.store(to, transposed3(r0, r1, r2, r3), 96);
        const t = s + 4 * column;
        r0 = v128.load(t), r1 = v128.load(t + column), r2 = v128.load(t + 2 * column), r3 = v128.load(t + 3 * column);
        v128.store(to, transposed0(r0, r1, r2, r3), 16);
        v128.store(to, transposed1(r0, r1, r2, r3), 48);
        v128.store(to, transposed2(r0, r1, r2, r3), 80);
        v128.store(to, transposed3(r0, r1, r2, r3), 112);
      }
    for (; k > 0; k--, s += row, to += 32) {
      let t = s;
      for (let x = 0; x < 32; x += 4, t += column) store<f32>(to + x, load<f32>(t));
    }
  }
  if (j == nc) return;
  const rest = (nc - j) * 4;
  for (let k = 0; k < kc; k++, b += row, dst += 32) {
    let t = b;
    for (let x = 0; x < 32; x += 4, t += column) store<f32>(dst + x, x < rest ? load<f32>(t) : 0);
  }
}

/** `rows` ≤ MR rows, k-major, each element in all four lanes; rows that are missing repeat the last one. Strides in bytes. */
export function packA(rows: i32, kc: i32, a: usize, row: i32, column: i32, dst: usize): void {
  const a1 = min(1, rows - 1) * row, a2 = min(2, rows - 1) * row, a3 = min(3, rows - 1) * row;
  const a4 = min(4, rows - 1) * row, a5 = min(5, rows - 1) * row;
  let k = kc;
  if (column == 4)
    for (; k >= 4; k -= 4, a += 16, dst += 64 * MR) {
      spread(a, dst);
      spread(a + a1, dst + 16);
      spread(a + a2, dst + 32);
      spread(a + a3, dst + 48);
      if (MR == 6) {
        spread(a + a4, dst + 64);
        spread(a + a5, dst + 80);
      }
    }
  for (; k > 0; k--, a += column, dst += 16 * MR) {
    v128.store(dst, v128.load32_splat(a));
    v128.store(dst, v128.load32_splat(a + a1), 16);
    v128.store(dst, v128.load32_splat(a + a2), 32);
    v128.store(dst, v128.load32_splat(a + a3), 48);
    if (MR == 6) {
      v128.store(dst, v128.load32_splat(a + a4), 64);
      v128.store(dst, v128.load32_splat(a + a5), 80);
    }
  }
}

/** Four elements of a row, each into all lanes of its vector. */
// @ts-ignore: decorator
@inline function spread(row: usize, dst: usize): void {
  const x = v128.load(row);
  v128.store(dst, i32x4.shuffle(x, x, 0, 0, 0, 0));
  v128.store(dst, i32x4.shuffle(x, x, 1, 1, 1, 1), 16 * MR);
  v128.store(dst, i32x4.shuffle(x, x, 2, 2, 2, 2), 32 * MR);
  v128.store(dst, i32x4.shuffle(x, x, 3, 3, 3, 3), 48 * MR);
}

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
@inline function micro(kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, from: usize, fromRow: usize): void {
  if (MR == 6) micro6(kc, ap, bp, c, ldc, from, fromRow);
  else micro4(kc, ap, bp, c, ldc, from, fromRow);
}

/** A tile that reaches over the border: its valid part is computed beside and copied back. */
function edge(
  kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, from: usize, fromRow: usize, rows: i32, columns: i32, tile: usize,
): void {
  if (from == c) {
    copyTile(rows, columns, c, ldc, tile, 32);
    from = tile;
    fromRow = 32;
  }
  micro(kc, ap, bp, tile, 32, from, fromRow);
  copyTile(rows, columns, tile, 32, c, ldc);
}

function copyTile(rows: i32, columns: i32, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  for (let i = 0; i < rows; i++, from += fromRow, to += toRow)
    for (let j = 0; j < columns * 4; j += 4) store<f32>(to + j, load<f32>(from + j));
}

/** What the sums of a product begin with: nothing, what is there, or else the address of a row that is the same for all rows. */
const NOTHING: usize = 0;
export const WHAT_IS_THERE: usize = 1;

/** A block of B, packed, times the rows of A that meet it: c [m, nc] = start + a [m, kc] · packedB. Strides in bytes. */
function blockProduct(
  m: i32, nc: i32, kc: i32, a: usize, ar: i32, ac: i32, packedB: usize, c: usize, ldc: usize, start: usize, work: usize,
): void {
  const zeros = (work + 15) & ~15;
  const tile = zeros + 32;
  const packedA = tile + MR * NR * 4;
  v128.store(zeros, i64x2.splat(0));
  v128.store(zeros, i64x2.splat(0), 16);
  for (let i = 0; i < m; i += MR, a += MR * ar, c += <usize>MR * ldc) {
    const rows = min(MR, m - i);
    packA(rows, kc, a, ar, ac, packedA);
    let bp = packedB, at = c;
    for (let j = 0; j < nc; j += NR, bp += <usize>kc << 5, at += 32) {
      const columns = min(NR, nc - j);
      const from = start == NOTHING ? zeros : start == WHAT_IS_THERE ? at : start + (<usize>j << 2);
      const fromRow = start == WHAT_IS_THERE ? ldc : 0;
      if (rows < MR || columns < NR) edge(kc, packedA, bp, at, ldc, from, fromRow, rows, columns, tile);
      else micro(kc, packedA, bp, at, ldc, from, fromRow);
    }
  }
}

/** `start` of a block whose first column is j and whose first k is k0. */
// @ts-ignore: decorator
@inline function startAt(start: usize, j: i32, k0: i32): usize {
  return k0 > 0 ? WHAT_IS_THERE : start > WHAT_IS_THERE ? start + (<usize>j << 2) : start;
}

/** Floats of a B [k, n] that is packed once for many products. */
export function packedLength(n: i32, k: i32): i32 {
  return ((n + NR - 1) & ~(NR - 1)) * k + 16;
}

/** Where a packed B [k, n] has its panel of column j, a multiple of NR, in the block of depth `kc` that begins at k0. */
// @ts-ignore: decorator
@inline function packedAt(n: i32, k: i32, j: i32, k0: i32, kc: i32): usize {
  const j0 = j / NC * NC;
  const width = (min(NC, n - j0) + NR - 1) & ~(NR - 1);
  return <usize>(j0 * k + k0 * width + (j - j0) * kc) << 2;
}

/**
 * Puts a part of B [k, n] where it stands in the packed whole: rows [row0, row0 + rows) of columns [column0, column0 + columns),
 * of which `b` is the first element. column0 is a multiple of NR, and so is `columns` unless it reaches to n. Strides in
 * elements; `to` is a multiple of 16.
 */
export function pack(
  n: i32, k: i32, row0: i32, rows: i32, column0: i32, columns: i32, b: usize, bRow: i32, bColumn: i32, to: usize,
): void {
  const br = <i32>bRow << 2, bc = <i32>bColumn << 2;
  for (let j = column0; j < column0 + columns; j += NC - j % NC) {
    const nc = min(NC - j % NC, column0 + columns - j);
    for (let i = row0; i < row0 + rows; i += KC - i % KC) {
      const k0 = i - i % KC;
      const kc = min(KC, k - k0);
      const at = to + packedAt(n, k, j, k0, kc) + (<usize>(i - k0) << 5);
      packB(min(k0 + kc, row0 + rows) - i, nc, b + (i - row0) * br + (j - column0) * bc, br, bc, at, <usize>kc << 5);
    }
  }
}

/** Columns [column0, column0 + columns) of C [m, n] = start + A [m, k] · B, which `pack` has packed; column0 is a multiple of NR. */
export function gemmPacked(
  m: i32, n: i32, k: i32, column0: i32, columns: i32,
  a: usize, aRow: i32, aColumn: i32, packed: usize, c: usize, cRow: i32, start: usize, work: usize,
): void {
  const ar = <i32>aRow << 2, ac = <i32>aColumn << 2, ldc = <usize>cRow << 2;
  for (let j = column0; j < column0 + columns; j += NC - j % NC) {
    const nc = min(NC - j % NC, column0 + columns - j);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kc = min(KC, k - k0);
      const block = packed + packedAt(n, k, j, k0, kc);
      blockProduct(m, nc, kc, a + k0 * ac, ar, ac, block, c + (<usize>j << 2), ldc, startAt(start, j, k0), work);
    }
  }
}

/** C [m, n] = start + A [m, k] · B [k, n]. Strides in elements; rows of C are contiguous. `work`: see gemmWorkspace. */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  start: usize,
  work: usize,
): void {
  const packedB = ((work + 15) & ~15) + 32 + MR * NR * 4 + KC * MR * 16;
  const ar = <i32>aRow << 2, ac = <i32>aColumn << 2, br = <i32>bRow << 2, bc = <i32>bColumn << 2, ldc = <usize>cRow << 2;
  for (let j = 0; j < n; j += NC) {
    const nc = min(NC, n - j);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kc = min(KC, k - k0);
      packB(kc, nc, b + k0 * br + j * bc, br, bc, packedB, <usize>kc << 5);
      blockProduct(m, nc, kc, a + k0 * ac, ar, ac, packedB, c + (<usize>j << 2), ldc, startAt(start, j, k0), work);
    }
  }
}
