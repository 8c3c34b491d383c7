/** Which tensors are all ones: a product with one is a sum, which a shape run is to know, too, though it has no data. */
import type { Tensor } from './tensor.ts';
import { elementsOf } from './tensor.ts';

const withoutData = new WeakSet<Tensor>();

/** Says of a meta tensor that its elements would be ones. */
export function markOnes(tensor: Tensor): void {
  if (tensor.isMeta) withoutData.add(tensor);
}

/** Whether every element is one. False of a meta tensor that something was computed for. */
export function isOnes(tensor: Tensor): boolean {
  if (tensor.isMeta) return withoutData.has(tensor);
  // Most tensors are told by their first element.
  return tensor.numel > 0 && tensor.storage.data[tensor.offset] === 1 && elementsOf(tensor).every((v) => v === 1);
}
