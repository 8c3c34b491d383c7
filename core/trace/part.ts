/** Memory that is a view of other memory, laid out row by row when it is read. */
import type { Storage } from '../backends/backend.ts';
import type { TypedArray } from '../tensor/dtype.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';

/** The array that was last laid out: it is read several times in a row, and one is all that is held. */
let latest: { readonly of: PartStorage; readonly data: TypedArray } | undefined;

export class PartStorage implements Storage {
  readonly #find: () => Tensor;
  #view: Tensor | undefined;

  /** `find` gives the view; what that is a view of may itself become a part of something until this is first read. */
  constructor(find: () => Tensor) {
    this.#find = find;
  }

  /** It has none of its own. */
  readonly byteLength = 0;

  get view(): Tensor {
    this.#view ??= this.#find();
    return this.#view;
  }

  get data(): TypedArray {
    if (latest?.of === this) return latest.data;
    const data = elementsOf(this.view);
    latest = { of: this, data };
    return data;
  }
}
