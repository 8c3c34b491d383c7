/** What threads share: products, and the heads of an attention. Small ones are done where they are asked for. */
import { attendHeads, attendHeadsBackward } from './attention';
import { gemm, gemmPacked, WHAT_IS_THERE } from './gemm';
import { argument, close, done, help, offer, open, setArgument, share, step, threadCount, worthSharing } from './threads';
import { MR, NR } from './tile';

const PRODUCT: i32 = 0;
const ATTENTION: i32 = 1;
const ATTENTION_BACKWARD: i32 = 2;
const PACKED_PRODUCT: i32 = 3;

function run(kind: i32, task: i32, work: usize): void {
  if (kind == PRODUCT) product(task, work);
  else if (kind == ATTENTION) attendHeads(task, work);
  else if (kind == ATTENTION_BACKWARD) attendHeadsBackward(task, work);
  else packedProduct(task, work);
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
  let start = <usize>argument(15);
  if (ofRows) {
    m = min(size, m - first);
    a += <usize>(<i32>argument(8) * first) << 2;
    c += <usize>(<i32>argument(14) * first) << 2;
  } else {
    n = min(size, n - first);
    b += <usize>(<i32>argument(12) * first) << 2;
    c += <usize>first << 2;
    if (start > WHAT_IS_THERE) start += <usize>first << 2;
  }
  gemm(m, n, argument(6), a, argument(8), argument(9), b, argument(11), argument(12), c, argument(14), start, work);
}

/** `gemm` for each of `count` matrices, steps between them in elements (0: the same one again). */
export function gemmBatch(
  count: i32, aStep: i32, bStep: i32, cStep: i32,
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  start: usize,
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
      setArgument(15, <i32>start);
      setArgument(16, parts);
      setArgument(17, size);
      setArgument(18, ofRows ? 1 : 0);
      share(PRODUCT, count * parts, work, run);
      return;
    }
  }
  for (let i = 0; i < count; i++, a += <i32>aStep << 2, b += <i32>bStep << 2, c += <i32>cStep << 2)
    gemm(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, start, work);
}

/** Task of a product with a packed right operand: some rows or some columns. Arguments as in `openProduct`. */
function packedProduct(task: i32, work: usize): void {
  const m = argument(0), n = argument(1), size = argument(10);
  const first = task * size;
  const ofRows = argument(11) != 0;
  const row = ofRows ? first : 0;
  const a = <usize>argument(3) + (<usize>(row * argument(4)) << 2);
  const c = <usize>argument(7) + (<usize>row * <usize>argument(8) << 2);
  gemmPacked(
    ofRows ? min(size, m - first) : m, n, argument(2), ofRows ? 0 : first, ofRows ? n : min(size, n - first),
    a, argument(4), argument(5), <usize>argument(6), c, argument(8), argument(9), work,
  );
}

/**
 * Opens a product, C [m, n] = start + A [m, k] · B, of which tasks of `size` rows (else of columns, a multiple of NR) are to be offered.
 * B is packed. Strides in elements.
 */
export function openProduct(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, packed: usize, c: usize, cRow: i32, start: usize, size: i32, ofRows: bool,
): void {
  setArgument(0, m);
  setArgument(1, n);
  setArgument(2, k);
  setArgument(3, <i32>a);
  setArgument(4, aRow);
  setArgument(5, aColumn);
  setArgument(6, <i32>packed);
  setArgument(7, <i32>c);
  setArgument(8, cRow);
  setArgument(9, <i32>start);
  setArgument(10, size);
  setArgument(11, ofRows ? 1 : 0);
  if (ASC_FEATURE_THREADS) open(PACKED_PRODUCT);
}

/** Lets threads take tasks before the `tasks`-th; see threads.ts for this and the next three. */
export function offerTasks(tasks: i32): void {
  if (ASC_FEATURE_THREADS) offer(tasks);
}

export function stepTask(work: usize): i32 {
  return ASC_FEATURE_THREADS ? step(work, run) : -1;
}

export function taskDone(task: i32): bool {
  return ASC_FEATURE_THREADS ? done(task) : false;
}

export function closeJob(): void {
  if (ASC_FEATURE_THREADS) close();
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
