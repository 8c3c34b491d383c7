/** Losses as modules: how wrong an output is, one number unless `reduction: 'none'`. */

import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
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
import { configOf, Layer } from './layer.ts';
import { Buffer } from './module.ts';

/** Base of losses that do no more than keep their options. */
export abstract class Loss extends Layer {
  /** `'mean'`, `'sum'`, or `'none'`: one loss for each target. */
  readonly reduction: Reduction;

  constructor({ reduction = 'mean' }: LossOptions) {
    super();
    this.reduction = reduction;
  }

  /** The arguments it was made with. */
  override config() {
    return configOf<LossOptions>({ reduction: this.reduction });
  }

  override extraRepr(): string {
    return this.reduction;
  }
}

/** What losses over classes may be told. */
export interface ClassLossOptions extends LossOptions {
  /** How much each class counts, [class]. */
  weight?: Tensor;
  /** Targets of this index do not count. Default −100. */
  ignoreIndex?: number;
}

/** What `CrossEntropyLoss` may be told. */
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
  /** How much each class counts, [class]. */
  readonly weight: Buffer | undefined;
  /** Targets of this index do not count. */
  readonly ignoreIndex: number;
  /** How much of the target is spread evenly over all classes, 0 … 1. */
  readonly labelSmoothing: number;

  constructor({ weight, ignoreIndex = -100, labelSmoothing = 0, ...options }: CrossEntropyLossOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.weight = weight && new Buffer(weight);
    this.ignoreIndex = ignoreIndex;
    this.labelSmoothing = labelSmoothing;
  }

  /** logits [batch, class, ...], target [batch, ...] → []. */
  forward(logits: Tensor, target: Tensor): Tensor {
    const { ignoreIndex, labelSmoothing, reduction, weight } = this;
    return crossEntropy(logits, target, { ignoreIndex, labelSmoothing, reduction, ...(weight && { weight }) });
  }

  override config() {
    return configOf<CrossEntropyLossOptions>({
      reduction: this.reduction,
      weight: this.weight,
      ignoreIndex: this.ignoreIndex,
      labelSmoothing: this.labelSmoothing,
    });
  }
}

/** −input at the target, for log-probabilities [batch, class, ...] and i32 targets [batch, ...] → []. */
export class NLLLoss extends Loss {
  /** How much each class counts, [class]. */
  readonly weight: Buffer | undefined;
  /** Targets of this index do not count. */
  readonly ignoreIndex: number;

  constructor({ weight, ignoreIndex = -100, ...options }: ClassLossOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.weight = weight && new Buffer(weight);
    this.ignoreIndex = ignoreIndex;
  }

  /** logProbabilities [batch, class, ...], target [batch, ...] (i32) → []. */
  forward(logProbabilities: Tensor, target: Tensor): Tensor {
    const { ignoreIndex, reduction, weight } = this;
    return nllLoss(logProbabilities, target, { ignoreIndex, reduction, ...(weight && { weight }) });
  }

  override config() {
    return configOf<ClassLossOptions>({
      reduction: this.reduction,
      weight: this.weight,
      ignoreIndex: this.ignoreIndex,
    });
  }
}

/** (input − target)², for two tensors of one shape → []. */
export class MSELoss extends Loss {
  constructor(options: LossOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
  }

  /** input [...], target of the same shape → []. Throws ShapeError where the shapes differ. */
  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}

/** |input − target|, for two tensors of one shape → []. */
export class L1Loss extends Loss {
  constructor(options: LossOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
  }

  /** input [...], target of the same shape → []. Throws ShapeError where the shapes differ. */
  forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, { reduction: this.reduction });
  }
}

/** ½(input − target)²/beta where they differ by less than `beta`, else |input − target| − ½beta → []. Girshick 2015. */
export class SmoothL1Loss extends Loss {
  /** Below which difference it is a square. */
  readonly beta: number;

  constructor({ beta = 1, ...options }: LossOptions & { beta?: number } = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.beta = beta;
  }

  /** input [...], target of the same shape → []. Throws ShapeError where the shapes differ. */
  forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, { beta: this.beta, reduction: this.reduction });
  }

  override config() {
    return configOf<LossOptions>({ reduction: this.reduction, beta: this.beta });
  }
}

/** ½(input − target)² where they differ by less than `delta`, else delta·(|input − target| − ½delta) → []. Huber 1964. */
export class HuberLoss extends Loss {
  /** Below which difference it is a square. */
  readonly delta: number;

  constructor({ delta = 1, ...options }: LossOptions & { delta?: number } = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.delta = delta;
  }

  /** input [...], target of the same shape → []. Throws ShapeError where the shapes differ. */
  forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, { delta: this.delta, reduction: this.reduction });
  }

  override config() {
    return configOf<LossOptions>({ reduction: this.reduction, delta: this.delta });
  }
}

/** Divergence of targets (probabilities) from input (log-probabilities) of one shape → []. `'batchmean'` is the mathematical one. */
export class KLDivLoss extends Layer {
  /** `'mean'`, `'sum'`, `'none'`, or `'batchmean'`: the sum divided by the batch. */
  readonly reduction: NonNullable<KlDivOptions['reduction']>;
  /** Whether targets are log-probabilities, too. */
  readonly logTarget: boolean;

  constructor({ reduction = 'mean', logTarget = false }: KlDivOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    this.reduction = reduction;
    this.logTarget = logTarget;
  }

  /** input [batch, ...] log-probabilities, target of the same shape → []. */
  forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget });
  }

  override config() {
    return configOf<KlDivOptions>({ reduction: this.reduction, logTarget: this.logTarget });
  }

  override extraRepr(): string {
    return this.reduction;
  }
}

/** 1 − cos(a, b) for pairs of target 1, max(0, cos(a, b) − margin) for those of −1: a, b [batch, width], target [batch] → []. */
export class CosineEmbeddingLoss extends Loss {
  /** How alike two that are to differ may be. */
  readonly margin: number;

  constructor({ margin = 0, ...options }: LossOptions & { margin?: number } = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.margin = margin;
  }

  /** a, b [batch, width], target [batch] of 1 or −1 → []. */
  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(a, b, target, { margin: this.margin, reduction: this.reduction });
  }

  override config() {
    return configOf<LossOptions>({ reduction: this.reduction, margin: this.margin });
  }
}

/** Binary cross-entropy of probabilities with targets in 0 … 1, for two tensors of one shape → []. */
export class BCELoss extends Loss {
  /** How much each element counts, broadcast. */
  readonly weight: Buffer | undefined;

  constructor({ weight, ...options }: LossOptions & { weight?: Tensor } = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.weight = weight && new Buffer(weight);
  }

  /** input [...] probabilities, target of the same shape → []. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { reduction, weight } = this;
    return binaryCrossEntropy(input, target, { reduction, ...(weight && { weight }) });
  }

  override config() {
    return configOf<LossOptions>({ reduction: this.reduction, weight: this.weight });
  }
}

/** What `BCEWithLogitsLoss` may be told. */
export interface BCEWithLogitsLossOptions extends LossOptions {
  /** How much each element counts; broadcast to the input's shape. */
  weight?: Tensor;
  /** How much more a positive target counts; broadcast to the input's shape. */
  posWeight?: Tensor;
}

/** Binary cross-entropy of sigmoid(input) with targets in 0 … 1, for two tensors of one shape → []. */
export class BCEWithLogitsLoss extends Loss {
  /** How much each element counts, broadcast. */
  readonly weight: Buffer | undefined;
  /** How much more a positive target counts, broadcast. */
  readonly posWeight: Buffer | undefined;

  protected static override readonly stateNames = { posWeight: 'pos_weight' };

  constructor({ weight, posWeight, ...options }: BCEWithLogitsLossOptions = {}) {
    checkArguments(new.target, arguments);
    super(options);
    this.weight = weight && new Buffer(weight);
    this.posWeight = posWeight && new Buffer(posWeight);
  }

  /** input [...] logits, target of the same shape → []. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { reduction, weight, posWeight } = this;
    return binaryCrossEntropyWithLogits(input, target, {
      reduction,
      ...(weight && { weight }),
      ...(posWeight && { posWeight }),
    });
  }

  override config() {
    return configOf<BCEWithLogitsLossOptions>({
      reduction: this.reduction,
      weight: this.weight,
      posWeight: this.posWeight,
    });
  }
}
