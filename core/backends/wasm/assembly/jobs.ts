/** What threads share: products, and the heads of an attention. Small ones are done where they are asked for. */
import { attendHeads, attendHeadsBackward } from './attention';
import { gemm, MR, NR } from './gemm';
import { argument, help, setArgument, share, threadCount, worthSharing } from './threads';

const PRODUCT: i32 = 0;
const ATTENTION: i32 = 1;
const ATTENTION_BACKWARD: i32 = 2;

function run(kind: i32, task: i32, work: usize): void {
  if (kind == PRODUCT) product(task, work);
  else if (kind == ATTENTION) attendHeads(task, work);
  else attendHeadsBackward(task, work);
}

/** A helper's entry. */
export function serve(block: usize, thread: i32, work: usize): void {
  if (ASC_FEATURE_THREADS) help(block, thread, work, run);
}

/** Task of a product: a part of one matrix. Arguments as in `gemmBatch`, then parts a matrix, their size, and whether of rows. */
function product(task: i32, work: usize): void {
  const parts = argument(16);
  const size = argument(17);
  const ofRows = argument(18) != 0;
  const matrix = task / parts;
  const first = (task % parts) * size;
  let m = argument(4), n = argument(5);
  let a = <usize>argument(7) + (<usize>(<i32>argument(1) * matrix) << 2);
  let b = <usize>argument(10) + (<usize>(<i32>argument(2) * matrix) << 2);
  let c = <usize>argument(13) + (<usize>(<i32>argument(3) * matrix) << 2);
  if (ofRows) {
    m = min(size, m - first);
    a += <usize>(<i32>argument(8) * first) << 2;
    c += <usize>(<i32>argument(14) * first) << 2;
  } else {
    n = min(size, n - first);
    b += <usize>(<i32>argument(12) * first) << 2;
    c += <usize>first << 2;
  }
  gemm(m, n, argument(6), a, argument(8), argument(9), b, argument(11), argument(12), c, argument(14), argument(15) != 0, work);
}

/** `gemm` for each of `count` matrices, steps between them in elements (0: the same one again). */
export function gemmBatch(
  count: i32, aStep: i32, bStep: i32, cStep: i32,
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  accumulate: bool,
  work: usize,
): void {
  if (ASC_FEATURE_THREADS) {
    const threads = threadCount();
    if (threads > 1 && <f64>count * <f64>m * <f64>n * <f64>k >= worthSharing()) {
      // Two tasks a thread: what one is late with another takes.
      const ofRows = m > n;
      const length = ofRows ? m : n;
      const unit = ofRows ? MR : NR;
      const wanted = max(1, (2 * threads) / count);
      const size = ((length + wanted - 1) / wanted + unit - 1) / unit * unit;
      const parts = (length + size - 1) / size;
      setArgument(1, aStep);
      setArgument(2, bStep);
      setArgument(3, cStep);
      setArgument(4, m);
      setArgument(5, n);
      setArgument(6, k);
      setArgument(7, <i32>a);
      setArgument(8, aRow);
      setArgument(9, aColumn);
      setArgument(10, <i32>b);
      setArgument(11, bRow);
      setArgument(12, bColumn);
      setArgument(13, <i32>c);
      setArgument(14, cRow);
      setArgument(15, accumulate ? 1 : 0);
      setArgument(16, parts);
      setArgument(17, size);
      setArgument(18, ofRows ? 1 : 0);
      share(PRODUCT, count * parts, work, run);
      return;
    }
  }
  for (let i = 0; i < count; i++, a += <i32>aStep << 2, b += <i32>bStep << 2, c += <i32>cStep << 2)
    gemm(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, accumulate, work);
}

/** `tasks` heads of an attention whose arguments are set: see attention.ts. `size`: multiply-adds in all. */
export function attention(tasks: i32, size: f64, backward: bool, work: usize): void {
  const kind = backward ? ATTENTION_BACKWARD : ATTENTION;
  if (ASC_FEATURE_THREADS) {
    if (threadCount() > 1 && tasks > 1 && size >= worthSharing()) {
      share(kind, tasks, work, run);
      return;
    }
  }
  for (let task = 0; task < tasks; task++) run(kind, task, work);
}
