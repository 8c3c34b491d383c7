/** Strided views of every kind, and what they hold by the plainest possible reading: an index times its strides. */
import fc from 'fast-check';
import type { Storage, Strided } from '../../../core/backends/backend.ts';
import type { DType } from '../../../core/tensor/dtype.ts';

const memory = { f32: Float32Array, i32: Int32Array, bool: Uint8Array } as const;

export function storageOf(dtype: DType, values: readonly number[]): Storage {
  return { data: memory[dtype].from(values) };
}

/** Row-major strides. */
export function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, i) => shape.slice(i + 1).reduce((n, size) => n * size, 1));
}

export function fresh(dtype: DType, shape: readonly number[]): Strided {
  const length = shape.reduce((n, size) => n * size, 1);
  return { storage: { data: new memory[dtype](length) }, dtype, shape, strides: rowMajor(shape), offset: 0 };
}

/** Every index of a shape, row-major. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (sofar, size) => sofar.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

export function at(view: Strided, index: readonly number[]): number {
  return view.storage.data[index.reduce((sum, i, d) => sum + i * view.strides[d]!, view.offset)]!;
}

export function elements(view: Strided): number[] {
  return indices(view.shape).map((index) => at(view, index));
}

export const shapes = (maxRank = 4, maxSize = 4, minSize = 0): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: minSize, max: maxSize }), { maxLength: maxRank });

export interface ViewOptions {
  readonly dtype?: DType;
  /** Values to draw from. */
  readonly values?: fc.Arbitrary<number>;
  /** Whether dimensions may be stretched with stride 0. */
  readonly stretched?: boolean;
}

/** A view of this shape whose dimensions lie in any order, with gaps, and stretched (stride 0). */
export function viewOf(
  shape: readonly number[],
  { dtype = 'f32', values = someFloats, stretched = true }: ViewOptions = {},
): fc.Arbitrary<Strided> {
  return fc
    .record({
      order: fc.shuffledSubarray(
        shape.map((_, i) => i),
        { minLength: shape.length, maxLength: shape.length },
      ),
      kinds: fc.array(fc.constantFrom('plain', 'plain', 'gap', 'stretched', 'reversed'), {
        minLength: shape.length,
        maxLength: shape.length,
      }),
      plain: fc.boolean(),
      offset: fc.integer({ min: 0, max: 3 }),
      pool: fc.array(values, { minLength: 8, maxLength: 24 }),
    })
    .map(({ order, kinds, plain, offset, pool }) => {
      const strides = new Array<number>(shape.length).fill(0);
      let step = 1;
      let start = offset;
      if (plain) strides.splice(0, shape.length, ...rowMajor(shape));
      else
        for (const d of order) {
          const kind = kinds[d];
          if (kind === 'stretched' && stretched) continue;
          if (kind === 'gap') step *= 2;
          strides[d] = kind === 'reversed' ? -step : step;
          if (kind === 'reversed') start += step * Math.max(0, shape[d]! - 1);
          step *= Math.max(1, shape[d]!);
        }
      const reach = strides.reduce((n, s, d) => n + Math.abs(s) * Math.max(0, shape[d]! - 1), 0);
      const length = offset + reach + 1;
      const data = Array.from({ length }, (_, i) => pool[(i * 7) % pool.length]!);
      return { storage: storageOf(dtype, data), dtype, shape, strides, offset: start };
    });
}

export const someFloats = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -8, max: 8 }).map((n) => n / 4) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0) },
);

export const finite = fc.integer({ min: -8, max: 8 }).map((n) => n / 4);
