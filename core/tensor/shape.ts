import { type Axis, mergeAxes, unnamed } from './axes.ts';
import { bytesPerElement, type DType } from './dtype.ts';

export { formatShape } from '../format/shape.ts';

/** Sizes, outermost first. */
export type Shape = readonly number[];

/** What is known of a tensor without its data: the currency of every shape rule. */
export interface Spec {
  /** Sizes, outermost first. */
  readonly shape: Shape;
  /** Type of its elements. */
  readonly dtype: DType;
  /** One axis a dimension. */
  readonly axes: readonly Axis[];
}

/** What is known of `x`, a tensor mostly, and nothing else of it. */
export function specOf({ shape, dtype, axes }: Spec): Spec {
  return { shape, dtype, axes };
}

/** Number of elements. */
export function numel(shape: Shape): number {
  let n = 1;
  for (const size of shape) n *= size;
  return n;
}

export function byteLength(spec: Pick<Spec, 'shape' | 'dtype'>): number {
  return numel(spec.shape) * bytesPerElement[spec.dtype];
}

/** Row-major strides, in elements. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Broadcasts two shapes by NumPy's rule; `undefined` where they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    out[i] = x === 1 ? y : x;
  }
  return out;
}

/** The axes of a broadcast of `a` and `b`, which must fit. */
export function broadcastAxes(a: Spec, b: Spec): Axis[] {
  const rank = Math.max(a.shape.length, b.shape.length);
  const out = new Array<Axis>(rank);
  for (let i = 0; i < rank; i++) {
    const ai = a.shape.length - rank + i;
    const bi = b.shape.length - rank + i;
    if (ai < 0) out[i] = b.axes[bi] ?? unnamed;
    else if (bi < 0) out[i] = a.axes[ai] ?? unnamed;
    else out[i] = mergeAxes(a.axes[ai] ?? unnamed, a.shape[ai]!, b.axes[bi] ?? unnamed, b.shape[bi]!);
  }
  return out;
}
