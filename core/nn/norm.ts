import { ShapeError } from '../errors.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFloat } from './check.ts';
import { type LocalResponseNormOptions, layerNorm, localResponseNorm, rmsNorm } from './functional.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import type { Parameter } from './module.ts';
import { constantParameter, parameter } from './parameter.ts';

/** What `LayerNorm` may be told. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether it has a learnt weight (and bias). Default true. */
  elementwiseAffine?: boolean;
  /** Whether it has a learnt bias beside the weight. Default true. */
  bias?: boolean;
}

function sizes(normalizedShape: number | readonly number[]): readonly number[] {
  return typeof normalizedShape === 'number' ? [normalizedShape] : [...normalizedShape];
}

/** The input ends in the sizes that are normalised over. */
function checkTail(norm: LayerNorm | RMSNorm, x: Tensor): void {
  const layer = norm.constructor.name;
  const tail = norm.normalizedShape;
  checkFloat(layer, x);
  if (tail.some((size, i) => x.shape[x.ndim - tail.length + i] !== size)) {
    const got = x.shape.slice(-tail.length);
    const fits = got.length === tail.length;
    throw new ShapeError(
      `${layer}(${tail.join(', ')})`,
      [x],
      `expected an input that ends in [${tail.join(', ')}], got [${got.join(', ')}]: ${formatShape(x)}`,
      fits
        ? `nn.${layer}(${got.length === 1 ? got[0] : `[${got.join(', ')}]`}) would fit.`
        : `The input has ${x.ndim} dimensions, the norm goes over the last ${tail.length}.`,
      fits ? { layer: norm, argument: 'normalizedShape', value: got.length === 1 ? got[0]! : got } : undefined,
    );
  }
}

/**
 * y = (x − mean) / √(variance + eps) · weight + bias over the last axes: [..., ...normalizedShape] → the same. Biased
 * variance. Weight and bias have `normalizedShape`, ones and zeros at the start. Ba et al. 2016.
 * Throws ShapeError where the input does not end in `normalizedShape`.
 */
export class LayerNorm extends Layer {
  /** Sizes of the last axes, those that are normalised over. */
  readonly normalizedShape: readonly number[];
  /** Added to the variance. */
  readonly eps: number;
  /** What normalised elements are multiplied with, [...normalizedShape]. */
  weight: Parameter | undefined;
  /** What is added then, [...normalizedShape]. */
  bias: Parameter | undefined;

  constructor(
    normalizedShape: number | readonly number[],
    { eps = 1e-5, elementwiseAffine = true, bias = true }: LayerNormOptions = {},
  ) {
    checkArguments(new.target, arguments);
    super();
    this.normalizedShape = sizes(normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? constantParameter(this.normalizedShape, 1) : undefined;
    this.bias = elementwiseAffine && bias ? parameter(this.normalizedShape) : undefined;
  }

  /** x [..., ...normalizedShape] → the same. */
  forward(x: Tensor): Tensor {
    checkTail(this, x);
    return layerNorm(x, this.normalizedShape, this.weight, this.bias, this.eps);
  }

  /** Sets weight to ones and bias to zeros. */
  resetParameters(): void {
    if (this.weight) init.ones(this.weight);
    if (this.bias) init.zeros(this.bias);
  }

  override config() {
    return configOf<LayerNormOptions>({
      normalizedShape: this.normalizedShape,
      eps: this.eps,
      elementwiseAffine: this.weight !== undefined,
      bias: this.bias !== undefined,
    });
  }

  override extraRepr(): string {
    const affine = this.weight === undefined ? ', not affine' : this.bias === undefined ? ', no bias' : '';
    return `${this.normalizedShape.join(', ')}, eps=${this.eps}${affine}`;
  }
}

/** What `RMSNorm` may be told. */
export interface RMSNormOptions {
  /** Added to the mean square. Default 2⁻²³, the step of a 32-bit float at 1, as in PyTorch. */
  eps?: number;
  /** Whether it has a learnt weight. Default true. */
  elementwiseAffine?: boolean;
}

/**
 * y = x / √(mean(x²) + eps) · weight over the last axes: [..., ...normalizedShape] → the same. Zhang & Sennrich 2019.
 * Throws ShapeError where the input does not end in `normalizedShape`.
 */
export class RMSNorm extends Layer {
  /** Sizes of the last axes, those that are normalised over. */
  readonly normalizedShape: readonly number[];
  /** Added to the mean square. */
  readonly eps: number;
  /** What normalised elements are multiplied with, [...normalizedShape]. */
  weight: Parameter | undefined;

  constructor(
    normalizedShape: number | readonly number[],
    { eps = 2 ** -23, elementwiseAffine = true }: RMSNormOptions = {},
  ) {
    checkArguments(new.target, arguments);
    super();
    this.normalizedShape = sizes(normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? constantParameter(this.normalizedShape, 1) : undefined;
  }

  /** x [..., ...normalizedShape] → the same. */
  forward(x: Tensor): Tensor {
    checkTail(this, x);
    return rmsNorm(x, this.normalizedShape, this.weight, this.eps);
  }

  override config() {
    return configOf<RMSNormOptions>({
      normalizedShape: this.normalizedShape,
      eps: this.eps,
      elementwiseAffine: this.weight !== undefined,
    });
  }

  override extraRepr(): string {
    return `${this.normalizedShape.join(', ')}${numel(this.normalizedShape) > 0 ? `, eps=${this.eps}` : ''}`;
  }
}

/** x / (k + alpha · mean of x² over neighbouring channels)^beta: [batch, channel, ...] → the same. Krizhevsky et al. 2012. */
export class LocalResponseNorm extends Layer {
  /** How many neighbouring channels, its own included. */
  readonly size: number;
  /** How much they count, to which power, and what is added to them. */
  readonly options: Required<LocalResponseNormOptions>;

  constructor(size: number, { alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    this.size = size;
    this.options = { alpha, beta, k };
  }

  forward(x: Tensor): Tensor {
    checkFloat('LocalResponseNorm', x);
    return localResponseNorm(x, this.size, this.options);
  }

  override config() {
    return configOf<LocalResponseNormOptions>({ size: this.size, ...this.options });
  }

  override extraRepr(): string {
    const { alpha, beta, k } = this.options;
    return `${this.size}, alpha=${alpha}, beta=${beta}, k=${k}`;
  }
}
