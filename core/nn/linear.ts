import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFeatures, checkSizes, checkTensor } from './check.ts';
import { linear } from './functional.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';

/** What `Linear` may be told. */
export interface LinearOptions {
  /** Whether b is added. Default true. */
  bias?: boolean;
}

/**
 * y = xWᵀ + b on the last axis: [..., in] → [..., out]. Weight [out, in], bias [out], both uniform in ±1/√in at the start.
 * Throws ShapeError where the input's last axis is not `inFeatures` long.
 */
export class Linear extends Layer {
  /** Length of the last axis of inputs. */
  readonly inFeatures: number;
  /** Length of the last axis of outputs. */
  readonly outFeatures: number;
  /** W, [out, in]. */
  weight: Parameter;
  /** b, [out]; undefined without bias. */
  bias: Parameter | undefined;

  constructor(inFeatures: number, outFeatures: number, { bias = true }: LinearOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    checkSizes('Linear(inFeatures, outFeatures, options)', { inFeatures, outFeatures });
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = parameter([outFeatures, inFeatures], ['out', 'in']);
    this.bias = bias ? parameter([outFeatures], ['out']) : undefined;
    this.resetParameters();
  }

  /** Draws weight and bias afresh. */
  resetParameters(): void {
    init.kaimingUniform(this.weight, { a: Math.sqrt(5) });
    if (this.bias === undefined) return;
    const bound = this.inFeatures > 0 ? 1 / Math.sqrt(this.inFeatures) : 0;
    init.uniform(this.bias, -bound, bound);
  }

  /** x [..., in] → [..., out]. */
  forward(x: Tensor): Tensor {
    checkFeatures(
      `Linear(${this.inFeatures} → ${this.outFeatures})`,
      x,
      this.inFeatures,
      (size) => `nn.Linear(${size}, ${this.outFeatures})`,
      { layer: this, argument: 'inFeatures' },
    );
    return linear(x, this.weight, this.bias);
  }

  override config() {
    return configOf<LinearOptions>({
      inFeatures: this.inFeatures,
      outFeatures: this.outFeatures,
      bias: this.bias !== undefined,
    });
  }

  override extraRepr(): string {
    return `${this.inFeatures} → ${this.outFeatures}${this.bias ? '' : ', no bias'}`;
  }
}

/** Gives back what it gets. */
export class Identity extends Layer {
  forward(x: Tensor): Tensor {
    return x;
  }
}

/** Lays the axes from `startDim` to `endDim` (both included) out as one: [batch, 3, 4] → [batch, 12]. */
export class Flatten extends Layer {
  /** The first axis that is laid out. Default 1, after the batch. */
  readonly startDim: number;
  /** The last axis that is laid out; negative ones count from the last. */
  readonly endDim: number;

  constructor(startDim = 1, endDim = -1) {
    checkArguments(new.target, arguments);
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  forward(x: Tensor): Tensor {
    checkTensor('Flatten', x);
    return x.flatten(this.startDim, this.endDim);
  }

  override config() {
    return configOf({ startDim: this.startDim, endDim: this.endDim });
  }

  override extraRepr(): string {
    return `${this.startDim} … ${this.endDim}`;
  }
}

/** Cuts axis `dim` into several: [batch, 12] with (1, [3, 4]) → [batch, 3, 4]. One size may be −1. */
export class Unflatten extends Layer {
  /** The axis that is cut up; negative ones count from the last. */
  readonly dim: number;
  /** What it is cut into, outermost first. */
  readonly sizes: readonly number[];

  constructor(dim: number, unflattenedSize: readonly number[]) {
    checkArguments(new.target, arguments);
    super();
    this.dim = dim;
    this.sizes = unflattenedSize;
  }

  forward(x: Tensor): Tensor {
    checkTensor('Unflatten', x);
    return x.unflatten(this.dim, this.sizes);
  }

  override config() {
    return configOf({ dim: this.dim, unflattenedSize: this.sizes });
  }

  override extraRepr(): string {
    return `${this.dim} → ${this.sizes.join('×')}`;
  }
}
