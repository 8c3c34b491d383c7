/** How alike, or how far apart, pairs of vectors are, as modules. */

import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import { cosineSimilarity, pairwiseDistance } from './functional.ts';
import { configOf, Layer } from './layer.ts';

/** Cosine of the angle between vectors along `dim`: two [batch, embed] → [batch]. */
export class CosineSimilarity extends Layer {
  /** The dimension that vectors lie along. */
  readonly dim: number;
  /** The least length that is divided by. */
  readonly eps: number;

  constructor({ dim = 1, eps = 1e-8 }: { dim?: number; eps?: number } = {}) {
    checkArguments(new.target, arguments);
    super();
    this.dim = dim;
    this.eps = eps;
  }

  /** a, b [batch, embed] → [batch]. */
  forward(a: Tensor, b: Tensor): Tensor {
    for (const x of [a, b]) checkFloat('CosineSimilarity', x);
    return cosineSimilarity(a, b, { dim: this.dim, eps: this.eps });
  }

  override config() {
    return configOf({ dim: this.dim, eps: this.eps });
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** How far vectors along the last dimension are apart, ‖a − b‖ₚ: two [batch, embed] → [batch]. */
export class PairwiseDistance extends Layer {
  /** Order of the norm. */
  readonly p: number;
  /** Added to differences. */
  readonly eps: number;
  /** Whether the result is [batch, 1]. */
  readonly keepdim: boolean;

  constructor({ p = 2, eps = 1e-6, keepdim = false }: { p?: number; eps?: number; keepdim?: boolean } = {}) {
    checkArguments(new.target, arguments);
    super();
    this.p = p;
    this.eps = eps;
    this.keepdim = keepdim;
  }

  /** a, b [batch, embed] → [batch]. */
  forward(a: Tensor, b: Tensor): Tensor {
    for (const x of [a, b]) checkFloat('PairwiseDistance', x);
    return pairwiseDistance(a, b, { p: this.p, eps: this.eps, keepdim: this.keepdim });
  }

  override config() {
    return configOf({ p: this.p, eps: this.eps, keepdim: this.keepdim });
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}
