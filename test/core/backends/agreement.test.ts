/** What a backend computes in vectors of its own, against the reference backend: sizes and layouts beyond a block's border. */
import { describe, expect, test } from 'vitest';
import type { Backend, BinaryKernel, Strided, UnaryKernel } from '../../../core/backends/backend.ts';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { Generator } from '../../../core/tensor/random.ts';
import { wide } from '../../harness/wideTiles.ts';
import { near } from '../near.ts';
import { fresh, rowMajor } from './views.ts';

const generator = new Generator(1);
/** Drawn once: to draw takes longer than most kernels do. */
const normals = Float64Array.from({ length: 1 << 17 }, () => generator.normal());
let drawn = 0;

/** Normally distributed numbers, other ones each time; `order` lists the dimensions from the outermost in memory. */
function random(shape: readonly number[], { order = shape.map((_, d) => d), scale = 1, shift = 0 } = {}): Strided {
  const data = new Float32Array(size(shape) + 5);
  for (let i = 0; i < data.length; i++) data[i] = shift + scale * normals[drawn++ % normals.length]!;
  const strides = new Array<number>(shape.length).fill(0);
  const inMemory = rowMajor(order.map((d) => shape[d]!));
  order.forEach((d, i) => {
    strides[d] = inMemory[i]!;
  });
  return { storage: { data }, dtype: 'f32', shape, strides, offset: 5 };
}

const size = (shape: readonly number[]) => shape.reduce((n, s) => n * s, 1);

function close(actual: Strided, expected: Strided, rtol = 2e-6, atol = 1e-7): void {
  const a = actual.storage.data;
  const e = expected.storage.data;
  for (let i = 0; i < e.length; i++) {
    const [x, y] = [a[i]!, e[i]!];
    if (!near(x, y, rtol, atol)) expect.fail(`element ${i} is ${x}, the reference has ${y}`);
  }
}

/** Runs a kernel on both backends into fresh outputs and compares them. */
function both(
  backend: Backend,
  outputs: readonly (readonly number[])[],
  run: (on: Backend, ...out: [Strided, Strided, Strided]) => void,
  rtol?: number,
  atol?: number,
): void {
  const ours = outputs.map((shape) => fresh('f32', shape));
  const reference = outputs.map((shape) => fresh('f32', shape));
  run(backend, ...(ours as [Strided, Strided, Strided]));
  run(referenceBackend, ...(reference as [Strided, Strided, Strided]));
  ours.forEach((out, i) => {
    close(out, reference[i]!, rtol, atol);
  });
}

const backends = availableBackends({ wide, eager: true }).filter((backend) => backend !== referenceBackend);

test('there is a WASM backend on this host', () => {
  expect(backends.length).toBeGreaterThan(0);
});

describe.each(backends.map((backend) => [backend.name, backend] as const))(
  'the %s backend, against the reference',
  (_, backend) => {
    test.each([
      [1, 1, 1],
      [5, 3, 7],
      [6, 8, 8],
      [7, 401, 9],
      [97, 385, 40],
      [12, 20, 1037],
      [100, 64, 64],
      [1, 300, 33],
      [33, 300, 1],
    ])('a product of %i × %i and × %i, in every layout', (m, k, n) => {
      const layouts = [
        [0, 1],
        [1, 0],
      ];
      for (const left of layouts)
        for (const right of layouts) {
          const a = random([m, k], { order: left });
          const b = random([k, n], { order: right });
          both(backend, [[m, n]], (on, out) => on.matmul(a, b, out), 1e-5, 5e-5);
        }
    });

    test('products of batches that lie inside one another, share an operand, or are thinned out', () => {
      // [batch, head, query, width] as a view of [batch, query, head, width], as attention has it.
      const query = random([2, 4, 17, 8], { order: [0, 2, 1, 3] });
      const key = random([2, 4, 8, 19], { order: [0, 3, 1, 2] });
      both(backend, [[2, 4, 17, 19]], (on, out) => on.matmul(query, key, out), 1e-5, 1e-5);
      const shared = { ...random([8, 19]), shape: [2, 4, 8, 19], strides: [0, 0, 19, 1] };
      both(backend, [[2, 4, 17, 19]], (on, out) => on.matmul(query, shared, out), 1e-5, 1e-5);
      const sparse = random([400, 30, 10]);
      const thin = { ...sparse, shape: [3, 4, 9], strides: [31 * 300, 30, 1] };
      const right = { ...sparse, shape: [3, 9, 5], strides: [0, -1, 40], offset: 90 };
      both(backend, [[3, 4, 5]], (on, out) => on.matmul(thin, right, out), 1e-5, 1e-5);
    });

    test.each(['exp', 'tanh', 'sigmoid', 'erf', 'silu', 'gelu', 'geluTanh'] as UnaryKernel[])('%s', (kernel) => {
      const x = fresh('f32', [20011]);
      const data = x.storage.data;
      for (let i = 0; i < data.length; i++) data[i] = (i - 10005) / 100;
      data.set([Number.NaN, Infinity, 1e30, -1e30, 1e-30, -1e-30, 0, -0], 3);
      if (!['silu', 'gelu', 'geluTanh'].includes(kernel)) data[1] = -Infinity;
      // A result below the normal numbers may be 0; the reference loses the lower tail of gelu, ½ (1 + erf), to cancellation.
      both(backend, [x.shape], (on, out) => on.unary(kernel, x, out), 1e-5, kernel.startsWith('gelu') ? 2e-15 : 1e-36);
    });

    test.each(['geluBackward', 'geluTanhBackward', 'siluBackward'] as BinaryKernel[])('%s', (kernel) => {
      const g = random([20011]);
      const x = random([20011], { scale: 4 });
      both(backend, [[20011]], (on, out) => on.binary(kernel, g, x, out), 3e-6, 1e-5);
    });

    test.each([1, 3, 4, 7, 33, 20000])('softmax of rows of %i, its logarithm and their gradients', (width) => {
      const rows = width > 1000 ? 2 : 700;
      const x = random([rows, width], { scale: 5 });
      x.storage.data[7] = Number.NEGATIVE_INFINITY;
      const g = random([rows, width]);
      for (const log of [false, true]) {
        both(backend, [x.shape], (on, out) => on.softmax(x, out, log), 3e-6, 2e-6);
        const y = fresh('f32', x.shape);
        referenceBackend.softmax(x, y, log);
        both(backend, [x.shape], (on, out) => on.softmaxBackward(g, y, out, log), 1e-5, 3e-6);
      }
    });

    test.each([1, 3, 4, 7, 33, 20000])('layer norm over rows of %i, far from 0 too', (width) => {
      const rows = width > 1000 ? 2 : 700;
      for (const shift of [0, 1000]) {
        const x = random([rows, width], { shift });
        for (const affine of [true, false]) {
          const weight = affine ? random([width]) : undefined;
          const bias = affine ? random([width]) : undefined;
          const shapes = [[rows, width], [rows], [rows]];
          both(
            backend,
            shapes,
            (on, out, mean, rstd) => on.layerNorm(x, weight, bias, 1e-5, out, mean, rstd),
            1e-5,
            1e-5,
          );
          if (shift !== 0 || width === 1) continue;
          const [y, mean, rstd] = shapes.map((shape) => fresh('f32', shape)) as [Strided, Strided, Strided];
          referenceBackend.layerNorm(x, weight, bias, 1e-5, y, mean, rstd);
          const g = random([rows, width]);
          both(
            backend,
            affine ? [[rows, width], [width], [width]] : [[rows, width]],
            (on, dx, dWeight, dBias) => on.layerNormBackward(g, x, weight, mean, rstd, dx, dWeight, dBias),
            1e-4,
            1e-4,
          );
        }
      }
    });

    test.each([
      { x: [2, 4, 9, 11], weight: [6, 2, 3, 2], groups: 2, stride: [1, 1], padding: [1, 0], dilation: [1, 1] },
      { x: [3, 2, 12, 10], weight: [5, 2, 3, 3], groups: 1, stride: [2, 3], padding: [2, 2], dilation: [2, 1] },
      { x: [2, 3, 5, 5], weight: [4, 3, 1, 1], groups: 1, stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
      { x: [2, 6, 3, 3], weight: [6, 1, 3, 3], groups: 6, stride: [1, 1], padding: [4, 4], dilation: [1, 1] },
      { x: [1, 40, 60, 60], weight: [3, 40, 3, 3], groups: 1, stride: [1, 1], padding: [1, 1], dilation: [1, 1] },
      { x: [3, 1, 28, 28], weight: [6, 1, 5, 5], groups: 1, stride: [1, 1], padding: [2, 2], dilation: [1, 1] },
      { x: [2, 6, 14, 14], weight: [13, 6, 5, 5], groups: 1, stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
      { x: [2, 4, 17, 13], weight: [8, 2, 3, 2], groups: 2, stride: [1, 1], padding: [1, 3], dilation: [3, 4] },
      { x: [2, 5, 1, 61], weight: [7, 5, 1, 4], groups: 1, stride: [1, 1], padding: [0, 2], dilation: [1, 1] },
      // Taps so far apart that planes with a border are larger than memory.
      {
        x: [1, 1, 4, 4],
        weight: [1, 1, 2, 2],
        groups: 1,
        stride: [1, 1],
        padding: [30_000, 30_000],
        dilation: [60_000, 60_000],
      },
      { x: [2, 30, 7, 9], weight: [5, 30, 7, 9], groups: 1, stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
    ] as const)('conv2d and both its gradients: $x by $weight', ({ x: of, weight: by, groups, ...geometry }) => {
      const { stride, padding, dilation } = geometry;
      const spatial = [0, 1].map(
        (d) => Math.floor((of[2 + d]! + 2 * padding[d]! - dilation[d]! * (by[2 + d]! - 1) - 1) / stride[d]!) + 1,
      );
      const weight = random(by, { order: [1, 0, 2, 3] });
      const outShape = [of[0], by[0], ...spatial];
      for (const order of [
        [0, 1, 2, 3],
        [0, 2, 3, 1],
      ]) {
        const x = random(of, { order });
        const g = random(outShape, { order });
        both(backend, [outShape], (on, out) => on.conv2d(x, weight, out, geometry, groups), 1e-5, 5e-5);
        both(backend, [of], (on, dx) => on.conv2dInputBackward(g, weight, dx, geometry, groups), 1e-5, 5e-5);
        both(backend, [by], (on, dw) => on.conv2dWeightBackward(g, x, dw, geometry, groups), 1e-5, 5e-4);
      }
    });

    test('a pixel that is infinite or no number reaches the weights that it met, and no others', () => {
      const geometry = { stride: [1, 1], padding: [0, 0], dilation: [1, 1] } as const;
      for (const value of [Number.POSITIVE_INFINITY, Number.NaN]) {
        const x = random([2, 2, 9, 9]);
        x.storage.data[x.offset + 9 * 3] = value;
        const g = random([2, 3, 7, 7]);
        both(backend, [[3, 2, 3, 3]], (on, dw) => on.conv2dWeightBackward(g, x, dw, geometry, 1), 1e-5, 5e-4);
      }
    });

    test.each(['add', 'div', 'maximum', 'reluBackward', 'sigmoidBackward', 'tanhBackward'] as BinaryKernel[])(
      '%s of planes of rows, stretched and thinned out',
      (kernel) => {
        const shape = [3, 37, 501];
        const a = random(shape);
        const over = (strides: readonly number[]): Strided => ({ ...random([3, 60, 700]), shape, strides });
        const views = [
          random(shape),
          over([0, 0, 1]),
          over([0, 1, 0]),
          over([1, 0, 0]),
          over([0, 0, 0]),
          over([42000, 700, 1]),
        ];
        for (const b of [...views, over([1, 3, 111])]) {
          both(backend, [shape], (on, out) => on.binary(kernel, a, b, out), 1e-6, 1e-6);
          both(backend, [shape], (on, out) => on.binary(kernel, b, a, out), 1e-6, 1e-6);
        }
        const long = random([2, 20001]);
        const row: Strided = { ...random([20001]), shape: [2, 20001], strides: [0, 1] };
        both(backend, [[2, 20001]], (on, out) => on.binary(kernel, long, row, out), 1e-6, 1e-6);
      },
    );

    test.each(['sum', 'mean', 'sumOfSquares'] as const)('%s along rows and over them', (kernel) => {
      for (const shape of [
        [5, 20001],
        [700, 33],
        [20001, 3],
      ])
        for (const dims of [[0], [1], [0, 1]]) {
          const x = random(shape, { shift: 1 });
          const out = shape.map((n, d) => (dims.includes(d) ? 1 : n));
          both(backend, [out], (on, to) => on.reduce(kernel, x, dims, to), 1e-6, 1e-6);
        }
    });

    test.each([1, 2, 7, 64, 20001])('statistics of %i numbers, finite or not', (n) => {
      const data = random([n], { shift: 1000 }).storage.data;
      for (const odd of [0, Number.NaN, Infinity]) {
        const ours = backend.statistics(data);
        const reference = referenceBackend.statistics(data);
        for (const key of Object.keys(reference) as (keyof typeof reference)[])
          expect(ours[key], key).toSatisfy((x: number) => near(x, reference[key], 1e-9, 0));
        data[n >> 1] = odd;
      }
    });

    test.each([
      [1, 1, 1],
      [33, 70, 129],
      [4, 300, 17],
    ])('a product of %i × %i and × %i with a bias on every row', (m, k, n) => {
      const a = random([2, m, k]);
      const b = { ...random([n, k]), shape: [2, k, n], strides: [0, 1, k] };
      for (const bias of [random([n]), { ...random([3 * n]), shape: [n], strides: [3] }])
        both(backend, [[2, m, n]], (on, out) => on.matmul(a, b, out, bias), 1e-5, 5e-5);
    });

    test.each([
      [1, 64, 64],
      [2, 7, 5],
      [3, 301, 203],
      [1, 1, 1],
      [1, 900, 1030],
    ])('a few rows, %i × %i and × %i, by weights as a layer has them', (m, k, n) => {
      const a = random([m, k]);
      const b = { ...random([n, k]), shape: [k, n], strides: [1, k] };
      for (const bias of [undefined, random([n])])
        both(backend, [[m, n]], (on, out) => on.matmul(a, b, out, bias), 1e-5, 5e-5);
    });

    test.each([
      { kernel: [3, 2], stride: [2, 3], padding: [1, 0], dilation: [1, 2] },
      { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] },
      { kernel: [3, 3], stride: [1, 1], padding: [1, 1], dilation: [1, 1] },
      { kernel: [5, 3], stride: [3, 2], padding: [2, 1], dilation: [2, 3] },
    ] as const)('maxima of windows and where they stand: $kernel by $stride', ({ kernel, ...geometry }) => {
      const { stride, padding, dilation } = geometry;
      const x = random([7, 150, 101]);
      x.storage.data.set([Number.NaN, Number.NEGATIVE_INFINITY, 3, 3], 40);
      x.storage.data.fill(Number.NEGATIVE_INFINITY, 900, 1800);
      const spatial = [150, 101].map(
        (n, d) => Math.floor((n + 2 * padding[d]! - dilation[d]! * (kernel[d]! - 1) - 1) / stride[d]!) + 1,
      );
      const run = (on: Backend) => {
        const out = fresh('f32', [7, ...spatial]);
        const indices = fresh('i32', [7, ...spatial]);
        on.maxPool2d(x, out, indices, kernel, geometry);
        return [out.storage.data, indices.storage.data];
      };
      const expected = run(referenceBackend);
      run(backend).forEach((data, i) => {
        expect(data.findIndex((value, k) => !Object.is(value, expected[i]![k]))).toBe(-1);
      });
    });

    test('numbers added onto rows, each at an index of its own', () => {
      const index = fresh('i32', [41, 30]);
      index.storage.data.forEach((_, i) => {
        index.storage.data[i] = (i * 7) % 23;
      });
      const src = random([41, 30]);
      const start = random([41, 23]);
      both(backend, [[41, 23]], (on, out) => {
        on.copy(start, out);
        on.scatterAdd(out, 1, index, src);
      });
    });

    test('sums of a channel over images and pixels', () => {
      const x = random([5, 6, 9, 40]);
      for (const kernel of ['sum', 'mean', 'sumOfSquares'] as const)
        both(backend, [[6]], (on, out) => on.reduce(kernel, x, [0, 2, 3], out));
    });
  },
);
