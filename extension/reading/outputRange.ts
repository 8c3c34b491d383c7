/** The scale on which the outputs of all layers of a run are drawn, so that equal pictures mean equal numbers. */
import type { ModelTrace } from '../../core/trace/trace.ts';
import { tensorsIn } from './values.ts';

export interface OutputRange {
  readonly min: number;
  readonly max: number;
}

const known = new WeakMap<ModelTrace, OutputRange | undefined>();

/** From the smallest to the largest finite element of any layer's output; none where nothing was executed. */
export function outputRange(model: ModelTrace): OutputRange | undefined {
  if (known.has(model)) return known.get(model);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { output } of model.calls) {
    const [first] = tensorsIn(output);
    const stats = first === undefined ? undefined : model.tensors[first.tensor]?.stats;
    if (stats === undefined || !(stats.min <= stats.max)) continue;
    min = Math.min(min, stats.min);
    max = Math.max(max, stats.max);
  }
  const range = min <= max ? { min, max } : undefined;
  known.set(model, range);
  return range;
}
