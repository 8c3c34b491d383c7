/**
 * Finds attention in the graph of operations, whatever class or function made it: numbers that sum to one along a dimension
 * (distribution.ts) and, perhaps after dropout or a change of view, are a side of a matrix product: they are weights over keys
 * that mix values. Where the scores came from a product too, its sides are the queries and the keys.
 */
import type { Tensor } from '../tensor/tensor.ts';
import { followed } from './dimensions.ts';
import { distributionOf } from './distribution.ts';
import { headsOf } from './heads.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { remark } from './remarks.ts';
import { arranges, fromParameters, isScore, Streams } from './streams.ts';
import type { AttentionRecord, ModelTrace, Problem, TensorId } from './trace.ts';

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
    const weights = recorder.tensors[note.output]!;
    const rank = weights.ndim;
    if (rank < 2) continue;
    const distribution = distributionOf(note, recorder);
    if (distribution === undefined) continue;
    const dim = (distribution.dim + rank) % rank;
    const { scores } = distribution;
    const mix = mixing(note.output, dim, consumers, recorder);
    if (mix === undefined) continue;
    const product = scoreProduct(scores, recorder);
    const { over, keysFirst } = mix;
    if (product === undefined) {
      // Nothing but the place says that these are weights over keys.
      if (mix.side === 1 || dim !== rank - 1 || over !== 'keys') continue;
      if (!streams.carries(mix.value) || isLinear(scores, mix, consumers, recorder, streams)) continue;
    }
    const [query, key] = product === undefined ? [] : sidesOf(product, mix, rank);
    // A softmax of [batch, keys] is one query a batch element: the step of a recurrent decoder.
    const oneQuery = rank === 2 && mix.widened;
    const queryLength = oneQuery ? 1 : weights.shape[rank - (keysFirst ? 1 : 2)]!;
    const keyLength = weights.shape[rank - (keysFirst ? 2 : 1)]!;
    const { heads, outside } = headsOf(weights, { query, key, queryLength, keyLength }, recorder, streams);
    const lead = weights.shape.slice(0, -2);
    const module = moduleOf(note.call);
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
      ...(held ? { causal: isCausal(recorder.tensors[scores]!, keysFirst) } : {}),
      over,
      heads,
      batch: oneQuery ? weights.shape[0]! : lead.reduce((n, d) => n * d, 1) / Math.max(heads, 1) || 0,
      queryLength,
      keyLength,
      ...(keysFirst ? { keysFirst } : {}),
      ...(outside ? { headsOutside: true } : {}),
    });
  }
  return found;
}

/** Attention whose weights sum to one over something else than the keys. */
export function oddAttention({ attention, tensors }: Pick<ModelTrace, 'attention' | 'tensors'>): Problem[] {
  return attention.flatMap(({ over, site, weights, keysFirst, queryLength, keyLength }) => {
    if (over === 'keys') return [];
    const keys = keysFirst ? -2 : -1;
    const shape = (tensors[weights]?.shape ?? []).join(', ');
    const where = over === 'queries' ? 'the queries' : 'heads or batch';
    return remark(
      'warning',
      `attention: the weights [${shape}] are normalised over ${where}, not over the keys: for one query the ${keyLength} weights do not sum to 1`,
      `Take the softmax over the keys: softmax(scores, ${keys}), the dimension of size ${keyLength} that the product with the values sums over${
        queryLength === keyLength ? '' : `; ${queryLength} is that of the queries`
      }.`,
      site,
    );
  });
}

interface Mixing {
  readonly value: TensorId;
  /** The product. */
  readonly output: TensorId;
  /** Which operand of the product the weights are. */
  readonly side: 0 | 1;
  /** The weights had dimensions put in before. */
  readonly widened: boolean;
  readonly over: AttentionRecord['over'];
  readonly keysFirst: boolean;
}

/** The product that `weights`, which sum to one along `dim`, mix values in. */
function mixing(
  weights: TensorId,
  dim: number,
  consumers: ReadonlyMap<TensorId, readonly OpNote[]>,
  recorder: Recorder,
): Mixing | undefined {
  const whole = recorder.tensors[weights]!;
  const last = whole.ndim - 1;
  /** Where the last dimension, the one before and the normalised one are by now. */
  type Place = { tensor: TensorId; at: readonly (number | undefined)[] };
  const queue: Place[] = [{ tensor: weights, at: [last, last - 1, dim] }];
  for (let i = 0; i < queue.length && i < 64; i++) {
    const { tensor, at } = queue[i]!;
    const x = recorder.tensors[tensor]!;
    for (const note of consumers.get(tensor) ?? []) {
      if (arranges(note)) {
        const then = at.map((d) => (d === undefined ? undefined : followed(note, x, d, recorder)));
        queue.push({ tensor: note.output, at: then });
      }
      if (note.op.role !== 'product') continue;
      const side = note.inputs[0] === tensor ? 0 : 1;
      const value = note.inputs[1 - side]!;
      if (recorder.tensors[value]!.ndim < 2) continue;
      // A product sums over the last dimension of the left operand, the last but one of the right.
      const [summed, kept] = side === 0 ? [x.ndim - 1, x.ndim - 2] : [x.ndim - 2, x.ndim - 1];
      const [columns, rows, normalised] = at;
      const keysFirst = rows === summed && columns === kept;
      // Where a view hides which is which, the last dimension of a left operand is taken for the keys.
      const straight = columns === summed || (side === 0 && columns === undefined && dim === last);
      if (!keysFirst && !straight) continue;
      const over =
        normalised === summed || (normalised === undefined && dim === last)
          ? 'keys'
          : normalised === kept && (keysFirst || rows === kept)
            ? 'queries'
            : rows === kept || keysFirst
              ? 'others'
              : undefined;
      if (over === undefined) continue;
      return { value, output: note.output, side, widened: x.ndim > whole.ndim, over, keysFirst };
    }
  }
  return undefined;
}

interface ScoreProduct {
  readonly note: OpNote;
  /** Where the rows of its left operand are among the dimensions of the scores; undefined where that is not to be told. */
  readonly rows: number | undefined;
}

/** The product of queries and keys that scores came from. */
function scoreProduct(scores: TensorId, recorder: Recorder): ScoreProduct | undefined {
  let tensor = scores;
  const path: OpNote[] = [];
  for (let i = 0; i < 16; i++) {
    const made = recorder.madeBy.get(tensor);
    const note = made === undefined ? undefined : recorder.ops[made];
    if (note === undefined) return undefined;
    if (note.op.role === 'product') return { note, rows: rowsAfter(note, path.toReversed(), recorder) };
    if (!isScore(note) && !arranges(note)) return undefined;
    path.push(note);
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

function rowsAfter(product: OpNote, path: readonly OpNote[], recorder: Recorder): number | undefined {
  let from = recorder.tensors[product.output]!;
  let at: number | undefined = from.ndim - 2;
  for (const note of path) {
    if (at === undefined || at < 0) return undefined;
    at = followed(note, from, at, recorder);
    from = recorder.tensors[note.output]!;
  }
  return at;
}

/** Queries and keys of a product: the side whose rows are the rows of the weights asks. */
function sidesOf({ note, rows }: ScoreProduct, { keysFirst }: Mixing, rank: number): [TensorId, TensorId] {
  const [a, b] = note.inputs as [TensorId, TensorId];
  return rows === (keysFirst ? rank - 2 : rank - 1) ? [b, a] : [a, b];
}

/**
 * Whether a softmax over features is that of linear attention (Katharopoulos et al. 2020; Shen et al. 2021), whose products
 * go the other way round: softmax(q) (softmax(k)ᵀ v). No weight of a query for a key is computed there.
 */
function isLinear(
  scores: TensorId,
  { value, output }: Mixing,
  consumers: ReadonlyMap<TensorId, readonly OpNote[]>,
  recorder: Recorder,
  streams: Streams,
): boolean {
  // Queries: what they choose from was made by a product of two streams.
  const from = origin(value, streams);
  const made =
    from !== undefined && from.op.role === 'product' && from.inputs.every((x) => !fromParameters(x, recorder));
  const projection = origin(scores, streams);
  const features = projection?.op.role === 'projection' && recorder.tensors[projection.output]!.shape.at(-1) !== 1;
  if (made && features) return true;
  // Keys: what they gather is looked up by a product that has it on its right.
  const queue = [output];
  for (let i = 0; i < queue.length && i < 16; i++)
    for (const note of consumers.get(queue[i]!) ?? []) {
      if (note.op.role === 'product' && note.inputs[1] === queue[i] && streams.carries(note.inputs[0]!)) return true;
      if (arranges(note) || isScore(note)) queue.push(note.output);
    }
  return false;
}

/** What made the elements of a tensor, before they were arranged and scaled. */
function origin(tensor: TensorId, streams: Streams): OpNote | undefined {
  let at = tensor;
  for (let i = 0; i < 16; i++) {
    const note = streams.noteOf(at);
    if (note === undefined || !(arranges(note) || isScore(note))) return note;
    at = streams.flowing(note)[0] ?? note.inputs[0]!;
  }
  return undefined;
}

/** Whether every score right of the diagonal is masked in the first map, and there is one. */
function isCausal(scores: Tensor, keysFirst: boolean): boolean {
  const rows = scores.shape[scores.ndim - 2] ?? 1;
  const columns = scores.shape[scores.ndim - 1] ?? 1;
  if (scores.isMeta || rows < 2 || rows !== columns || scores.numel === 0) return false;
  const data = scores.toTypedArray();
  const [query, key] = keysFirst ? [1, columns] : [columns, 1];
  for (let i = 0; i < rows; i++)
    for (let j = i + 1; j < columns; j++) if (!(data[i * query + j * key]! <= maskedScore)) return false;
  for (let i = 0; i < rows; i++) if (data[i * query]! > maskedScore) return true;
  return false;
}
