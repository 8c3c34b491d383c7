/** Planes in another size along cubic curves (Keys 1981, a = −0.75, as PyTorch): a product with what each row and column is made of. */
import type { Tensor } from '../tensor/tensor.ts';
import { tensor } from './creation.ts';
import { matmul } from './matmul.ts';
import { movedAxes } from './window.ts';

const a = -0.75;
const near = (t: number) => ((a + 2) * t - (a + 3)) * t * t + 1;
const far = (t: number) => ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;

/** What each of `count` elements is made of, of `size` that there are: [count, size]. */
function mixing(size: number, count: number, factor: number | undefined, alignCorners: boolean): Float32Array {
  const weights = new Float32Array(count * size);
  const scale = alignCorners
    ? count > 1
      ? (size - 1) / (count - 1)
      : 0
    : factor === undefined
      ? size / count
      : 1 / factor;
  for (let i = 0; i < count; i++) {
    const at = alignCorners ? i * scale : (i + 0.5) * scale - 0.5;
    const low = Math.floor(at);
    const t = at - low;
    for (const [k, weight] of [far(t + 1), near(t), near(1 - t), far(2 - t)].entries()) {
      const from = Math.min(Math.max(low - 1 + k, 0), size - 1);
      weights[i * size + from]! += weight;
    }
  }
  return weights;
}

/** x [batch, channel, H, W] → [batch, channel, ...sizes]. `factors`: what the sizes came from, where that was said. */
export function bicubic(
  x: Tensor,
  sizes: readonly number[],
  factors: readonly number[] | undefined,
  alignCorners: boolean,
): Tensor {
  const [height, width] = x.shape.slice(2) as [number, number];
  const [rows, columns] = sizes as [number, number];
  const down = tensor(mixing(height, rows, factors?.[0], alignCorners), { shape: [rows, height] });
  const across = tensor(mixing(width, columns, factors?.[1], alignCorners), { shape: [columns, width] });
  return matmul(matmul(down, x), across.t()).withAxes([...x.axes.slice(0, 2), ...movedAxes(x, 2)]);
}
