/** Layer normalisation (Ba, Kiros & Hinton 2016) over the rows of [rows, width]. */
import type { Strided } from '../backend.ts';

export function layerNorm(
  x: Strided,
  weight: Strided | undefined,
  bias: Strided | undefined,
  eps: number,
  out: Strided,
  mean: Strided,
  rstd: Strided,
): void {
  const [rows, width] = x.shape as [number, number];
  const [rowStep, step] = x.strides as [number, number];
  const data = x.storage.data;
  const target = out.storage.data;
  const w = weight?.storage.data;
  const b = bias?.storage.data;
  const wStep = weight?.strides[0] ?? 0;
  const bStep = bias?.strides[0] ?? 0;
  for (let r = 0; r < rows; r++) {
    const base = x.offset + r * rowStep;
    let sum = 0;
    for (let k = 0, i = base; k < width; k++, i += step) sum += data[i]!;
    const m = sum / width;
    let squares = 0;
    for (let k = 0, i = base; k < width; k++, i += step) {
      const d = data[i]! - m;
      squares += d * d;
    }
    const scale = 1 / Math.sqrt(squares / width + eps);
    mean.storage.data[mean.offset + r] = m;
    rstd.storage.data[rstd.offset + r] = scale;
    for (let k = 0, i = base, o = out.offset + r * width; k < width; k++, i += step, o++) {
      let y = (data[i]! - m) * scale;
      if (w) y *= w[weight!.offset + k * wStep]!;
      if (b) y += b[bias!.offset + k * bStep]!;
      target[o] = y;
    }
  }
}

export function layerNormBackward(
  grad: Strided,
  x: Strided,
  weight: Strided | undefined,
  mean: Strided,
  rstd: Strided,
  dx: Strided,
  dWeight: Strided | undefined,
  dBias: Strided | undefined,
): void {
  const [rows, width] = x.shape as [number, number];
  const data = x.storage.data;
  const g = grad.storage.data;
  const w = weight?.storage.data;
  const wStep = weight?.strides[0] ?? 0;
  const sumW = dWeight && new Float64Array(width);
  const sumB = dBias && new Float64Array(width);
  const hat = new Float64Array(width);
  const dHat = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    const m = mean.storage.data[mean.offset + r]!;
    const scale = rstd.storage.data[rstd.offset + r]!;
    let i = x.offset + r * x.strides[0]!;
    let j = grad.offset + r * grad.strides[0]!;
    let meanD = 0;
    let meanDx = 0;
    for (let k = 0; k < width; k++, i += x.strides[1]!, j += grad.strides[1]!) {
      const h = (data[i]! - m) * scale;
      const upstream = g[j]!;
      if (sumW) sumW[k]! += upstream * h;
      if (sumB) sumB[k]! += upstream;
      const d = w ? upstream * w[weight!.offset + k * wStep]! : upstream;
      hat[k] = h;
      dHat[k] = d;
      meanD += d;
      meanDx += d * h;
    }
    meanD /= width;
    meanDx /= width;
    for (let k = 0, o = dx.offset + r * width; k < width; k++, o++)
      dx.storage.data[o] = scale * (dHat[k]! - meanD - hat[k]! * meanDx);
  }
  if (sumW) dWeight.storage.data.set(sumW, dWeight.offset);
  if (sumB) dBias.storage.data.set(sumB, dBias.offset);
}
