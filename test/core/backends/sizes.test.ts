/** Products with the largest operands that layers have, at their real size: they go block by block, and blocks are views. */
import { describe, expect, test } from 'vitest';
import type { Strided } from '../../../core/backends/backend.ts';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { helperThreads } from '../../../extension/host/helpers.ts';
import { wide } from '../../harness/wideTiles.ts';
import { fresh } from './views.ts';

const backends = availableBackends({ wide, helpers: helperThreads(1) }).filter(
  (backend) => backend !== referenceBackend,
);

/** Numbers from −½ to ½, all different for a long while. */
function numbers(length: number, start: number): Float32Array {
  const data = new Float32Array(length);
  for (let i = 0, x = start; i < length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    data[i] = x / 2 ** 32;
  }
  return data;
}

/** 4096 × 12,544 numbers: more than the 2²⁵ whose half, as columns, is gathered. Each test reads its matrix out of them. */
const large = { data: numbers(4096 * 12544, 1) };
const matrix = (storage: Strided['storage'], rows: number, columns: number, transposed = false): Strided => ({
  storage,
  dtype: 'f32',
  shape: [rows, columns],
  strides: transposed ? [1, rows] : [columns, 1],
  offset: 0,
});

/** One element of `a · b`, in double precision. */
function element(a: Strided, b: Strided, row: number, column: number): number {
  const [x, y] = [a.storage.data, b.storage.data];
  const [down, right] = [b.strides[0]!, b.strides[1]!];
  const depth = a.shape[1]!;
  let sum = 0;
  for (let k = 0, i = row * a.strides[0]!, j = column * right; k < depth; k++, i += a.strides[1]!, j += down)
    sum += x[i]! * y[j]!;
  return sum;
}

/** What each backend is held to is computed once. */
const expectations = new Map<string, readonly [row: number, column: number, value: number][]>();
function expected(name: string, compute: () => [row: number, column: number, value: number][]) {
  const known = expectations.get(name) ?? compute();
  expectations.set(name, known);
  return known;
}

function holds(out: Strided, elements: readonly (readonly [row: number, column: number, value: number])[]): void {
  const { data } = out.storage;
  for (const [r, c, value] of elements) {
    const got = data[r * out.shape[1]! + c]!;
    if (!(Math.abs(got - value) <= 1e-3)) expect.fail(`[${r}, ${c}] is ${got}, not ${value}`);
  }
}

describe.each(backends.map((backend) => [backend.name, backend] as const))('on %s', (_, backend) => {
  test.each([
    ['the gradient of a layer of 12,544 inputs', 2, 4096, 12544, false],
    ['the same, of more rows than are few', 40, 4096, 12544, false],
    ['a layer of 9,216 inputs, as AlexNet has', 2, 9216, 4096, true],
    ['a layer of 12,544 inputs, more rows than are few', 9, 12544, 4096, true],
    ['a vocabulary of 50,257 words', 5, 768, 50257, true],
    ['the gradient of a vocabulary', 5, 50257, 768, false],
  ])('%s', (name, rows, depth, columns, transposed) => {
    const a = matrix({ data: numbers(rows * depth, 2) }, rows, depth);
    const b = matrix(large, depth, columns, transposed);
    const out = fresh('f32', [rows, columns]);
    backend.matmul(a, b, out);
    expect(out.storage.data.findIndex(Number.isNaN)).toBe(-1);
    // Every row, in columns from all of its blocks, the first and the last among them.
    const elements = expected(name, () => {
      const all: [number, number, number][] = [];
      for (let c = 0; c < columns; c = c === columns - 1 ? columns : Math.min(columns - 1, c + 97))
        for (let r = 0; r < rows; r += rows > 10 ? 13 : 1) all.push([r, c, element(a, b, r, c)]);
      return all;
    });
    holds(out, elements);
  });

  test('a large left operand: the gradient of a vocabulary’s weights', () => {
    const a = matrix(large, 50257, 768);
    const b = matrix({ data: numbers(768 * 3, 3) }, 768, 3, true);
    const out = fresh('f32', [50257, 3]);
    backend.matmul(a, b, out);
    const elements = expected('a large left operand', () => {
      const all: [number, number, number][] = [];
      for (let r = 0; r < 50257; r += 211) for (let c = 0; c < 3; c++) all.push([r, c, element(a, b, r, c)]);
      return all;
    });
    holds(out, elements);
  });
});
