/**
 * The WASM backend: the reference backend, with vector kernels where they win.
 *
 * Tensors stay in JavaScript's typed arrays. JavaScript's collector cannot see into WASM memory, FinalizationRegistry's
 * callbacks do not run inside a synchronous training loop, and nobody disposes of anything by hand here, so tensors that
 * lived in WASM memory would either leak or need a reference count on every view. Instead a kernel copies its operands into a
 * scratch, computes, and copies the result out. The copy is a `memcpy` of what a matrix product packs anyway; functions
 * element by element go through the cache block by block. Even an addition wins: V8's loop over typed arrays takes
 * 2 ns an element, the three copies 0.25. What does not repay them (the smallest tensors, views without rows, integers) runs
 * in the reference kernels. So memory is bounded for free: the scratch is as large as the largest
 * block, and the rest is garbage like any other.
 */
import type { Backend, Strided } from '../backend.ts';
import { referenceBackend } from '../reference/index.ts';
import { count } from '../reference/loops.ts';
import { attentionKernels } from './attention.ts';
import { convolutionKernels } from './convolution.ts';
import { copyWith } from './copy.ts';
import { embedded } from './embedded.ts';
import { matmulWith } from './gemm.ts';
import { scatterAddWith } from './indexing.ts';
import { instantiate, Scratch, type WasmMemory } from './kernels.ts';
import { binaryWith, unaryWith } from './pointwise.ts';
import { maxPoolWith } from './pooling.ts';
import { recurrenceKernels } from './recurrence.ts';
import { reduceWith } from './reduce.ts';
import { rowKernels } from './rows.ts';
import { statisticsWith } from './statistics.ts';
import { where } from './where.ts';

/** Floats that a sequence may lay into the scratch at a time: 32 MB. */
const spanLimit = 1 << 23;

/** Multiply-adds below which waking a helper costs more than it saves: about 50 µs of them. */
const worthSharing = 1 << 21;

/** Threads that help with large products: what a host must be able to do, since starting one is not JavaScript's own. */
export interface Helpers {
  /** How many there are besides the caller. */
  readonly count: number;
  /**
   * Starts a thread that makes an instance of `module` with `{ env: { memory, abort } }` and calls its export `serve(...serve)`,
   * which does not return. Nobody waits for it to be there: until then the caller does the work alone.
   */
  start(module: object, memory: WasmMemory, serve: readonly [block: number, thread: number, work: number]): void;
}

export interface WasmOptions {
  /** Kernels run on the smallest tensors too, where they do not pay, and large ones are cut into spans soon (for tests). */
  readonly eager?: boolean;
  readonly helpers?: Helpers | undefined;
}

/** A backend on these compiled kernels; undefined where the host cannot run them. */
export function wasmBackend(
  name: string,
  bytes: Uint8Array,
  { eager = false, helpers }: WasmOptions = {},
): Backend | undefined {
  const kernels = instantiate(bytes, helpers !== undefined);
  if (kernels === undefined) return undefined;
  const { exports, memory } = kernels;
  const threads = 1 + (helpers?.count ?? 0);
  const block = Math.ceil(exports.heapBase() / 64) * 64;
  const work = block + exports.blockSize();
  const limit = eager ? 64 : spanLimit;
  const scratch = new Scratch(memory, work + threads * exports.gemmWorkspace());
  const copy = copyWith(exports, scratch, eager);
  exports.setThreads(block, threads, eager ? 1 : worthSharing);
  for (let thread = 1; thread < threads; thread++)
    helpers!.start(kernels.module, memory, [block, thread, work + thread * exports.gemmWorkspace()]);
  return {
    ...referenceBackend,
    name,
    copy,
    where,
    matmul: matmulWith(exports, scratch, work, eager, threads),
    unary: unaryWith(exports, scratch, eager, copy),
    binary: binaryWith(exports, scratch, eager, copy),
    statistics: statisticsWith(exports, scratch, eager),
    maxPool2d: maxPoolWith(exports, scratch),
    reduce: reduceWith(exports, scratch, eager),
    scatterAdd: scatterAddWith(exports, scratch, eager),
    ...attentionKernels(exports, scratch, work, limit, threads),
    ...convolutionKernels(exports, scratch, work),
    ...recurrenceKernels(exports, scratch, work, limit),
    ...rowKernels(exports, scratch, eager),
  };
}

/** Every backend that this host can run, the fastest first; one with threads where there are helpers. */
export function availableBackends(options: WasmOptions = {}): readonly Backend[] {
  const alone = { ...options, helpers: undefined };
  const relaxed = embedded && wasmBackend('wasm relaxed SIMD', embedded.relaxed, alone);
  const simd = embedded && wasmBackend('wasm SIMD', embedded.simd, alone);
  return [threaded(options), relaxed, simd, referenceBackend].filter((backend) => backend !== undefined);
}

/**
 * A backend that shares large products and attentions with helpers; undefined where there are none, or the host cannot share memory.
 * All else is done in memory of its own: copying to and from shared memory takes V8 longer.
 */
export function threaded({ eager = false, helpers }: WasmOptions): Backend | undefined {
  if (embedded === undefined || !helpers?.count) return undefined;
  const name = `wasm relaxed SIMD, ${1 + helpers.count} threads`;
  const together = wasmBackend(name, embedded.threads, { eager, helpers });
  const alone = wasmBackend(name, embedded.relaxed, { eager });
  if (together === undefined || alone === undefined) return undefined;
  const worthIt = eager ? 1 : worthSharing;
  const forProducts = (out: Strided, depth: number) => (count(out.shape) * depth >= worthIt ? together : alone);
  const forHeads = (q: Strided, k: Strided, v: Strided) =>
    count(q.shape) * k.shape[2]! + count(v.shape) * q.shape[2]! >= worthIt ? together : alone;
  return {
    ...alone,
    matmul: (a, b, out, bias) => forProducts(out, a.shape.at(-1)!).matmul(a, b, out, bias),
    attention: (q, k, v, kernel, out) => forHeads(q, k, v).attention(q, k, v, kernel, out),
    attentionBackward: (grad, q, k, v, ...rest) => forHeads(q, k, v).attentionBackward(grad, q, k, v, ...rest),
  };
}

/** The fastest backend that this host can run on one thread. */
export function bestBackend(): Backend {
  return (
    (embedded && (wasmBackend('wasm relaxed SIMD', embedded.relaxed) ?? wasmBackend('wasm SIMD', embedded.simd))) ??
    referenceBackend
  );
}
