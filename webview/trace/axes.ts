/** Shapes with the names of their axes, and the labels (tokens) along them. */
import type { AxisRecord, TensorRecord, ValueRef } from '../../core/trace/trace.ts';

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

/** Every tensor a value holds, with the way to it: `` for itself, `[1]`, `.hidden`. */
export function tensorsIn(value: ValueRef | undefined, way = ''): readonly { way: string; tensor: number }[] {
  if (value === undefined) return [];
  switch (value.kind) {
    case 'tensor':
      return [{ way, tensor: value.tensor }];
    case 'list':
      return value.items.flatMap((item, i) => tensorsIn(item, `${way}[${i}]`));
    case 'dict':
      return Object.entries(value.entries).flatMap(([key, item]) => tensorsIn(item, `${way}.${key}`));
    case 'module':
    case 'number':
    case 'other':
      return [];
    default:
      return value satisfies never;
  }
}
