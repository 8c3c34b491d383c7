import type { AttentionKernel, Backend, Strided } from '../backend.ts';

const floatsOf = (view: Strided) => view.storage.data as Float32Array;

/** Calls `row(b, h, i, weights)` with each query's weights over all keys. */
function eachRow(
  q: Strided,
  k: Strided,
  { scale, causal, mask }: AttentionKernel,
  row: (b: number, h: number, i: number, weights: Float64Array) => void,
): void {
  const [batches, heads, queries, width] = q.shape as [number, number, number, number];
  const keys = k.shape[2]!;
  const [qs, ks] = [floatsOf(q), floatsOf(k)];
  const weights = new Float64Array(keys);
  for (let b = 0; b < batches; b++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < queries; i++) {
        const qAt = at(q, b, h, i);
        let top = Number.NEGATIVE_INFINITY;
        for (let j = 0; j < keys; j++) {
          const kAt = at(k, b, h, j);
          let sum = 0;
          for (let e = 0; e < width; e++) sum += qs[qAt + e]! * ks[kAt + e]!;
          sum *= scale;
          if (mask !== undefined) sum += floatsOf(mask)[at(mask, b, h, i) + j * mask.strides[3]!]!;
          if (causal && j > i) sum = Number.NEGATIVE_INFINITY;
          weights[j] = sum;
          // NaN stays: it is never smaller.
          if (!(sum <= top)) top = sum;
        }
        let total = 0;
        for (let j = 0; j < keys; j++) total += weights[j] = Math.exp(weights[j]! - top);
        for (let j = 0; j < keys; j++) weights[j]! /= total;
        row(b, h, i, weights);
      }
}

function at({ offset, strides }: Strided, b: number, h: number, i: number): number {
  return offset + b * strides[0]! + h * strides[1]! + i * strides[2]!;
}

export const attention: Backend['attention'] = (q, k, v, how, out) => {
  const keys = k.shape[2]!;
  const width = v.shape[3]!;
  const [vs, outs] = [floatsOf(v), floatsOf(out)];
  eachRow(q, k, how, (b, h, i, weights) => {
    const o = at(out, b, h, i);
    const vAt = at(v, b, h, 0);
    for (let e = 0; e < width; e++) {
      let sum = 0;
      for (let j = 0; j < keys; j++) sum += weights[j]! * vs[vAt + j * v.strides[2]! + e]!;
      outs[o + e] = sum;
    }
  });
};

export const attentionBackward: Backend['attentionBackward'] = (grad, q, k, v, how, dq, dk, dv) => {
  const keys = k.shape[2]!;
  const width = q.shape[3]!;
  const valueWidth = v.shape[3]!;
  const [gs, qs, ks, vs] = [floatsOf(grad), floatsOf(q), floatsOf(k), floatsOf(v)];
  const [dqs, dks, dvs] = [floatsOf(dq), floatsOf(dk), floatsOf(dv)];
  const slopes = new Float64Array(keys);
  eachRow(q, k, how, (b, h, i, weights) => {
    const g = at(grad, b, h, i);
    let common = 0;
    for (let j = 0; j < keys; j++) {
      const vAt = at(v, b, h, j);
      const dvAt = at(dv, b, h, j);
      let sum = 0;
      for (let e = 0; e < valueWidth; e++) {
        sum += gs[g + e]! * vs[vAt + e]!;
        dvs[dvAt + e]! += weights[j]! * gs[g + e]!;
      }
      slopes[j] = sum;
      common += weights[j]! * sum;
    }
    const qAt = at(q, b, h, i);
    const dqAt = at(dq, b, h, i);
    for (let j = 0; j < keys; j++) {
      const slope = weights[j]! * (slopes[j]! - common) * how.scale;
      const kAt = at(k, b, h, j);
      const dkAt = at(dk, b, h, j);
      for (let e = 0; e < width; e++) {
        dqs[dqAt + e]! += slope * ks[kAt + e]!;
        dks[dkAt + e]! += slope * qs[qAt + e]!;
      }
    }
  });
};
