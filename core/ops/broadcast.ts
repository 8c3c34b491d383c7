import { ShapeError } from '../errors.ts';
import { unnamedAxes } from '../tensor/axes.ts';
import { broadcastAxes, broadcastShapes, formatShape, type Shape, type Spec, sameShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';

/** Shape rule of every operation on two broadcast operands. */
export function broadcastSpec(op: string, a: Spec, b: Spec, dtype: Spec['dtype']): Spec {
  // The usual cases, a number or a tensor of the same shape, cost nothing more.
  if (b.shape.length === 0) return { shape: a.shape, dtype, axes: a.axes };
  if (sameShape(a.shape, b.shape) && b.axes === unnamedAxes(b.shape.length))
    return { shape: a.shape, dtype, axes: a.axes };
  const shape = broadcastShapes(a.shape, b.shape);
  if (shape === undefined)
    throw new ShapeError(
      op,
      [a, b],
      `${formatShape(a)} and ${formatShape(b)} do not fit: ${misfit(a, b)}`,
      repair(a, b),
    );
  return { shape, dtype, axes: broadcastAxes(a, b) };
}

function misfit(a: Spec, b: Spec): string {
  const rank = Math.max(a.shape.length, b.shape.length);
  for (let i = 1; i <= rank; i++) {
    const x = a.shape[a.shape.length - i] ?? 1;
    const y = b.shape[b.shape.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      const name = a.axes[a.shape.length - i]?.name ?? b.axes[b.shape.length - i]?.name;
      return `${x} against ${y} in dimension −${i}${name ? ` (${name})` : ''}`;
    }
  }
  return 'sizes differ';
}

/** What would make two shapes broadcast. */
function repair(a: Spec, b: Spec): string {
  const want = 'Sizes must be equal, or one of them 1, counted from the last dimension.';
  if (b.shape.length === 2 && broadcastShapes(a.shape, [b.shape[1]!, b.shape[0]!]))
    return `${want} Transposed, the right one would fit: .transpose(0, 1).`;
  if (
    a.shape.length > 0 &&
    b.shape.length < a.shape.length &&
    a.shape[a.shape.length - b.shape.length - 1] === b.shape[0]
  )
    return `${want} With .unsqueeze(-1) the right one would fit.`;
  return want;
}

/** A view of `t` with stride 0 wherever it is stretched to `shape`. No operation is recorded: kernels only. */
export function stretched(t: Tensor, shape: Shape): Tensor {
  if (sameShape(t.shape, shape)) return t;
  const lead = shape.length - t.shape.length;
  const strides = shape.map((size, i) =>
    i < lead || (t.shape[i - lead] === 1 && size !== 1) ? 0 : t.strides[i - lead]!,
  );
  return new Tensor({ shape, dtype: t.dtype, axes: t.axes }, t.storage, strides, t.offset);
}

/** Sums a gradient back to the shape its operand had before broadcasting. */
export function sumTo(grad: Tensor, shape: Shape): Tensor {
  if (sameShape(grad.shape, shape)) return grad;
  const lead = grad.shape.length - shape.length;
  const dims: number[] = [];
  for (let i = 0; i < grad.shape.length; i++)
    if (i < lead || (shape[i - lead] === 1 && grad.shape[i] !== 1)) dims.push(i);
  if (dims.length === 0) return grad;
  const summed = grad.sum(dims, true);
  return lead === 0 ? summed : summed.reshape(shape);
}
