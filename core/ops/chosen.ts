import type { Tensor } from '../tensor/tensor.ts';

/** Elements that an operation chose along a dimension, and where they stood: by name, or in order, `const [values, indices] = x.max(-1)`. */
export interface Chosen extends Iterable<Tensor> {
  /** The elements; gradients flow back to where they stood. */
  readonly values: Tensor;
  /** i32. */
  readonly indices: Tensor;
  /** The elements, as `values`. */
  readonly 0: Tensor;
  /** Where they stood, as `indices`. */
  readonly 1: Tensor;
}

class Pair implements Chosen {
  constructor(
    readonly values: Tensor,
    readonly indices: Tensor,
  ) {}

  get 0(): Tensor {
    return this.values;
  }

  get 1(): Tensor {
    return this.indices;
  }

  *[Symbol.iterator](): Iterator<Tensor> {
    yield this.values;
    yield this.indices;
  }
}

export const chosen = (values: Tensor, indices: Tensor): Chosen => new Pair(values, indices);
