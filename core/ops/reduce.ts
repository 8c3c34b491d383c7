/** Reductions over dimensions. */
import type { ReduceKernel } from '../backends/backend.ts';
import { contiguousStrides, numel, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { normalizeDims } from './dims.ts';
import type { Op, Saved } from './op.ts';
import { expand, reshape } from './view.ts';

export interface ReduceAttrs {
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}

/** `x` without `dims` (or with size 1 in their place). */
export function reducedSpec(x: Spec, { dims, keepdim }: ReduceAttrs, dtype = x.dtype): Spec {
  if (keepdim) return { shape: x.shape.map((size, i) => (dims.includes(i) ? 1 : size)), dtype, axes: x.axes };
  const keep = x.shape.map((_, i) => i).filter((i) => !dims.includes(i));
  return { shape: keep.map((i) => x.shape[i]!), dtype, axes: keep.map((i) => x.axes[i]!) };
}

/** Runs a reduction kernel, which wants its dimensions kept, into an output that may have dropped them. */
export function reduceInto(
  kernel: ReduceKernel,
  x: Tensor,
  attrs: ReduceAttrs,
  out: Spec,
  backend: Parameters<Op<ReduceAttrs>['forward']>[3],
): Tensor {
  const result = allocate(out);
  const kept = reducedSpec(x, { dims: attrs.dims, keepdim: true }, out.dtype);
  backend.reduce(kernel, x, attrs.dims, new Tensor(kept, result.storage, contiguousStrides(kept.shape), 0));
  return result;
}

/** Stretches the gradient of a reduction back over what was reduced. */
export function unreduce(grad: Tensor, x: Spec, { dims, keepdim }: ReduceAttrs): Tensor {
  const kept = keepdim
    ? grad
    : reshape(
        grad,
        x.shape.map((size, i) => (dims.includes(i) ? 1 : size)),
      );
  return expand(kept, x.shape);
}

const sumOp: Op<ReduceAttrs> = {
  name: 'sum',
  shape: ([x], attrs) => reducedSpec(x!, attrs, x!.dtype === 'bool' ? 'i32' : x!.dtype),
  forward: ([x], attrs, out, backend) => reduceInto('sum', x!, attrs, out, backend),
  backward: (grad, { inputs, attrs }: Saved<ReduceAttrs>) => [unreduce(grad, inputs[0]!, attrs)],
  flops: ([x]) => numel(x!.shape),
};

/** Sum over `dim` (all dimensions where left out). */
export function sum(x: Tensor, dim?: number | readonly number[], keepdim = false): Tensor {
  return apply(sumOp, [x], { dims: normalizeDims('sum', dim, x), keepdim });
}

export const reduceMethods = {
  /** Sum over `dim` (all dimensions where left out). */
  sum(this: Tensor, dim?: number | readonly number[], keepdim = false): Tensor {
    return sum(this, dim, keepdim);
  },
};
