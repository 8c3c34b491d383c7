/** Shapes with the names of their axes, and the labels (tokens) along them. */
import type { AxisRecord, TensorRecord } from '../../core/trace/trace.ts';

export interface Axis {
  readonly name?: string;
  readonly size: number;
}

/** `[batch 2, seq 8, embed 64]` in parts. */
export function axesOf(tensor: TensorRecord): readonly Axis[] {
  return tensor.shape.map((size, i) => {
    const name = tensor.axes[i]?.name;
    return name === undefined ? { size } : { name, size };
  });
}

/** `[batch 2, seq 8, embed 64]`. */
export function shapeText(tensor: TensorRecord): string {
  return `[${axesOf(tensor)
    .map((axis) => (axis.name === undefined ? `${axis.size}` : `${axis.name} ${axis.size}`))
    .join(', ')}]`;
}

/** The axis's labels for one element of the batch, when there are as many as the axis is long. */
export function labelsOf(axis: AxisRecord | undefined, size: number, batch = 0): readonly string[] | undefined {
  const labels = axis?.labels;
  if (labels === undefined) return undefined;
  const first = labels[0];
  const own = Array.isArray(first) ? labels[Math.min(batch, labels.length - 1)] : labels;
  return Array.isArray(own) && own.length === size ? (own as readonly string[]) : undefined;
}
