import type { Backend } from '../backend.ts';
import { scatterAdd as referenceScatterAdd } from '../reference/indexing.ts';
import { count, isContiguous } from '../reference/loops.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

/** `Backend.scatterAdd` onto rows, each by indices of its own. */
export function scatterAddWith(exports: Exports, scratch: Scratch, limits: Limits): Backend['scatterAdd'] {
  return function scatterAdd(out, dim, index, src) {
    const last = out.shape.length - 1;
    const length = out.shape[last] ?? 0;
    const n = index.shape[last] ?? 0;
    const rows = count(index.shape.slice(0, -1));
    const plain =
      dim === last &&
      out.dtype === 'f32' &&
      src.dtype === 'f32' &&
      index.dtype === 'i32' &&
      count(out.shape.slice(0, -1)) === rows &&
      count(src.shape) === rows * n &&
      isContiguous(out) &&
      isContiguous(index) &&
      isContiguous(src);
    if (!plain || rows * n < limits.scatterAdd || rows * n === 0 || length === 0) {
      path('scatterAdd', 'left to the plain loops');
      return referenceScatterAdd(out, dim, index, src);
    }
    path('scatterAdd', 'rows');
    const step = Math.max(1, Math.floor(limits.scatterBlock / Math.max(n, length)));
    scratch.reset();
    const target = scratch.take(step * length);
    const which = scratch.take(step * n);
    const from = scratch.take(step * n);
    const { floats } = scratch;
    const data = out.storage.data as Float32Array;
    const indices = index.storage.data as Int32Array;
    const source = src.storage.data as Float32Array;
    for (let r = 0; r < rows; r += step) {
      const part = Math.min(step, rows - r);
      const o = out.offset + r * length;
      const [i, s] = [index.offset + r * n, src.offset + r * n];
      floats.set(data.subarray(o, o + part * length), target >>> 2);
      new Int32Array(floats.buffer, which, part * n).set(indices.subarray(i, i + part * n));
      floats.set(source.subarray(s, s + part * n), from >>> 2);
      exports.scatterAdd(target, length, which, from, part, n);
      data.set(floats.subarray(target >>> 2, (target >>> 2) + part * length), o);
    }
  };
}
