/**
 * Numbers that sum to one along a dimension: made by softmax, or as it is written by hand: exp(s) / Σ exp(s) (the largest
 * subtracted before or not, the sum a product with ones or not, a small number added to it or not), exp(s − logsumexp(s)), exp(logSoftmax(s)); other
 * numbers that are not negative over their sum, relu(s) / Σ relu(s); and such
 * numbers divided by their sum once more.
 */
import type { Role } from '../ops/op.ts';
import { isOnes } from '../tensor/ones.ts';
import { dimsBefore } from './dimensions.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { arranges, isScore } from './streams.ts';
import type { TensorId } from './trace.ts';

export interface Distribution {
  readonly scores: TensorId;
  /** What it sums to one along. */
  readonly dim: number;
}

type Graph = Pick<Recorder, 'ops' | 'madeBy' | 'tensors' | 'given'>;

/** What gives numbers that are not negative. */
const positive: ReadonlySet<Role> = new Set(['exponential', 'positive', 'distribution'] as const);
const isPower = ({ op: { role } }: OpNote) => role === 'exponential' || role === 'positive';

/** Steps back that are looked at: exp, a mask, an eps, a view and a stretch fit. */
const reach = 8;

/** What `note` makes sum to one; undefined where it does not. */
export function distributionOf(note: OpNote, graph: Graph): Distribution | undefined {
  const { op, inputs, output, attrs } = note;
  const [a, b] = inputs as [TensorId, TensorId];
  const rank = graph.tensors[output]!.ndim;
  switch (op.role) {
    case 'distribution':
      return { scores: a, dim: (attrs as { readonly dim: number }).dim };
    case 'quotient':
      return divided(a, totalIn(b, graph, false), rank, graph);
    case 'multiple':
      // A product with the reciprocal of the sum.
      if (inputs.length !== 2) return undefined;
      return divided(a, totalIn(b, graph, true), rank, graph) ?? divided(b, totalIn(a, graph, true), rank, graph);
    case 'exponential':
      return ofLogarithm(a, graph);
    default:
      return undefined;
  }
}

/** `powers` over `total`, a sum of them along one dimension. */
function divided(powers: TensorId, total: OpNote | undefined, rank: number, graph: Graph): Distribution | undefined {
  const sum = total && sums(total, graph).find(({ of }) => alike(of, powers, graph));
  if (sum === undefined || graph.tensors[powers]!.ndim !== rank) return undefined;
  const made = back(powers, graph, ({ op: { role } }) => role !== undefined && positive.has(role));
  return made === undefined ? undefined : { scores: made.inputs[0]!, dim: sum.dim };
}

interface Sum {
  readonly of: TensorId;
  readonly dim: number;
}

/** What `note` sums along one dimension, and what that is another view of. */
function sums(note: OpNote, graph: Graph): readonly Sum[] {
  const { tensors } = graph;
  const found: Sum[] = [];
  let sum = summedBy(note, graph);
  while (sum?.dims.length === 1 && found.length < reach) {
    const { of, dims } = sum;
    found.push({ of, dim: dims[0]! });
    const made = noteOf(of, graph);
    const from = made?.inputs[0];
    const isWhole = from !== undefined && arranges(made!) && tensors[from]!.numel === tensors[of]!.numel;
    sum = isWhole ? { of: from, dims: dimsBefore(made!, dims, graph) } : undefined;
  }
  return found;
}

/** What `note` sums, and along which of its dimensions; undefined where it is neither a sum nor a product with ones. */
export function summedBy(
  { op: { role }, inputs, attrs }: OpNote,
  graph: Graph,
): { readonly of: TensorId; readonly dims: readonly number[] } | undefined {
  const [a, b] = inputs as [TensorId, TensorId];
  if (role === 'total') return { of: a, dims: (attrs as { readonly dims: readonly number[] }).dims };
  const rank = (x: TensorId) => graph.tensors[x]!.ndim;
  // A projection as `linear` has it: a weight [out, in], and no bias.
  const isProjection = role === 'projection' && inputs.length === 2 && rank(b) === 2;
  if (role !== 'product' && !isProjection) return undefined;
  if (areOnes(b, graph)) return { of: a, dims: [rank(a) - 1] };
  return role === 'product' && areOnes(a, graph) ? { of: b, dims: [Math.max(rank(b) - 2, 0)] } : undefined;
}

/** Whether a tensor is ones that neither come with the data nor are learnt, in whatever view. */
function areOnes(tensor: TensorId, graph: Graph): boolean {
  let at = tensor;
  for (let i = 0; i < reach; i++) {
    const note = noteOf(at, graph);
    const x = graph.tensors[at]!;
    if (note === undefined) return !graph.given.has(at) && !x.requiresGrad && isOnes(x);
    if (!arranges(note) || !(x.isMeta || isOnes(x))) return false;
    at = note.inputs[0]!;
  }
  return false;
}

/** One tensor, or the exponential of one tensor taken twice. */
function alike(a: TensorId, b: TensorId, graph: Graph): boolean {
  if (a === b) return true;
  const [first, second] = [noteOf(a, graph), noteOf(b, graph)];
  return first !== undefined && isPower(first) && first.op === second?.op && first.inputs[0] === second.inputs[0];
}

/** The exponential of numbers that are a logarithm of a distribution. */
function ofLogarithm(logs: TensorId, graph: Graph): Distribution | undefined {
  const made = noteOf(logs, graph);
  if (made === undefined) return undefined;
  const [scores] = made.inputs as [TensorId];
  if (made.op.role === 'logDistribution') return { scores, dim: (made.attrs as { readonly dim: number }).dim };
  if (!isScore(made) || made.inputs.length !== 2) return undefined;
  const total = back(made.inputs[1]!, graph, ({ op }) => op.role === 'logTotal');
  if (total === undefined || total.inputs[0] !== scores) return undefined;
  const { dims } = total.attrs as { readonly dims: readonly number[] };
  return dims.length === 1 ? { scores, dim: dims[0]! } : undefined;
}

/** Powers that `note` sums along one dimension: what it sums, and the same exponential where it is taken once more. */
export function powersOf(note: OpNote, graph: Graph): (Distribution & { readonly weights: TensorId })[] {
  return sums(note, graph).flatMap(({ of: powers, dim }) => {
    const made = back(powers, graph, isPower);
    if (made === undefined) return [];
    const all = [
      powers,
      ...graph.ops.flatMap(({ output }) => (output !== powers && alike(output, powers, graph) ? [output] : [])),
    ];
    return all.map((weights) => ({ weights, scores: made.inputs[0]!, dim }));
  });
}

/** Whether `divisor` is `total` in another view, with a small number added or not, or (`inverted`) one divided by that. */
export function isTotal(divisor: TensorId, total: OpNote, inverted: boolean, graph: Graph): boolean {
  return totalIn(divisor, graph, inverted) === total;
}

/** The sum that `tensor` is, or is one divided by (`inverted`). */
function totalIn(tensor: TensorId, graph: Graph, inverted: boolean): OpNote | undefined {
  const isSum = (note: OpNote) => summedBy(note, graph) !== undefined;
  if (!inverted) return back(tensor, graph, isSum);
  const inverse = back(tensor, graph, ({ op }) => op.role === 'inverse' || op.role === 'quotient');
  const divisor = inverse?.op.role === 'quotient' ? inverse.inputs[1] : inverse?.inputs[0];
  return divisor === undefined ? undefined : back(divisor, graph, isSum);
}

/** The nearest operation before `tensor` of which `wanted` is true, with nothing but views, masks and scales after it. */
function back(tensor: TensorId, graph: Graph, wanted: (note: OpNote) => boolean): OpNote | undefined {
  let at = tensor;
  for (let i = 0; i < reach; i++) {
    const note = noteOf(at, graph);
    if (note === undefined || wanted(note)) return note;
    if (!arranges(note) && !isScore(note)) return undefined;
    // Of several operands the one that was computed.
    const next = note.inputs.find((input) => graph.madeBy.has(input)) ?? note.inputs[0];
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

function noteOf(tensor: TensorId, { ops, madeBy }: Graph): OpNote | undefined {
  const made = madeBy.get(tensor);
  return made === undefined ? undefined : ops[made];
}
