/**
 * softmax(Q Kᵀ · scale + mask) V for every head of every element of a batch (Vaswani et al. 2017, eq. 1), a block of queries at
 * a time: no map of all queries by all keys is ever in memory, and backward computes each block's weights again (Dao et al.
 * 2022, "FlashAttention", section 3, with whole rows of keys). Operands lie wherever their layer left them: an element's steps
 * from batch to batch, head to head and row to row are told, its width runs without gaps.
 */
import { gemm } from './gemm';
import { softmax, softmaxBackward } from './rows';
import { argument, floatArgument, ownThread } from './threads';

/** Queries of a block. */
const BLOCK: i32 = 96;

// Arguments, by their place; operands have an address and steps from batch to batch, head to head and row to row.
const HEADS: i32 = 0;
const QUERIES: i32 = 1;
const KEYS: i32 = 2;
const WIDTH: i32 = 3;
const VALUE_WIDTH: i32 = 4;
const SCALE: i32 = 5;
const CAUSAL: i32 = 6;
/** Address (0: none), steps from batch to batch, head to head, row to row, column to column. */
const MASK: i32 = 7;
/** Address of room for scores, and bytes of it for each thread. */
const SCORES: i32 = 12;
const Q: i32 = 14;
const K: i32 = 18;
const V: i32 = 22;
/** The output, or its gradient. */
const OUT: i32 = 26;
const DQ: i32 = 30;
const DK: i32 = 34;
const DV: i32 = 38;

/** Floats that a thread wants for scores; backward wants them twice. */
export function attentionWorkspace(queries: i32, keys: i32): i32 {
  return (min(BLOCK, queries) * keys + 19) & ~3;
}

/** An operand's first row in one head. */
// @ts-ignore: decorator
@inline function headAt(operand: i32, b: i32, h: i32): usize {
  return <usize>argument(operand) + (<usize>(b * argument(operand + 1) + h * argument(operand + 2)) << 2);
}

// @ts-ignore: decorator
@inline function rowStep(operand: i32): i32 {
  return argument(operand + 3);
}

/** x · scale; what lies after the last one is not kept. */
// @ts-ignore: decorator
@inline function scaled(x: usize, n: i32): void {
  const s = f32x4.splat(floatArgument(SCALE));
  for (const end = x + (<usize>n << 2); x < end; x += 16) v128.store(x, f32x4.mul(v128.load(x), s));
}

/** Keys that a block of `rows` queries from `first` on may look at. */
// @ts-ignore: decorator
@inline function reach(first: i32, rows: i32): i32 {
  return argument(CAUSAL) ? min(argument(KEYS), first + rows) : argument(KEYS);
}

/** Weights of `rows` queries from `first` on over the first n keys, at `scores`. */
function weights(first: i32, rows: i32, n: i32, q: usize, k: usize, mask: usize, scores: usize, work: usize): void {
  gemm(rows, n, argument(WIDTH), q, rowStep(Q), 1, k, 1, rowStep(K), scores, n, false, work);
  scaled(scores, rows * n);
  if (mask) {
    const maskRow = argument(MASK + 3), maskColumn = <usize>argument(MASK + 4) << 2;
    for (let r = 0; r < rows; r++) {
      let m = mask + (<usize>(maskRow * (first + r)) << 2);
      let p = scores + (<usize>(r * n) << 2);
      for (let j = 0; j < n; j++, p += 4, m += maskColumn) store<f32>(p, load<f32>(p) + load<f32>(m));
    }
  }
  if (argument(CAUSAL))
    for (let r = 0; r < rows; r++) {
      let p = scores + (<usize>(r * n + first + r + 1) << 2);
      for (let j = first + r + 1; j < n; j++, p += 4) store<f32>(p, -Infinity);
    }
  softmax(scores, rows, n);
}

/** One head of one element of the batch. */
export function attendHeads(task: i32, work: usize): void {
  const b = task / argument(HEADS), h = task % argument(HEADS);
  const q = headAt(Q, b, h), k = headAt(K, b, h), v = headAt(V, b, h), out = headAt(OUT, b, h);
  const mask = argument(MASK) ? headAt(MASK, b, h) : 0;
  const scores = <usize>argument(SCORES) + <usize>(ownThread() * argument(SCORES + 1));
  const queries = argument(QUERIES), qRow = rowStep(Q), outRow = rowStep(OUT);
  for (let first = 0; first < queries; first += BLOCK) {
    const rows = min(BLOCK, queries - first);
    const n = reach(first, rows);
    weights(first, rows, n, q + (<usize>(first * qRow) << 2), k, mask, scores, work);
    gemm(rows, argument(VALUE_WIDTH), n, scores, n, 1, v, rowStep(V), 1, out + (<usize>(first * outRow) << 2), outRow, false, work);
  }
}

/** From the gradient of the output to those of q, k and v; those of k and v are added to what is there. */
export function attendHeadsBackward(task: i32, work: usize): void {
  const b = task / argument(HEADS), h = task % argument(HEADS);
  const q = headAt(Q, b, h), k = headAt(K, b, h), v = headAt(V, b, h), g = headAt(OUT, b, h);
  const dq = headAt(DQ, b, h), dk = headAt(DK, b, h), dv = headAt(DV, b, h);
  const mask = argument(MASK) ? headAt(MASK, b, h) : 0;
  const room = argument(SCORES + 1);
  const scores = <usize>argument(SCORES) + <usize>(ownThread() * room);
  const slopes = scores + <usize>(room >> 1);
  const queries = argument(QUERIES), width = argument(WIDTH), valueWidth = argument(VALUE_WIDTH);
  for (let first = 0; first < queries; first += BLOCK) {
    const rows = min(BLOCK, queries - first);
    const n = reach(first, rows);
    const qBlock = q + (<usize>(first * rowStep(Q)) << 2);
    const gBlock = g + (<usize>(first * rowStep(OUT)) << 2);
    weights(first, rows, n, qBlock, k, mask, scores, work);
    gemm(n, valueWidth, rows, scores, 1, n, gBlock, rowStep(OUT), 1, dv, rowStep(DV), true, work);
    gemm(rows, n, valueWidth, gBlock, rowStep(OUT), 1, v, 1, rowStep(V), slopes, n, false, work);
    softmaxBackward(slopes, scores, rows, n, false);
    scaled(slopes, rows * n);
    gemm(rows, width, n, slopes, n, 1, k, rowStep(K), 1, dq + (<usize>(first * rowStep(DQ)) << 2), rowStep(DQ), false, work);
    gemm(n, width, rows, slopes, 1, n, qBlock, rowStep(Q), 1, dk, rowStep(DK), true, work);
  }
}
