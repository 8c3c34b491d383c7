import { describe, expect, test } from 'vitest';
import { gradcheck } from '../../../core/autograd/gradcheck.ts';
import { context } from '../../../core/context.ts';
import { manualSeed, type Tensor, tensor } from '../../../core/index.ts';
import { apply } from '../../../core/ops/apply.ts';
import type { Op } from '../../../core/ops/op.ts';
import { registry } from '../../../core/ops/registry.ts';
import { describeSample, type Sample, samples } from './samples.ts';

function run(op: Op<never>, sample: Sample, inputs: readonly Tensor[]): Tensor {
  manualSeed(3);
  return apply(op, inputs, sample.attrs as never);
}

/** The gradients of an operation as a function of its inputs, themselves differentiable. */
function gradientsOf(op: Op<never>, sample: Sample, given: readonly Tensor[]): Tensor[] {
  const before = context.gradEnabled;
  context.gradEnabled = true;
  try {
    const inputs = given.map((x, i) => (sample.inputs[i]!.requiresGrad && !x.requiresGrad ? leaf(x) : x));
    const y = run(op, sample, inputs);
    const weight = tensor(
      Float32Array.from({ length: y.numel }, (_, i) => 0.5 + ((i * 0.37) % 1)),
      { shape: y.shape },
    );
    const earlier = inputs.map((x) => x.grad);
    for (const x of inputs) x.grad = undefined;
    y.mul(weight).sum().backward(undefined, { createGraph: true });
    return inputs.flatMap((x, i) => {
      const { grad } = x;
      x.grad = earlier[i];
      return grad === undefined ? [] : [grad];
    });
  } finally {
    context.gradEnabled = before;
  }
}

function leaf(x: Tensor): Tensor {
  return x.detach().requiresGrad_();
}

describe('the registry', () => {
  test('has a sample for every operation', () => {
    expect(Object.keys(registry).filter((name) => samples[name] === undefined)).toEqual([]);
  });
  test('checks the gradient of every operation that has one', () => {
    const unchecked = Object.keys(registry).filter(
      (name) => registry[name]!.backward && !samples[name]?.().some(({ inputs }) => inputs.some((x) => x.requiresGrad)),
    );
    expect(unchecked).toEqual([]);
  });
  test('holds every operation that has a sample', () => {
    expect(Object.keys(samples).filter((name) => registry[name] === undefined)).toEqual([]);
  });
});

describe('gradients are the slopes that finite differences find', () => {
  for (const [name, op] of Object.entries(registry)) {
    if (op.backward === undefined) continue;
    for (const sample of samples[name]?.() ?? []) {
      if (!sample.inputs.some((x) => x.requiresGrad)) continue;
      test(describeSample(op, sample), () => {
        expect(gradcheck((...inputs) => run(op, sample, inputs), sample.inputs)).toEqual([]);
      });
    }
  }
});

describe('gradients of gradients are too', () => {
  for (const [name, op] of Object.entries(registry)) {
    if (op.backward === undefined) continue;
    for (const sample of samples[name]?.() ?? []) {
      if (!sample.inputs.some((x) => x.requiresGrad)) continue;
      test(describeSample(op, sample), () => {
        const mismatches = gradcheck((...inputs) => gradientsOf(op, sample, inputs), sample.inputs, {
          rtol: 1e-2,
          atol: 4e-3,
        });
        expect(mismatches).toEqual([]);
      });
    }
  }
});

describe('what has no gradient says so instead of giving none', () => {
  for (const [name, op] of Object.entries(registry)) {
    if (op.backward !== undefined || name === 'detach') continue;
    for (const sample of samples[name]?.() ?? []) {
      if (!sample.inputs.some((x) => x.dtype === 'f32')) continue;
      test(describeSample(op, sample), () => {
        const inputs = sample.inputs.map((x) => (x.dtype === 'f32' ? leaf(x) : x));
        // Whole numbers and booleans have no slope anywhere: nothing is lost where they begin.
        if (op.shape(inputs, sample.attrs as never).dtype !== 'f32')
          expect(run(op, sample, inputs).requiresGrad).toBe(false);
        else expect(() => run(op, sample, inputs)).toThrow(/can't be differentiated/);
      });
    }
  }
});
