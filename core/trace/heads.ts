/**
 * How many heads an attention has. Its weights are [batch, head, query, key] as a rule; but heads and batch may be one
 * dimension (`bmm`), and heads two (groups of queries that share keys, [batch, group, head of it, query, key]). What was
 * projected before it was cut into heads has one row a position and element of the batch: that settles it.
 */
import type { Tensor } from '../tensor/tensor.ts';
import { followed } from './dimensions.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { arranges, fromParameters, isScore, type Streams } from './streams.ts';
import type { TensorId } from './trace.ts';

interface Sides {
  readonly query: TensorId | undefined;
  readonly key: TensorId | undefined;
  readonly queryLength: number;
  readonly keyLength: number;
}

export interface HeadCount {
  readonly heads: number;
  /** Heads and batch are one dimension, [head · batch]. */
  readonly outside: boolean;
}

export function headsOf(weights: Tensor, sides: Sides, recorder: Recorder, streams: Streams): HeadCount {
  const lead = weights.shape.slice(0, -2);
  const last = lead.at(-1);
  if (last === undefined) return { heads: 1, outside: false };
  if (lead.length === 1 && weights.axes[0]?.name === 'head') return { heads: last, outside: false };
  const maps = lead.reduce((n, size) => n * size, 1);
  const key = projected(sides.key, recorder, streams);
  const query = projected(sides.query, recorder, streams);
  const counts = [
    ...(key === undefined ? [] : [(maps * sides.keyLength) / key.rows]),
    ...(query === undefined ? [] : [(maps * sides.queryLength) / query.rows]),
  ].filter((count) => Number.isInteger(count) && count > 0);
  const least = counts.length === 0 ? undefined : Math.min(...counts);
  if (lead.length === 1) {
    if (least === undefined || maps % least !== 0) return { heads: 1, outside: false };
    const outside =
      least > 1 && [key, query].some((side) => side !== undefined && outermost(side, maps, least, recorder));
    return { heads: least, outside };
  }
  // One, the last dimension, or the last few together.
  for (let product = 1, i = lead.length - 1; i >= 0; i--) {
    if (product === least) return { heads: product, outside: false };
    product *= lead[i]!;
  }
  return { heads: last, outside: false };
}

interface Projected {
  /** Positions times elements of the batch. */
  readonly rows: number;
  readonly source: TensorId;
  /** From the source to queries or keys. */
  readonly path: readonly OpNote[];
  /** Heads were put one after another along the first dimension. */
  readonly joined: boolean;
}

/** What queries or keys were before they were cut into heads; undefined where that is not to be seen. */
function projected(tensor: TensorId | undefined, recorder: Recorder, streams: Streams): Projected | undefined {
  if (tensor === undefined) return undefined;
  const path: OpNote[] = [];
  let at = tensor;
  let joined = false;
  for (let i = 0; i < 32; i++) {
    const note = streams.noteOf(at);
    const x = recorder.tensors[at]!;
    const found = (): Projected => ({ rows: x.numel / featuresOf(x), source: at, path: path.toReversed(), joined });
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

function featuresOf({ shape, axes }: Tensor): number {
  const channel = axes.findIndex(({ name }) => name === 'channel');
  return (channel < 0 ? shape.at(-1) : shape[channel]) ?? 1;
}

/** Whether heads lie outside the batch where the two become one dimension of `maps`. */
function outermost({ source, path, joined }: Projected, maps: number, heads: number, recorder: Recorder): boolean {
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
