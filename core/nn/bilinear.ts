import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkFeatures } from './check.ts';
import { bilinear } from './functional.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import type { LinearOptions } from './linear.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';

/**
 * y = x₁ᵀ W x₂ + b for each output: [..., in1] and [..., in2] → [..., out]. Weight [out, in1, in2], bias [out], both uniform
 * in ±1/√in1 at the start. Throws ShapeError where the widths, or the sizes before them, differ.
 */
export class Bilinear extends Layer {
  /** Length of the last axis of the first input. */
  readonly in1Features: number;
  /** Length of the last axis of the second input. */
  readonly in2Features: number;
  /** Length of the last axis of outputs. */
  readonly outFeatures: number;
  /** W, [out, in1, in2]. */
  weight: Parameter;
  /** b, [out]; undefined without bias. */
  bias: Parameter | undefined;

  constructor(in1Features: number, in2Features: number, outFeatures: number, { bias = true }: LinearOptions = {}) {
    checkArguments(new.target, arguments);
    super();
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    this.weight = parameter([outFeatures, in1Features, in2Features], ['out', 'in1', 'in2']);
    this.bias = bias ? parameter([outFeatures], ['out']) : undefined;
    this.resetParameters();
  }

  /** Draws weight and bias afresh. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    for (const p of [this.weight, this.bias]) if (p) init.uniform(p, -bound, bound);
  }

  /** x1 [..., in1], x2 [..., in2] → [..., out]. */
  forward(x1: Tensor, x2: Tensor): Tensor {
    const layer = `Bilinear(${this.extraRepr()})`;
    checkFeatures(layer, x1, this.in1Features, (size) => `nn.Bilinear(${size}, …)`, {
      layer: this,
      argument: 'in1Features',
    });
    checkFeatures(layer, x2, this.in2Features, (size) => `nn.Bilinear(${this.in1Features}, ${size}, …)`, {
      layer: this,
      argument: 'in2Features',
    });
    return bilinear(x1, x2, this.weight, this.bias);
  }

  override config() {
    return configOf<LinearOptions>({
      in1Features: this.in1Features,
      in2Features: this.in2Features,
      outFeatures: this.outFeatures,
      bias: this.bias !== undefined,
    });
  }

  override extraRepr(): string {
    return `${this.in1Features} × ${this.in2Features} → ${this.outFeatures}${this.bias ? '' : ', no bias'}`;
  }
}
