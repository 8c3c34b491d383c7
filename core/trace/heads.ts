/**
 * How many heads an attention has. Its weights are [batch, head, query, key] as a rule; but heads and batch may be one
 * dimension (`bmm`), and heads two (groups of queries that share keys, [batch, group, head of it, query, key]). What was
 * projected before it was cut into heads has one row a position and element of the batch: that settles it.
 */
import type { Tensor } from '../tensor/tensor.ts';
import { followed } from './dimensions.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { featureDim } from './scoring.ts';
import { arranges, fromParameters, isScore, type Streams } from './streams.ts';
import type { TensorId } from './trace.ts';

interface Sides {
  readonly query: TensorId | undefined;
  readonly key: TensorId | undefined;
  readonly queryLength: number;
  readonly keyLength: number;
  /** From where they met to the scores. */
  readonly path: readonly OpNote[];
}

export interface HeadCount {
  readonly heads: number;
  /** The dimensions that are heads; none where heads and batch are one dimension, or there is one head. */
  readonly dims: readonly number[];
  /** Heads and batch are one dimension, [head · batch]. */
  readonly outside: boolean;
}

/** Heads among `lead`, the dimensions of the weights that are neither queries nor keys. */
export function headsOf(
  weights: Tensor,
  lead: readonly number[],
  sides: Sides,
  recorder: Recorder,
  streams: Streams,
): HeadCount {
  const sizes = lead.map((d) => weights.shape[d]!);
  const product = (dims: readonly number[]) => dims.reduce((n, d) => n * weights.shape[d]!, 1);
  const of = (dims: readonly number[]): HeadCount => ({ heads: product(dims), dims, outside: false });
  if (lead.length === 0) return of([]);
  const named = lead.filter((d) => weights.axes[d]?.name === 'head');
  if (named.length > 0) return of(named);
  const maps = product(lead);
  const key = projected(sides.key, recorder, streams);
  const query = projected(sides.query, recorder, streams);
  const counts = [
    ...(key === undefined ? [] : [(maps * sides.keyLength) / key.rows]),
    ...(query === undefined ? [] : [(maps * sides.queryLength) / query.rows]),
  ].filter((count) => Number.isInteger(count) && count > 0);
  const least = counts.length === 0 ? undefined : Math.min(...counts);
  if (lead.length === 1) {
    if (least === undefined || maps % least !== 0) return of([]);
    const outside =
      least > 1 && [key, query].some((side) => side !== undefined && outermost(side, maps, least, recorder));
    return { heads: least, dims: [], outside };
  }
  for (const [side, tensor] of [
    [key, sides.key],
    [query, sides.query],
  ] as const) {
    const rest = side && tensor !== undefined ? notBatch(side, tensor, lead, sides.path, recorder) : undefined;
    if (rest !== undefined && product(rest) === least) return of(rest);
  }
  // One query an element of the batch, of which nothing else is known.
  if (least === undefined && weights.ndim - lead.length === 1) return of([]);
  // The last dimension, the last few together, or one further left.
  for (let i = lead.length; i >= 0; i--) if (product(lead.slice(i)) === least) return of(lead.slice(i));
  const single = sizes.lastIndexOf(least ?? -1);
  return of([lead[single < 0 ? lead.length - 1 : single]!]);
}

/** What is left of `lead` without the dimensions that the batch of a projection became; undefined where none can be followed. */
function notBatch(
  side: Projection,
  tensor: TensorId,
  lead: readonly number[],
  scoring: readonly OpNote[],
  recorder: Recorder,
): readonly number[] | undefined {
  const batch = [0, 1].map((dim) => placeOf(side, tensor, dim, scoring, recorder));
  return batch.some((at) => at !== undefined && lead.includes(at)) ? lead.filter((d) => !batch.includes(d)) : undefined;
}

/**
 * The dimension of the weights that is the positions of the queries where each has keys of its own (a window of them), so that no
 * product tells: the second of [batch, seq, features], what the queries were projected to.
 */
export function ownKeys(
  lead: readonly number[],
  { query, path }: Pick<Sides, 'query' | 'path'>,
  recorder: Recorder,
  streams: Streams,
): number | undefined {
  const side = projected(query, recorder, streams);
  if (side === undefined || query === undefined) return undefined;
  const { shape, axes } = recorder.tensors[side.source]!;
  if (shape.length !== 3 || shape[0]! < 2 || shape[1]! < 2 || axes[1]?.name === 'batch') return undefined;
  const at = placeOf(side, query, 1, path, recorder);
  return at !== undefined && lead.includes(at) ? at : undefined;
}

/** Where a dimension of what was projected is in the scores; undefined where it can't be followed. */
function placeOf(
  { source, path }: Projection,
  side: TensorId,
  dim: number,
  scoring: readonly OpNote[],
  recorder: Recorder,
): number | undefined {
  const { tensors } = recorder;
  let from = tensors[source]!;
  if (from.ndim !== 3) return undefined;
  let at: number | undefined = dim;
  for (const note of [...path, ...scoring]) {
    if (at === undefined) return undefined;
    at =
      note === scoring[0] && note.inputs.includes(side)
        ? met(note, side, at, tensors)
        : followed(note, from, at, recorder);
    from = tensors[note.output]!;
  }
  return at;
}

/** Where a dimension of one operand is in a product, or in operands stretched to one shape. */
function met(
  { op, inputs, output }: OpNote,
  side: TensorId,
  dim: number,
  tensors: readonly Tensor[],
): number | undefined {
  const x = tensors[side]!;
  const out = tensors[output]!;
  const at = dim + out.ndim - x.ndim;
  if (op.role !== 'product') return out.shape[at] === x.shape[dim] ? at : undefined;
  if (x.ndim < 2 || tensors[inputs[0]!]!.ndim < 2 || tensors[inputs[1]!]!.ndim < 2) return undefined;
  const summed = side === inputs[0] ? x.ndim - 1 : x.ndim - 2;
  return dim === summed ? undefined : at;
}

interface Projection {
  /** Positions times elements of the batch. */
  readonly rows: number;
  readonly source: TensorId;
  /** From the source to queries or keys. */
  readonly path: readonly OpNote[];
  /** Heads were put one after another along the first dimension. */
  readonly joined: boolean;
}

/** What queries or keys were before they were cut into heads; undefined where that is not to be seen. */
function projected(tensor: TensorId | undefined, recorder: Recorder, streams: Streams): Projection | undefined {
  if (tensor === undefined) return undefined;
  const path: OpNote[] = [];
  let at = tensor;
  let joined = false;
  for (let i = 0; i < 32; i++) {
    const note = streams.noteOf(at);
    const x = recorder.tensors[at]!;
    const found = (): Projection => ({
      rows: x.numel / (x.shape[featureDim(x)] ?? 1),
      source: at,
      path: path.toReversed(),
      joined,
    });
    if (note === undefined) return x.ndim <= 3 && x.ndim >= 2 ? found() : undefined;
    if (note.op.role === 'projection') return found();
    if (note.op.role === 'product') return hasMatrix(note, recorder) ? found() : undefined;
    path.push(note);
    const parts = partsOf(note, recorder, streams);
    if (parts !== undefined) {
      joined = true;
      path.push(streams.noteOf(parts)!);
      at = streams.noteOf(parts)!.inputs[0]!;
      continue;
    }
    const next = arranges(note)
      ? note.inputs[0]
      : (note.inputs.find((input) => recorder.tensors[input]!.numel === x.numel && streams.carries(input)) ??
        note.inputs.find((input) => recorder.tensors[input]!.numel === x.numel));
    if (next === undefined || (!arranges(note) && !isScore(note) && !sameShape(recorder.tensors[next]!, x)))
      return undefined;
    at = next;
  }
  return undefined;
}

/** The first of several parts of one tensor that `note` puts one after another along the first dimension. */
function partsOf(note: OpNote, { tensors }: Recorder, streams: Streams): TensorId | undefined {
  const [first] = note.inputs;
  if (first === undefined || note.inputs.length < 2) return undefined;
  const whole = streams.noteOf(first)?.inputs[0];
  const one = tensors[first]!;
  const fits =
    whole !== undefined &&
    tensors[note.output]!.shape[0] === one.shape[0]! * note.inputs.length &&
    note.inputs.every((input) => {
      const made = streams.noteOf(input);
      return made?.op.isView === true && made.inputs[0] === whole && sameShape(tensors[input]!, one);
    });
  return fits ? first : undefined;
}

/** A product with one matrix of parameters. */
function hasMatrix({ inputs }: OpNote, recorder: Recorder): boolean {
  return inputs.some((input) => recorder.tensors[input]!.ndim === 2 && fromParameters(input, recorder));
}

/** Whether heads lie outside the batch where the two become one dimension of `maps`. */
function outermost({ source, path, joined }: Projection, maps: number, heads: number, recorder: Recorder): boolean {
  if (joined) return true;
  const batch = maps / heads;
  const start = recorder.tensors[source]!;
  return start.shape.slice(0, -1).some((size, dim) => {
    if (size !== batch) return false;
    let at: number | undefined = dim;
    let from = start;
    for (const note of path) {
      const to = recorder.tensors[note.output]!;
      if (to.ndim === from.ndim - 1 && to.shape[0] === maps && from.shape[0]! * from.shape[1]! === maps)
        return at === 1;
      at = followed(note, from, at, recorder);
      if (at === undefined) return false;
      from = to;
    }
    return false;
  });
}

function sameShape(a: Tensor, b: Tensor): boolean {
  return a.ndim === b.ndim && a.shape.every((size, i) => size === b.shape[i]);
}
