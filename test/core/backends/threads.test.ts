/** Products that several threads share. */
import { describe, expect, test } from 'vitest';
import { embedded } from '../../../core/backends/wasm/embedded.ts';
import { type Helpers, threaded, wasmBackend } from '../../../core/backends/wasm/index.ts';
import { context } from '../../../core/context.ts';
import { manualSeed, nn, randn, type Tensor } from '../../../core/index.ts';
import { helperThreads } from '../../../extension/host/helpers.ts';
import { wide } from '../../harness/wideTiles.ts';

const alone = wasmBackend('one thread', embedded!.relaxed, { eager: true })!;

/** The bytes of what some work gives on a backend, from the same random numbers. */
function on(backend: typeof alone, work: () => readonly Tensor[]): Buffer[] {
  const before = context.backend;
  context.backend = backend;
  manualSeed(1);
  try {
    return work().map((x) => Buffer.from(x.toTypedArray().slice().buffer));
  } finally {
    context.backend = before;
  }
}

const same = (a: readonly Buffer[], b: readonly Buffer[]) =>
  a.length === b.length && a.every((x, i) => x.equals(b[i]!));

const works: Record<string, () => readonly Tensor[]> = {
  'a wide product': () => [randn([70, 40]).matmul(randn([40, 333]))],
  'a tall product with a bias': () => [nn.functional.linear(randn([301, 50]), randn([20, 50]), randn([20]))],
  'a batch of products, one of them transposed': () => [randn([5, 33, 20]).matmul(randn([5, 41, 20]).transpose(1, 2))],
  'attention of many heads, and its gradient': () => {
    const attention = new nn.MultiheadAttention(24, 4, { batchFirst: true });
    const x = Object.assign(randn([3, 100, 24]), { requiresGrad: true });
    const [y] = attention.forward(x, x, x, { isCausal: true });
    y.square().sum().backward();
    return [y, x.grad!, attention.inProjWeight!.grad!];
  },
};

describe.each([...[1, 2, 3].map((count) => [count, 'wide', wide] as const), [1, 'narrow', undefined] as const])(
  'with helpers: %i, %s tiles',
  (count, _, vectors) => {
    const backend = threaded({ wide: vectors, eager: true, helpers: helperThreads(count) })!;

    test.each(Object.entries(works))('%s is the same to the last bit, however often', (_, work) => {
      const expected = on(alone, work);
      for (let i = 0; i < 30; i++) expect(same(on(backend, work), expected)).toBe(true);
    });
  },
);

test('a helper that never comes holds nothing up', () => {
  const missing: Helpers = { count: 2, start() {} };
  const backend = threaded({ wide, eager: true, helpers: missing })!;
  for (const work of Object.values(works)) expect(same(on(backend, work), on(alone, work))).toBe(true);
});

test('without helpers there is no such backend', () => {
  expect(threaded({})).toBeUndefined();
  expect(threaded({ helpers: helperThreads(0) })).toBeUndefined();
});
