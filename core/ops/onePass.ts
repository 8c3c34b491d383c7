/** What operations share that do in one pass what several would: attention of many heads, a whole recurrence. */
import { context } from '../context.ts';
import { numel } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate } from './apply.ts';

/**
 * Whether one pass will do: there are values, and nobody watches them being made. A watched run takes the visible operations
 * instead, so that everything on the way can be looked at.
 */
export function unwatched(...inputs: readonly Tensor[]): boolean {
  if (context.observer !== undefined || context.mode === 'shape') return false;
  return inputs.every((input) => !input.isMeta && numel(input.shape) > 0);
}

/** Gradients for a backward kernel to write, shaped as `inputs`: zeros, or without data where one of `known` has none. */
export function blankGradients(
  inputs: readonly Tensor[],
  ...known: readonly Tensor[]
): [blank: Tensor[], meta: boolean] {
  const meta = [...inputs, ...known].some((tensor) => tensor.isMeta);
  const blank = inputs.map(({ shape, axes }) => {
    const spec = { shape, dtype: 'f32', axes } as const;
    return meta ? new Tensor(spec, undefined) : allocate(spec);
  });
  return [blank, meta];
}
