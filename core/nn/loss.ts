/** Losses as modules: how wrong an output is, one number unless `reduction: 'none'`. */
import type { Tensor } from '../tensor/tensor.ts';
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbeddingLoss,
  crossEntropy,
  huberLoss,
  type KlDivOptions,
  klDiv,
  type LossOptions,
  l1Loss,
  mseLoss,
  nllLoss,
  type Reduction,
  smoothL1Loss,
} from './functional.ts';
import { Buffer, Module } from './module.ts';

/** Base of losses that do no more than keep their options. */
abstract class Loss extends Module {
  readonly reduction: Reduction;

  constructor({ reduction = 'mean' }: LossOptions) {
    super();
    this.reduction = reduction;
  }

  override extraRepr(): string {
    return this.reduction;
  }
}

export interface ClassLossOptions extends LossOptions {
  /** How much each class counts, [class]. */
  weight?: Tensor;
  /** Targets of this index do not count. Default −100. */
  ignoreIndex?: number;
}

export interface CrossEntropyLossOptions extends ClassLossOptions {
  /** How much of the target is spread evenly over all classes. Default 0. */
  labelSmoothing?: number;
}

/**
 * −log softmax(logits) at the target: logits [class], [batch, class] or [batch, class, ...] and targets [], [batch] or
 * [batch, ...] (i32 indices, or f32 probabilities of the logits' shape) → []. The mean divides by the weight of the targets
 * that count. Throws ShapeError where the two do not fit, IndexError for a target that is no class.
 */
export class CrossEntropyLoss extends Loss {
  readonly weight: Buffer | undefined;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  constructor({ weight, ignoreIndex = -100, labelSmoothing = 0, ...options }: CrossEntropyLossOptions = {}) {
    super(options);
    this.weight = weight && new Buffer(weight);
    this.ignoreIndex = ignoreIndex;
    this.labelSmoothing = labelSmoothing;
  }

  forward(logits: Tensor, target: Tensor): Tensor {
    const { ignoreIndex, labelSmoothing, reduction, weight } = this;
    return crossEntropy(logits, target, { ignoreIndex, labelSmoothing, reduction, ...(weight && { weight }) });
  }
}

/** −input at the target, for log-probabilities [batch, class, ...] and i32 targets [batch, ...] → []. */
export class NLLLoss extends Loss {
  readonly weight: Buffer | undefined;
  readonly ignoreIndex: number;

  constructor({ weight, ignoreIndex = -100, ...options }: ClassLossOptions = {}) {
    super(options);
    this.weight = weight && new Buffer(weight);
    this.ignoreIndex = ignoreIndex;
  }

  forward(logProbabilities: Tensor, target: Tensor): Tensor {
    const { ignoreIndex, reduction, weight } = this;
    return nllLoss(logProbabilities, target, { ignoreIndex, reduction, ...(weight && { weight }) });
  }
}

/** (input − target)², for two tensors of one shape → []. */
export class MSELoss extends Loss {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}

/** |input − target|, for two tensors of one shape → []. */
export class L1Loss extends Loss {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, { reduction: this.reduction });
  }
}

/** ½(input − target)²/beta where they differ by less than `beta`, else |input − target| − ½beta → []. Girshick 2015. */
export class SmoothL1Loss extends Loss {
  readonly beta: number;

  constructor({ beta = 1, ...options }: LossOptions & { beta?: number } = {}) {
    super(options);
    this.beta = beta;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, { beta: this.beta, reduction: this.reduction });
  }
}

/** ½(input − target)² where they differ by less than `delta`, else delta·(|input − target| − ½delta) → []. Huber 1964. */
export class HuberLoss extends Loss {
  readonly delta: number;

  constructor({ delta = 1, ...options }: LossOptions & { delta?: number } = {}) {
    super(options);
    this.delta = delta;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, { delta: this.delta, reduction: this.reduction });
  }
}

/** Divergence of targets (probabilities) from input (log-probabilities) of one shape → []. `'batchmean'` is the mathematical one. */
export class KLDivLoss extends Module {
  readonly reduction: NonNullable<KlDivOptions['reduction']>;
  readonly logTarget: boolean;

  constructor({ reduction = 'mean', logTarget = false }: KlDivOptions = {}) {
    super();
    this.reduction = reduction;
    this.logTarget = logTarget;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget });
  }

  override extraRepr(): string {
    return this.reduction;
  }
}

/** 1 − cos(a, b) for pairs of target 1, max(0, cos(a, b) − margin) for those of −1: a, b [batch, width], target [batch] → []. */
export class CosineEmbeddingLoss extends Loss {
  readonly margin: number;

  constructor({ margin = 0, ...options }: LossOptions & { margin?: number } = {}) {
    super(options);
    this.margin = margin;
  }

  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(a, b, target, { margin: this.margin, reduction: this.reduction });
  }
}

/** Binary cross-entropy of probabilities with targets in 0 … 1, for two tensors of one shape → []. */
export class BCELoss extends Loss {
  readonly weight: Buffer | undefined;

  constructor({ weight, ...options }: LossOptions & { weight?: Tensor } = {}) {
    super(options);
    this.weight = weight && new Buffer(weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    const { reduction, weight } = this;
    return binaryCrossEntropy(input, target, { reduction, ...(weight && { weight }) });
  }
}

export interface BCEWithLogitsLossOptions extends LossOptions {
  /** How much each element counts; broadcast to the input's shape. */
  weight?: Tensor;
  /** How much more a positive target counts; broadcast to the input's shape. */
  posWeight?: Tensor;
}

/** Binary cross-entropy of sigmoid(input) with targets in 0 … 1, for two tensors of one shape → []. */
export class BCEWithLogitsLoss extends Loss {
  readonly weight: Buffer | undefined;
  readonly posWeight: Buffer | undefined;

  protected static override readonly stateNames = { posWeight: 'pos_weight' };

  constructor({ weight, posWeight, ...options }: BCEWithLogitsLossOptions = {}) {
    super(options);
    this.weight = weight && new Buffer(weight);
    this.posWeight = posWeight && new Buffer(posWeight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    const { reduction, weight, posWeight } = this;
    return binaryCrossEntropyWithLogits(input, target, {
      reduction,
      ...(weight && { weight }),
      ...(posWeight && { posWeight }),
    });
  }
}
