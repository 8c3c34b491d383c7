/** Scaled dot-product attention (Vaswani et al. 2017, eq. 1), of visible operations: its scores and weights can be looked at. */

import { ShapeError, TensightError } from '../errors.ts';
import { renamed, unnamed } from '../tensor/axes.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { logicalNot, where } from './compare.ts';
import { dropout } from './dropout.ts';
import { add, mul } from './elementwise.ts';
import { namedMatmul } from './matmul.ts';
import { mT } from './permute.ts';
import { softmax } from './softmax.ts';
import { causalMask } from './triangle.ts';

/**
 * What a mask adds to scores: −∞ where it is true. Added, as in PyTorch, and not put in their place: the gradient of a row that
 * sees nothing is NaN like its weights, where it would stop, and look healthy.
 */
export const additiveMask = (mask: Tensor): Tensor => where(mask, Number.NEGATIVE_INFINITY, 0);

/** What attention may be told. */
export interface AttentionOptions {
  /** bool: true takes part. f32: added to the scores. Broadcast to [..., query, key]. */
  readonly attnMask?: Tensor | null;
  /** Each query sees only keys up to its own position. */
  readonly isCausal?: boolean;
  /** Dropout of the weights; for training only. */
  readonly dropoutP?: number;
  /** 1/√E by default. */
  readonly scale?: number;
}

/** What attention gives, with the weights it mixed by. */
export interface AttentionResult {
  /** [..., query, Ev] */
  readonly output: Tensor;
  /** Before dropout. [..., query, key], each row sums to 1. */
  readonly weights: Tensor;
}

/**
 * As `scaledDotProductAttention`, with the weights: query [..., L, E], key [..., S, E], value [..., S, Ev] → output
 * [..., L, Ev] and weights [..., L, S].
 */
export function attentionWithWeights(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { attnMask, isCausal = false, dropoutP = 0, scale }: AttentionOptions = {},
): AttentionResult {
  checkArguments('attentionWithWeights', arguments);
  for (const [name, t] of [
    ['query', query],
    ['key', key],
    ['value', value],
  ] as const)
    if (t.ndim < 2)
      throw new ShapeError(
        'scaledDotProductAttention',
        [t],
        `the ${name} is [..., length, width], got ${formatShape(t)}`,
      );
  if (query.shape.at(-1) !== key.shape.at(-1))
    throw new ShapeError(
      'scaledDotProductAttention',
      [query, key],
      `query ${formatShape(query)} and key ${formatShape(key)} differ in width: ${query.shape.at(-1)} against ${key.shape.at(-1)}`,
      'Project both to the same width first.',
    );
  if (key.shape.at(-2) !== value.shape.at(-2))
    throw new ShapeError(
      'scaledDotProductAttention',
      [key, value],
      `key ${formatShape(key)} and value ${formatShape(value)} differ in length: ${key.shape.at(-2)} against ${value.shape.at(-2)}`,
      'Every key has one value.',
    );
  if (attnMask && isCausal)
    throw new TensightError(
      'scaledDotProductAttention: give attnMask or isCausal, not both',
      'Put the causal mask into attnMask.',
    );
  const queryAxis = query.axes.at(-2) ?? unnamed;
  const keyAxis = key.axes.at(-2) ?? unnamed;
  const factor = scale ?? 1 / Math.sqrt(query.shape.at(-1)!);
  const product = namedMatmul(query, mT(key), { axes: [renamed(queryAxis, 'query'), renamed(keyAxis, 'key')] });
  let scores = mul(product, factor);
  if (isCausal) scores = add(scores, additiveMask(causalMask(query.shape.at(-2)!, key.shape.at(-2)!)));
  else if (attnMask) scores = add(scores, attnMask.dtype === 'bool' ? additiveMask(logicalNot(attnMask)) : attnMask);
  const weights = softmax(scores, -1);
  const output = namedMatmul(dropout(weights, dropoutP), value, { axes: [queryAxis, value.axes.at(-1) ?? unnamed] });
  return { output, weights };
}

/**
 * softmax(Q Kᵀ · scale + mask) V. query [..., L, E], key [..., S, E], value [..., S, Ev] → [..., L, Ev]. A query whose
 * keys are all masked gives NaN, as in PyTorch. Throws ShapeError when E or S differ.
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  checkArguments('scaledDotProductAttention', arguments);
  return attentionWithWeights(query, key, value, options).output;
}
