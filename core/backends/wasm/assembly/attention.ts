/**
 * softmax(Q Kᵀ · scale + mask) V for every head of every element of a batch (Vaswani et al. 2017, eq. 1), a block of queries at
 * a time: no map of all queries by all keys is ever in memory, and backward computes each block's weights again (Dao et al.
 * 2022, "FlashAttention", section 3, with whole rows of keys). Operands lie wherever their layer left them: an element's steps
 * from batch to batch, head to head and row to row are told, its width runs without gaps.
 */
import { gemm } from './gemm';
import { softmax, softmaxBackward } from './rows';

/** Queries of a block. */
const BLOCK: i32 = 96;

let batches: i32, heads: i32, queries: i32, keys: i32, width: i32, valueWidth: i32;
let scale: f32, causal: bool;

/** What the next calls work on. `keys` behind a query are hidden from it where `causal`. */
export function setAttention(
  batchCount: i32, headCount: i32, queryLength: i32, keyLength: i32, headDim: i32, valueDim: i32, factor: f32, isCausal: bool,
): void {
  batches = batchCount;
  heads = headCount;
  queries = queryLength;
  keys = keyLength;
  width = headDim;
  valueWidth = valueDim;
  scale = factor;
  causal = isCausal;
}

/** Floats that `attention` wants at `scores`; its backward wants them twice. */
export function attentionWorkspace(): i32 {
  return min(BLOCK, queries) * keys;
}

/** Keys that the block of queries from `first` on may look at. */
// @ts-ignore: decorator
@inline function reach(first: i32, rows: i32): i32 {
  return causal ? min(keys, first + rows) : keys;
}

/** x · scale; what lies behind the last one is not kept. */
// @ts-ignore: decorator
@inline function scaled(x: usize, n: i32): void {
  const s = f32x4.splat(scale);
  for (const end = x + (<usize>n << 2); x < end; x += 16) v128.store(x, f32x4.mul(v128.load(x), s));
}

/** Weights of `rows` queries from `first` on over the first n keys, at `scores`. Mask steps in elements; `mask` may be 0. */
function weights(
  first: i32, rows: i32, n: i32, q: usize, qRow: i32, k: usize, kRow: i32, mask: usize, maskRow: i32, maskColumn: i32, scores: usize, work: usize,
): void {
  gemm(rows, n, width, q, qRow, 1, k, 1, kRow, scores, n, false, work);
  scaled(scores, rows * n);
  if (mask)
    for (let r = 0; r < rows; r++) {
      let m = mask + (<usize>(<i32>maskRow * (first + r)) << 2);
      let p = scores + (<usize>(r * n) << 2);
      for (let j = 0; j < n; j++, p += 4, m += <usize>maskColumn << 2) store<f32>(p, load<f32>(p) + load<f32>(m));
    }
  if (causal)
    for (let r = 0; r < rows; r++) {
      let p = scores + (<usize>(r * n + first + r + 1) << 2);
      for (let j = first + r + 1; j < n; j++, p += 4) store<f32>(p, -Infinity);
    }
  softmax(scores, rows, n);
}

/** Steps in elements: from batch to batch, head to head, row to row. */
export function attention(
  q: usize, qBatch: i32, qHead: i32, qRow: i32,
  k: usize, kBatch: i32, kHead: i32, kRow: i32,
  v: usize, vBatch: i32, vHead: i32, vRow: i32,
  mask: usize, maskBatch: i32, maskHead: i32, maskRow: i32, maskColumn: i32,
  out: usize, outBatch: i32, outHead: i32, outRow: i32,
  scores: usize, work: usize,
): void {
  for (let b = 0; b < batches; b++)
    for (let h = 0; h < heads; h++) {
      const qAt = q + (<usize>(b * qBatch + h * qHead) << 2);
      const kAt = k + (<usize>(b * kBatch + h * kHead) << 2);
      const vAt = v + (<usize>(b * vBatch + h * vHead) << 2);
      const maskAt = mask ? mask + (<usize>(b * maskBatch + h * maskHead) << 2) : 0;
      const outAt = out + (<usize>(b * outBatch + h * outHead) << 2);
      for (let first = 0; first < queries; first += BLOCK) {
        const rows = min(BLOCK, queries - first);
        const n = reach(first, rows);
        weights(first, rows, n, qAt + (<usize>(first * qRow) << 2), qRow, kAt, kRow, maskAt, maskRow, maskColumn, scores, work);
        gemm(rows, valueWidth, n, scores, n, 1, vAt, vRow, 1, outAt + (<usize>(first * outRow) << 2), outRow, false, work);
      }
    }
}

/** From `g`, the gradient of the output, to those of q, k and v; those of k and v are added to what is there. */
export function attentionBackward(
  q: usize, qBatch: i32, qHead: i32, qRow: i32,
  k: usize, kBatch: i32, kHead: i32, kRow: i32,
  v: usize, vBatch: i32, vHead: i32, vRow: i32,
  mask: usize, maskBatch: i32, maskHead: i32, maskRow: i32, maskColumn: i32,
  g: usize, gBatch: i32, gHead: i32, gRow: i32,
  dq: usize, dqBatch: i32, dqHead: i32, dqRow: i32,
  dk: usize, dkBatch: i32, dkHead: i32, dkRow: i32,
  dv: usize, dvBatch: i32, dvHead: i32, dvRow: i32,
  scores: usize, work: usize,
): void {
  const slopes = scores + ((<usize>attentionWorkspace() + 19) >> 2 << 4);
  for (let b = 0; b < batches; b++)
    for (let h = 0; h < heads; h++) {
      const qAt = q + (<usize>(b * qBatch + h * qHead) << 2);
      const kAt = k + (<usize>(b * kBatch + h * kHead) << 2);
      const vAt = v + (<usize>(b * vBatch + h * vHead) << 2);
      const dqAt = dq + (<usize>(b * dqBatch + h * dqHead) << 2);
      const dkAt = dk + (<usize>(b * dkBatch + h * dkHead) << 2);
      const dvAt = dv + (<usize>(b * dvBatch + h * dvHead) << 2);
      const gAt = g + (<usize>(b * gBatch + h * gHead) << 2);
      const maskAt = mask ? mask + (<usize>(b * maskBatch + h * maskHead) << 2) : 0;
      for (let first = 0; first < queries; first += BLOCK) {
        const rows = min(BLOCK, queries - first);
        const n = reach(first, rows);
        const qBlock = qAt + (<usize>(first * qRow) << 2);
        const gBlock = gAt + (<usize>(first * gRow) << 2);
        weights(first, rows, n, qBlock, qRow, kAt, kRow, maskAt, maskRow, maskColumn, scores, work);
        gemm(n, valueWidth, rows, scores, 1, n, gBlock, gRow, 1, dvAt, dvRow, true, work);
        gemm(rows, n, valueWidth, gBlock, gRow, 1, vAt, 1, vRow, slopes, n, false, work);
        softmaxBackward(slopes, scores, rows, n, false);
        scaled(slopes, rows * n);
        gemm(rows, width, n, slopes, n, 1, kAt, kRow, 1, dqAt + (<usize>(first * dqRow) << 2), dqRow, false, work);
        gemm(n, width, rows, slopes, 1, n, qBlock, qRow, 1, dkAt, dkRow, true, work);
      }
    }
}
