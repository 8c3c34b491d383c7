/** One step of a recurrence as a layer, for those who write the loop over time themselves. */

import { ShapeError } from '../errors.ts';
import { zeros } from '../ops/creation.ts';
import { gruStep, lstmStep, type Nonlinearity, rnnStep } from '../ops/gates.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkChoice } from '../usage/values.ts';
import { checkFeatures } from './check.ts';
import { linear } from './functional.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';

/** What the cells may be told. */
export interface RecurrentCellOptions {
  /** Default true. */
  bias?: boolean;
}

/** What the three cells share: weights [gates·hidden, input] and [gates·hidden, hidden], uniform in ±1/√hidden. */
abstract class RecurrentCell extends Layer {
  /** Its arguments by position. */
  protected static override readonly stateNames = {
    weightIh: 'weight_ih',
    weightHh: 'weight_hh',
    biasIh: 'bias_ih',
    biasHh: 'bias_hh',
  };

  /** Width of the input. */
  readonly inputSize: number;
  /** Width of the state. */
  readonly hiddenSize: number;
  /** What the input is multiplied with, [gates·hidden, input]. */
  weightIh: Parameter;
  /** What the state is multiplied with, [gates·hidden, hidden]. */
  weightHh: Parameter;
  /** Added to the input's share, [gates·hidden]; undefined without bias. */
  biasIh: Parameter | undefined;
  /** Added to the state's share, [gates·hidden]; undefined without bias. */
  biasHh: Parameter | undefined;

  constructor(inputSize: number, hiddenSize: number, gates: number, { bias = true }: RecurrentCellOptions) {
    super();
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weightIh = parameter([gates * hiddenSize, inputSize], ['out', 'in']);
    this.weightHh = parameter([gates * hiddenSize, hiddenSize], ['out', 'in']);
    this.biasIh = bias ? parameter([gates * hiddenSize], ['out']) : undefined;
    this.biasHh = bias ? parameter([gates * hiddenSize], ['out']) : undefined;
    const bound = 1 / Math.sqrt(hiddenSize);
    for (const p of [this.weightIh, this.weightHh, this.biasIh, this.biasHh]) if (p) init.uniform(p, -bound, bound);
  }

  /** What the input contributes to the gates. */
  protected input(x: Tensor): Tensor {
    const layer = this.constructor.name;
    checkFeatures(layer, x, this.inputSize, (size) => `nn.${layer}(${size}, ${this.hiddenSize})`, {
      layer: this,
      argument: 'inputSize',
    });
    if (x.ndim > 2) throw new ShapeError(layer, [x], `expected [batch, input] or [input], got ${formatShape(x)}`);
    return linear(x, this.weightIh, this.biasIh);
  }

  /** Zeros in the place of a state that was left out. */
  protected start(x: Tensor): Tensor {
    return zeros([...x.shape.slice(0, -1), this.hiddenSize]);
  }

  protected get recurrent() {
    return { hh: this.weightHh, hhBias: this.biasHh };
  }

  /** The arguments it was made with. */
  override config() {
    return configOf<RecurrentCellOptions>({
      inputSize: this.inputSize,
      hiddenSize: this.hiddenSize,
      bias: this.biasIh !== undefined,
    });
  }

  override extraRepr(): string {
    return `${this.inputSize} → ${this.hiddenSize}${this.biasIh ? '' : ', no bias'}`;
  }
}

/** h' = tanh(W·x + b + U·h + c): x [batch, input], h [batch, hidden] → [batch, hidden]; or without the batch. */
export class RNNCell extends RecurrentCell {
  /** What the new state passes through. */
  readonly nonlinearity: Nonlinearity;

  constructor(
    inputSize: number,
    hiddenSize: number,
    { nonlinearity = 'tanh', ...options }: RecurrentCellOptions & { nonlinearity?: Nonlinearity } = {},
  ) {
    checkArguments(new.target, arguments);
    super(inputSize, hiddenSize, 1, options);
    checkChoice('RNNCell', 'nonlinearity', nonlinearity, ['tanh', 'relu']);
    this.nonlinearity = nonlinearity;
  }

  /** x [batch, input], h [batch, hidden] (zeros by default) → the next h [batch, hidden]. */
  forward(x: Tensor, h: Tensor = this.start(x)): Tensor {
    return rnnStep(this.input(x), h, this.recurrent, this.nonlinearity);
  }

  override config() {
    return configOf({ ...super.config(), nonlinearity: this.nonlinearity });
  }
}

/** x [batch, input], state [h, c] of [batch, hidden] each → the next [h, c]; or without the batch. */
export class LSTMCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentCellOptions = {}) {
    checkArguments(new.target, arguments);
    super(inputSize, hiddenSize, 4, options);
  }

  /** x [batch, input], h and c [batch, hidden] (zeros by default) → the next h and c, [batch, hidden] each. */
  forward(x: Tensor, [h, c]: readonly [Tensor, Tensor] = [this.start(x), this.start(x)]): [h: Tensor, c: Tensor] {
    return lstmStep(this.input(x), h, c, this.recurrent);
  }
}

/** x [batch, input], h [batch, hidden] → the next h; or without the batch. */
export class GRUCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentCellOptions = {}) {
    checkArguments(new.target, arguments);
    super(inputSize, hiddenSize, 3, options);
  }

  /** x [batch, input], h [batch, hidden] (zeros by default) → the next h [batch, hidden]. */
  forward(x: Tensor, h: Tensor = this.start(x)): Tensor {
    return gruStep(this.input(x), h, this.recurrent);
  }
}
