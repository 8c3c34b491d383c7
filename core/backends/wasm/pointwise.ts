import type { Backend, BinaryKernel, UnaryKernel } from '../backend.ts';
import { binary as referenceBinary } from '../reference/binary.ts';
import { count } from '../reference/loops.ts';
import { unary as referenceUnary } from '../reference/unary.ts';
import { arithmeticWith } from './arithmetic.ts';
import { laidOut } from './copy.ts';
import type { Exports, Scratch } from './kernels.ts';

/** Elements below which the plain loop is done before the vectors have their operands. */
const worthCopying = 32;
/** Elements that go through the scratch at a time: 32 KB, so that they are still in the nearest cache. */
const block = 8192;

const unaryKernels = [
  'neg',
  'abs',
  'exp',
  'sqrt',
  'rsqrt',
  'reciprocal',
  'square',
  'tanh',
  'erf',
  'sigmoid',
  'relu',
  'gelu',
  'geluTanh',
  'silu',
] as const;
const binaryKernels = ['geluBackward', 'geluTanhBackward', 'siluBackward'] as const;

export function unaryWith(
  exports: Exports,
  scratch: Scratch,
  eager: boolean,
  copied: Backend['copy'],
): Backend['unary'] {
  const worthIt = eager ? 1 : worthCopying;
  const kernels = new Map<UnaryKernel, Exports['exp']>(unaryKernels.map((name) => [name, exports[name]]));
  return function unary(kernel, view, out, p) {
    const run = kernels.get(kernel);
    const n = count(out.shape);
    if (run === undefined || n < worthIt || view.dtype !== 'f32' || out.dtype !== 'f32')
      return referenceUnary(kernel, view, out, p);
    const x = laidOut(view, copied);
    const source = x.storage.data as Float32Array;
    const target = out.storage.data as Float32Array;
    scratch.reset();
    const at = scratch.take(block);
    const { floats } = scratch;
    const from = at >>> 2;
    for (let i = 0; i < n; i += block) {
      const length = Math.min(block, n - i);
      floats.set(source.subarray(x.offset + i, x.offset + i + length), from);
      run(at, at, length);
      target.set(floats.subarray(from, from + length), out.offset + i);
    }
  };
}

export function binaryWith(
  exports: Exports,
  scratch: Scratch,
  eager: boolean,
  copied: Backend['copy'],
): Backend['binary'] {
  const worthIt = eager ? 1 : worthCopying;
  const kernels = new Map<BinaryKernel, Exports['geluBackward']>(binaryKernels.map((name) => [name, exports[name]]));
  const arithmetic = arithmeticWith(exports, scratch, eager, copied);
  return function binary(kernel, a, b, out, p) {
    const run = kernels.get(kernel);
    if (run === undefined) return arithmetic(kernel, a, b, out, p);
    const n = count(out.shape);
    if (n < worthIt || a.dtype !== 'f32' || b.dtype !== 'f32' || out.dtype !== 'f32')
      return referenceBinary(kernel, a, b, out, p);
    const [x, y] = [laidOut(a, copied), laidOut(b, copied)];
    const left = x.storage.data as Float32Array;
    const right = y.storage.data as Float32Array;
    const target = out.storage.data as Float32Array;
    scratch.reset();
    const first = scratch.take(block);
    const second = scratch.take(block);
    const { floats } = scratch;
    for (let i = 0; i < n; i += block) {
      const length = Math.min(block, n - i);
      floats.set(left.subarray(x.offset + i, x.offset + i + length), first >>> 2);
      floats.set(right.subarray(y.offset + i, y.offset + i + length), second >>> 2);
      run(first, second, first, length);
      target.set(floats.subarray(first >>> 2, (first >>> 2) + length), out.offset + i);
    }
  };
}
