/** What queries of an attention may not see: masks, padding, and positions after their own. */
import { ShapeError } from '../errors.ts';
import { additiveMask } from '../ops/attention.ts';
import { causalMask } from '../ops/triangle.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { KeyValueCache } from './keyValueCache.ts';

/** What decides on it. */
export interface MaskOptions {
  /** [batch, key], or [key] without a batch; boolean: true = not attended. A float mask is added to the scores. */
  keyPaddingMask?: Tensor | undefined;
  /** [query, key], or one per head [batch·head, query, key]; boolean: true = not attended. A float mask is added to the scores. */
  attnMask?: Tensor | undefined;
  /** Each query sees keys up to its own position. Makes the mask itself; PyTorch expects one as well. Default false. */
  isCausal?: boolean;
  /** Keys and values of earlier calls stand before those of this one; the new ones are kept in it. */
  cache?: KeyValueCache | undefined;
  /** With `cache`: key and value are the same at every call (a decoder's memory) and projected at the first only. */
  fixedKeys?: boolean;
}

/**
 * Hides what is not to be seen: scores [batch, head, query, key] → the same. The last `extras` keys hide from nobody. Throws ShapeError
 * for masks that do not fit.
 */
export function masked(
  scores: Tensor,
  extras: number,
  { attnMask, keyPaddingMask, isCausal, cache, fixedKeys }: MaskOptions,
): Tensor {
  const [batch, heads, queries, all] = scores.shape as [number, number, number, number];
  const keys = all - extras;
  let shown = scores;
  const hide = (given: Tensor) => {
    const mask = extras === 0 ? given : given.pad([0, extras]);
    shown = shown.add(mask.dtype === 'f32' ? mask : additiveMask(mask));
  };
  if (attnMask !== undefined) {
    const perHead = attnMask.ndim === 3;
    const fits = perHead
      ? String(attnMask.shape) === String([batch * heads, queries, keys])
      : String(attnMask.shape) === String([queries, keys]);
    if (!fits)
      throw new ShapeError(
        'MultiheadAttention',
        [attnMask],
        `attnMask ${formatShape(attnMask)} does not fit ${queries} queries and ${keys} keys`,
        `Use [${queries}, ${keys}], or one per head [${batch * heads}, ${queries}, ${keys}].`,
      );
    hide(perHead ? attnMask.reshape(batch, heads, queries, keys) : attnMask);
  }
  if (isCausal && (cache === undefined || fixedKeys)) hide(causalMask(queries, keys));
  // Behind a cache the queries are the last positions; one alone sees all there is.
  else if (isCausal && queries > 1) hide(causalMask(keys, keys).narrow(0, keys - queries, queries));
  if (keyPaddingMask !== undefined) {
    const fits =
      String(keyPaddingMask.shape) === String([batch, keys]) ||
      (batch === 1 && keyPaddingMask.shape.length === 1 && keyPaddingMask.shape[0] === keys);
    if (!fits)
      throw new ShapeError(
        'MultiheadAttention',
        [keyPaddingMask],
        `keyPaddingMask ${formatShape(keyPaddingMask)} does not fit ${keys} keys in a batch of ${batch}`,
        `Use [${batch}, ${keys}], true where a key is padding.`,
      );
    hide(keyPaddingMask.reshape(batch, 1, 1, keys));
  }
  return shown;
}
