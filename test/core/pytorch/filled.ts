/** What cases written once for both languages call by the same names as edges.py does: numbers, and modules filled with them. */
import { type NestedNumbers, type nn, type Tensor, tensor } from '../../../core/index.ts';

/** Numbers spread over −2 … 2 without a pattern: shape [...] → f32 of that shape. */
export function seq(shape: readonly number[], step = 0.37, start = 0): Tensor {
  const at = (_: unknown, i: number) => (Math.fround(Math.fround(i * Math.fround(step)) + start) % 1) * 4 - 2;
  return tensor(Float32Array.from({ length: shape.reduce((n, s) => n * s, 1) }, at), { shape });
}

export const I = (values: NestedNumbers) => tensor(values, { dtype: 'i32' });
export const B = (values: NestedNumbers) => tensor(values, { dtype: 'bool' });

/** Modules that the case under way has filled. */
export const filled: nn.Module[] = [];

/** The module, its parameters filled by `seq` in the order of their names. */
export function M<T extends nn.Module>(module: T): T {
  filled.push(module);
  const byName = module.namedParameters().sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [k, [, p]] of byName.entries()) {
    if (p.isMeta) continue;
    const values = seq(p.shape, 0.29 + 0.07 * k, 0.1).toTypedArray();
    p.storage.data.set(
      values.map((v) => v * 0.3),
      p.offset,
    );
  }
  return module;
}

/** The same in evaluation mode. */
export const E = <T extends nn.Module>(module: T): T => M(module).eval();
