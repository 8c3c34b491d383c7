/** Features as the heads of an attention see them, and back (Vaswani et al. 2017, section 3.2.2). */
import type { Axis } from '../tensor/axes.ts';
import { type Spec, specOf } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import type { Op } from './op.ts';

/** How features are cut into heads. */
export interface Heads {
  readonly heads: number;
  readonly headDim: number;
  /** Features come as [batch, seq, features] instead of [seq, batch, features]. */
  readonly batchFirst: boolean;
}

interface SplitAttrs extends Heads {
  /** The first of the features that are cut: queries, keys and values may stand side by side. */
  readonly feature: number;
  /** Of the result. */
  readonly axes: readonly [batch: Axis, head: Axis, seq: Axis, headDim: Axis];
}

/** Heads [batch, head, seq, headDim] in the memory of features. Not an operation of the graph. */
export function headsOf(x: Tensor, feature: number, { heads, headDim, batchFirst }: Heads, out?: Spec): Tensor {
  const [first, second] = x.shape as [number, number];
  const [a, b, step] = x.strides as [number, number, number];
  const [batch, seq] = batchFirst ? [first, second] : [second, first];
  const [batchStep, seqStep] = batchFirst ? [a, b] : [b, a];
  const spec = out ?? { shape: [batch, heads, seq, headDim], dtype: x.dtype, axes: [] };
  return new Tensor(spec, x.storage, [batchStep, headDim * step, seqStep, step], x.offset + feature * step);
}

function splitShape(x: Spec, { heads, headDim, batchFirst }: Heads): number[] {
  const [first, second] = x.shape as [number, number];
  return batchFirst ? [first, heads, second, headDim] : [second, heads, first, headDim];
}

export const headOps = {
  splitHeads: {
    name: 'splitHeads',
    shape: ([x], attrs) => ({ shape: splitShape(x!, attrs), dtype: x!.dtype, axes: attrs.axes }),
    forward: ([x], attrs, out) => headsOf(x!, attrs.feature, attrs, out),
    backward: (grad, { inputs: [x], attrs }) => [mergedInto(x!, grad, attrs)],
    flops: () => 0,
    isView: true,
  } satisfies Op<SplitAttrs>,
  /** Zeros with the gradient of the heads in the features they were cut from. */
  splitHeadsBackward: {
    name: 'splitHeadsBackward',
    shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
    forward([grad], attrs, out, backend) {
      const whole = allocate(out);
      backend.copy(grad!, headsOf(whole, attrs.feature, attrs));
      return whole;
    },
    backward: (grad, { attrs: { of: _, ...attrs } }) => [splitHeads(grad, attrs)],
    flops: () => 0,
  } satisfies Op<SplitAttrs & { readonly of: Spec }>,
  combineHeads: {
    name: 'combineHeads',
    shape: ([x], { batchFirst, axes }) => {
      const [batch, heads, seq, headDim] = x!.shape as [number, number, number, number];
      return {
        shape: batchFirst ? [batch, seq, heads * headDim] : [seq, batch, heads * headDim],
        dtype: x!.dtype,
        axes,
      };
    },
    forward([x], { batchFirst }, out, backend) {
      const [, heads, , headDim] = x!.shape as [number, number, number, number];
      const result = allocate(out);
      backend.copy(x!, headsOf(result, 0, { heads, headDim, batchFirst }));
      return result;
    },
    backward: (grad, { inputs: [x], attrs: { batchFirst } }) => {
      const [, heads, , headDim] = x!.shape as [number, number, number, number];
      const axes = x!.axes as unknown as SplitAttrs['axes'];
      return [splitHeads(grad, { heads, headDim, batchFirst, feature: 0, axes })];
    },
    flops: () => 0,
    role: 'arrangement',
  } satisfies Op<{ readonly batchFirst: boolean; readonly axes: readonly Axis[] }>,
};

function mergedInto(of: Spec, grad: Tensor, attrs: SplitAttrs): Tensor {
  return apply(headOps.splitHeadsBackward, [grad], { ...attrs, of: specOf(of) });
}

/** Features [batch, seq, ≥ feature + head · headDim] (or [seq, batch, …]) → [batch, head, seq, headDim], a view. */
export const splitHeads = (x: Tensor, attrs: SplitAttrs): Tensor => apply(headOps.splitHeads, [x], attrs);

/** [batch, head, seq, headDim] → features [batch, seq, head · headDim], or [seq, batch, head · headDim], with these axes. */
export const combineHeads = (x: Tensor, batchFirst: boolean, axes: readonly Axis[]): Tensor =>
  apply(headOps.combineHeads, [x], { batchFirst, axes });
