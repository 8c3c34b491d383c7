/**
 * A recurrence over a whole sequence in one pass, for runs that nobody watches; a watched run takes visible operations step by
 * step (`gates.ts`). Equations: `core/backends/wasm/assembly/recurrence.ts`.
 */
import { gradients } from '../autograd/backward.ts';
import type { Recurrence, RecurrenceKind } from '../backends/backend.ts';
import { gateCount } from '../backends/reference/recurrence.ts';
import { context } from '../context.ts';
import { unnamedAxes } from '../tensor/axes.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { allocate, apply } from './apply.ts';
import { gruStep, lstmStep, type RecurrentWeights, rnnStep } from './gates.ts';
import { hasMeta, zerosGradient } from './onePass.ts';
import type { Op } from './op.ts';
import { stack } from './rearrange.ts';
import { sum } from './reduce.ts';
import { toContiguous } from './view.ts';

export interface RecurrenceAttrs {
  readonly kind: RecurrenceKind;
  /** Whether the last step comes first. */
  readonly reverse: boolean;
  readonly hasBias: boolean;
}

const states = (kind: RecurrenceKind) => (kind === 'lstm' ? 2 : 1);

function table(shape: Shape): Tensor {
  return allocate({ shape, dtype: 'f32', axes: unnamedAxes(shape.length) });
}

/** Inputs: gates, weight, bias if there is one, then the parts of the state. */
function described(
  inputs: readonly Tensor[],
  { kind, reverse, hasBias }: RecurrenceAttrs,
  out: Tensor,
  saved: readonly Tensor[],
): Recurrence {
  const [gates, weight, ...rest] = inputs.map((input) => toContiguous(input, context.backend));
  const bias = hasBias ? rest.shift() : undefined;
  return { kind, reverse, gates: gates!, weight: weight!, bias, start: rest, out, saved };
}

export const recurrenceOp: Op<RecurrenceAttrs> = {
  name: 'recurrence',
  shape([gates, weight], { kind }) {
    const [steps, batch] = gates!.shape as [number, number];
    const shape = [states(kind), steps, batch, weight!.shape[1]!];
    return { shape, dtype: 'f32', axes: [{}, gates!.axes[0]!, gates!.axes[1]!, { name: 'features' }] };
  },
  forward(inputs, attrs, out, backend, save) {
    const result = allocate(out);
    const [, steps, batch, hidden] = out.shape as [number, number, number, number];
    const saved = [table([steps, batch, gateCount[attrs.kind] * hidden])];
    if (attrs.kind === 'gru') saved.push(table([steps, batch, hidden]));
    backend.recurrence(described(inputs, attrs, result, saved));
    save(...saved);
    return result;
  },
  backward(grad, saved) {
    const { inputs, attrs, output, tensors, needs } = saved;
    if (context.gradEnabled) return gradients(fromOps(inputs, attrs), grad, inputs);
    const meta = hasMeta(grad, ...inputs, ...tensors);
    const slopes = inputs.map((input) => zerosGradient(input, meta));
    const [gates, weight, ...rest] = slopes as [Tensor, Tensor, ...Tensor[]];
    if (!meta) {
      const { backend } = context;
      const own = attrs.kind === 'gru' ? table(gates.shape) : undefined;
      const start = attrs.hasBias ? rest.slice(1) : rest;
      const of = described(inputs, attrs, output, tensors);
      backend.recurrenceBackward(of, toContiguous(grad, backend), { gates, own, weight, start });
      if (attrs.hasBias && needs[2]) slopes[2] = sum(own ?? gates, [0, 1]);
    }
    return slopes.map((slope, i) => (needs[i] ? slope : undefined));
  },
  flops([gates, weight], out, { kind }) {
    const [, steps, batch, hidden] = out.shape as [number, number, number, number];
    const each = { tanh: 2, relu: 2, lstm: 12, gru: 14 }[kind];
    return steps * batch * (2 * gates!.shape[2]! * weight!.shape[1]! + each * hidden);
  },
};

/** The same in tensor operations, which can be differentiated twice. */
function fromOps(inputs: readonly Tensor[], { kind, reverse, hasBias }: RecurrenceAttrs): Tensor {
  const [gates, hh, ...rest] = inputs as [Tensor, Tensor, ...Tensor[]];
  const weights = { hh, hhBias: hasBias ? rest.shift() : undefined };
  const steps = gates.shape[0]!;
  const after = new Array<readonly Tensor[]>(steps);
  let state: readonly Tensor[] = rest;
  for (let i = 0; i < steps; i++) {
    const t = reverse ? steps - 1 - i : i;
    state = stepOf(kind, gates.select(0, t), state, weights);
    after[t] = state;
  }
  return stack(state.map((_, part) => stack(after.map((parts) => parts[part]!))));
}

function stepOf(
  kind: RecurrenceKind,
  x: Tensor,
  [h, c]: readonly Tensor[],
  weights: RecurrentWeights,
): readonly Tensor[] {
  switch (kind) {
    case 'tanh':
    case 'relu':
      return [rnnStep(x, h!, weights, kind)];
    case 'lstm':
      return lstmStep(x, h!, c!, weights);
    case 'gru':
      return [gruStep(x, h!, weights)];
    default:
      return kind satisfies never;
  }
}

/**
 * gates [seq, batch, gates·hidden], weight [gates·hidden, hidden], bias [gates·hidden] and the parts of the state, [batch,
 * hidden] each → the states after every step, [states, seq, batch, hidden].
 */
export function recurrence(
  gates: Tensor,
  { hh, hhBias }: RecurrentWeights,
  state: readonly Tensor[],
  how: Pick<RecurrenceAttrs, 'kind' | 'reverse'>,
): Tensor {
  const hasBias = hhBias !== undefined;
  return apply(recurrenceOp, [gates, hh, ...(hasBias ? [hhBias] : []), ...state], { ...how, hasBias });
}
