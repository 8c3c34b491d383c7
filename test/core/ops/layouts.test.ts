/** Every operation, forward and backward, gives on every backend and in every layout in memory what it gives on the plainest. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../../core/backends/backend.ts';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { context } from '../../../core/context.ts';
import { manualSeed, type Tensor, tensor } from '../../../core/index.ts';
import { apply } from '../../../core/ops/apply.ts';
import type { Op } from '../../../core/ops/op.ts';
import { registry } from '../../../core/ops/registry.ts';
import { type Sample, samples } from './samples.ts';

const before = context.backend;
afterEach(() => {
  context.backend = before;
});

const same = (x: Tensor): Tensor => tensor(x.toTypedArray().slice(), { shape: x.shape, dtype: x.dtype });

/** The same values in other places in memory. */
const layouts: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'row by row': same,
  'column by column': (x) => {
    const dims = x.shape.map((_, i) => x.ndim - 1 - i);
    const copied = same(x.permute(...dims));
    return copied.permute(...dims);
  },
  'every other element of more': (x) => {
    let view = same(x);
    for (let d = 0; d < x.ndim; d++) {
      const size = view.shape[d]!;
      const [front, behind] = [view.shape.slice(0, d), view.shape.slice(d + 1)];
      const doubled = same(view.reshape(...front, size, 1, ...behind).expand(...front, size, 2, ...behind));
      view = doubled.reshape(...front, 2 * size, ...behind).slice(d, 1, undefined, 2);
    }
    return view;
  },
};

/** Output and gradients of a sample. */
function run(op: Op<never>, { inputs, attrs }: Sample, lay: (x: Tensor) => Tensor, backend: Backend): Tensor[] {
  context.backend = backend;
  manualSeed(3);
  const leaves = inputs.map((x) => lay(x.detach()).detach().requiresGrad_(x.requiresGrad));
  const y = apply(op, leaves, attrs as never);
  if (!y.requiresGrad) return [y];
  const weight = Float32Array.from({ length: y.numel }, (_, i) => 0.5 + ((i * 0.37) % 1));
  y.backward(lay(tensor(weight, { shape: y.shape })));
  return [y, ...leaves.flatMap(({ grad }) => (grad === undefined ? [] : [grad]))];
}

const backends = [referenceBackend, ...availableBackends({ eager: true }).filter((b) => b !== referenceBackend)];

describe.each(backends.map((backend) => [backend.name, backend] as const))('on %s', (_, backend) => {
  test.each(Object.keys(registry))('%s', (name) => {
    const op = registry[name]!;
    for (const sample of samples[name]!()) {
      const want = run(op, sample, same, referenceBackend);
      for (const [layout, lay] of Object.entries(layouts)) {
        const got = run(op, sample, lay, backend);
        expect(got.map(({ shape }) => shape)).toEqual(want.map(({ shape }) => shape));
        for (const [part, t] of want.entries()) {
          const values = got[part]!.toTypedArray();
          for (const [i, w] of t.toTypedArray().entries()) {
            const close = Object.is(values[i], w) || Math.abs(values[i]! - w) <= 1e-5 * (1 + Math.abs(w));
            if (!close) expect.fail(`${layout}: ${part === 0 ? 'output' : 'gradient'} ${i} is ${values[i]}, not ${w}`);
          }
        }
      }
    }
  });
});
