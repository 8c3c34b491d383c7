import type { Geometry, Strided, Windows } from '../backend.ts';

/** Calls `visit(position in x, position of the output plane)` for each plane of [planes, H, W]. */
function eachPlane(x: Strided, out: Strided, visit: (from: number, to: number) => void): void {
  const size = out.shape[1]! * out.shape[2]!;
  for (let p = 0; p < x.shape[0]!; p++) visit(x.offset + p * x.strides[0]!, out.offset + p * size);
}

export function maxPool2d(
  x: Strided,
  out: Strided,
  indices: Strided,
  [kernelRows, kernelColumns]: readonly [number, number],
  { stride, padding, dilation }: Geometry,
): void {
  const [, height, width] = x.shape as [number, number, number];
  const [, rows, columns] = out.shape as [number, number, number];
  const [, rowStep, columnStep] = x.strides as [number, number, number];
  const data = x.storage.data;
  const target = out.storage.data;
  const where = indices.storage.data;
  eachPlane(x, out, (from, to) => {
    let o = to;
    let k = indices.offset + to - out.offset;
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        let best = Number.NEGATIVE_INFINITY;
        let at = -1;
        for (let i = 0; i < kernelRows; i++) {
          const y = r * stride[0] - padding[0] + i * dilation[0];
          if (y < 0 || y >= height) continue;
          for (let j = 0; j < kernelColumns; j++) {
            const z = c * stride[1] - padding[1] + j * dilation[1];
            if (z < 0 || z >= width) continue;
            const value = data[from + y * rowStep + z * columnStep]!;
            // The first window element counts even at −∞; NaN wins and stays.
            if (at < 0 || value > best || Number.isNaN(value)) {
              best = value;
              at = y * width + z;
            }
          }
        }
        target[o++] = best;
        where[k++] = at;
      }
  });
}

export function averagePool2d(x: Strided, out: Strided, rows: Windows, columns: Windows): void {
  const [, rowStep, columnStep] = x.strides as [number, number, number];
  const data = x.storage.data;
  const target = out.storage.data;
  eachPlane(x, out, (from, to) => {
    let o = to;
    for (let r = 0; r < rows.start.length; r++)
      for (let c = 0; c < columns.start.length; c++) {
        let sum = 0;
        for (let y = rows.start[r]!; y < rows.end[r]!; y++)
          for (let z = columns.start[c]!; z < columns.end[c]!; z++) sum += data[from + y * rowStep + z * columnStep]!;
        target[o++] = sum / (rows.length[r]! * columns.length[c]!);
      }
  });
}

export function averagePool2dBackward(grad: Strided, dx: Strided, rows: Windows, columns: Windows): void {
  const [, rowStep, columnStep] = grad.strides as [number, number, number];
  const width = dx.shape[2]!;
  const g = grad.storage.data;
  const target = dx.storage.data;
  eachPlane(grad, dx, (from, to) => {
    for (let r = 0; r < rows.start.length; r++)
      for (let c = 0; c < columns.start.length; c++) {
        const share = g[from + r * rowStep + c * columnStep]! / (rows.length[r]! * columns.length[c]!);
        for (let y = rows.start[r]!; y < rows.end[r]!; y++)
          for (let z = columns.start[c]!; z < columns.end[c]!; z++) target[to + y * width + z]! += share;
      }
  });
}
