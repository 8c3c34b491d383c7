/**
 * C = A · B in single precision. Structure after Goto & van de Geijn 2008, "Anatomy of high-performance matrix
 * multiplication": a block of B is packed by panels of eight columns, then six rows of A at a time (four without fused
 * multiply-add: V8 keeps 16 registers, of which 12 or 8 hold sums) go over all of its panels. Packing takes any strides, which
 * is why transposed operands cost what plain ones do.
 *
 * Rows of A are packed with each element in all four lanes, but for the wide tile (tile.ts). V8 needs two instructions to load an element into all lanes and
 * one to load a vector; what is saved counts where another thread shares the core (a tenth of the time, measured), and six
 * rows written so are a hundredth of what is computed with them.
 *
 * Every element of C is one sum from the first k to the last, wherever its tile lies: results do not depend on how a product
 * is cut by rows and columns.
 */
import { packB, packRows } from './packing';
import { micro, MR, NR, PACKED_A, PACKED_B } from './tile';

/** Depth of a packed block: rows of A stay in L1 while panels of B (KC × NR floats) go by. */
const KC: i32 = NR == 16 ? 256 : 192;
/** Columns of a packed block of B, which stays in L2. */
const NC: i32 = 512;

/** Bytes `gemm` packs into, from its address `work` on. */
export function gemmWorkspace(): i32 {
  return (MR * NR + KC * (NC + NR)) * 4 + KC * PACKED_A + PACKED_B + 64;
}

/** A tile that reaches over the border: its valid part is computed beside and copied back. */
function edge(
  kc: i32, ap: usize, bp: usize, c: usize, ldc: usize, from: usize, fromRow: usize, rows: i32, columns: i32, tile: usize,
): void {
  if (from == c) {
    copyTile(rows, columns, c, ldc, tile, PACKED_B);
    from = tile;
    fromRow = PACKED_B;
  }
  micro(kc, ap, bp, tile, PACKED_B, from, fromRow);
  copyTile(rows, columns, tile, PACKED_B, c, ldc);
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
  const tile = zeros + PACKED_B;
  const packedA = tile + MR * NR * 4;
  memory.fill(zeros, 0, PACKED_B);
  for (let i = 0; i < m; i += MR, a += MR * ar, c += <usize>MR * ldc) {
    const rows = min(MR, m - i);
    packRows(rows, kc, a, ar, ac, packedA);
    let bp = packedB, at = c;
    for (let j = 0; j < nc; j += NR, bp += <usize>(kc * PACKED_B), at += PACKED_B) {
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
      const at = to + packedAt(n, k, j, k0, kc) + <usize>((i - k0) * PACKED_B);
      packB(min(k0 + kc, row0 + rows) - i, nc, b + (i - row0) * br + (j - column0) * bc, br, bc, at, <usize>(kc * PACKED_B));
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
  const packedB = ((work + 15) & ~15) + PACKED_B + MR * NR * 4 + KC * PACKED_A;
  const ar = <i32>aRow << 2, ac = <i32>aColumn << 2, br = <i32>bRow << 2, bc = <i32>bColumn << 2, ldc = <usize>cRow << 2;
  for (let j = 0; j < n; j += NC) {
    const nc = min(NC, n - j);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kc = min(KC, k - k0);
      packB(kc, nc, b + k0 * br + j * bc, br, bc, packedB, <usize>(kc * PACKED_B));
      blockProduct(m, nc, kc, a + k0 * ac, ar, ac, packedB, c + (<usize>j << 2), ldc, startAt(start, j, k0), work);
    }
  }
}
