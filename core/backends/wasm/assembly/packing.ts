/** Operands of a product in the order in which its tiles read them. */
import { transposed0, transposed1, transposed2, transposed3 } from './simd';
import { MR, NR, PACKED_B } from './tile';

/**
 * Panels of NR columns, k-major inside a panel; the last one is filled up with zeros. Strides in bytes; `panel`: from panel to
 * panel where they are put.
 */
export function packB(kc: i32, nc: i32, b: usize, row: i32, column: i32, dst: usize, panel: usize): void {
  let j = 0;
  // Sixteen columns at a time, whole lines of the cache: one panel, or else two.
  if (column == 4)
    for (; j + 16 <= nc; j += 16, b += 64, dst += NR == 16 ? panel : 2 * panel) {
      const beside: usize = NR == 16 ? 32 : panel;
      for (let k = 0, s = b, to = dst; k < kc; k++, s += row, to += PACKED_B) {
        v128.store(to, v128.load(s));
        v128.store(to, v128.load(s, 16), 16);
        v128.store(to + beside, v128.load(s, 32));
        v128.store(to + beside, v128.load(s, 48), 16);
      }
    }
  for (; j + NR <= nc; j += NR, b += NR * column, dst += panel) {
    let s = b, to = dst;
    let k = kc;
    if (row == 4)
      for (; k >= 4; k -= 4, s += 16, to += 4 * PACKED_B)
        for (let x = 0, t = s; x < PACKED_B; x += 16, t += 4 * column) {
          const r0 = v128.load(t), r1 = v128.load(t + column), r2 = v128.load(t + 2 * column), r3 = v128.load(t + 3 * column);
          v128.store(to + x, transposed0(r0, r1, r2, r3));
          v128.store(to + x, transposed1(r0, r1, r2, r3), PACKED_B);
          v128.store(to + x, transposed2(r0, r1, r2, r3), 2 * PACKED_B);
          v128.store(to + x, transposed3(r0, r1, r2, r3), 3 * PACKED_B);
        }
    for (; k > 0; k--, s += row, to += PACKED_B) {
      let t = s;
      for (let x = 0; x < PACKED_B; x += 4, t += column) store<f32>(to + x, load<f32>(t));
    }
  }
  if (j == nc) return;
  const rest = (nc - j) * 4;
  for (let k = 0; k < kc; k++, b += row, dst += PACKED_B) {
    let t = b;
    for (let x = 0; x < PACKED_B; x += 4, t += column) store<f32>(dst + x, x < rest ? load<f32>(t) : 0);
  }
}

/** `rows` ≤ MR rows as a tile reads them; rows that are missing repeat the last one. Strides in bytes. */
// @ts-ignore: decorator
@inline export function packRows(rows: i32, kc: i32, a: usize, row: i32, column: i32, dst: usize): void {
  if (NR == 16) packSix(rows, kc, a, row, column, dst);
  else packA(rows, kc, a, row, column, dst);
}

/** `rows` ≤ 6 rows, k-major; see packRows. */
function packSix(rows: i32, kc: i32, a: usize, row: i32, column: i32, dst: usize): void {
  const a1 = min(1, rows - 1) * row, a2 = min(2, rows - 1) * row, a3 = min(3, rows - 1) * row;
  const a4 = min(4, rows - 1) * row, a5 = min(5, rows - 1) * row;
  let k = kc;
  if (column == 4)
    for (; k >= 4; k -= 4, a += 16, dst += 96) {
      const r0 = v128.load(a), r1 = v128.load(a + a1), r2 = v128.load(a + a2), r3 = v128.load(a + a3);
      const r4 = v128.load(a + a4), r5 = v128.load(a + a5);
      v128.store(dst, transposed0(r0, r1, r2, r3));
      v128.store(dst, transposed1(r0, r1, r2, r3), 24);
      v128.store(dst, transposed2(r0, r1, r2, r3), 48);
      v128.store(dst, transposed3(r0, r1, r2, r3), 72);
      const first = i32x4.shuffle(r4, r5, 0, 4, 1, 5), last = i32x4.shuffle(r4, r5, 2, 6, 3, 7);
      v128.store64_lane(dst, first, 0, 16);
      v128.store64_lane(dst, first, 1, 40);
      v128.store64_lane(dst, last, 0, 64);
      v128.store64_lane(dst, last, 1, 88);
    }
  else if (row == 4 && rows == 6)
    for (; k > 0; k--, a += column, dst += 24) {
      v128.store(dst, v128.load(a));
      store<u64>(dst, load<u64>(a, 16), 16);
    }
  for (; k > 0; k--, a += column, dst += 24) {
    store<f32>(dst, load<f32>(a));
    store<f32>(dst, load<f32>(a + a1), 4);
    store<f32>(dst, load<f32>(a + a2), 8);
    store<f32>(dst, load<f32>(a + a3), 12);
    store<f32>(dst, load<f32>(a + a4), 16);
    store<f32>(dst, load<f32>(a + a5), 20);
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
