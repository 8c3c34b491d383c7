import type { Strided } from '../backend.ts';
import { plan } from './loops.ts';
import { eachPosition } from './reduce.ts';

/** Positions of the rows (all dimensions but the last) of `view`. */
function rowsOf(view: Strided) {
  return plan(view.shape.slice(0, -1), [view.strides.slice(0, -1)]);
}

export function softmax(x: Strided, out: Strided, log: boolean): void {
  const n = x.shape.at(-1) ?? 1;
  const step = x.strides.at(-1) ?? 0;
  const data = x.storage.data;
  const target = out.storage.data;
  let o = out.offset;
  eachPosition(rowsOf(x), x.offset, (base) => {
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0, i = base; k < n; k++, i += step) max = Math.max(max, data[i]!);
    let total = 0;
    if (log) {
      for (let k = 0, i = base; k < n; k++, i += step) total += Math.exp(data[i]! - max);
      const shift = max + Math.log(total);
      for (let k = 0, i = base; k < n; k++, i += step) target[o + k] = data[i]! - shift;
    } else {
      for (let k = 0, i = base; k < n; k++, i += step) {
        const e = Math.exp(data[i]! - max);
        target[o + k] = e;
        total += e;
      }
      const scale = 1 / total;
      for (let k = 0; k < n; k++) target[o + k]! *= scale;
    }
    o += n;
  });
}

export function softmaxBackward(grad: Strided, y: Strided, out: Strided, log: boolean): void {
  const n = y.shape.at(-1) ?? 1;
  const g = grad.storage.data;
  const value = y.storage.data;
  const target = out.storage.data;
  const gStep = grad.strides.at(-1) ?? 0;
  const yStep = y.strides.at(-1) ?? 0;
  const gRows: number[] = [];
  eachPosition(rowsOf(grad), grad.offset, (at) => gRows.push(at));
  let o = out.offset;
  let row = 0;
  eachPosition(rowsOf(y), y.offset, (yBase) => {
    const gBase = gRows[row++]!;
    let sum = 0;
    if (log) {
      for (let k = 0, i = gBase; k < n; k++, i += gStep) sum += g[i]!;
      for (let k = 0, i = gBase, j = yBase; k < n; k++, i += gStep, j += yStep)
        target[o + k] = g[i]! - Math.exp(value[j]!) * sum;
    } else {
      for (let k = 0, i = gBase, j = yBase; k < n; k++, i += gStep, j += yStep) sum += g[i]! * value[j]!;
      for (let k = 0, i = gBase, j = yBase; k < n; k++, i += gStep, j += yStep)
        target[o + k] = value[j]! * (g[i]! - sum);
    }
    o += n;
  });
}
