/** Negative log-likelihoods of counts, measurements and label sequences, as modules. */

import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import {
  type CtcLossOptions,
  ctcLoss,
  type GaussianNllOptions,
  gaussianNllLoss,
  type Lengths,
  type PoissonNllOptions,
  poissonNllLoss,
} from './functional.ts';
import { configOf } from './layer.ts';
import { Loss } from './loss.ts';

/** rate − target·log rate, for counts and predicted (log) rates of one shape → []. */
export class PoissonNLLLoss extends Loss {
  /** Whether the input is the logarithm of the rate. */
  readonly logInput: boolean;
  /** Whether Stirling's approximation of log target! is added. */
  readonly full: boolean;
  /** Keeps the logarithm of a rate of 0 finite. */
  readonly eps: number;

  constructor({ logInput = true, full = false, eps = 1e-8, ...options }: PoissonNllOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.logInput = logInput;
    this.full = full;
    this.eps = eps;
  }

  /** input [...], target of the same shape → []. Throws ShapeError where the shapes differ. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { logInput, full, eps, reduction } = this;
    return poissonNllLoss(input, target, { logInput, full, eps, reduction });
  }

  override config() {
    return configOf<PoissonNllOptions>({
      reduction: this.reduction,
      logInput: this.logInput,
      full: this.full,
      eps: this.eps,
    });
  }
}

/** ½(log variance + (input − target)² / variance), for predicted means and variances → []. Nix & Weigend 1994. */
export class GaussianNLLLoss extends Loss {
  /** Whether ½ log 2π is added. */
  readonly full: boolean;
  /** The smallest variance that is divided by. */
  readonly eps: number;

  constructor({ full = false, eps = 1e-6, ...options }: GaussianNllOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.full = full;
    this.eps = eps;
  }

  /** input [batch, ...] means, target of the same shape, variance of the same or without the last axis → []. */
  forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    const { full, eps, reduction } = this;
    return gaussianNllLoss(input, target, variance, { full, eps, reduction });
  }

  override config() {
    return configOf<GaussianNllOptions>({ reduction: this.reduction, full: this.full, eps: this.eps });
  }
}

/** −log of the probability of a sequence of labels, over all ways to lay it along the input → []. Graves et al. 2006. */
export class CTCLoss extends Loss {
  /** The class that stands for no label. */
  readonly blank: number;
  /** Whether a sequence that is too short for its labels counts as 0. */
  readonly zeroInfinity: boolean;

  constructor({ blank = 0, zeroInfinity = false, ...options }: CtcLossOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.blank = blank;
    this.zeroInfinity = zeroInfinity;
  }

  /** logProbs [seq, batch, class], targets [batch, label] (i32) or one after another, a length of each a sequence → []. */
  forward(logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths): Tensor {
    const { blank, zeroInfinity, reduction } = this;
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, { blank, zeroInfinity, reduction });
  }

  override config() {
    return configOf<CtcLossOptions>({ reduction: this.reduction, blank: this.blank, zeroInfinity: this.zeroInfinity });
  }

  /** `blank=0, mean` */
  override extraRepr(): string {
    return `blank=${this.blank}, ${this.reduction}`;
  }
}
