import type { Backend, Strided } from '../backend.ts';
import {
  layerNorm as referenceLayerNorm,
  layerNormBackward as referenceLayerNormBackward,
} from '../reference/layerNorm.ts';
import { count, isContiguous } from '../reference/loops.ts';
import { softmax as referenceSoftmax, softmaxBackward as referenceSoftmaxBackward } from '../reference/softmax.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

/** Whether the kernels take these: enough floats, without gaps. */
function usable(size: number, least: number, ...views: readonly (Strided | undefined)[]): boolean {
  const fit =
    size > 0 &&
    size >= least &&
    views.every((view) => view === undefined || (view.dtype === 'f32' && isContiguous(view)));
  path('rows', fit ? 'piece by piece' : 'left to the plain loops');
  return fit;
}

/** Rows as wide as f32 itself: a difference of two elements would not fit. Their scales are known by how small they are. */
const anyBeyond = (scales: ArrayLike<number>, from: number, to: number): boolean => {
  for (let i = from; i < to; i++) if (scales[i]! < smallestScale) return true;
  return false;
};
const smallestScale = 2 ** -120;

const floatsOf = (view: Strided) => view.storage.data as Float32Array;

export function rowKernels(
  exports: Exports,
  scratch: Scratch,
  limits: Limits,
): Pick<Backend, 'softmax' | 'softmaxBackward' | 'layerNorm' | 'layerNormBackward'> {
  /** Calls `run(first row, count)` for every block of rows. */
  function byRows(rows: number, width: number, run: (first: number, count: number) => void): void {
    const step = Math.max(1, Math.floor(limits.rowPiece / width));
    for (let r = 0; r < rows; r += step) run(r, Math.min(step, rows - r));
  }

  /** Lays `length` elements of a contiguous view, from `start` on, at an address. */
  function put(view: Strided, start: number, length: number, at: number): void {
    scratch.floats.set(floatsOf(view).subarray(view.offset + start, view.offset + start + length), at >>> 2);
  }

  function get(at: number, length: number, view: Strided, start: number): void {
    floatsOf(view).set(scratch.floats.subarray(at >>> 2, (at >>> 2) + length), view.offset + start);
  }

  /** A whole vector, laid down once; 0 for none. */
  function vector(view: Strided | undefined, length: number): number {
    if (view === undefined) return 0;
    const at = scratch.take(length);
    put(view, 0, length, at);
    return at;
  }

  return {
    softmax(x, out, log) {
      const n = count(x.shape);
      if (!usable(n, limits.rows, x, out)) return referenceSoftmax(x, out, log);
      const width = x.shape.at(-1) ?? 1;
      scratch.reset();
      const at = scratch.take(Math.max(limits.rowPiece, width));
      byRows(n / width, width, (first, rows) => {
        put(x, first * width, rows * width, at);
        if (log) exports.logSoftmax(at, rows, width);
        else exports.softmax(at, rows, width);
        get(at, rows * width, out, first * width);
      });
    },

    softmaxBackward(grad, y, out, log) {
      const n = count(y.shape);
      if (!usable(n, limits.rows, grad, y, out)) return referenceSoftmaxBackward(grad, y, out, log);
      const width = y.shape.at(-1) ?? 1;
      scratch.reset();
      const g = scratch.take(Math.max(limits.rowPiece, width));
      const at = scratch.take(Math.max(limits.rowPiece, width));
      byRows(n / width, width, (first, rows) => {
        put(grad, first * width, rows * width, g);
        put(y, first * width, rows * width, at);
        exports.softmaxBackward(g, at, rows, width, log);
        get(g, rows * width, out, first * width);
      });
    },

    layerNorm(x, weight, bias, eps, out, mean, rstd) {
      const [all, width] = x.shape as [number, number];
      if (!usable(all * width, limits.rows, x, weight, bias, out, mean, rstd))
        return referenceLayerNorm(x, weight, bias, eps, out, mean, rstd);
      scratch.reset();
      const w = vector(weight, width);
      const b = vector(bias, width);
      const at = scratch.take(Math.max(limits.rowPiece, width));
      const means = scratch.take(Math.max(limits.rowPiece, 1));
      const scales = scratch.take(Math.max(limits.rowPiece, 1));
      let beyond = false;
      byRows(all, width, (first, rows) => {
        put(x, first * width, rows * width, at);
        exports.layerNorm(at, rows, width, w, b, eps, means, scales);
        beyond ||= anyBeyond(scratch.floats, scales >>> 2, (scales >>> 2) + rows);
        get(at, rows * width, out, first * width);
        get(means, rows, mean, first);
        get(scales, rows, rstd, first);
      });
      if (beyond) referenceLayerNorm(x, weight, bias, eps, out, mean, rstd);
    },

    layerNormBackward(grad, x, weight, mean, rstd, dx, dWeight, dBias) {
      const [all, width] = x.shape as [number, number];
      if (
        !usable(all * width, limits.rows, grad, x, weight, mean, rstd, dx, dWeight, dBias) ||
        anyBeyond(floatsOf(rstd), rstd.offset, rstd.offset + all)
      )
        return referenceLayerNormBackward(grad, x, weight, mean, rstd, dx, dWeight, dBias);
      scratch.reset();
      const w = vector(weight, width);
      const room = Math.max(limits.rowPiece, width);
      const [g, at, means, scales] = [room, room, room, room].map((length) => scratch.take(length)) as [
        number,
        number,
        number,
        number,
      ];
      // Rows of doubles.
      const sumW = scratch.take(2 * width + 8);
      const sumB = scratch.take(2 * width + 8);
      scratch.floats.fill(0, sumW >>> 2, (sumW >>> 2) + 2 * width + 8);
      scratch.floats.fill(0, sumB >>> 2, (sumB >>> 2) + 2 * width + 8);
      byRows(all, width, (first, rows) => {
        put(grad, first * width, rows * width, g);
        put(x, first * width, rows * width, at);
        put(mean, first, rows, means);
        put(rstd, first, rows, scales);
        exports.layerNormBackward(g, at, rows, width, w, means, scales, sumW, sumB);
        get(at, rows * width, dx, first * width);
      });
      const sums = (address: number) => new Float64Array(scratch.floats.buffer, address, width);
      if (dWeight) floatsOf(dWeight).set(sums(sumW), dWeight.offset);
      if (dBias) floatsOf(dBias).set(sums(sumB), dBias.offset);
    },
  };
}
