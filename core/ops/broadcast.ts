import { context, remark } from '../context.ts';
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
  const spec = { shape, dtype, axes: broadcastAxes(a, b) };
  if (context.observer !== undefined) lookAtNames(op, a, b, spec);
  return spec;
}

/** Remarks where the names of axes say that the operands are laid over each other otherwise than meant. */
function lookAtNames(op: string, a: Spec, b: Spec, out: Spec): void {
  const rank = out.shape.length;
  const nameOf = (x: Spec, i: number) => x.axes[i - rank + x.shape.length]?.name;
  const sizeOf = (x: Spec, i: number) => x.shape[i - rank + x.shape.length] ?? 1;
  for (let i = 0; i < rank; i++) {
    const [mine, theirs] = [nameOf(a, i), nameOf(b, i)];
    // [batch, 1] and [batch]: each example with each other one.
    const name = out.axes[i]?.name;
    if (a.shape.length !== b.shape.length && name !== undefined && /^(batch|sample|example)/.test(name)) {
      const again = out.axes.findIndex((axis, j) => j > i && axis.name === name && sizeOf(a, j) !== sizeOf(b, j));
      if (again >= 0 && sizeOf(a, i) !== sizeOf(b, i)) {
        const [short] = a.shape.length < b.shape.length ? [a] : [b];
        remark(
          `${op}: ${formatShape(a)} and ${formatShape(b)} give ${formatShape(out)}, each of the ${name} with each other`,
          `Bring both to one shape: .unsqueeze(-1) on ${formatShape(short)}, or .squeeze(-1) on the other.`,
        );
        return;
      }
    }
    if (mine === undefined || theirs === undefined || mine === theirs) continue;
    if (sizeOf(a, i) !== sizeOf(b, i)) continue;
    // [batch, seq] and [seq, batch]: the same names in another order.
    const elsewhere = a.axes.some((axis, j) => axis.name === theirs && j !== i - rank + a.shape.length);
    const back = b.axes.some((axis, j) => axis.name === mine && j !== i - rank + b.shape.length);
    if (elsewhere && back) {
      remark(
        `${op}: ${formatShape(a)} and ${formatShape(b)} have the same axes in another order, so ${mine} is combined with ${theirs}`,
        'Bring them to one order first: .transpose(0, 1), or .permute(…).',
      );
      return;
    }
  }
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
export function broadcastView(t: Tensor, shape: Shape): Tensor {
  if (sameShape(t.shape, shape)) return t;
  const lead = shape.length - t.shape.length;
  const strides = shape.map((size, i) =>
    i < lead || (t.shape[i - lead] === 1 && size !== 1) ? 0 : t.strides[i - lead]!,
  );
  return new Tensor({ shape, dtype: t.dtype, axes: t.axes }, t.storage, strides, t.offset);
}

/** Sums a gradient back to the shape its operand had before broadcasting. */
export function sumToShape(grad: Tensor, shape: Shape): Tensor {
  if (sameShape(grad.shape, shape)) return grad;
  const lead = grad.shape.length - shape.length;
  const dims: number[] = [];
  for (let i = 0; i < grad.shape.length; i++)
    if (i < lead || (shape[i - lead] === 1 && grad.shape[i] !== 1)) dims.push(i);
  if (dims.length === 0) return grad;
  const summed = grad.sum(dims, true);
  return lead === 0 ? summed : summed.reshape(shape);
}
