/** Losses that ask for a distance between right and wrong, as modules. */

import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import {
  hingeEmbeddingLoss,
  type LossOptions,
  type MarginOptions,
  type MultiMarginOptions,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
  type TripletDistanceOptions,
  type TripletMarginOptions,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from './functional.ts';
import { configOf } from './layer.ts';
import { Loss } from './loss.ts';
import { Buffer } from './module.ts';

/** What the losses with a margin share. */
abstract class MarginLoss extends Loss {
  /** How far right and wrong are to be apart. */
  readonly margin: number;

  constructor(margin: number, options: LossOptions) {
    super(options);
    this.margin = margin;
  }

  /** The arguments it was made with. */
  override config() {
    return configOf<MarginOptions>({ margin: this.margin, reduction: this.reduction });
  }

  /** `margin=1, mean` */
  override extraRepr(): string {
    return `margin=${this.margin}, ${this.reduction}`;
  }
}

/** max(0, −target·(a − b) + margin), for three tensors of one shape → []. The margin is 0 by default. */
export class MarginRankingLoss extends MarginLoss {
  constructor({ margin = 0, ...options }: MarginOptions = {}) {
    checkArguments(new.target, arguments);
    super(margin, options);
  }

  /** Scores a and b [...], target of the same shape: 1 where a is to be larger, −1 where b is → []. */
  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(a, b, target, { margin: this.margin, reduction: this.reduction });
  }
}

/** A distance for targets of 1, max(0, margin − distance) for those of −1, for two tensors of one shape → []. The margin is 1 by default. */
export class HingeEmbeddingLoss extends MarginLoss {
  constructor({ margin = 1, ...options }: MarginOptions = {}) {
    checkArguments(new.target, arguments);
    super(margin, options);
  }

  /** input [...] distances, target of the same shape, 1 or −1 → []. */
  forward(input: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(input, target, { margin: this.margin, reduction: this.reduction });
  }
}

/** log(1 + e^(−target·input)), for two tensors of one shape → []. */
export class SoftMarginLoss extends Loss {
  constructor(options: LossOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
  }

  /** input [...], target of the same shape, 1 or −1 → []. Throws ShapeError where the shapes differ. */
  forward(input: Tensor, target: Tensor): Tensor {
    return softMarginLoss(input, target, { reduction: this.reduction });
  }
}

/** Σ max(0, margin − x[target] + x[i])ᵖ / classes over the other classes i: the hinge loss of several classes → []. */
export class MultiMarginLoss extends MarginLoss {
  /** 1, or 2 to square what is missing. */
  readonly p: number;
  /** How much each class counts, [class]. */
  readonly weight: Buffer | undefined;

  constructor({ p = 1, margin = 1, weight, ...options }: MultiMarginOptions = {}) {
    checkArguments(new.target, arguments);
    super(margin, options);
    this.p = p;
    this.weight = weight ? new Buffer(weight) : undefined;
  }

  /** input [batch, class], target [batch] (i32) → []. Throws ShapeError where they do not fit, IndexError for a target that is no class. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { p, margin, weight, reduction } = this;
    return multiMarginLoss(input, target, { p, margin, weight, reduction });
  }

  override config() {
    return configOf<MultiMarginOptions>({
      margin: this.margin,
      reduction: this.reduction,
      p: this.p,
      weight: this.weight,
    });
  }
}

/** Σ max(0, 1 − x[j] + x[i]) / classes over right classes j and wrong ones i → []. */
export class MultiLabelMarginLoss extends Loss {
  constructor(options: LossOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
  }

  /** input [batch, class], target of the same shape (i32): right classes, then −1 → []. */
  forward(input: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(input, target, { reduction: this.reduction });
  }
}

/** Binary cross-entropy of sigmoid(input), meaned over the classes, for two tensors of one shape → []. */
export class MultiLabelSoftMarginLoss extends Loss {
  /** How much each class counts, [class]. */
  readonly weight: Buffer | undefined;

  constructor({ weight, ...options }: LossOptions & { weight?: Tensor } = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.weight = weight && new Buffer(weight);
  }

  /** input [batch, class], target of the same shape, 0 … 1 → []. Throws ShapeError where the shapes differ. */
  forward(input: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(input, target, { weight: this.weight, reduction: this.reduction });
  }

  override config() {
    return configOf<LossOptions>({ reduction: this.reduction, weight: this.weight });
  }
}

/** max(0, margin + ‖anchor − positive‖ₚ − ‖anchor − negative‖ₚ) → []. Balntas et al. 2016. */
export class TripletMarginLoss extends MarginLoss {
  /** Order of the norm. */
  readonly p: number;
  /** Added to differences. */
  readonly eps: number;
  /** Whether the negative's distance from the positive counts where it is smaller. */
  readonly swap: boolean;

  constructor({ margin = 1, p = 2, eps = 1e-6, swap = false, ...options }: TripletMarginOptions = {}) {
    checkArguments(new.target, arguments);
    super(margin, options);
    this.p = p;
    this.eps = eps;
    this.swap = swap;
  }

  /** anchor, positive and negative [batch, embed] → []. Throws ShapeError where the shapes differ. */
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, p, eps, swap, reduction } = this;
    return tripletMarginLoss(anchor, positive, negative, { margin, p, eps, swap, reduction });
  }

  override config() {
    return configOf<TripletMarginOptions>({
      margin: this.margin,
      reduction: this.reduction,
      p: this.p,
      eps: this.eps,
      swap: this.swap,
    });
  }
}

/** `TripletMarginLoss` by a distance of one's own: `new nn.TripletMarginWithDistanceLoss({ distanceFunction: (a, b) => … })`. */
export class TripletMarginWithDistanceLoss extends MarginLoss {
  /** How far two are apart, [batch, embed] twice → [batch]; the Euclidean distance where undefined. */
  readonly distanceFunction: ((a: Tensor, b: Tensor) => Tensor) | undefined;
  /** Whether the negative's distance from the positive counts where it is smaller. */
  readonly swap: boolean;

  constructor({ distanceFunction, margin = 1, swap = false, ...options }: TripletDistanceOptions = {}) {
    checkArguments(new.target, arguments);
    super(margin, options);
    this.distanceFunction = distanceFunction;
    this.swap = swap;
  }

  /** anchor, positive and negative [batch, embed] → []. Throws ShapeError where the shapes differ. */
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { distanceFunction, margin, swap, reduction } = this;
    const options = { margin, swap, reduction, ...(distanceFunction && { distanceFunction }) };
    return tripletMarginWithDistanceLoss(anchor, positive, negative, options);
  }

  override config() {
    return configOf<TripletDistanceOptions>({
      margin: this.margin,
      reduction: this.reduction,
      distanceFunction: this.distanceFunction,
      swap: this.swap,
    });
  }
}
