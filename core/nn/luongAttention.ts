import { TensightError } from '../errors.ts';
import { cat } from '../ops/rearrange.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { attend, checkQueryAndKeys, type SourceMask } from './additiveAttention.ts';
import { tanh } from './functional.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import { Linear } from './linear.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';

/** How a query and a key are compared: q·k, q·W k, or v·tanh(W [q; k]). */
export type LuongScore = 'dot' | 'general' | 'concat';

/** How queries and keys are compared, and what is given back. */
export interface LuongAttentionOptions {
  /** Default `'dot'`. */
  score?: LuongScore;
  /** Width of keys; the query's by default. */
  keySize?: number;
  /** Width of the hidden layer of `'concat'`; the query's by default. */
  hiddenSize?: number;
  /** Makes of context c and query h the attentional vector tanh(W [c; h]) of this width, which is given in the place of c. */
  outputSize?: number;
}

/**
 * Multiplicative attention: weights are the softmax over the source of score(query, key), the context is the weighted mean of the
 * keys. query [batch, query], one step of a decoder, or [batch, target, query]; keys [batch, source, key] → context
 * [batch, key] (or [batch, target, key]), or the attentional vector in its place where there is an `outputSize`, and weights
 * [batch, source] (or [batch, target, source]). Luong et al. 2015, section 3.1. Throws ShapeError for other widths.
 */
export class LuongAttention extends Layer {
  protected static override readonly stateNames = {
    keyProj: 'key_proj',
    concatProj: 'concat_proj',
    outProj: 'out_proj',
  };

  /** Width of queries. */
  readonly querySize: number;
  /** Width of keys. */
  readonly keySize: number;
  /** How a query and a key are compared. */
  readonly score: LuongScore;
  /** W of `'general'`, [query, key]. */
  readonly keyProj: Linear | undefined;
  /** W of `'concat'`, [hidden, query + key]. */
  readonly concatProj: Linear | undefined;
  /** v of `'concat'`, [hidden]. */
  v: Parameter | undefined;
  /** W of the attentional vector, [output, key + query]. */
  readonly outProj: Linear | undefined;

  constructor(querySize: number, options: LuongAttentionOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    const { score = 'dot', keySize = querySize, hiddenSize = querySize, outputSize } = options;
    if (score === 'dot' && keySize !== querySize)
      throw new TensightError(
        `LuongAttention: a query of ${querySize} and keys of ${keySize} have no dot product`,
        "Use { score: 'general' }: it maps keys to the query's width first.",
      );
    this.querySize = querySize;
    this.keySize = keySize;
    this.score = score;
    this.keyProj = score === 'general' ? new Linear(keySize, querySize, { bias: false }) : undefined;
    this.concatProj = score === 'concat' ? new Linear(querySize + keySize, hiddenSize, { bias: false }) : undefined;
    this.v = score === 'concat' ? parameter([hiddenSize]) : undefined;
    this.outProj = outputSize ? new Linear(keySize + querySize, outputSize, { bias: false }) : undefined;
    const bound = 1 / Math.sqrt(hiddenSize);
    if (this.v) init.uniform(this.v, -bound, bound);
  }

  /**
   * query [batch, query] (or [batch, target, query]), keys [batch, source, key] → context [batch, key] and weights
   * [batch, source] (each with the target after the batch). Throws ShapeError for other widths.
   */
  forward(query: Tensor, keys: Tensor, options: SourceMask = {}): [context: Tensor, weights: Tensor] {
    checkArguments('LuongAttention.forward', arguments);
    const { keyPaddingMask } = options;
    checkQueryAndKeys('LuongAttention', query, this.querySize, keys, this.keySize);
    const [context, weights] = attend(this.#scores(query, keys), query, keys, keyPaddingMask);
    if (this.outProj === undefined) return [context, weights];
    return [tanh(this.outProj.forward(cat([context, query], -1))), weights];
  }

  #scores(query: Tensor, keys: Tensor): Tensor {
    const several = query.ndim === 3;
    if (this.concatProj !== undefined) {
      const [batch, source] = keys.shape as [number, number];
      const target = several ? [query.shape[1]!] : [];
      const q = query.unsqueeze(-2).expand(batch, ...target, source, this.querySize);
      const k = several ? keys.unsqueeze(1).expand(batch, ...target, source, this.keySize) : keys;
      return tanh(this.concatProj.forward(cat([q, k], -1))).matmul(this.v!);
    }
    const k = this.keyProj === undefined ? keys : this.keyProj.forward(keys);
    return several ? query.matmul(k.transpose(1, 2)) : k.matmul(query.unsqueeze(-1)).squeeze(-1);
  }

  override config() {
    return configOf<LuongAttentionOptions>({
      querySize: this.querySize,
      score: this.score,
      keySize: this.keySize,
      hiddenSize: this.v?.numel,
      outputSize: this.outProj?.outFeatures,
    });
  }

  override extraRepr(): string {
    const out = this.outProj === undefined ? '' : ` → ${this.outProj.outFeatures}`;
    return `${this.querySize} and ${this.keySize}${out}, ${this.score}`;
  }
}
