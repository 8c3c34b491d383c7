import { noGrad } from '../context.ts';
import { tensor } from '../ops/creation.ts';
import { mul } from '../ops/elementwise.ts';
import { sum } from '../ops/reduce.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { backward } from './backward.ts';

export interface GradcheckOptions {
  /** Step of the central difference, times the magnitude of the element where that is above 1. */
  readonly eps?: number;
  readonly rtol?: number;
  readonly atol?: number;
}

/** One element whose analytic gradient is not its slope. */
export interface GradientMismatch {
  /** Position of the input in the list. */
  readonly input: number;
  /** Row-major position of the element. */
  readonly element: number;
  readonly analytic: number;
  readonly numeric: number;
}

/**
 * Compares the gradient of `f` at `inputs` with central differences, (f(x + h) − f(x − h)) / 2h, for every element of every
 * input that requires a gradient. The outputs are weighted by fixed numbers and summed in double precision, so that each
 * element of the Jacobian counts. f32 leaves about three digits: the default step is 2⁻⁷, where truncation and rounding meet.
 * Returns the elements that differ; empty where all agree.
 */
export function gradcheck(
  f: (...inputs: Tensor[]) => Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  { eps = 2 ** -7, rtol = 2e-3, atol = 5e-4 }: GradcheckOptions = {},
): GradientMismatch[] {
  const leaves = inputs.map((x) => {
    const leaf = tensor(elementsOf(x).slice(), { shape: x.shape, dtype: x.dtype });
    leaf.requiresGrad = x.requiresGrad;
    return leaf;
  });
  const results = listed(f(...leaves));
  const differentiable = results.map((y) => y.requiresGrad);
  const outputs = results.filter((y) => y.requiresGrad);
  const weights = outputs.map((y, k) => {
    const values = Float32Array.from({ length: y.numel }, (_, i) => weight(i + 31 * k));
    return tensor(values, { shape: y.shape });
  });
  outputs.forEach((y, k) => {
    backward(sum(mul(y, weights[k]!)));
  });

  const evaluate = (changed: readonly Tensor[]): number =>
    noGrad(() => {
      let total = 0;
      let k = 0;
      listed(f(...changed)).forEach((y, slot) => {
        if (!differentiable[slot]) return;
        const data = elementsOf(y);
        const w = elementsOf(weights[k++]!);
        for (let i = 0; i < data.length; i++) total += data[i]! * w[i]!;
      });
      return total;
    });

  const mismatches: GradientMismatch[] = [];
  leaves.forEach((leaf, input) => {
    if (!leaf.requiresGrad) return;
    const analytic = leaf.grad?.toTypedArray();
    const base = elementsOf(leaf);
    for (let element = 0; element < base.length; element++) {
      const step = eps * Math.max(1, Math.abs(base[element]!));
      const at = (delta: number) => {
        const data = base.slice();
        data[element]! += delta;
        const moved = [...leaves];
        moved[input] = tensor(data, { shape: leaf.shape });
        return { value: evaluate(moved), x: data[element]! };
      };
      const above = at(step);
      const below = at(-step);
      const numeric = (above.value - below.value) / (above.x - below.x);
      const got = analytic?.[element] ?? 0;
      if (!(Math.abs(got - numeric) <= atol + rtol * Math.abs(numeric)))
        mismatches.push({ input, element, analytic: got, numeric });
    }
  });
  return mismatches;
}

function listed(value: Tensor | readonly Tensor[]): readonly Tensor[] {
  return Array.isArray(value) ? value : [value as Tensor];
}

/** Numbers of ±[0.5, 1.5) without a pattern that could cancel. */
function weight(i: number): number {
  const fraction = (i * 0.6180339887498949) % 1;
  return (i % 2 === 0 ? 1 : -1) * (0.5 + fraction);
}
