/**
 * Where numbers mix values: as a side of a matrix product, or multiplied with values and summed, (w.unsqueeze(-1) * v).sum(1),
 * perhaps after dropout, a mask or a change of view. Which of their dimensions is summed over says which is that of the keys.
 */
import type { Tensor } from '../tensor/tensor.ts';
import { followed, isStretched } from './dimensions.ts';
import { distributionOf, summedBy } from './distribution.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { featureDim } from './scoring.ts';
import { arranges, fromParameters, isScore } from './streams.ts';
import type { AttentionRecord, TensorId } from './trace.ts';

export type Consumers = ReadonlyMap<TensorId, readonly OpNote[]>;

export interface Mixing {
  readonly value: TensorId;
  /** What came of it. */
  readonly output: TensorId;
  /** The dimension of the weights that is summed over. */
  readonly key: number;
  /** The dimension of the weights that the output has a row each of; undefined where that is one row. */
  readonly query: number | undefined;
  /** Where that dimension is in the output; undefined where it can't be told. */
  readonly rows: number | undefined;
  readonly over: AttentionRecord['over'];
}

/** A tensor on the way from the weights, and where each of their dimensions is in it. */
interface Place {
  readonly tensor: TensorId;
  readonly at: readonly (number | undefined)[];
}

/** How many tensors on the way are looked at. */
const reach = 64;

/** What reads each tensor. */
export function consumersOf({ ops }: Pick<Recorder, 'ops'>): Consumers {
  const consumers = new Map<TensorId, OpNote[]>();
  for (const note of ops)
    for (const input of new Set(note.inputs)) {
      const known = consumers.get(input);
      if (known === undefined) consumers.set(input, [note]);
      else known.push(note);
    }
  return consumers;
}

/** How `weights`, which sum to one along `dim`, mix values; undefined where they do not. */
export function mixing(weights: TensorId, dim: number, consumers: Consumers, recorder: Recorder): Mixing | undefined {
  const whole = recorder.tensors[weights]!;
  const start = { tensor: weights, at: whole.shape.map((_, d) => d) };
  for (const { place, note } of onward(start, consumers, recorder)) {
    if (mixesHeads(note, place, start, recorder) || summedBy(note, recorder) !== undefined) continue;
    const found =
      note.op.role === 'product'
        ? inProduct(note, place, whole, dim, recorder)
        : note.op.role === 'multiple'
          ? inSum(note, place, whole, dim, consumers, recorder)
          : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether what was mixed is divided by `total` afterwards: exp(s) v / Σ exp(s). */
export function dividedAfter(
  { output, key }: Mixing,
  isTotal: (divisor: TensorId, inverted: boolean) => boolean,
  consumers: Consumers,
  recorder: Recorder,
): boolean {
  const start = { tensor: output, at: [key] };
  for (const { place, note } of onward(start, consumers, recorder, arranges)) {
    const [a, b] = note.inputs as [TensorId, TensorId];
    if (note.op.role === 'quotient' && a === place.tensor && isTotal(b, false)) return true;
    if (note.op.role === 'multiple' && isTotal(a === place.tensor ? b : a, true)) return true;
  }
  return false;
}

/** What reads `start` or what is only another view of it, or it masked, each with the place it was reached at. */
function* onward(
  start: Place,
  consumers: Consumers,
  recorder: Recorder,
  // What is normalised once more is another distribution.
  through: (note: OpNote) => boolean = (note) =>
    arranges(note) || (isScore(note) && distributionOf(note, recorder) === undefined),
): Generator<{ readonly place: Place; readonly note: OpNote }> {
  const queue = [start];
  for (let i = 0; i < queue.length && i < reach; i++) {
    const place = queue[i]!;
    const x = recorder.tensors[place.tensor]!;
    for (const note of consumers.get(place.tensor) ?? []) {
      yield { place, note };
      const to = recorder.tensors[note.output]!;
      if (mixesHeads(note, place, start, recorder)) {
        const at = place.at.map((d) => (d === undefined || d >= to.ndim || to.shape[d] !== x.shape[d] ? undefined : d));
        queue.push({ tensor: note.output, at });
        continue;
      }
      if (!through(note) || (!arranges(note) && !sameShape(x, to))) continue;
      const at = place.at.map((d) => (d === undefined ? undefined : followed(note, x, d, recorder)));
      queue.push({ tensor: note.output, at });
    }
  }
}

/** Whether a learnt matrix or a layer mixes what lies before the last two dimensions of `start`, such as heads, and nothing else. */
function mixesHeads(note: OpNote, { tensor, at }: Place, start: Place, recorder: Recorder): boolean {
  const { role } = note.op;
  const { tensors } = recorder;
  const rank = tensors[start.tensor]!.ndim;
  if (rank < 4 || start.at.length !== rank || note.inputs[0] !== tensor) return false;
  if (role !== 'projection' && (role !== 'product' || !fromParameters(note.inputs[1]!, recorder))) return false;
  const summed = role === 'projection' ? featureDim(tensors[note.output]!) : tensors[tensor]!.ndim - 1;
  const from = at.indexOf(summed);
  return from >= 0 && from < rank - 2;
}

/** A product sums over the last dimension of its left operand, the last but one of its right. */
function inProduct(
  note: OpNote,
  { tensor, at }: Place,
  whole: Tensor,
  dim: number,
  { tensors }: Recorder,
): Mixing | undefined {
  const x = tensors[tensor]!;
  const side = note.inputs[0] === tensor ? 0 : 1;
  const value = note.inputs[1 - side]!;
  if (tensors[value]!.ndim < 2) return undefined;
  const last = x.ndim - 1;
  const summed = x.ndim === 1 || side === 0 ? last : last - 1;
  const kept = x.ndim === 1 ? undefined : side === 0 ? last - 1 : last;
  let key = at.indexOf(summed);
  // Where a view hides which is which, the last dimension of a left operand is taken for the keys.
  if (key < 0 && side === 0 && dim === whole.ndim - 1 && at[dim] === undefined) key = dim;
  if (key < 0) return undefined;
  const beside = kept === undefined ? -1 : at.indexOf(kept);
  const many = kept !== undefined && x.shape[kept]! > 1;
  const query = beside >= 0 ? beside : many && whole.ndim > 1 ? besides(key, whole) : undefined;
  const over = dim === key ? 'keys' : beside < 0 ? undefined : dim === beside ? 'queries' : 'others';
  if (over === undefined) return undefined;
  const rank = tensors[note.output]!.ndim;
  return { value, output: note.output, key, query, rows: kept === undefined ? undefined : rank - 2 + side, over };
}

/** The other of the last two dimensions. */
function besides(key: number, { ndim }: Tensor): number {
  return key === ndim - 1 ? ndim - 2 : ndim - 1;
}

/** Weights stretched over features, multiplied with values and summed over the dimension of the keys. */
function inSum(
  note: OpNote,
  { tensor, at }: Place,
  whole: Tensor,
  dim: number,
  consumers: Consumers,
  recorder: Recorder,
): Mixing | undefined {
  const { tensors } = recorder;
  const x = tensors[tensor]!;
  const value = note.inputs[0] === tensor ? note.inputs[1]! : note.inputs[0]!;
  const out = tensors[note.output]!;
  /** Whether an operand is the same all along a dimension of the result. */
  const same = (operand: TensorId, d: number) =>
    isStretched(operand, [d - (out.ndim - tensors[operand]!.ndim)], recorder);
  const stretched = out.shape.some((size, d) => size > 1 && same(tensor, d) && !same(value, d));
  if (value === tensor || !stretched) return undefined;
  const aligned = at.map((d) => (d === undefined ? undefined : d + out.ndim - x.ndim));
  const start = { tensor: note.output, at: aligned };
  for (const { place, note: total } of onward(start, consumers, recorder, arranges)) {
    if (total.op.role !== 'total') continue;
    const { dims } = total.attrs as { readonly dims: readonly number[] };
    const key = dims.length === 1 ? place.at.indexOf(dims[0]!) : -1;
    // What is the same for every key is scaled, not mixed.
    if (key < 0 || (whole.shape[key]! > 1 && same(value, aligned[key]!))) continue;
    const own = (d: number | undefined, i: number) =>
      i !== key && d !== undefined && whole.shape[i]! > 1 && same(value, d);
    const beside = aligned.findLastIndex(own);
    const over = dim === key ? 'keys' : beside < 0 ? undefined : dim === beside ? 'queries' : 'others';
    if (over === undefined) continue;
    const from = beside < 0 ? undefined : place.at[beside];
    const rows =
      from === undefined ? undefined : rowAfter(from, dims[0]!, tensors[total.output]!, tensors[place.tensor]!);
    return { value, output: total.output, key, query: beside < 0 ? undefined : beside, rows, over };
  }
  return undefined;
}

/** Where dimension `d` is after a sum over `summed`. */
function rowAfter(d: number, summed: number, to: Tensor, from: Tensor): number {
  return to.ndim === from.ndim || d < summed ? d : d - 1;
}

function sameShape(a: Tensor, b: Tensor): boolean {
  return a.ndim === b.ndim && a.shape.every((size, i) => size === b.shape[i]);
}
