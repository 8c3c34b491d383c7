/** `torch.linalg.solve`, for the cases that end in an equation: by elimination, in double precision. */
import { type Tensor, tensor } from '../../../core/index.ts';
import type { Callable } from './values.ts';

/** A x = b for A [n, n] and b [n, m] or [n] → x of b's shape. No gradient flows. */
export const solve: Callable = ([a, b]) => {
  const [matrix, right] = [a as Tensor, b as Tensor];
  const n = matrix.shape[0]!;
  const columns = right.numel / n;
  const rows = Array.from({ length: n }, (_, i) => [
    ...matrix.toTypedArray().subarray(i * n, (i + 1) * n),
    ...right.toTypedArray().subarray(i * columns, (i + 1) * columns),
  ]);
  for (let i = 0; i < n; i++) {
    const pivot = rows.reduce(
      (best, row, k) => (k >= i && Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? k : best),
      i,
    );
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let k = 0; k < n; k++) {
      const factor = k === i ? 0 : rows[k]![i]! / rows[i]![i]!;
      if (factor !== 0) rows[k] = rows[k]!.map((value, j) => value - factor * rows[i]![j]!);
    }
  }
  return tensor(Float32Array.from(rows.flatMap((row, i) => row.slice(n).map((value) => value / row[i]!))), {
    shape: right.shape,
  });
};
