import type { Backend, BinaryKernel, UnaryKernel } from '../backend.ts';
import { binary as referenceBinary } from '../reference/binary.ts';
import { count } from '../reference/loops.ts';
import { unary as referenceUnary } from '../reference/unary.ts';
import { arithmeticWith } from './arithmetic.ts';
import { laidOut } from './copy.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

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
  limits: Limits,
  copied: Backend['copy'],
): Backend['unary'] {
  const kernels = new Map<UnaryKernel, Exports['exp']>(unaryKernels.map((name) => [name, exports[name]]));
  return function unary(kernel, view, out, p) {
    const run = kernels.get(kernel);
    const n = count(out.shape);
    if (run === undefined || n < limits.pointwise || view.dtype !== 'f32' || out.dtype !== 'f32') {
      path('unary', 'left to the plain loops');
      return referenceUnary(kernel, view, out, p);
    }
    path('unary', 'piece by piece');
    const x = laidOut(view, copied);
    const source = x.storage.data as Float32Array;
    const target = out.storage.data as Float32Array;
    scratch.reset();
    const block = limits.piece;
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
  limits: Limits,
  copied: Backend['copy'],
): Backend['binary'] {
  const kernels = new Map<BinaryKernel, Exports['geluBackward']>(binaryKernels.map((name) => [name, exports[name]]));
  const arithmetic = arithmeticWith(exports, scratch, limits, copied);
  return function binary(kernel, a, b, out, p) {
    const run = kernels.get(kernel);
    if (run === undefined) return arithmetic(kernel, a, b, out, p);
    const n = count(out.shape);
    if (n < limits.pointwise || a.dtype !== 'f32' || b.dtype !== 'f32' || out.dtype !== 'f32') {
      path('slope', 'left to the plain loops');
      return referenceBinary(kernel, a, b, out, p);
    }
    path('slope', 'piece by piece');
    const [x, y] = [laidOut(a, copied), laidOut(b, copied)];
    const left = x.storage.data as Float32Array;
    const right = y.storage.data as Float32Array;
    const target = out.storage.data as Float32Array;
    scratch.reset();
    const block = limits.piece;
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
