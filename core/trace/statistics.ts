import { context } from '../context.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Statistics } from './trace.ts';

/** What a trace says of a tensor's elements. Empty or all-NaN tensors give NaN for everything that has no value. */
export function statisticsOf(tensor: Tensor): Statistics {
  return context.backend.statistics(tensor.toTypedArray());
}
