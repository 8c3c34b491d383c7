/**
 * Finds attention in the graph of operations, whatever class or function made it: a softmax over the last axis whose
 * result, perhaps through dropout or a change of view, is the left side of a matrix product: its rows are weights over
 * keys that mix values. Where the scores came from a product too, its sides are the queries and the keys.
 */
import type { Tensor } from '../tensor/tensor.ts';
import type { OpNote, Recorder } from './recorder.ts';
import type { AttentionRecord, TensorId } from './trace.ts';

/** Elements of the first input in other places, whatever the operation. */
const arranges = ({ op }: OpNote): boolean => op.isView === true || op.role === 'arrangement';

/** Operations that make something new of two streams. */
const mixes = ({ op: { role } }: OpNote): boolean =>
  role === 'product' || role === 'projection' || role === 'distribution';

/** Below this a score counts as masked: −∞, and the large negative numbers people write instead of it. */
export const maskedScore = -1e8;

export function findAttention(
  recorder: Recorder,
  moduleOf: (call: number | undefined) => number | undefined,
  held: boolean,
  inputs: readonly TensorId[],
): AttentionRecord[] {
  const streams = new Streams(recorder, inputs);
  const consumers = new Map<TensorId, OpNote[]>();
  for (const note of recorder.ops)
    for (const input of new Set(note.inputs)) {
      const known = consumers.get(input);
      if (known === undefined) consumers.set(input, [note]);
      else known.push(note);
    }

  const found: AttentionRecord[] = [];
  for (const note of recorder.ops) {
    if (note.op.role !== 'distribution') continue;
    const weights = recorder.tensors[note.output]!;
    const rank = weights.ndim;
    if (rank < 2 || !overLastAxis(recorder, note)) continue;
    const mix = mixing(note.output, consumers, recorder);
    if (mix === undefined) continue;
    const scores = note.inputs[0]!;
    const product = scoreProduct(scores, recorder);
    const query = product?.inputs[0];
    const key = product?.inputs[1];
    const size = (fromEnd: number) => weights.shape[rank - fromEnd]!;
    const lead = weights.shape.slice(0, -2);
    const headsFirst = lead.length === 1 && weights.axes[0]?.name === 'head';
    const heads = lead.length >= 2 ? lead[lead.length - 1]! : headsFirst ? lead[0]! : 1;
    const module = moduleOf(note.call);
    // A softmax of [batch, keys] is one query a batch element: the step of a recurrent decoder.
    const oneQuery = rank === 2 && mix.widened;
    found.push({
      id: found.length,
      ...(module === undefined ? {} : { module }),
      ...(note.call === undefined ? {} : { call: note.call }),
      ...(note.site === undefined ? {} : { site: note.site }),
      weights: note.output,
      scores,
      ...(query === undefined ? {} : { query }),
      ...(key === undefined ? {} : { key }),
      value: mix.value,
      kind:
        query !== undefined && key !== undefined && streams.source(query) === streams.source(key) ? 'self' : 'cross',
      ...(held ? { causal: isCausal(recorder.tensors[scores]!) } : {}),
      heads,
      batch: oneQuery ? size(2) : lead.reduce((n, d) => n * d, 1) / Math.max(heads, 1) || 0,
      queryLength: oneQuery ? 1 : size(2),
      keyLength: size(1),
    });
  }
  return found;
}

function overLastAxis(recorder: Recorder, note: OpNote): boolean {
  const dim = (note.attrs as { readonly dim?: number } | undefined)?.dim;
  return dim === undefined || dim === -1 || dim === recorder.tensors[note.output]!.ndim - 1;
}

/** The product that `weights` mix values in; `widened`: they had dimensions put in before. */
function mixing(
  weights: TensorId,
  consumers: ReadonlyMap<TensorId, readonly OpNote[]>,
  recorder: Recorder,
): { value: TensorId; widened: boolean } | undefined {
  const rankOf = (tensor: TensorId) => recorder.tensors[tensor]!.ndim;
  const queue = [weights];
  for (let i = 0; i < queue.length && i < 64; i++) {
    const tensor = queue[i]!;
    for (const note of consumers.get(tensor) ?? []) {
      const value = note.inputs[1];
      if (note.op.role === 'product' && note.inputs[0] === tensor && rankOf(value!) >= 2)
        return { value: value!, widened: rankOf(tensor) > rankOf(weights) };
      if (arranges(note)) queue.push(note.output);
    }
  }
  return undefined;
}

/** The product of queries and keys that scores came from. */
function scoreProduct(scores: TensorId, recorder: Recorder): OpNote | undefined {
  let tensor = scores;
  for (let i = 0; i < 16; i++) {
    const made = recorder.madeBy.get(tensor);
    const note = made === undefined ? undefined : recorder.ops[made];
    if (note === undefined) return undefined;
    if (note.op.role === 'product') return note;
    if (note.op.role !== 'score' && !arranges(note)) return undefined;
    // Of several operands follow the one that was computed: the other is a mask or a scale.
    const next = note.inputs.find(
      (input) =>
        recorder.madeBy.has(input) && recorder.tensors[input]!.dtype === 'f32' && recorder.tensors[input]!.ndim > 0,
    );
    if (next === undefined) return undefined;
    tensor = next;
  }
  return undefined;
}

/** Where tensors come from: the model's inputs and what is made of them, but not its parameters and constants. */
class Streams {
  /** What is made of an input. */
  readonly #carrying: Set<TensorId>;

  constructor(
    private readonly recorder: Recorder,
    inputs: readonly TensorId[],
  ) {
    this.#carrying = new Set(inputs);
    for (const note of recorder.ops)
      if (note.inputs.some((input) => this.#carrying.has(input))) this.#carrying.add(note.output);
  }

  /** Back to where two streams met or the data came in; streams that parted from one (rotary embedding's halves) are one. */
  source(tensor: TensorId): TensorId {
    let at = tensor;
    for (let i = 0; i < 64; i++) {
      const note = this.#noteOf(at);
      const flowing = note === undefined ? [] : this.#flowing(note);
      const next = flowing.length > 1 ? this.#parting(flowing) : flowing[0];
      if (next === undefined) return at;
      at = next;
    }
    return at;
  }

  /** The one tensor that all of these were made of, element by element and without a parameter; undefined where there is none. */
  #parting(tensors: readonly TensorId[]): TensorId | undefined {
    const front = new Set(tensors);
    for (let i = 0; i < 64; i++) {
      if (front.size === 1) return front.values().next().value;
      // The one made last: none of the others is made of it.
      const last = [...front].reduce((a, b) => (this.#madeAt(a) > this.#madeAt(b) ? a : b));
      const note = this.#noteOf(last);
      if (note === undefined || mixes(note)) return undefined;
      if (note.inputs.some((input) => isLearnt(this.recorder.tensors[input]!))) return undefined;
      front.delete(last);
      for (const input of this.#flowing(note)) front.add(input);
    }
    return undefined;
  }

  /** Operands that bring data: neither parameters nor, where another does, constants. */
  #flowing(note: OpNote): TensorId[] {
    const { recorder } = this;
    const operands = [...new Set(note.inputs)].filter((input) =>
      recorder.madeBy.has(input) ? !fromParameters(input, recorder) : !isParameter(recorder.tensors[input]!),
    );
    const carrying = operands.filter((input) => this.#carrying.has(input));
    return carrying.length > 0 ? carrying : operands;
  }

  #madeAt(tensor: TensorId): number {
    return this.recorder.madeBy.get(tensor) ?? -1;
  }

  #noteOf(tensor: TensorId): OpNote | undefined {
    const made = this.recorder.madeBy.get(tensor);
    return made === undefined ? undefined : this.recorder.ops[made];
  }
}

function isLearnt(tensor: Tensor): boolean {
  return tensor.isLeaf && tensor.requiresGrad;
}

function isParameter(tensor: Tensor): boolean {
  return isLearnt(tensor) || tensor.ndim === 0;
}

/** A slice of a parameter (one third of a packed projection) is a parameter for this purpose. */
function fromParameters(tensor: TensorId, recorder: Recorder): boolean {
  const made = recorder.madeBy.get(tensor);
  if (made === undefined) return isParameter(recorder.tensors[tensor]!);
  const note = recorder.ops[made]!;
  return arranges(note) && note.inputs.every((input) => fromParameters(input, recorder));
}

/** Whether every score right of the diagonal is masked in the first map, and there is one. */
function isCausal(scores: Tensor): boolean {
  const rows = scores.shape[scores.ndim - 2] ?? 1;
  const columns = scores.shape[scores.ndim - 1] ?? 1;
  if (scores.isMeta || rows < 2 || rows !== columns || scores.numel === 0) return false;
  const data = scores.toTypedArray();
  for (let i = 0; i < rows; i++)
    for (let j = i + 1; j < columns; j++) if (!(data[i * columns + j]! <= maskedScore)) return false;
  for (let i = 0; i < rows; i++) if (data[i * columns]! > maskedScore) return true;
  return false;
}
