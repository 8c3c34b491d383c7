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
import type { Backend } from '../backend.ts';
import { referenceBackend } from '../reference/index.ts';
import { attentionKernels } from './attention.ts';
import { convolutionKernels } from './convolution.ts';
import { copy } from './copy.ts';
import { embedded } from './embedded.ts';
import { matmulWith } from './gemm.ts';
import { instantiate, Scratch } from './kernels.ts';
import { binaryWith, unaryWith } from './pointwise.ts';
import { maxPoolWith } from './pooling.ts';
import { recurrenceKernels } from './recurrence.ts';
import { reduceWith } from './reduce.ts';
import { rowKernels } from './rows.ts';
import { statisticsWith } from './statistics.ts';

/** Floats that a sequence may lay into the scratch at a time: 32 MB. */
const spanLimit = 1 << 23;

/**
 * A backend on these compiled kernels; undefined where the host cannot run them. `eager`: kernels run on the smallest
 * tensors too, where they do not pay, and large ones are cut into spans soon (for tests).
 */
export function wasmBackend(name: string, bytes: Uint8Array, { eager = false } = {}): Backend | undefined {
  const kernels = instantiate(bytes);
  if (kernels === undefined) return undefined;
  const { exports, memory } = kernels;
  const work = exports.heapBase();
  const limit = eager ? 64 : spanLimit;
  const scratch = new Scratch(memory, work + exports.gemmWorkspace());
  return {
    ...referenceBackend,
    name,
    copy,
    matmul: matmulWith(exports, scratch, work, eager),
    unary: unaryWith(exports, scratch, eager),
    binary: binaryWith(exports, scratch, eager),
    statistics: statisticsWith(exports, scratch, eager),
    maxPool2d: maxPoolWith(exports, scratch),
    reduce: reduceWith(exports, scratch, eager),
    ...attentionKernels(exports, scratch, work, limit),
    ...convolutionKernels(exports, scratch, work),
    ...recurrenceKernels(exports, scratch, work, limit),
    ...rowKernels(exports, scratch, eager),
  };
}

/** Every backend that this host can run, the fastest first. */
export function availableBackends(options: { eager?: boolean } = {}): readonly Backend[] {
  const relaxed = embedded && wasmBackend('wasm relaxed SIMD', embedded.relaxed, options);
  const simd = embedded && wasmBackend('wasm SIMD', embedded.simd, options);
  return [relaxed, simd, referenceBackend].filter((backend) => backend !== undefined);
}

/** The fastest backend that this host can run. */
export function bestBackend(): Backend {
  return (
    (embedded && (wasmBackend('wasm relaxed SIMD', embedded.relaxed) ?? wasmBackend('wasm SIMD', embedded.simd))) ??
    referenceBackend
  );
}
