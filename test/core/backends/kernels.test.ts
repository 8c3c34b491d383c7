import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BinaryKernel, ReduceKernel, Strided, UnaryKernel } from '../../../core/backends/backend.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { wide } from '../../harness/wideTiles.ts';
import { near as isNear } from '../near.ts';
import { at, elements, finite, fresh, indices, rowMajor, shapes, storageOf, viewOf } from './views.ts';

/** Every backend is held to the same suite; kernels that smaller tensors go around run on them here. */
const backends = availableBackends({ wide, eager: true });

function near(actual: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  if (actual.length !== expected.length) expect.fail(`${actual.length} elements, expected ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    const same = isNear(a, e, tolerance, tolerance);
    if (!same) expect.fail(`element ${i} is ${a}, expected ${e}`);
  }
}

const unaries: Partial<Record<UnaryKernel, (x: number) => number>> = {
  neg: (x) => -x,
  abs: Math.abs,
  exp: Math.exp,
  tanh: Math.tanh,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  relu: (x) => (Number.isNaN(x) ? x : Math.max(0, x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  floor: Math.floor,
  isnan: (x) => Number(Number.isNaN(x)),
  logicalNot: (x) => Number(x === 0),
};

const binaries: Partial<Record<BinaryKernel, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  maximum: Math.max,
  minimum: Math.min,
  eq: (a, b) => Number(a === b),
  le: (a, b) => Number(a <= b),
  reluBackward: (g, x) => (x <= 0 ? 0 : g),
};

const reductions: Record<ReduceKernel, (values: readonly number[]) => number> = {
  sum: (v) => v.reduce((a, b) => a + b, 0),
  mean: (v) => v.reduce((a, b) => a + b, 0) / v.length,
  sumOfSquares: (v) => v.reduce((a, b) => a + b * b, 0),
  prod: (v) => v.reduce((a, b) => a * b, 1),
  max: (v) => Math.max(...v),
  min: (v) => Math.min(...v),
  any: (v) => Number(v.some((x) => x !== 0)),
  all: (v) => Number(v.every((x) => x !== 0)),
  argmax: (v) => arg(v, (a, b) => a > b),
  argmin: (v) => arg(v, (a, b) => a < b),
};

function arg(values: readonly number[], better: (a: number, b: number) => boolean): number {
  const nan = values.findIndex(Number.isNaN);
  if (nan >= 0) return nan;
  return values.reduce((best, v, i) => (best < 0 || better(v, values[best]!) ? i : best), -1);
}

describe.each(backends.map((backend) => [backend.name, backend] as const))('the %s backend', (_, backend) => {
  test('copies any view, converting on the way', () => {
    fc.assert(
      fc.property(
        shapes().chain((shape) => fc.tuple(viewOf(shape), viewOf(shape, { dtype: 'i32', stretched: false }))),
        fc.constantFrom('f32', 'bool', 'i32'),
        ([x, target], dtype) => {
          const out = fresh(dtype, x.shape);
          backend.copy(x, out);
          const convert = { f32: (v: number) => v, i32: (v: number) => v | 0, bool: (v: number) => Number(v !== 0) };
          near(elements(out), elements(x).map(convert[dtype]));
          backend.copy(x, target);
          near(elements(target), elements(x).map(convert.i32));
        },
      ),
    );
  });

  test('fills any view and nothing else', () => {
    fc.assert(
      fc.property(
        shapes(3).chain((shape) => viewOf(shape, { values: finite, stretched: false })),
        (x) => {
          const before = Array.from(x.storage.data);
          const inside = new Set(indices(x.shape).map((index) => offsetOf(x, index)));
          backend.fill(x, 9);
          expect(Array.from(x.storage.data)).toEqual(before.map((v, i) => (inside.has(i) ? 9 : v)));
        },
      ),
    );
  });

  test.each(Object.keys(unaries) as UnaryKernel[])('%s of any view is that of each element', (kernel) => {
    fc.assert(
      fc.property(
        shapes().chain((shape) => viewOf(shape)),
        (x) => {
          const out = fresh('f32', x.shape);
          backend.unary(kernel, x, out);
          near(elements(out), elements(x).map(unaries[kernel]!));
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each(Object.keys(binaries) as BinaryKernel[])('%s of any two views is that of each pair', (kernel) => {
    fc.assert(
      fc.property(
        shapes().chain((shape) => fc.tuple(viewOf(shape), viewOf(shape))),
        ([a, b]) => {
          const out = fresh('f32', a.shape);
          backend.binary(kernel, a, b, out);
          const right = elements(b);
          near(
            elements(out),
            elements(a).map((v, i) => Math.fround(binaries[kernel]!(v, right[i]!))),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  test('binary may write onto its first operand', () => {
    const x = fresh('f32', [2, 3]);
    backend.fill(x, 2);
    backend.binary(
      'add',
      x,
      { storage: storageOf('f32', [1, 2, 3]), dtype: 'f32', shape: [2, 3], strides: [0, 1], offset: 0 },
      x,
    );
    expect(elements(x)).toEqual([3, 4, 5, 3, 4, 5]);
  });

  test('where chooses element by element', () => {
    fc.assert(
      fc.property(
        shapes().chain((shape) =>
          fc.tuple(viewOf(shape, { dtype: 'bool', values: fc.constantFrom(0, 1) }), viewOf(shape), viewOf(shape)),
        ),
        ([condition, a, b]) => {
          const out = fresh('f32', a.shape);
          backend.where(condition, a, b, out);
          const [left, right] = [elements(a), elements(b)];
          near(
            elements(out),
            elements(condition).map((c, i) => (c ? left[i]! : right[i]!)),
          );
        },
      ),
    );
  });

  test.each(Object.keys(reductions) as ReduceKernel[])('%s over any dimensions of any view', (kernel) => {
    const nonEmpty = ['max', 'min', 'argmax', 'argmin'].includes(kernel);
    fc.assert(
      fc.property(
        shapes(4, 4, nonEmpty ? 1 : 0).chain((shape) => fc.tuple(viewOf(shape), fc.subarray(shape.map((_, i) => i)))),
        ([x, dims]) => {
          const shape = x.shape.map((size, d) => (dims.includes(d) ? 1 : size));
          const out = fresh('f32', shape);
          backend.reduce(kernel, x, dims, out);
          const along = indices(dims.map((d) => x.shape[d]!));
          const expected = indices(shape).map((base) =>
            reductions[kernel](
              along.map((inner) => {
                const index = [...base];
                dims.forEach((d, i) => {
                  index[d] = inner[i]!;
                });
                return at(x, index);
              }),
            ),
          );
          near(elements(out), expected.map(Math.fround));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('cumsum runs along its dimension', () => {
    fc.assert(
      fc.property(
        shapes(3, 4, 1)
          .filter((shape) => shape.length > 0)
          .chain((shape) => fc.tuple(viewOf(shape, { values: finite }), fc.integer({ min: 0, max: shape.length - 1 }))),
        ([x, dim]) => {
          const out = fresh('f32', x.shape);
          backend.cumsum(x, dim, out);
          const expected = indices(x.shape).map((index) => {
            let total = 0;
            for (let k = 0; k <= index[dim]!; k++) total += at(x, index.with(dim, k));
            return total;
          });
          near(elements(out), expected);
        },
      ),
    );
  });

  test('matmul multiplies any views, batches broadcast', () => {
    const sizes = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(
        fc
          .tuple(shapes(2, 3), sizes, sizes, sizes)
          .chain(([batch, m, k, n]) =>
            fc.tuple(viewOf([...batch, m, k], { values: finite }), viewOf([...batch, k, n], { values: finite })),
          ),
        ([a, b]) => {
          const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
          const out = fresh('f32', shape);
          out.storage.data.fill(7);
          backend.matmul(a, b, out);
          near(elements(out), naiveMatmul(a, b, shape));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('matmul is exact to one rounding at sizes that are no multiple of a tile', () => {
    for (const [m, k, n] of [
      [17, 33, 19],
      [1, 64, 5],
      [66, 7, 3],
    ] as const) {
      const a = counting([m, k]);
      const b = counting([k, n]);
      const out = fresh('f32', [m, n]);
      backend.matmul(a, b, out);
      near(elements(out), naiveMatmul(a, b, [m, n]), 1e-7);
    }
  });

  test('softmax and its logarithm of any rows; a row of −∞ alone is NaN', () => {
    fc.assert(
      fc.property(
        shapes(3, 4, 1)
          .filter((shape) => shape.length > 0)
          .chain((shape) => viewOf(shape, { values: finite })),
        fc.boolean(),
        (x, log) => {
          const out = fresh('f32', x.shape);
          backend.softmax(x, out, log);
          const expected = indices(x.shape).map((index) => {
            const row = Array.from({ length: x.shape.at(-1)! }, (_, k) => Math.exp(at(x, index.with(-1, k))));
            const p = Math.exp(at(x, index)) / row.reduce((a, b) => a + b, 0);
            return log ? Math.log(p) : p;
          });
          near(elements(out), expected);
        },
      ),
    );
    const out = fresh('f32', [1, 2]);
    const masked = Number.NEGATIVE_INFINITY;
    const row = {
      storage: storageOf('f32', [masked, masked]),
      dtype: 'f32',
      shape: [1, 2],
      strides: [2, 1],
      offset: 0,
    } as const;
    backend.softmax(row, out, false);
    expect(elements(out)).toEqual([Number.NaN, Number.NaN]);
  });

  test('gather and scatterAdd follow their indices along any dimension', () => {
    fc.assert(
      fc.property(
        shapes(3, 4, 1)
          .filter((shape) => shape.length > 0)
          .chain((shape) =>
            fc.integer({ min: 0, max: shape.length - 1 }).chain((dim) =>
              fc.tuple(
                fc.constant(dim),
                viewOf(shape, { values: finite }),
                fc.integer({ min: 0, max: 5 }).chain((count) =>
                  fc.tuple(
                    viewOf(shape.with(dim, count), {
                      dtype: 'i32',
                      values: fc.integer({ min: 0, max: shape[dim]! - 1 }),
                    }),
                    viewOf(shape.with(dim, count), { values: finite }),
                  ),
                ),
              ),
            ),
          ),
        ([dim, x, [index, src]]) => {
          const out = fresh('f32', index.shape);
          backend.gather(x, dim, index, out);
          near(
            elements(out),
            indices(index.shape).map((i) => at(x, i.with(dim, at(index, i)))),
          );
          const total = fresh('f32', x.shape);
          backend.scatterAdd(total, dim, index, src);
          const expected = fresh('f32', x.shape);
          for (const i of indices(index.shape))
            expected.storage.data[offsetOf(expected, i.with(dim, at(index, i)))]! += at(src, i);
          near(elements(total), elements(expected));
        },
      ),
    );
  });

  test('conv2d is the sum over channels and taps, for any stride, padding, dilation and groups', () => {
    const small = fc.integer({ min: 1, max: 3 });
    const pairs = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
    fc.assert(
      fc.property(
        fc
          .record({ n: small, groups: small, c: small, o: small, size: pairs(3, 6), kernel: pairs(1, 3) })
          .chain(({ n, groups, c, o, size, kernel }) =>
            fc.tuple(
              viewOf([n, groups * c, ...size], { values: finite }),
              viewOf([groups * o, c, ...kernel], { values: finite }),
              fc.constant(groups),
            ),
          ),
        pairs(1, 2),
        pairs(0, 2),
        pairs(1, 2),
        ([x, weight, groups], stride, padding, dilation) => {
          const spatial = [0, 1].map((d) => {
            const room = x.shape[2 + d]! + 2 * padding[d]! - dilation[d]! * (weight.shape[2 + d]! - 1) - 1;
            return Math.floor(room / stride[d]!) + 1;
          });
          if (spatial.some((s) => s < 1)) return;
          const out = fresh('f32', [x.shape[0]!, weight.shape[0]!, ...spatial]);
          backend.conv2d(x, weight, out, { stride, padding, dilation }, groups);
          const perGroup = weight.shape[1]!;
          const outputsPerGroup = weight.shape[0]! / groups;
          const expected = indices(out.shape).map(([n, o, y, z]) => {
            let total = 0;
            for (const [c, ky, kz] of indices(weight.shape.slice(1))) {
              const row = y! * stride[0] - padding[0] + ky! * dilation[0];
              const column = z! * stride[1] - padding[1] + kz! * dilation[1];
              if (row < 0 || column < 0 || row >= x.shape[2]! || column >= x.shape[3]!) continue;
              const channel = Math.floor(o! / outputsPerGroup) * perGroup + c!;
              total += at(x, [n!, channel, row, column]) * at(weight, [o!, c!, ky!, kz!]);
            }
            return total;
          });
          near(elements(out), expected);
        },
      ),
      { numRuns: 100 },
    );
  });
});

function offsetOf(view: Strided, index: readonly number[]): number {
  return index.reduce((sum, i, d) => sum + i * view.strides[d]!, view.offset);
}

/** 0 … 10 over and over. */
function counting(shape: readonly number[]): Strided {
  const length = shape.reduce((n, size) => n * size, 1);
  const values = Array.from({ length }, (_, i) => (i % 11) - 5.25);
  return { storage: storageOf('f32', values), dtype: 'f32', shape, strides: rowMajor(shape), offset: 0 };
}

function naiveMatmul(a: Strided, b: Strided, shape: readonly number[]): number[] {
  return indices(shape).map((index) => {
    const [row, column] = index.slice(-2) as [number, number];
    const batch = index.slice(0, -2);
    let total = 0;
    for (let k = 0; k < a.shape.at(-1)!; k++) total += at(a, [...batch, row, k]) * at(b, [...batch, k, column]);
    return total;
  });
}
