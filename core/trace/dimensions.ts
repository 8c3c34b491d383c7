/** Where a dimension of a tensor is after an operation that only arranges or scales, and where it was before one. */
import type { Tensor } from '../tensor/tensor.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { arranges } from './streams.ts';
import type { TensorId } from './trace.ts';

type Graph = Pick<Recorder, 'ops' | 'madeBy' | 'tensors'>;

/** The dimension of the output that `dim` of the input `from` became; undefined where it was cut, merged or is not to be told. */
export function followed(
  note: OpNote,
  from: Tensor,
  dim: number,
  { tensors }: Pick<Recorder, 'tensors'>,
): number | undefined {
  const to = tensors[note.output]!;
  const attrs = (note.attrs ?? {}) as {
    readonly dims?: readonly number[];
    readonly dim?: number;
    readonly keepdim?: boolean;
  };
  const { dims } = attrs;
  if (attrs.keepdim !== undefined && Array.isArray(dims)) {
    // A reduction.
    if (dims.includes(dim)) return undefined;
    return attrs.keepdim ? dim : dim - dims.filter((gone) => gone < dim).length;
  }
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

/** The dimensions of the first input that `dims` of the output came from; those that were put in are left out. */
export function dimsBefore(note: OpNote, dims: readonly number[], { tensors }: Pick<Graph, 'tensors'>): number[] {
  const from = tensors[note.inputs[0]!]!;
  const to = tensors[note.output]!;
  const attrs = (note.attrs ?? {}) as {
    readonly dims?: readonly number[];
    readonly dim?: number;
    readonly keepdim?: boolean;
  };
  if (attrs.keepdim !== undefined && Array.isArray(attrs.dims)) {
    // A reduction.
    const { dims: gone } = attrs;
    const left = from.shape.map((_, d) => d).filter((d) => attrs.keepdim || !gone.includes(d));
    return dims.flatMap((d) => left[d] ?? []);
  }
  if (note.op.isView && Array.isArray(attrs.dims) && attrs.dims.length === from.ndim && to.ndim === from.ndim) {
    const order = attrs.dims;
    return dims.map((d) => order[d]!);
  }
  const gap = to.ndim - from.ndim;
  const { dim } = attrs;
  // One index of a dimension.
  if (note.op.isView && dim !== undefined && gap === -1 && to.numel !== from.numel)
    return dims.map((d) => (d >= dim ? d + 1 : d));
  if (to.numel !== from.numel || to.numel === 0) return dims.flatMap((d) => (d >= gap ? [d - gap] : []));
  // The same elements in the same order: the dimensions that count the same steps.
  return from.shape.flatMap((size, d) => {
    const step = elementsAfter(from, d);
    const shared = dims.some((other) => {
      const stepThere = elementsAfter(to, other);
      return Math.max(step, stepThere) < Math.min(step * size, stepThere * to.shape[other]!);
    });
    return shared ? [d] : [];
  });
}

/** Whether a tensor is the same all along these dimensions, of which it has each at size 1 or stretched from that. */
export function isStretched(tensor: TensorId, dims: readonly number[], graph: Graph): boolean {
  let at = tensor;
  let along = dims;
  for (let i = 0; i < 8; i++) {
    const { shape } = graph.tensors[at]!;
    if (along.every((d) => (shape[d] ?? 1) === 1)) return true;
    const made = graph.madeBy.get(at);
    const note = made === undefined ? undefined : graph.ops[made];
    if (note === undefined || !arranges(note)) return false;
    const before = dimsBefore(note, along, graph);
    const from = graph.tensors[note.inputs[0]!]!;
    // A dimension that was put in is the same all along, unless it was cut out of another (windows).
    const windows = before.length < along.length && shape.length > from.ndim && !repeats(from, graph.tensors[at]!);
    if (windows) return false;
    along = before;
    at = note.inputs[0]!;
  }
  return false;
}

/** Whether `to` is `from` with dimensions put in front and sizes multiplied, or the same elements in another shape. */
function repeats(from: Tensor, to: Tensor): boolean {
  const gap = to.ndim - from.ndim;
  return to.numel === from.numel || from.shape.every((size, d) => size > 0 && to.shape[d + gap]! % size === 0);
}

function elementsAfter({ shape }: Tensor, dim: number): number {
  return shape.slice(dim + 1).reduce((n, size) => n * size, 1);
}
