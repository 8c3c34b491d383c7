import type { RecurrenceKind } from '../backends/backend.ts';
import { remark } from '../context.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { where } from '../ops/compare.ts';
import { tensor, zeros } from '../ops/creation.ts';
import { gruStep, lstmStep, type Nonlinearity, type RecurrentWeights, rnnStep } from '../ops/gates.ts';
import { notObserved } from '../ops/onePass.ts';
import { cat, stack } from '../ops/rearrange.ts';
import { recurrence } from '../ops/recurrence.ts';
import { axis } from '../tensor/axes.ts';
import { formatShape } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkChoice, checkWhole } from '../usage/values.ts';
import { checkBatchFirst, checkFeatures, checkRank } from './check.ts';
import { dropout, linear } from './functional.ts';
import * as init from './init.ts';
import { configOf, Layer } from './layer.ts';
import type { Parameter } from './module.ts';
import { parameter } from './parameter.ts';

/** What recurrent layers may be told. */
export interface RecurrentOptions {
  /** Layers one above the other. Default 1. */
  numLayers?: number;
  /** Default true. */
  bias?: boolean;
  /** Input is [batch, seq, input] instead of [seq, batch, input]; states are not changed by it. Default false. */
  batchFirst?: boolean;
  /** Between layers, in training. Default 0. */
  dropout?: number;
  /** A second pass from the end to the start beside each layer; the outputs stand side by side. Default false. */
  bidirectional?: boolean;
}

/** What one call of a recurrent layer may be told. */
export interface RecurrentCall {
  /** How many steps of each sequence of the batch count; what lies after gives zeros and leaves the state alone. */
  lengths?: readonly number[] | Tensor;
}

/** Weights of one layer in one direction. */
interface Direction extends RecurrentWeights {
  /** `l0`, `l0_reverse`, … */
  readonly suffix: string;
  readonly ih: Parameter;
  readonly hh: Parameter;
  readonly ihBias: Parameter | undefined;
  readonly hhBias: Parameter | undefined;
  readonly hr: Parameter | undefined;
}

/** What runs through time: h, and in an LSTM c. */
type State = readonly Tensor[];

const features = axis('features');

/**
 * Layers of a recurrence over a sequence. x [seq, batch, input] → output [seq, batch, directions·hidden] and the last state,
 * [layers·directions, batch, hidden], layer by layer, forward before reverse; the batch first in x and output with
 * `batchFirst`, or no batch at all. A state left out is zeros. Weights are uniform in ±1/√hidden at the start.
 */
abstract class Recurrent extends Layer {
  /** Its arguments by position. */
  /** Width of each step of the input. */
  readonly inputSize: number;
  /** Width of the state. */
  readonly hiddenSize: number;
  /** Layers one above the other. */
  readonly numLayers: number;
  /** Whether the batch is the first axis of input and output, not the second. */
  readonly batchFirst: boolean;
  /** Probability of dropout between layers, in training. */
  readonly dropout: number;
  /** Whether a second pass runs from the end to the start. */
  readonly bidirectional: boolean;
  /** Layer by layer, forward before reverse. */
  readonly #directions: readonly Direction[];

  constructor(inputSize: number, hiddenSize: number, gates: number, options: RecurrentOptions, projSize = 0) {
    super();
    const { numLayers = 1, bias = true, batchFirst = false, bidirectional = false } = options;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.batchFirst = batchFirst;
    this.dropout = options.dropout ?? 0;
    this.bidirectional = bidirectional;
    checkWhole(new.target.name, { numLayers });
    if (!(numLayers >= 1))
      throw new TensightError(`${new.target.name}: expected 1 or more for numLayers, got ${numLayers}`);
    if (this.dropout > 0 && numLayers === 1)
      remark(
        `${new.target.name}: dropout ${this.dropout} does nothing with one layer: it is applied between layers`,
        'Use numLayers: 2 or more, or put an nn.Dropout after it.',
      );
    const outSize = projSize || hiddenSize;
    const sides = bidirectional ? ['', '_reverse'] : [''];
    this.#directions = Array.from({ length: numLayers }, (_, layer) => layer).flatMap((layer) =>
      sides.map((side): Direction => {
        const width = layer === 0 ? inputSize : outSize * sides.length;
        return {
          suffix: `l${layer}${side}`,
          ih: parameter([gates * hiddenSize, width], ['out', 'in']),
          hh: parameter([gates * hiddenSize, outSize], ['out', 'in']),
          ihBias: bias ? parameter([gates * hiddenSize], ['out']) : undefined,
          hhBias: bias ? parameter([gates * hiddenSize], ['out']) : undefined,
          hr: projSize ? parameter([projSize, hiddenSize], ['out', 'in']) : undefined,
        };
      }),
    );
    this.resetParameters();
  }

  /** Draws all weights afresh. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const [, p] of this.ownParameters()) init.uniform(p, -bound, bound);
  }

  override ownParameters(): [string, Parameter][] {
    return this.#directions.flatMap(({ suffix, ih, hh, ihBias, hhBias, hr }) =>
      (
        [
          [`weight_ih_${suffix}`, ih],
          [`weight_hh_${suffix}`, hh],
          [`bias_ih_${suffix}`, ihBias],
          [`bias_hh_${suffix}`, hhBias],
          [`weight_hr_${suffix}`, hr],
        ] as const
      ).flatMap(([name, p]): [string, Parameter][] => (p === undefined ? [] : [[name, p]])),
    );
  }

  /** Widths of h (and c). */
  protected abstract stateSizes(): readonly number[];

  protected abstract step(input: Tensor, state: State, weights: RecurrentWeights): State;

  /** What it is called by the kernels that do the whole sequence in one pass; undefined where they do not know it. */
  protected abstract kind(): RecurrenceKind | undefined;

  /** `given` holds [layers·directions, batch, size] for each part of the state, or [layers·directions, size] without a batch. */
  protected run(x: Tensor, given: State | undefined, { lengths }: RecurrentCall): [output: Tensor, last: Tensor[]] {
    const layer = this.constructor.name;
    const order = this.batchFirst ? '[batch, seq, input]' : '[seq, batch, input]';
    checkRank(layer, x, [2, 3], `${order}, or [seq, input] without a batch`);
    checkFeatures(layer, x, this.inputSize, (size) => `nn.${layer}(${size}, ${this.hiddenSize})`, {
      layer: this,
      argument: 'inputSize',
    });
    const call = `new nn.${layer}(${this.inputSize}, ${this.hiddenSize}, { batchFirst: ${!this.batchFirst} })`;
    checkBatchFirst(layer, x, this.batchFirst, call);
    const batched = x.ndim === 3;
    let h = !batched ? x.unsqueeze(1) : this.batchFirst ? x.transpose(0, 1) : x;
    const [steps, batch] = h.shape as [number, number];
    const axes = h.axes;
    const start = this.#startState(given, batch, batched);
    const counted = lengths === undefined ? undefined : this.#masks(lengths, steps, batch);
    const last: State[] = [];
    const sides = this.bidirectional ? 2 : 1;
    for (let l = 0; l < this.numLayers; l++) {
      if (l > 0) h = dropout(h, this.dropout, this.training);
      const outputs: Tensor[] = [];
      for (let side = 0; side < sides; side++) {
        const index = l * sides + side;
        const state = start.map((part) => part.select(0, index));
        const [output, end] = this.#sweep(h, state, this.#directions[index]!, side === 1, counted);
        outputs.push(output);
        last.push(end);
      }
      h = (sides === 1 ? outputs[0]! : cat(outputs, -1)).withAxes([axes[0]!, axes[1]!, features]);
    }
    const output = !batched ? h.squeeze(1) : this.batchFirst ? h.transpose(0, 1) : h;
    const ends = start.map((_, part) => stack(last.map((state) => state[part]!)));
    return [output, batched ? ends : ends.map((end) => end.squeeze(1))];
  }

  /** One layer in one direction: x [seq, batch, …] → [seq, batch, out] and the state after the last step. */
  #sweep(x: Tensor, start: State, weights: Direction, reverse: boolean, counted?: Tensor[]): [Tensor, State] {
    const gates = linear(x, weights.ih, weights.ihBias);
    const last = reverse ? 0 : x.shape[0]! - 1;
    const kind = this.kind();
    if (kind !== undefined && counted === undefined && notObserved(gates, weights.hh, ...start)) {
      const all = recurrence(gates, weights, start, { kind, reverse });
      const parts = start.map((_, part) => all.select(0, part));
      return [parts[0]!, parts.map((part) => part.select(0, last))];
    }
    const states = this.#steps(gates, start, weights, reverse, counted);
    const outputs = states.map(([h], t) => (counted === undefined ? h! : where(counted[t]!, h!, 0)));
    return [stack(outputs), states[last]!];
  }

  /** The state after every step, in the order of the sequence; where a step does not count it is the one before. */
  #steps(gates: Tensor, start: State, weights: RecurrentWeights, reverse: boolean, counted?: Tensor[]): State[] {
    const steps = gates.shape[0]!;
    const states = new Array<State>(steps);
    let state = start;
    for (let i = 0; i < steps; i++) {
      const t = reverse ? steps - 1 - i : i;
      const before = state;
      const next = this.step(gates.select(0, t), before, weights);
      const mask = counted?.[t];
      state = mask ? next.map((part, p) => where(mask, part, before[p]!)) : next;
      states[t] = state;
    }
    return states;
  }

  #startState(given: State | undefined, batch: number, batched: boolean): State {
    const count = this.#directions.length;
    return this.stateSizes().map((size, i) => {
      if (given === undefined) return zeros([count, batch, size]);
      const state = given[i]!;
      const want = batched ? [count, batch, size] : [count, size];
      if (String(state.shape) !== String(want))
        throw new ShapeError(
          this.constructor.name,
          [state],
          `expected a state [${want.join(', ')}], got ${formatShape(state)}`,
          batched ? 'A state is [layers · directions, batch, hidden], with batchFirst too.' : undefined,
        );
      return batched ? state : state.unsqueeze(1);
    });
  }

  /** For every step, which sequences still count: bool [batch, 1]. */
  #masks(lengths: readonly number[] | Tensor, steps: number, batch: number): Tensor[] {
    const list = lengths instanceof Tensor ? [...elementsOf(lengths)] : lengths;
    if (list.length !== batch || list.some((n) => !(n >= 1 && n <= steps)))
      throw new TensightError(
        `${this.constructor.name}: expected ${batch} lengths of at most ${steps} steps, got [${list.join(', ')}]`,
        `One number of 1 … ${steps} for each sequence.`,
      );
    return Array.from({ length: steps }, (_, t) => tensor(list.map((n) => [t < n])));
  }

  /** The arguments it was made with. */
  override config() {
    return configOf<RecurrentOptions>({
      inputSize: this.inputSize,
      hiddenSize: this.hiddenSize,
      numLayers: this.numLayers,
      bias: this.#directions[0]?.ihBias !== undefined,
      batchFirst: this.batchFirst,
      dropout: this.dropout,
      bidirectional: this.bidirectional,
    });
  }

  override extraRepr(): string {
    const more = [
      this.numLayers > 1 ? `${this.numLayers} layers` : '',
      this.bidirectional ? 'bidirectional' : '',
      this.dropout > 0 ? `dropout ${this.dropout}` : '',
    ].filter((part) => part !== '');
    return [`${this.inputSize} → ${this.hiddenSize}`, ...more].join(', ');
  }
}

/** h' = tanh(W·x + b + U·h + c) at every step, or relu: a memory that fades. Elman 1990. Shapes as all recurrent layers. */
export class RNN extends Recurrent {
  /** What the new state passes through. */
  readonly nonlinearity: Nonlinearity;

  constructor(
    inputSize: number,
    hiddenSize: number,
    { nonlinearity = 'tanh', ...options }: RecurrentOptions & { nonlinearity?: Nonlinearity } = {},
  ) {
    checkArguments(new.target, arguments);
    super(inputSize, hiddenSize, 1, options);
    checkChoice('RNN', 'nonlinearity', nonlinearity, ['tanh', 'relu']);
    this.nonlinearity = nonlinearity;
  }

  /**
   * x [seq, batch, input], h [layers·directions, batch, hidden] → output [seq, batch, directions·hidden] and the last
   * h. Throws ShapeError for other widths.
   */
  forward(x: Tensor, h?: Tensor, call: RecurrentCall = {}): [output: Tensor, h: Tensor] {
    checkArguments('RNN.forward', arguments);
    const [output, [last]] = this.run(x, h && [h], call);
    return [output, last!];
  }

  protected stateSizes(): readonly number[] {
    return [this.hiddenSize];
  }

  protected step(input: Tensor, [h]: State, weights: RecurrentWeights): State {
    return [rnnStep(input, h!, weights, this.nonlinearity)];
  }

  protected kind(): RecurrenceKind {
    return this.nonlinearity;
  }

  override config() {
    return configOf({ ...super.config(), nonlinearity: this.nonlinearity });
  }
}

/** Gated memory c beside the state h. Hochreiter & Schmidhuber 1997. Shapes as all recurrent layers; the state is [h, c]. */
export class LSTM extends Recurrent {
  /** Width of h where it is projected, else 0. */
  readonly projSize: number;

  constructor(
    inputSize: number,
    hiddenSize: number,
    { projSize = 0, ...options }: RecurrentOptions & { projSize?: number } = {},
  ) {
    checkArguments(new.target, arguments);
    super(inputSize, hiddenSize, 4, options, projSize);
    this.projSize = projSize;
  }

  /**
   * x [seq, batch, input], h and c [layers·directions, batch, hidden] → output [seq, batch, directions·hidden] and the
   * last h and c; where h is projected, its width is `projSize`. Throws ShapeError for other widths.
   */
  forward(
    x: Tensor,
    state?: readonly [h: Tensor, c: Tensor],
    call: RecurrentCall = {},
  ): [output: Tensor, state: [h: Tensor, c: Tensor]] {
    if (state !== undefined && !Array.isArray(state))
      throw new TensightError(
        `LSTM: expected the state as a list of two tensors, got ${inWords(state)}`,
        'Write lstm.forward(x, [h, c]).',
      );
    checkArguments('LSTM.forward', arguments);
    const [output, [h, c]] = this.run(x, state, call);
    return [output, [h!, c!]];
  }

  protected stateSizes(): readonly number[] {
    return [this.projSize || this.hiddenSize, this.hiddenSize];
  }

  protected step(input: Tensor, [h, c]: State, weights: RecurrentWeights): State {
    return lstmStep(input, h!, c!, weights);
  }

  protected kind(): RecurrenceKind | undefined {
    return this.projSize > 0 ? undefined : 'lstm';
  }

  override config() {
    return configOf({ ...super.config(), projSize: this.projSize });
  }
}

/** Two gates, one state. Cho et al. 2014. Shapes as all recurrent layers. */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    checkArguments(new.target, arguments);
    super(inputSize, hiddenSize, 3, options);
  }

  /**
   * x [seq, batch, input], h [layers·directions, batch, hidden] → output [seq, batch, directions·hidden] and the last
   * h. Throws ShapeError for other widths.
   */
  forward(x: Tensor, h?: Tensor, call: RecurrentCall = {}): [output: Tensor, h: Tensor] {
    checkArguments('GRU.forward', arguments);
    const [output, [last]] = this.run(x, h && [h], call);
    return [output, last!];
  }

  protected stateSizes(): readonly number[] {
    return [this.hiddenSize];
  }

  protected step(input: Tensor, [h]: State, weights: RecurrentWeights): State {
    return [gruStep(input, h!, weights)];
  }

  protected kind(): RecurrenceKind {
    return 'gru';
  }
}
