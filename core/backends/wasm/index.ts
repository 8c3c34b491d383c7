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
import { instantiate, type Modules, Scratch, type WasmMemory } from './kernels.ts';
import { eager as eagerLimits, type Limits, measured } from './limits.ts';
import { binaryWith, unaryWith } from './pointwise.ts';
import { maxPoolWith } from './pooling.ts';
import { randomKernels } from './random.ts';
import { recurrenceKernels } from './recurrence.ts';
import { reduceWith } from './reduce.ts';
import { rowKernels } from './rows.ts';
import { statisticsWith } from './statistics.ts';
import { where } from './where.ts';
import { type WideVectors, wideTiles } from './wide.ts';

export type { WideVectors } from './wide.ts';

/** Threads that help with large products: what a host must be able to do, since starting one is not JavaScript's own. */
export interface Helpers {
  /** How many there are besides the caller. */
  readonly count: number;
  /**
   * Starts a thread that makes an instance of `module` with `{ env: { memory, abort } }` (and `tile: exports`, of the tile's own
   * instance with that `env`, where there is one) and calls its export `serve(...serve)`, which does not return. Nobody waits for
   * it to be there: until then the caller does the work alone.
   */
  start(modules: Modules, memory: WasmMemory, serve: readonly [block: number, thread: number, work: number]): void;
  /** Called ahead of work that they may share: until the first of it nothing is lost if none is there. */
  wake?(): void;
}

export interface WasmOptions {
  /** Kernels run on the smallest tensors too, where they do not pay, and large ones are cut into spans soon (for tests). */
  readonly eager?: boolean;
  /** Which sizes go which way; read at each call, but for `sharing`. By default as measured. */
  readonly limits?: Limits | undefined;
  readonly helpers?: Helpers | undefined;
  /** What wide tiles need; without it, or where they do not hold (wide.ts), products have narrower ones. */
  readonly wide?: WideVectors | undefined;
}

/** A backend on these compiled kernels; undefined where the host cannot run them. */
export function wasmBackend(
  name: string,
  bytes: Uint8Array,
  { eager = false, limits = eager ? eagerLimits : measured, helpers }: WasmOptions = {},
  tile?: object,
): Backend | undefined {
  const kernels = instantiate(bytes, helpers !== undefined, tile);
  if (kernels === undefined) return undefined;
  const { exports, memory } = kernels;
  const threads = 1 + (helpers?.count ?? 0);
  const block = Math.ceil(exports.heapBase() / 64) * 64;
  const work = block + exports.blockSize();
  const scratch = new Scratch(memory, work + threads * exports.gemmWorkspace());
  const copy = copyWith(exports, scratch, limits);
  exports.setThreads(block, threads, limits.sharing);
  for (let thread = 1; thread < threads; thread++)
    helpers!.start(kernels, memory, [block, thread, work + thread * exports.gemmWorkspace()]);
  return {
    ...referenceBackend,
    name,
    copy,
    where,
    matmul: matmulWith(exports, scratch, work, limits, threads),
    unary: unaryWith(exports, scratch, limits, copy),
    binary: binaryWith(exports, scratch, limits, copy),
    statistics: statisticsWith(exports, scratch, limits),
    maxPool2d: maxPoolWith(exports, scratch, limits),
    reduce: reduceWith(exports, scratch, limits),
    scatterAdd: scatterAddWith(exports, scratch, limits),
    ...attentionKernels(exports, scratch, work, limits, threads),
    ...convolutionKernels(exports, scratch, work, limits),
    ...randomKernels(exports, scratch, limits),
    ...recurrenceKernels(exports, scratch, work, limits),
    ...rowKernels(exports, scratch, limits),
  };
}

/** Every backend that this host can run, the fastest first; one with threads where there are helpers. */
export function availableBackends(options: WasmOptions = {}): readonly Backend[] {
  const alone = { ...options, helpers: undefined };
  const tiles = wideTiles(options.wide);
  return [
    threaded(options),
    tiles && threaded({ ...options, wide: undefined }),
    tiles && wasmBackend('wasm relaxed SIMD, wide tiles', embedded!.wide, alone, tiles.alone),
    embedded && wasmBackend('wasm relaxed SIMD', embedded.relaxed, alone),
    embedded && wasmBackend('wasm SIMD', embedded.simd, alone),
    referenceBackend,
  ].filter((backend) => backend !== undefined);
}

/**
 * A backend that shares large products and attentions with helpers; undefined where there are none, or the host cannot share memory.
 * All else is done in memory of its own: copying to and from shared memory takes V8 longer.
 */
export function threaded({
  eager = false,
  limits = eager ? eagerLimits : measured,
  helpers,
  wide,
}: WasmOptions): Backend | undefined {
  if (embedded === undefined || !helpers?.count) return undefined;
  const tiles = wideTiles(wide);
  const name = `wasm relaxed SIMD, ${tiles ? 'wide tiles, ' : ''}${1 + helpers.count} threads`;
  const together = wasmBackend(
    name,
    tiles ? embedded.wideThreads : embedded.threads,
    { limits, helpers },
    tiles?.shared,
  );
  const alone = wasmBackend(name, tiles ? embedded.wide : embedded.relaxed, { limits }, tiles?.alone);
  if (together === undefined || alone === undefined) return undefined;
  const forSize = (multiplyAdds: number) => {
    if (multiplyAdds < limits.sharing) return alone;
    helpers.wake?.();
    return together;
  };
  const forProducts = (out: Strided, depth: number) => forSize(count(out.shape) * depth);
  const forHeads = (q: Strided, k: Strided, v: Strided) =>
    forSize(count(q.shape) * k.shape[2]! + count(v.shape) * q.shape[2]!);
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
