/** Numbers at the ends of what the types hold, on every backend: what PyTorch's doubles and 64 bits have, or words in place of a wrong number. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../../core/backends/backend.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { context } from '../../../core/context.ts';
import { nn, pow, TensightError, type Tensor, tensor } from '../../../core/index.ts';

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

const backends = availableBackends({ eager: true }).map((backend): [string, Backend] => [backend.name, backend]);

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
