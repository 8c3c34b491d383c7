import type { Backend } from '../backend.ts';
import { count, isContiguous } from '../reference/loops.ts';
import { maxPool2d as referenceMaxPool2d } from '../reference/pooling.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

/** `Backend.maxPool2d` of contiguous planes of floats. */
export function maxPoolWith(exports: Exports, scratch: Scratch, limits: Limits): Backend['maxPool2d'] {
  return function maxPool2d(x, out, indices, kernel, geometry) {
    const [planes, height, width] = x.shape as [number, number, number];
    const [, rows, columns] = out.shape as [number, number, number];
    const size = height * width;
    const outSize = rows * columns;
    const plain = x.dtype === 'f32' && indices.dtype === 'i32' && isContiguous(x);
    if (!plain || count(out.shape) === 0 || size === 0) {
      path('maxPool2d', 'left to the plain loops');
      return referenceMaxPool2d(x, out, indices, kernel, geometry);
    }
    path('maxPool2d', 'planes');
    const step = Math.max(1, Math.floor(limits.planes / Math.max(size, outSize)));
    scratch.reset();
    const at = scratch.take(step * size);
    const best = scratch.take(step * outSize);
    const where = scratch.take(step * outSize);
    const { floats } = scratch;
    const data = x.storage.data as Float32Array;
    const positions = new Int32Array(floats.buffer, where, step * outSize);
    const { stride, padding, dilation } = geometry;
    for (let p = 0; p < planes; p += step) {
      const part = Math.min(step, planes - p);
      const from = x.offset + p * size;
      floats.set(data.subarray(from, from + part * size), at >>> 2);
      exports.maxPool2d(
        at,
        part,
        height,
        width,
        best,
        where,
        rows,
        columns,
        ...kernel,
        ...stride,
        ...padding,
        ...dilation,
      );
      const n = part * outSize;
      (out.storage.data as Float32Array).set(floats.subarray(best >>> 2, (best >>> 2) + n), out.offset + p * outSize);
      (indices.storage.data as Int32Array).set(positions.subarray(0, n), indices.offset + p * outSize);
    }
  };
}
