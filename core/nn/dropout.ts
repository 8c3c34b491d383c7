import { TensightError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkFloat } from './check.ts';
import { dropout } from './functional.ts';
import { Module } from './module.ts';

/**
 * In training, sets each element to 0 with probability `p` and scales the rest by 1/(1 − p); in evaluation does nothing.
 * Any shape → the same. Srivastava et al. 2014. Throws TensightError for p outside [0, 1].
 */
export class Dropout extends Module {
  /** Probability with which an element is dropped. */
  readonly p: number;

  constructor(p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) throw new TensightError(`Dropout: p is ${p}, a probability lies in 0 … 1`);
    this.p = p;
  }

  forward(x: Tensor): Tensor {
    checkFloat('Dropout', x);
    return dropout(x, this.p, this.training);
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}
