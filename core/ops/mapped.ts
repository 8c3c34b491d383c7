/** Operations that are one JavaScript function applied to every element: for functions no kernel is worth writing for. */
import type { PlainOf } from '../plain.ts';
import { numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { allocate } from './apply.ts';
import { mul } from './elementwise.ts';
import type { Op } from './op.ts';

export interface MappedFunction<A> {
  /** Floating-point operations an element. */
  readonly cost: number;
  /** The function, in double precision. */
  readonly value: (attrs: A) => (x: number) => number;
  /** dy/dx in tensor operations. */
  readonly slope: (x: Tensor, attrs: A) => Tensor;
}

/** y = value(x) for each element, f32. */
export function mappedOp<A extends PlainOf<A>>(name: string, { cost, value, slope }: MappedFunction<A>): Op<A> {
  return {
    name,
    shape: ([x]) => ({ shape: x!.shape, dtype: 'f32', axes: x!.axes }),
    forward([x], attrs, out) {
      const result = allocate(out);
      const from = elementsOf(x!);
      const data = result.storage.data;
      const f = value(attrs);
      for (let i = 0; i < from.length; i++) data[i] = f(from[i]!);
      return result;
    },
    backward: (grad, { inputs: [x], attrs }) => [mul(grad, slope(x!, attrs))],
    flops: (_inputs, out) => cost * numel(out.shape),
  };
}
