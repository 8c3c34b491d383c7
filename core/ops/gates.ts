/**
 * One step of each recurrence, given what the input contributes to the gates (already multiplied and biased) and the state
 * before. Rows of the weights are stacked by gate, in PyTorch's order.
 */

import type { Tensor } from '../tensor/tensor.ts';
import { relu, sigmoid, tanh } from './activation.ts';
import { linear } from './linear.ts';

/** What a step multiplies the state with. */
export interface RecurrentWeights {
  /** [gates·hidden, state] */
  readonly hh: Tensor;
  /** [gates·hidden] */
  readonly hhBias?: Tensor | undefined;
  /** LSTM with a projection: [projection, hidden]. */
  readonly hr?: Tensor | undefined;
}

/** What the state of a plain recurrence passes through. */
export type Nonlinearity = 'tanh' | 'relu';

/** h' = tanh(input + W·h + b), or relu. Elman 1990. */
export function rnnStep(input: Tensor, h: Tensor, { hh, hhBias }: RecurrentWeights, kind: Nonlinearity): Tensor {
  const sum = input.add(linear(h, hh, hhBias));
  return kind === 'tanh' ? tanh(sum) : relu(sum);
}

/**
 * Gates i, f, g, o: c' = f·c + i·g, h' = o·tanh(c'), times `hr` where there is a projection. Hochreiter & Schmidhuber 1997,
 * Gers et al. 2000.
 */
export function lstmStep(input: Tensor, h: Tensor, c: Tensor, weights: RecurrentWeights): [h: Tensor, c: Tensor] {
  const gates = input.add(linear(h, weights.hh, weights.hhBias)).chunk(4, -1) as [Tensor, Tensor, Tensor, Tensor];
  const [i, f, g, o] = [sigmoid(gates[0]), sigmoid(gates[1]), tanh(gates[2]), sigmoid(gates[3])];
  const next = f.mul(c).add(i.mul(g));
  const hidden = o.mul(tanh(next));
  return [weights.hr ? linear(hidden, weights.hr) : hidden, next];
}

/** Gates r, z, n: n = tanh(input + r·(W·h + b)), h' = (1 − z)·n + z·h. Cho et al. 2014, in cuDNN's form. */
export function gruStep(input: Tensor, h: Tensor, { hh, hhBias }: RecurrentWeights): Tensor {
  const [ir, iz, inn] = input.chunk(3, -1) as [Tensor, Tensor, Tensor];
  const [hr, hz, hn] = linear(h, hh, hhBias).chunk(3, -1) as [Tensor, Tensor, Tensor];
  const r = sigmoid(ir.add(hr));
  const z = sigmoid(iz.add(hz));
  const n = tanh(inn.add(r.mul(hn)));
  // (1 − z)·n + z·h, with one product less.
  return n.add(z.mul(h.sub(n)));
}
