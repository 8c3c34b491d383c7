/** What operations share that do in one pass what several would: attention of many heads, a whole recurrence. */
import { context } from '../context.ts';
import { numel, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate } from './apply.ts';

/**
 * Whether one pass will do: there are values, and nobody watches them being made. A watched run takes the visible operations
 * instead, so that everything on the way can be looked at.
 */
export function notObserved(...inputs: readonly Tensor[]): boolean {
  if (context.observer !== undefined || context.mode === 'shape') return false;
  return inputs.every((input) => !input.isMeta && numel(input.shape) > 0);
}

/** Whether one of these is only a shape, so that kernels have nothing to work on. */
export const hasMeta = (...tensors: readonly (Tensor | undefined)[]): boolean =>
  tensors.some((tensor) => tensor?.isMeta ?? false);

/** The gradient of `input` for a backward kernel to write: zeros, or without data in a shape run. */
export function zerosGradient({ shape, axes }: Tensor, meta: boolean): Tensor {
  const spec: Spec = { shape, dtype: 'f32', axes };
  if (meta) return new Tensor(spec, undefined);
  context.observer?.allocate(spec, 'a gradient');
  return allocate(spec);
}
