/** Numbers at the ends of what the types hold, on every backend: what PyTorch's doubles and 64 bits have, or words in place of a wrong number. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../../core/backends/backend.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { context } from '../../../core/context.ts';
import { nn, pow, TensightError, type Tensor, tensor } from '../../../core/index.ts';
import { wide } from '../../harness/wideTiles.ts';

const usual = context.backend;
afterEach(() => {
  context.backend = usual;
});

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });
const whole = (values: Parameters<typeof tensor>[0]) => tensor(values, { dtype: 'i32' });

/** The gradient of the sum. */
function slope(x: Tensor, f: (x: Tensor) => Tensor): number[] {
  f(x).sum().backward();
  return [...x.grad!.toTypedArray()];
}

function expectNear(got: ArrayLike<number>, want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  for (const [i, value] of want.entries())
    expect(Math.abs(got[i]! - value), `element ${i}: ${got[i]}`).toBeLessThanOrEqual(1e-5 * Math.abs(value));
}

/** Rows of `width` brought to mean 0 (where `centered`) and variance 1, and the gradient of Σ weight·y: in doubles. */
function normalised(x: readonly number[], width: number, weights: readonly number[], centered: boolean) {
  const y: number[] = [];
  const dx: number[] = [];
  for (let r = 0; r < x.length; r += width) {
    const mean = (row: readonly number[]) => row.reduce((sum, v) => sum + v, 0) / width;
    const row = x.slice(r, r + width);
    const center = centered ? mean(row) : 0;
    const scale = 1 / Math.sqrt(mean(row.map((v) => (v - center) ** 2)) + 1e-5);
    const hat = row.map((v) => (v - center) * scale);
    const w = weights.slice(r, r + width);
    const [meanW, meanWx] = [centered ? mean(w) : 0, mean(w.map((v, i) => v * hat[i]!))];
    y.push(...hat);
    dx.push(...w.map((v, i) => scale * (v - meanW - hat[i]! * meanWx)));
  }
  return { y, dx };
}

const F = nn.functional;
/** Over the last 8 of [3, 8]; `columns` where the table is turned to put channels beside the batch. */
const norms: Record<string, (x: Tensor) => Tensor> = {
  layerNorm: (x) => F.layerNorm(x, [8]),
  'layerNorm of a view': (x) => F.layerNorm(x.t().clone().t(), [8]),
  groupNorm: (x) => F.groupNorm(x.reshape(1, 6, 4), 3).reshape(3, 8),
  instanceNorm: (x) => F.instanceNorm(x.reshape(1, 3, 8)).reshape(3, 8),
  batchNorm: (x) => F.batchNorm(x.t(), null, null, null, null, { training: true }).t(),
  rmsNorm: (x) => F.rmsNorm(x, [8], null, 1e-5),
};

const backends = availableBackends({ wide, eager: true }).map((backend): [string, Backend] => [backend.name, backend]);

describe.each(backends)('on %s', (_name, backend) => {
  test('norms and standard deviations do not overflow, nor vanish, on the way', () => {
    context.backend = backend;
    const table = [
      [3e19, 4e19],
      [3e-25, 4e-25],
      [3, 4],
      [0, 0],
    ];
    expectNear(tensor(table).norm(2, 1).toTypedArray(), [5e19, 5e-25, 5, 0]);
    expectNear(tensor(table).transpose(0, 1).norm(2, 0).toTypedArray(), [5e19, 5e-25, 5, 0]);
    expectNear(tensor(table).norm(3, 1).toTypedArray(), [
      91 ** (1 / 3) * 1e19,
      91 ** (1 / 3) * 1e-25,
      91 ** (1 / 3),
      0,
    ]);
    expectNear(tensor(table).std(1).toTypedArray(), [0.5 ** 0.5 * 1e19, 0.5 ** 0.5 * 1e-25, 0.5 ** 0.5, 0]);
    expectNear(tensor([3e19, -3e19, 1e19]).std().toTypedArray(), [3.0550505e19]);
    expectNear(
      slope(leaf(table), (x) => x.norm(2, 1)),
      [0.6, 0.8, 0.6, 0.8, 0.6, 0.8, 0, 0],
    );
    expectNear(nn.functional.normalize(tensor([[3e19, 4e19]])).toTypedArray(), [0.6, 0.8]);
    expectNear(nn.functional.cosineSimilarity(tensor([[3e19, 4e19]]), tensor([[3, 4]])).toTypedArray(), [1]);
  });
  test.each(Object.entries(norms))('%s is right for numbers of any size, and its gradient is', (name, norm) => {
    context.backend = backend;
    const base = [1, 2, 3, -4, 5, 6, -7, 8, 0.5, 0.25, -3, 4, 4, 4, 2, 1, -1, -2, -1, -3, 2, 6, 5, 5];
    for (const unit of [1e-42, 1e-38, 1e-30, 1e-20, 1e-10, 1, 1e10, 1e18, 3e18, 1e19, 1e20, 1e30, 3e37, 4.2e37]) {
      // One row of another size beside it: each is measured by itself.
      const numbers = base.map((n, i) => Math.fround(i < 16 ? n * unit : n));
      const weights = numbers.map((_, i) => Math.fround(((i * 0.13) % 1) + 0.5));
      const want = normalised(numbers, 8, weights, name !== 'rmsNorm');
      const near = (got: Tensor, all: readonly number[], what: string) => {
        for (let r = 0; r < 24; r += 8) {
          const row = all.slice(r, r + 8);
          const size = Math.max(...row.map(Math.abs));
          for (const [i, value] of got
            .toTypedArray()
            .slice(r, r + 8)
            .entries())
            expect(
              Math.abs(value - row[i]!),
              `${what} at ${unit}: row ${r / 8} element ${i} is ${value}, not ${row[i]}`,
            )
              // Below 2⁻¹²⁶ f32 has fewer digits, and these are multiplied.
              .toBeLessThanOrEqual(2e-5 * size + 2 ** -139);
        }
      };
      for (const createGraph of [false, true]) {
        const x = leaf(numbers);
        const y = norm(x.reshape(3, 8));
        near(y, want.y, name);
        y.mul(tensor(weights).reshape(3, 8)).sum().backward(undefined, { createGraph });
        near(x.grad!, want.dx, `the gradient of ${name}`);
      }
    }
  });

  test('the gradients of a standard deviation and of a length are right for numbers of any size', () => {
    context.backend = backend;
    for (const unit of [1e-42, 1e-38, 1e-20, 1, 1e20, 3e37]) {
      const numbers = [1, 2, 3, 1].map((n) => Math.fround(n * unit));
      const want = {
        std: [-0.75, 0.25, 1.25, -0.75].map((n) => n / Math.sqrt(2.75) / Math.sqrt(3)),
        norm: [1, 2, 3, 1].map((n) => n / Math.sqrt(15)),
      };
      // Numbers this small have two digits.
      const off = unit < 1e-40 ? 3e-3 : 1e-5;
      for (const [i, value] of slope(leaf(numbers), (x) => x.std()).entries())
        expect(Math.abs(value - want.std[i]!)).toBeLessThan(off);
      for (const [i, value] of slope(leaf(numbers), (x) => x.norm()).entries())
        expect(Math.abs(value - want.norm[i]!)).toBeLessThan(off);
    }
  });

  test('the gradient of an extreme that is NaN is NaN; of several NaN in a window the last is named', () => {
    context.backend = backend;
    for (const f of [(x: Tensor) => x.amax(1), (x: Tensor) => x.amin(1)])
      expect(
        slope(
          leaf([
            [1, Number.NaN, 2],
            [3, 4, 5],
          ]),
          f,
        ).slice(0, 3),
      ).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(
      slope(
        leaf([
          [1, Number.NaN],
          [3, 4],
        ]),
        (x) => x.amax(1),
      ).slice(2),
    ).toEqual([0, 1]);
    const nan = [[[Number.NaN, 1, Number.NaN, 2, Number.NaN, Number.NaN, 3, Number.NaN]]];
    for (const pool of [(x: Tensor) => F.adaptiveMaxPool1d(x, 2), (x: Tensor) => F.maxPool1d(x, 4)])
      expect(slope(leaf(nan), pool)).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
  });

  test('what fits into f32 is found where steps on the way do not fit, and are ∞ in PyTorch', () => {
    context.backend = backend;
    expectNear(tensor([3e38, 3e38, -3e38]).sum().toTypedArray(), [3e38]);
    expectNear(tensor([3e38, 3e38, -3e38]).mean().toTypedArray(), [1e38]);
    expectNear(slope(leaf([1e20, 1e20, 2]), (x) => x.prod()).slice(0, 2), [2e20, 2e20]);
  });

  test('the gradient of a product is the product of the others, with zeros, infinities and large numbers among them', () => {
    context.backend = backend;
    expectNear(slope(leaf([1, 2, Infinity]), (x) => x.prod()).slice(2), [2]);
    expect(slope(leaf([1, 2, Infinity]), (x) => x.prod()).slice(0, 2)).toEqual([Infinity, Infinity]);
    expectNear(
      slope(leaf([1e20, 1e15, 1e-20]), (x) => x.prod()),
      [1e-5, 1, 1e35],
    );
    expectNear(
      slope(
        leaf([
          [2, 0, 3],
          [4, 5, 6],
        ]),
        (x) => x.prod(0),
      ),
      [4, 5, 6, 2, 0, 3],
    );
  });
  test('1 to any power is 1', () => {
    context.backend = backend;
    expect(pow(1, tensor([Number.NaN, Infinity])).toArray()).toEqual([1, 1]);
    expect(pow(-1, tensor([Infinity, -Infinity])).toArray()).toEqual([1, 1]);
    expect(tensor([1, -1, 2]).pow(Infinity).toArray()).toEqual([1, 1, Infinity]);
    expect(tensor([1, 2]).pow(Number.NaN).toArray()).toEqual([1, Number.NaN]);
  });
  test('products of integers wrap at 32 bits to the last bit, as those of torch.int32', () => {
    context.backend = backend;
    const a = whole([2147483647, 123456789, -2147483648, 65536]);
    const b = whole([2147483647, 987654321, -1, 65536]);
    const exact = (x: Tensor, y: Tensor) =>
      [...x.toTypedArray()].map((v, i) => Number(BigInt.asIntN(32, BigInt(v) * BigInt(y.toTypedArray()[i]!))));
    expect(a.mul(b).toArray()).toEqual(exact(a, b));
    expect(a.square().toArray()).toEqual(exact(a, a));
    expect(a.mul(2147483647).toArray()).toEqual(exact(a, a.mul(0).add(2147483647)));
    expect(whole([3, -3, 7]).pow(31).toArray()).toEqual([3, -3, 7].map((x) => power(x, 31)));
  });
  test('sums and products of integers that i32 does not hold are refused, others are right', () => {
    context.backend = backend;
    const large = whole([
      [2147483647, 1, -5],
      [-2147483648, 5, 7],
    ]);
    expect(() => whole([2147483647, 1]).sum()).toThrow(TensightError);
    expect(() => whole([2147483647, 1]).sum()).toThrow(/sum: the result, 2,147,483,648, is too large for i32/);
    expect(large.sum(0).toArray()).toEqual([-1, 6, 2]);
    expect(() => whole([2147483647, 1, -5]).cumsum(0)).toThrow(
      /cumsum: the result, 2,147,483,648, is too large for i32/,
    );
    expect(large.cumsum(0).toArray()).toEqual([
      [2147483647, 1, -5],
      [-1, 6, 2],
    ]);
    expect(() => whole([65536, 65536]).prod()).toThrow(/prod: the result, 4,294,967,296, is too large for i32/);
    expect(whole([65536, 65536, 0]).prod().item()).toBe(0);
    expect(
      whole([
        [2, 3],
        [4, -5],
      ])
        .prod(1)
        .toArray(),
    ).toEqual([6, -20]);
    expect(
      whole([
        [1, 2],
        [3, 4],
      ])
        .transpose(0, 1)
        .sum(0)
        .toArray(),
    ).toEqual([3, 7]);
  });
  test('a norm of order 0 has a gradient, of zeros', () => {
    context.backend = backend;
    expect(slope(leaf([0, 1, 2]), (x) => x.norm(0))).toEqual([0, 0, 0]);
    expect(tensor([0, 1, 2]).norm(0).item()).toBe(2);
  });
  test('a statistic of NaN alone has no norm', () => {
    expect(backend.statistics(Float32Array.of(Number.NaN, Number.NaN)).norm).toBe(Number.NaN);
    expect(backend.statistics(new Float32Array(100).fill(Infinity)).norm).toBe(Number.NaN);
  });
});

/** x to a whole power in 32 bits. */
const power = (x: number, n: number): number => Number(BigInt.asIntN(32, BigInt(x) ** BigInt(n)));
