import type { Storage } from '../backends/backend.ts';
import { context } from '../context.ts';
import type { TypedArray } from '../tensor/dtype.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Statistics } from './trace.ts';

/**
 * What a trace says of tensors' elements, all of one moment: views of the same elements, in whatever order (a transpose, the
 * heads of an attention), are counted once. Empty or all-NaN tensors give NaN for everything that has no value.
 */
export function statistician(): (tensor: Tensor) => Statistics {
  const known = new Map<
    Storage,
    { readonly from: number; readonly count: number; readonly statistics: Statistics }[]
  >();
  return (tensor) => {
    const data = elements(tensor);
    if (data === undefined) return context.backend.statistics(tensor.toTypedArray());
    const { storage, offset: from } = tensor;
    const count = data.length;
    const own = known.get(storage) ?? [];
    const found = own.find((one) => one.from === from && one.count === count);
    if (found !== undefined) return found.statistics;
    const statistics = context.backend.statistics(data);
    own.push({ from, count, statistics });
    known.set(storage, own);
    return statistics;
  };
}

/** Its elements in memory's order, where they lie there without gaps or repetition. */
function elements(tensor: Tensor): TypedArray | undefined {
  if (tensor.isContiguous) return tensor.toTypedArray();
  const { shape, strides, storage, offset } = tensor;
  const order = shape.map((_, d) => d).filter((d) => shape[d] !== 1);
  order.sort((a, b) => strides[a]! - strides[b]!);
  let count = 1;
  for (const d of order) {
    if (strides[d] !== count) return undefined;
    count *= shape[d]!;
  }
  return storage.data.subarray(offset, offset + count);
}
