import type { Axis } from './axes.ts';

/** One list a batch element, where sentences differ. */
function perBatch(labels: NonNullable<Axis['labels']>): labels is readonly (readonly string[])[] {
  return Array.isArray(labels[0]);
}

/** An axis of which only `indices` (start, length, step) are left. */
export function slicedAxis(axis: Axis, start: number, length: number, step: number): Axis {
  if (axis.labels === undefined) return axis;
  const pick = <T>(list: readonly T[]): T[] =>
    Array.from({ length }, (_, i) => list[start + i * step]).filter((item) => item !== undefined);
  const labels = perBatch(axis.labels) ? axis.labels.map(pick) : pick(axis.labels);
  return { ...axis, labels };
}

/** The labels of another axis after the batch, `batchSize` long, was cut to these elements; `length` undefined: to one. */
export function rebatchedAxis(
  axis: Axis,
  batchSize: number,
  start: number,
  length: number | undefined,
  step = 1,
): Axis {
  if (axis.labels === undefined || !perBatch(axis.labels) || axis.labels.length !== batchSize) return axis;
  const lists = axis.labels;
  if (length === undefined) return { ...axis, labels: lists[start]! };
  return { ...axis, labels: Array.from({ length }, (_, i) => lists[start + i * step]!) };
}
