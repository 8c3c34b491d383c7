/**
 * Finds attention in the graph of operations, whatever class or function made it: numbers that sum to one along a dimension
 * (distribution.ts) and mix values (mixing.ts): they are weights over keys. Queries and keys are where the scores came from
 * (scoring.ts). Where values are mixed by exp(scores) and divided by their sum afterwards, the weights are what the sum divides.
 */
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { followed } from './dimensions.ts';
import { type Distribution, distributionOf, isTotal, powersOf, summedBy } from './distribution.ts';
import { headsOf, ownKeys } from './heads.ts';
import { type Consumers, consumersOf, dividedAfter, type Mixing, mixing } from './mixing.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { remark } from './remarks.ts';
import { scoringOf } from './scoring.ts';
import { arranges, fromParameters, isScore, Streams } from './streams.ts';
import type { AttentionRecord, ModelTrace, Problem, TensorId } from './trace.ts';

/** Below this a score counts as masked: −∞, and the large negative numbers people write instead of it. */
export const maskedScore = -1e8;

interface MixedWeights extends Candidate {
  readonly note: OpNote;
  readonly mix: Mixing;
  readonly unnormalised: boolean;
}

export function findAttention(
  recorder: Recorder,
  moduleOf: (call: number | undefined) => number | undefined,
  held: boolean,
): AttentionRecord[] {
  const { ops, tensors } = recorder;
  let known: { readonly streams: Streams; readonly consumers: Consumers } | undefined;
  const found: AttentionRecord[] = [];
  for (const op of ops) {
    const candidates = normalised(op, recorder);
    if (candidates.length === 0) continue;
    known ??= { streams: new Streams(recorder), consumers: consumersOf(recorder) };
    const { streams, consumers } = known;
    const mixed = mixedBy(op, candidates, consumers, recorder);
    if (mixed === undefined) continue;
    const { weights, scores, mix, note } = mixed;
    const { key: keyDim, over } = mix;
    const scoring = scoringOf(scores, keyDim, recorder, streams);
    if (scoring === undefined) continue;
    const { query, key } = scoring;
    // Keys that are parameters choose among streams: a router, or the weights of a mixture.
    if (scoring.product && !streams.carries(key!) && streams.carries(mix.value)) continue;
    if (!scoring.product && (over !== 'keys' || !streams.carries(mix.value))) continue;
    // Nothing but the place says that these are weights over keys.
    if (query === undefined && isLinear(mix, consumers, recorder, streams)) continue;
    const { shape } = tensors[weights]!;
    const others = shape.map((_, d) => d).filter((d) => d !== keyDim);
    const one = mix.query === undefined || shape[mix.query] === 1;
    const own = one ? ownKeys(others, { query, path: scoring.path }, recorder, streams) : undefined;
    const queryDim = own ?? mix.query;
    const queryLength = queryDim === undefined ? 1 : shape[queryDim]!;
    const lead = others.filter((d) => d !== queryDim);
    const sides = { query, key, queryLength, keyLength: shape[keyDim]!, path: scoring.path };
    const heads = headsOf(tensors[weights]!, lead, sides, recorder, streams);
    const maps = lead.reduce((n, d) => n * shape[d]!, 1);
    const module = moduleOf(note.call);
    found.push({
      id: found.length,
      ...(module === undefined ? {} : { module }),
      ...(note.call === undefined ? {} : { call: note.call }),
      ...(note.site === undefined ? {} : { site: note.site }),
      weights,
      scores,
      ...(query === undefined ? {} : { query }),
      ...(key === undefined ? {} : { key }),
      value: mix.value,
      kind:
        query !== undefined && key !== undefined && streams.source(query) === streams.source(key) ? 'self' : 'cross',
      ...(held ? { causal: isCausal(tensors[scores]!, queryDim, keyDim) } : {}),
      over,
      heads: heads.heads,
      batch: maps / Math.max(heads.heads, 1) || 0,
      queryLength,
      keyLength: shape[keyDim]!,
      dims: { key: keyDim, ...(queryDim === undefined ? {} : { query: queryDim }), heads: heads.dims },
      ...(heads.outside ? { headsOutside: true } : {}),
      ...(mixed.unnormalised ? { unnormalised: true } : {}),
    });
  }
  return found;
}

interface Candidate extends Distribution {
  readonly weights: TensorId;
}

/** What `note` makes sum to one, now or, where it sums powers, by a division that is still to come. */
function normalised(note: OpNote, recorder: Recorder): readonly Candidate[] {
  const powers = powersOf(note, recorder);
  if (powers.length > 0) return powers;
  const distribution = distributionOf(note, recorder);
  return distribution === undefined ? [] : [{ ...distribution, weights: note.output }];
}

/** The first of the candidates that mixes values, and how. */
function mixedBy(
  note: OpNote,
  candidates: readonly Candidate[],
  consumers: Consumers,
  recorder: Recorder,
): MixedWeights | undefined {
  for (const candidate of candidates) {
    const { weights, dim } = candidate;
    const rank = recorder.tensors[weights]!.ndim;
    const mix = mixing(weights, (dim + rank) % rank, consumers, recorder);
    if (mix === undefined) continue;
    if (summedBy(note, recorder) === undefined) return { ...candidate, note, mix, unnormalised: false };
    const total = (divisor: TensorId, inverted: boolean) => isTotal(divisor, note, inverted, recorder);
    if (mix.over !== 'keys' || !dividedAfter(mix, total, consumers, recorder)) continue;
    return { ...candidate, note: recorder.ops[recorder.madeBy.get(weights)!]!, mix, unnormalised: true };
  }
  return undefined;
}

/** Attention whose weights sum to one over something else than the keys. */
export function oddAttention({ attention, tensors }: Pick<ModelTrace, 'attention' | 'tensors'>): Problem[] {
  return attention.flatMap(({ over, site, weights, dims, queryLength, keyLength }) => {
    if (over === 'keys') return [];
    const whole = tensors[weights]?.shape ?? [];
    const keys = dims.key - whole.length;
    const shape = whole.join(', ');
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

/**
 * Whether weights over positions are those of linear attention (Katharopoulos et al. 2020; Shen et al. 2021), whose products go the
 * other way round: softmax(q) (softmax(k)ᵀ v). What they gather is looked up by the features they have a row each of; no weight of
 * a query for a key is computed there.
 */
function isLinear({ output, rows }: Mixing, consumers: Consumers, recorder: Recorder, streams: Streams): boolean {
  const { tensors } = recorder;
  const queue: { readonly tensor: TensorId; readonly at: number | undefined }[] = [{ tensor: output, at: rows }];
  for (let i = 0; i < queue.length && i < 16; i++) {
    const { tensor, at } = queue[i]!;
    const x = tensors[tensor]!;
    for (const note of consumers.get(tensor) ?? []) {
      if (note.op.role === 'product') {
        const side = note.inputs[0] === tensor ? 0 : 1;
        const other = note.inputs[1 - side]!;
        const summed = side === 0 || x.ndim === 1 ? x.ndim - 1 : x.ndim - 2;
        if (at === summed && streams.carries(other) && !fromParameters(other, recorder)) return true;
      }
      if (!arranges(note) && !isScore(note)) continue;
      queue.push({ tensor: note.output, at: at === undefined ? undefined : followed(note, x, at, recorder) });
    }
  }
  return false;
}

/** Whether every score of a later key is masked in the first map, and there is one. */
function isCausal(scores: Tensor, query: number | undefined, key: number): boolean {
  if (scores.isMeta || query === undefined || Math.max(query, key) >= scores.ndim || scores.numel === 0) return false;
  const [rows, columns] = [scores.shape[query]!, scores.shape[key]!];
  if (rows < 2 || rows !== columns) return false;
  let map = scores;
  // The other dimensions at their first index, the last first.
  for (let d = scores.ndim - 1; d >= 0; d--) if (d !== query && d !== key) map = map.select(d, 0);
  const data = elementsOf(query < key ? map : map.mT());
  for (let i = 0; i < rows; i++)
    for (let j = i + 1; j < columns; j++) if (!(data[i * columns + j]! <= maskedScore)) return false;
  for (let i = 0; i < rows; i++) if (data[i * columns]! > maskedScore) return true;
  return false;
}
