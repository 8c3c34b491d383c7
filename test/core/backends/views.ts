/** Strided views of every kind, and what they hold by the plainest possible reading: an index times its strides. */
import fc from 'fast-check';
import type { Storage, Strided } from '../../../core/backends/backend.ts';
import type { DType } from '../../../core/tensor/dtype.ts';
import { Generator } from '../../../core/tensor/random.ts';

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

export interface ViewOptions extends LayoutOptions {
  readonly dtype?: DType;
  /** Values to draw from. */
  readonly values?: fc.Arbitrary<number>;
}

/** How a view lies in memory. */
interface Layout {
  readonly strides: readonly number[];
  readonly offset: number;
  /** Elements of the storage. */
  readonly length: number;
}

export interface LayoutOptions {
  /** Whether dimensions may be stretched with stride 0, or overlap. */
  readonly stretched?: boolean;
  /** Whether the last dimension's elements are neighbours. */
  readonly wholeRows?: boolean;
}

/** Elements that a storage may have for its view's sake; wider gaps are closed. */
const roomLimit = 1 << 19;

/**
 * Every layout that views of views have: dimensions in any order, in steps (`slice` with a step), cut out of longer ones (`slice`,
 * `narrow`, `select`: pitches of 1 to 10 times the width, and odd ones), reversed, stretched with stride 0, windows that overlap, and after an offset.
 */
function layoutOf(
  shape: readonly number[],
  { stretched = true, wholeRows = false }: LayoutOptions = {},
): fc.Arbitrary<Layout> {
  const each = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: shape.length, maxLength: shape.length });
  const often = <T>(usual: T, rare: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: rare });
  return fc
    .record({
      order: fc.oneof(
        fc.constant(shape.map((_, d) => shape.length - 1 - d)),
        fc.shuffledSubarray(
          shape.map((_, d) => d),
          { minLength: shape.length, maxLength: shape.length },
        ),
      ),
      steps: each(often(1, fc.integer({ min: 2, max: 10 }))),
      pitches: each(often(1, fc.integer({ min: 2, max: 10 }))),
      more: each(often(0, fc.integer({ min: 1, max: 5 }))),
      kinds: each(often('plain', fc.constantFrom('stretched', 'sliding', 'reversed'))),
      plain: often(false, fc.constant(true)),
      offset: often(0, fc.integer({ min: 1, max: 70 })),
    })
    .map(({ order, steps, pitches, more, kinds, plain, offset }) => {
      const strides = new Array<number>(shape.length).fill(0);
      const last = shape.length - 1;
      const total = shape.reduce((n, size) => n * Math.max(1, size), 1);
      let step = 1;
      let rest = total;
      let start = offset;
      let reach = 0;
      if (plain) {
        strides.splice(0, shape.length, ...rowMajor(shape));
        reach = total - 1;
      } else
        for (const d of wholeRows ? [last, ...order.filter((other) => other !== last)] : order) {
          if (d < 0) continue;
          const whole = wholeRows && d === last;
          if (kinds[d] === 'stretched' && stretched && !whole) continue;
          const size = Math.max(1, shape[d]!);
          const roomy = (by: number) => (step * by + 5) * rest <= roomLimit;
          if (roomy(steps[d]!) && !whole) step *= steps[d]!;
          const reversed = kinds[d] === 'reversed' && !whole;
          strides[d] = reversed ? -step : step;
          if (reversed) start += step * (size - 1);
          reach += step * (size - 1);
          // Windows that overlap: the next dimension begins again beside the first element.
          if (kinds[d] !== 'sliding' || !stretched) step *= size;
          rest /= size;
          if (roomy(pitches[d]!)) step = step * pitches[d]! + more[d]!;
        }
      return { strides, offset: start, length: offset + reach + 1 };
    });
}

/** A view of this shape in any layout. */
export function viewOf(
  shape: readonly number[],
  { dtype = 'f32', values = someFloats, ...layout }: ViewOptions = {},
): fc.Arbitrary<Strided> {
  return fc
    .record({ layout: layoutOf(shape, layout), pool: fc.array(values, { minLength: 8, maxLength: 24 }) })
    .map(({ layout: { strides, offset, length }, pool }) => {
      const data = new memory[dtype](length);
      for (let i = 0; i < length; i++) data[i] = pool[(i * 7) % pool.length]!;
      return { storage: { data }, dtype, shape, strides, offset };
    });
}

/**
 * The same for large views: floats from −1 to 1, or whole numbers below `below`. In the gaps is what no kernel may look at, or write to:
 * NaN, or −1.
 */
export function largeViewOf(
  shape: readonly number[],
  { dtype = 'f32', below = 2, ...layout }: LayoutOptions & { readonly dtype?: DType; readonly below?: number } = {},
): fc.Arbitrary<Strided> {
  return fc
    .record({ lies: layoutOf(shape, layout), seed: fc.integer({ min: 0, max: 0xffff }) })
    .map(({ lies: { strides, offset, length }, seed }) => {
      const generator = new Generator(seed);
      const data = new memory[dtype](length).fill(dtype === 'f32' ? Number.NaN : -1);
      const view: Strided = { storage: { data }, dtype, shape, strides, offset };
      eachOffset(view, (i) => {
        data[i] = dtype === 'f32' ? 2 * generator.uniform() - 1 : Math.floor(generator.uniform() * below);
      });
      // A failure is told by what it takes to see it again, not by all numbers.
      const described = `${dtype} [${shape}] in strides [${strides}] from ${offset} on, seed ${seed}`;
      return Object.assign(view, { [fc.toStringMethod]: () => described });
    });
}

/** Calls `with_` with where each element stands, row-major. */
function eachOffset({ shape, strides, offset }: Strided, with_: (i: number) => void): void {
  const walk = (d: number, i: number): void => {
    if (d === shape.length) with_(i);
    else for (let k = 0; k < shape[d]!; k++) walk(d + 1, i + k * strides[d]!);
  };
  walk(0, offset);
}

export const someFloats = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -8, max: 8 }).map((n) => n / 4) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0) },
);

export const finite = fc.integer({ min: -8, max: 8 }).map((n) => n / 4);
