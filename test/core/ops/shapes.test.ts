import { afterEach, describe, expect, test } from 'vitest';
import { context } from '../../../core/context.ts';
import { manualSeed, Tensor } from '../../../core/index.ts';
import { apply } from '../../../core/ops/apply.ts';
import { registry } from '../../../core/ops/registry.ts';
import { describeSample, samples } from './samples.ts';

afterEach(() => {
  context.mode = 'value';
});

const described = ({ shape, dtype, axes }: Pick<Tensor, 'shape' | 'dtype' | 'axes'>) => ({ shape, dtype, axes });

/** The same without data, where it is of floats: what a shape run computes with. */
function meta(x: Tensor): Tensor {
  if (x.dtype !== 'f32') return x;
  const result = new Tensor(described(x), undefined);
  result.requiresGrad = x.requiresGrad;
  return result;
}

for (const [name, op] of Object.entries(registry)) {
  for (const sample of samples[name]?.() ?? []) {
    describe(describeSample(op, sample), () => {
      test('computes what its shape rule says', () => {
        manualSeed(1);
        const out = apply(op, sample.inputs, sample.attrs as never);
        expect(described(out)).toEqual(described(op.shape(sample.inputs, sample.attrs as never)));
        expect(out.toTypedArray()).toHaveLength(out.numel);
        expect(out.axes).toHaveLength(out.ndim);
      });

      test('has the same shape, dtype and axes in a shape run, and gradients of its inputs’ shapes', () => {
        const real = apply(op, sample.inputs, sample.attrs as never);
        context.mode = 'shape';
        const inputs = sample.inputs.map(meta);
        const out = apply(op, inputs, sample.attrs as never);
        expect(described(out)).toEqual(described(real));
        expect(out.requiresGrad).toBe(real.requiresGrad);
        if (out.dtype === 'f32') expect(out.isMeta).toBe(true);
        if (!out.requiresGrad) return;
        out.backward(new Tensor(described(out), undefined));
        for (const x of inputs) if (x.requiresGrad && x.grad) expect(x.grad.shape).toEqual(x.shape);
      });

      test('costs a finite number of operations', () => {
        const out = op.shape(sample.inputs, sample.attrs as never);
        const flops = op.flops(sample.inputs, out, sample.attrs as never);
        expect(flops).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(flops)).toBe(true);
      });
    });
  }
}
