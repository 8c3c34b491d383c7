/** Losses as modules: how wrong an output is, one number unless `reduction: 'none'`. */
import type { Tensor } from '../tensor/tensor.ts';
import {
  binaryCrossEntropyWithLogits,
  crossEntropy,
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
