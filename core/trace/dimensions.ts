/** Where a dimension of a tensor is after an operation that only arranges or scales. */
import type { Tensor } from '../tensor/tensor.ts';
import type { OpNote, Recorder } from './recorder.ts';

/** The dimension of the output that `dim` of the input `from` became; undefined where it was cut, merged or is not to be told. */
export function followed(
  note: OpNote,
  from: Tensor,
  dim: number,
  { tensors }: Pick<Recorder, 'tensors'>,
): number | undefined {
  const to = tensors[note.output]!;
  const attrs = (note.attrs ?? {}) as { readonly dims?: readonly number[]; readonly dim?: number };
  const { dims } = attrs;
  if (note.op.isView && Array.isArray(dims) && dims.length === from.ndim && to.ndim === from.ndim) {
    const at = dims.indexOf(dim);
    return at < 0 ? undefined : at;
  }
  const alike = to.ndim === from.ndim && to.shape.every((size, i) => size === from.shape[i]);
  if (alike) return dim;
  if (note.op.isView && attrs.dim !== undefined && to.ndim === from.ndim - 1 && to.numel !== from.numel)
    // One index of a dimension.
    return attrs.dim === dim ? undefined : dim - (dim > attrs.dim ? 1 : 0);
  const size = from.shape[dim]!;
  const fromEnd = from.ndim - dim;
  if (to.numel !== from.numel) return to.shape[to.ndim - fromEnd] === size ? to.ndim - fromEnd : undefined;
  // The same elements in the same order: the dimension with as many after it.
  const after = elementsAfter(from, dim);
  const found = to.shape.flatMap((other, i) => (other === size && elementsAfter(to, i) === after ? [i] : []));
  return found.toSorted((a, b) => Math.abs(to.ndim - a - fromEnd) - Math.abs(to.ndim - b - fromEnd))[0];
}

function elementsAfter({ shape }: Tensor, dim: number): number {
  return shape.slice(dim + 1).reduce((n, size) => n * size, 1);
}
