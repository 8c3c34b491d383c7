/**
 * Every operation on random tensors (`arbitraries.ts`): forward and backward, every backend gives in every layout in memory what
 * the plain one gives row by row, and what is known without data (a shape run) is what is computed.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../../core/backends/backend.ts';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { availableBackends } from '../../../core/backends/wasm/index.ts';
import { context } from '../../../core/context.ts';
import { manualSeed, Tensor, tensor } from '../../../core/index.ts';
import { apply } from '../../../core/ops/apply.ts';
import type { Op } from '../../../core/ops/op.ts';
import { registry } from '../../../core/ops/registry.ts';
import { formatShape } from '../../../core/tensor/shape.ts';
import { helperThreads } from '../../../extension/host/helpers.ts';
import { near } from '../near.ts';
import { arbitraries, laid } from './arbitraries.ts';
import type { Sample } from './samples.ts';

/** How many random cases each operation gets. */
const numRuns = 60;

const usual = context.backend;
afterEach(() => {
  context.backend = usual;
  context.mode = 'value';
});

/** A leaf of the same memory. */
function leaf(x: Tensor): Tensor {
  const own = new Tensor(x, x.isMeta ? undefined : x.storage, x.strides, x.offset);
  own.requiresGrad = x.requiresGrad;
  return own;
}

/** A leaf of the same values, row by row. */
function rowByRow(x: Tensor): Tensor {
  return tensor(x.toTypedArray().slice(), { shape: x.shape, dtype: x.dtype, requiresGrad: x.requiresGrad });
}

/** Output, and the gradient of each input that has one. */
function run(
  op: Op<never>,
  attrs: unknown,
  inputs: readonly Tensor[],
  seed: Tensor | undefined,
  createGraph = false,
): (Tensor | undefined)[] {
  manualSeed(3);
  const output = apply(op, inputs, attrs as never);
  if (seed !== undefined && output.requiresGrad) output.backward(seed, { createGraph });
  return [output, ...inputs.map(({ grad }) => grad)];
}

function compare(got: Tensor | undefined, want: Tensor | undefined, what: string): void {
  if (got === undefined || want === undefined) {
    if (got !== want) expect.fail(`${what}: one is there and one is not`);
    return;
  }
  if (String(got.shape) !== String(want.shape) || got.dtype !== want.dtype)
    expect.fail(`${what} is ${got.dtype} ${formatShape(got)}, not ${want.dtype} ${formatShape(want)}`);
  const values = got.toTypedArray();
  for (const [i, w] of want.toTypedArray().entries()) {
    if (!near(values[i], w, 2e-5, 2e-5)) expect.fail(`${what}: element ${i} is ${values[i]}, not ${w}`);
  }
}

function described({ inputs, attrs }: Sample): string {
  const each = inputs.map((x) => `${x.dtype} ${formatShape(x)} at ${x.offset} by (${x.strides.join(', ')})`);
  return `${each.join('; ')} with ${JSON.stringify(attrs)}`;
}

/** A case, and an upstream gradient for its output in a layout of its own. */
function withSeed(name: string): fc.Arbitrary<{ sample: Sample; seed: Tensor | undefined }> {
  const op = registry[name]!;
  return arbitraries[name]!.chain((sample) => {
    const out = op.shape(sample.inputs, sample.attrs as never);
    const seed = out.dtype === 'f32' ? laid(out.shape).map((x) => x.requiresGrad_(false)) : fc.constant(undefined);
    return seed.map((drawn) => ({ sample, seed: drawn }));
  });
}

/** Holds for random cases of this operation; where it does not, the smallest is shown. */
function holds(name: string, property: (op: Op<never>, sample: Sample, seed: Tensor | undefined) => void): void {
  const checked = fc.property(withSeed(name), ({ sample, seed }) => property(registry[name]!, sample, seed));
  const { failed, counterexample, errorInstance } = fc.check(checked, { numRuns, seed: 7 });
  if (!failed) return;
  const [smallest] = counterexample!;
  expect.fail(
    `${errorInstance instanceof Error ? errorInstance.message : errorInstance}\n  for ${described(smallest.sample)}`,
  );
}

const names = Object.keys(registry);

test('every operation has random cases, and there are none of operations that are gone', () => {
  expect(Object.keys(arbitraries).sort()).toEqual([...names].sort());
});

const backends = availableBackends({ eager: true, helpers: helperThreads(1) });

describe.each(backends.map((backend): [string, Backend] => [backend.name, backend]))('on %s', (_name, backend) => {
  test.each(names)('%s', (name) => {
    holds(name, (op, { inputs, attrs }, seed) => {
      context.backend = referenceBackend;
      const plain = run(op, attrs, inputs.map(rowByRow), seed && rowByRow(seed));
      context.backend = backend;
      const got = run(op, attrs, inputs.map(leaf), seed);
      for (const [i, want] of plain.entries())
        compare(got[i], want, i === 0 ? 'the output' : `the gradient of input ${i - 1}`);
    });
  });
});

describe('a shape run knows shape and dtype of output and gradients of', () => {
  test.each(names)('%s', (name) => {
    holds(name, (op, { inputs, attrs }, seed) => {
      const real = run(op, attrs, inputs.map(leaf), seed);
      context.mode = 'shape';
      const meta = (x: Tensor) => (x.dtype === 'f32' ? leaf(new Tensor(x, undefined)) : x);
      const given = inputs.map((x) => meta(x).requiresGrad_(x.requiresGrad));
      const known = run(op, attrs, given, seed && new Tensor(seed, undefined));
      context.mode = 'value';
      for (const [i, want] of real.entries())
        expect(known[i] && { shape: known[i].shape, dtype: known[i].dtype }).toEqual(
          want && { shape: want.shape, dtype: want.dtype },
        );
    });
  });
});

// Kernels make the one and other operations the other.
describe('a gradient that is to be differentiated again is the same of', () => {
  test.each(names.filter((name) => registry[name]!.backward !== undefined))('%s', (name) => {
    holds(name, (op, { inputs, attrs }, seed) => {
      const once = run(op, attrs, inputs.map(leaf), seed);
      const again = run(op, attrs, inputs.map(leaf), seed, true);
      for (const [i, want] of once.entries())
        compare(again[i], want, i === 0 ? 'the output' : `the gradient of input ${i - 1}`);
    });
  });
});
