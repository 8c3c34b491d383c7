import { ShapeError } from '../errors.ts';
import { renamed } from '../tensor/axes.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFeatures } from './check.ts';
import { softmax, tanh } from './functional.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import { Linear } from './linear.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';

/** Which positions of the source do not count. */
export interface SourceMask {
  /** [batch, source], true where a source position is padding. */
  keyPaddingMask?: Tensor | undefined;
}

/**
 * Additive attention: score(q, k) = v·tanh(W_q q + W_k k), weights their softmax over the source, context the weighted mean of
 * the keys. query [batch, query], one step of a decoder, or [batch, target, query]; keys [batch, source, key] → context
 * [batch, key] (or [batch, target, key]) and weights [batch, source] (or [batch, target, source]). Bahdanau et al. 2015,
 * section A.1.2. Throws ShapeError for other widths, and for batches that differ.
 */
export class BahdanauAttention extends Layer {
  protected static override readonly stateNames = { queryProj: 'query_proj', keyProj: 'key_proj' };

  /** W of queries, [hidden, query]. */
  readonly queryProj: Linear;
  /** U of keys, [hidden, key]. */
  readonly keyProj: Linear;
  /** [hidden] */
  v: Parameter;

  constructor(querySize: number, keySize: number, hiddenSize: number) {
    checkArguments(new.target, arguments);
    super();
    this.queryProj = new Linear(querySize, hiddenSize, { bias: false });
    this.keyProj = new Linear(keySize, hiddenSize, { bias: false });
    this.v = parameter([hiddenSize]);
    const bound = 1 / Math.sqrt(hiddenSize);
    init.uniform(this.v, -bound, bound);
  }

  /**
   * query [batch, query] (or [batch, target, query]), keys [batch, source, key] → context [batch, key] and weights
   * [batch, source] (each with the target after the batch). Throws ShapeError for other widths.
   */
  forward(query: Tensor, keys: Tensor, options: SourceMask = {}): [context: Tensor, weights: Tensor] {
    checkArguments('BahdanauAttention.forward', arguments);
    const { keyPaddingMask } = options;
    const { inFeatures: queries } = this.queryProj;
    const { inFeatures: width } = this.keyProj;
    checkQueryAndKeys('BahdanauAttention', query, queries, keys, width);
    const q = this.queryProj.forward(query);
    const k = this.keyProj.forward(keys);
    const several = query.ndim === 3;
    const sums = several ? q.unsqueeze(2).add(k.unsqueeze(1)) : q.unsqueeze(1).add(k);
    return attend(tanh(sums).matmul(this.v), query, keys, keyPaddingMask);
  }

  override config() {
    return configOf({
      querySize: this.queryProj.inFeatures,
      keySize: this.keyProj.inFeatures,
      hiddenSize: this.v.numel,
    });
  }

  override extraRepr(): string {
    return `${this.queryProj.inFeatures} and ${this.keyProj.inFeatures} → ${this.v.numel}`;
  }
}

export function checkQueryAndKeys(layer: string, query: Tensor, queries: number, keys: Tensor, width: number): void {
  checkFeatures(`${layer}: query`, query, queries, (size) => `nn.${layer}(${size}, …)`);
  checkFeatures(`${layer}: keys`, keys, width, (size) => `nn.${layer} for keys of ${size}`);
  if ((query.ndim !== 2 && query.ndim !== 3) || keys.ndim !== 3 || query.shape[0] !== keys.shape[0])
    throw new ShapeError(
      layer,
      [query, keys],
      `query ${formatShape(query)} and keys ${formatShape(keys)} do not fit each other`,
      'Expected query [batch, query] or [batch, target, query], and keys [batch, source, key] of the same batch.',
    );
}

/** Scores [batch, (target,) source] → the weighted mean of the keys, and the weights. */
export function attend(
  scores: Tensor,
  query: Tensor,
  keys: Tensor,
  mask: Tensor | undefined,
): [context: Tensor, weights: Tensor] {
  const several = query.ndim === 3;
  const source = renamed(keys.axes[1]!, 'key');
  const named = scores.withAxes(
    several ? [keys.axes[0]!, renamed(query.axes[1]!, 'query'), source] : [keys.axes[0]!, source],
  );
  if (mask !== undefined && String(mask.shape) !== String(keys.shape.slice(0, 2)))
    throw new ShapeError(
      'attention',
      [mask],
      `keyPaddingMask ${formatShape(mask)} does not fit the keys ${formatShape(keys)}`,
      `Use [${keys.shape.slice(0, 2).join(', ')}], true where a key is padding.`,
    );
  const hidden = mask && named.maskedFill(several ? mask.unsqueeze(1) : mask, Number.NEGATIVE_INFINITY);
  const weights = softmax(hidden ?? named, -1);
  const context = several ? weights.matmul(keys) : weights.unsqueeze(1).matmul(keys).squeeze(1);
  const axes = [...query.axes.slice(0, -1), keys.axes[2]!];
  return [context.withAxes(axes), weights];
}
