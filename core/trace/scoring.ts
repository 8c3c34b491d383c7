/**
 * Where scores come from: back to where queries meet keys, in a product, a sum of products, (q * k).sum(-1), or added to each
 * other before a layer makes one number of them (Bahdanau et al. 2015). Scores that are the features of a layer are no scores of
 * positions: that is a gate, a router or a choice of a class.
 */
import type { Tensor } from '../tensor/tensor.ts';
import { dimsBefore, isStretched } from './dimensions.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { arranges, fromParameters, isScore, type Streams } from './streams.ts';
import type { TensorId } from './trace.ts';

export interface Scoring {
  /** Undefined where a position is scored by itself. */
  readonly query: TensorId | undefined;
  readonly key: TensorId | undefined;
  /** They met in a matrix product. */
  readonly product: boolean;
  /** From where they met to the scores. */
  readonly path: readonly OpNote[];
}

/** Operations back that are looked at. */
const reach = 32;

/** What makes `scores` along `dim`, the keys; undefined where these are no keys. */
export function scoringOf(scores: TensorId, dim: number, recorder: Recorder, streams: Streams): Scoring | undefined {
  const { tensors } = recorder;
  let at = scores;
  let dims: readonly number[] = [dim];
  /** What a learnt matrix summed over on the way: heads, where it mixes those. */
  let mixed: readonly number[] | undefined;
  let met: Scoring | undefined;
  let layers = 0;
  const back: OpNote[] = [];
  const path = () => back.toReversed();
  const alone = (): Scoring => met ?? { query: undefined, key: undefined, product: false, path: path() };
  for (let i = 0; i < reach; i++) {
    const note = streams.noteOf(at);
    if (note === undefined) return streams.carries(at) || tensors[at]!.ndim > 1 ? alone() : undefined;
    back.push(note);
    const { role } = note.op;
    if (layers > 1 && (role === 'product' || role === 'projection')) return alone();
    if (role === 'projection' && dims.includes(featureDim(tensors[at]!))) return undefined;
    if (role === 'product') {
      const sides = inProduct(note, dims, tensors);
      // Heads that were mixed lie beside queries and keys: this is where those met.
      if (mixed !== undefined && isBeside(mixed, tensors[at]!) && !note.inputs.some((x) => fromParameters(x, recorder)))
        return { ...sides, product: true, path: path() };
      // A learnt vector may be the last layer of a scorer, or the query.
      if (layers > 0 || !fromParameters(sides.query, recorder)) return met ?? { ...sides, product: true, path: path() };
      met ??= { ...sides, product: true, path: path() };
      dims = dims.map((d) => (d === tensors[at]!.ndim - 1 && sides.key === note.inputs[1] ? -1 : d));
      if (dims.includes(-1) || sides.key !== note.inputs[0]) return met;
    }
    if (role === 'product' || role === 'projection') {
      layers++;
      at = note.inputs[0]!;
      mixed = [role === 'projection' ? featureDim(tensors[note.output]!) : tensors[at]!.ndim - 1];
      continue;
    }
    const pairs = pairsOf(note, recorder, streams);
    if (pairs !== undefined) {
      const sides = split(pairs.inputs, dimsBefore(note, dims, recorder), tensors[pairs.output]!, recorder);
      if (sides !== undefined) return { ...sides, product: false, path: [pairs, ...path()] };
    }
    if (isJoin(note, recorder)) {
      const [first, ...rest] = note.inputs;
      if (!hasAll(tensors[first!]!, dims, tensors[at]!)) {
        // One scorer for every position, not one for each expert.
        const same = scorerOf(first!, recorder, streams);
        return same === undefined || rest.some((x) => scorerOf(x, recorder, streams) !== same) ? undefined : alone();
      }
      const sides = split(note.inputs, dims, tensors[at]!, recorder);
      if (sides !== undefined) return { ...sides, product: false, path: path() };
    }
    // A scorer has two layers at most.
    if (layers > 1) return alone();
    if (arranges(note) || reduces(note)) {
      dims = dimsBefore(note, dims, recorder);
      mixed &&= dimsBefore(note, mixed, recorder);
      at = note.inputs[0]!;
      continue;
    }
    const out = tensors[at]!;
    const flowing = streams.flowing(note).filter((input) => tensors[input]!.dtype === 'f32');
    if (isScore(note)) {
      const own = flowing.filter((input) => streams.carries(input) && !isReduced(input, streams));
      const sides = split(own, dims, out, recorder);
      if (sides !== undefined && (met === undefined || fromParameters(met.query!, recorder)))
        met = { ...sides, product: false, path: path() };
    }
    const next = flowing.find((input) => hasAll(tensors[input]!, dims, out)) ?? flowing[0];
    if (next === undefined) return undefined;
    const gap = out.ndim - tensors[next]!.ndim;
    if (gap !== 0 && !isScore(note)) return met;
    dims = dims.map((d) => d - gap).filter((d) => d >= 0);
    at = next;
  }
  return met;
}

/** Whether these are dimensions of a product, all of them neither its rows nor its columns. */
const isBeside = (dims: readonly number[], { ndim }: Tensor): boolean =>
  dims.length > 0 && dims.every((d) => d < ndim - 2);

/** The side of a product whose rows are the keys, and the other. */
function inProduct(
  { inputs, output }: OpNote,
  dims: readonly number[],
  tensors: readonly Tensor[],
): { readonly query: TensorId; readonly key: TensorId } {
  const [a, b] = inputs as [TensorId, TensorId];
  const out = tensors[output]!;
  const left = tensors[a]!;
  const right = tensors[b]!;
  const columns = right.ndim === 1 ? undefined : out.ndim - 1;
  const rows = left.ndim === 1 ? undefined : out.ndim - (columns === undefined ? 1 : 2);
  if (columns !== undefined && dims.includes(columns)) return { query: a, key: b };
  if (rows !== undefined && dims.includes(rows)) return { query: b, key: a };
  // A product for each key.
  const batch = (x: Tensor, d: number) => x.shape[d - (out.ndim - x.ndim)] ?? 1;
  const keysLeft = dims.some((d) => batch(left, d) > 1 && batch(right, d) === 1);
  return keysLeft ? { query: b, key: a } : { query: a, key: b };
}

/** The multiplication that `note` sums up along one dimension, where both sides bring data. */
function pairsOf({ op, inputs, attrs }: OpNote, { tensors }: Recorder, streams: Streams): OpNote | undefined {
  if (op.role !== 'total' || (attrs as { readonly dims: readonly number[] }).dims.length !== 1) return undefined;
  const made = streams.noteOf(inputs[0]!);
  const both = made?.op.role === 'multiple' && made.inputs.every((x) => streams.carries(x) && tensors[x]!.ndim > 0);
  return both ? made : undefined;
}

/** Of two operands the one that is the same for every key, and the one that is not; undefined where that is not so. */
function split(
  operands: readonly TensorId[],
  dims: readonly number[],
  out: Tensor,
  recorder: Recorder,
): { readonly query: TensorId; readonly key: TensorId } | undefined {
  if (dims.length === 0) return undefined;
  const same = (x: TensorId) => {
    const gap = out.ndim - recorder.tensors[x]!.ndim;
    return isStretched(
      x,
      dims.map((d) => d - gap),
      recorder,
    );
  };
  const query = operands.find(same);
  const key = operands.find((x) => !same(x));
  return key === undefined || query === undefined ? undefined : { query, key };
}

/** Whether an operand has these dimensions of the result at full size. */
function hasAll(x: Tensor, dims: readonly number[], out: Tensor): boolean {
  return dims.every((d) => (x.shape[d - (out.ndim - x.ndim)] ?? 1) === out.shape[d]);
}

/** A maximum, a mean, a sum: something of all keys, subtracted or divided by. */
function isReduced(tensor: TensorId, streams: Streams): boolean {
  let note = streams.noteOf(tensor);
  for (let i = 0; note !== undefined && i < 4; i++) {
    if (reduces(note)) return true;
    if (!arranges(note) && !isScore(note)) return false;
    note = streams.noteOf(note.inputs[0]!);
  }
  return false;
}

const reduces = ({ attrs }: OpNote): boolean =>
  Array.isArray((attrs as { readonly dims?: unknown } | undefined)?.dims) && 'keepdim' in (attrs as object);

/** Several tensors, one after another along a dimension. */
function isJoin({ inputs, output }: OpNote, { tensors }: Recorder): boolean {
  const total = inputs.reduce((n, input) => n + tensors[input]!.numel, 0);
  const { ndim, numel } = tensors[output]!;
  return inputs.length > 1 && total === numel && inputs.every((input) => Math.abs(ndim - tensors[input]!.ndim) <= 1);
}

/** What one score was made by: the weight of a layer, or 'pairs' where two streams met; undefined where it can't be told. */
function scorerOf(score: TensorId, recorder: Recorder, streams: Streams): TensorId | 'pairs' | undefined {
  let at = score;
  for (let i = 0; i < 8; i++) {
    const note = streams.noteOf(at);
    if (note === undefined) return undefined;
    if (note.op.role === 'projection') return note.inputs[1];
    if (note.op.role === 'product') return note.inputs.find((x) => fromParameters(x, recorder)) ?? 'pairs';
    if (pairsOf(note, recorder, streams) !== undefined) return 'pairs';
    at = note.inputs[0]!;
  }
  return undefined;
}

/** Where the features of a layer's output are. */
export function featureDim({ ndim, axes }: Tensor): number {
  const channel = axes.findIndex(({ name }) => name === 'channel');
  return channel < 0 ? ndim - 1 : channel;
}
