/** Random cases of every operation (`arbitraries.ts`), run forward and backward, and held to one another. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { manualSeed, Tensor } from '../../../core/index.ts';
import { apply } from '../../../core/ops/apply.ts';
import type { Op } from '../../../core/ops/op.ts';
import { registry } from '../../../core/ops/registry.ts';
import { formatShape } from '../../../core/tensor/shape.ts';
import { near } from '../near.ts';
import { arbitraries } from './arbitraries.ts';
import { laid } from './cases/draw.ts';
import type { Sample } from './samples.ts';

/** How many random cases each operation gets. */
const numRuns = 60;

export const names = Object.keys(registry);

/** A leaf of the same memory. */
export function leaf(x: Tensor): Tensor {
  const own = new Tensor(x, x.isMeta ? undefined : x.storage, x.strides, x.offset);
  own.requiresGrad = x.requiresGrad;
  return own;
}

/** Output, and the gradient of each input that has one. */
export function run(
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

function same(got: Tensor | undefined, want: Tensor | undefined, what: string): void {
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

/** Fails where outputs and gradients of two runs differ. */
export function compare(got: readonly (Tensor | undefined)[], want: readonly (Tensor | undefined)[], on = ''): void {
  for (const [i, value] of want.entries())
    same(got[i], value, `${on}${i === 0 ? 'the output' : `the gradient of input ${i - 1}`}`);
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
export function holds(name: string, property: (op: Op<never>, sample: Sample, seed: Tensor | undefined) => void): void {
  const checked = fc.property(withSeed(name), ({ sample, seed }) => property(registry[name]!, sample, seed));
  const { failed, counterexample, errorInstance } = fc.check(checked, { numRuns, seed: 7 });
  if (!failed) return;
  const [smallest] = counterexample!;
  expect.fail(
    `${errorInstance instanceof Error ? errorInstance.message : errorInstance}\n  for ${described(smallest.sample)}`,
  );
}
