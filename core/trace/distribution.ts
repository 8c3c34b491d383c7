/**
 * Numbers that sum to one along a dimension: made by softmax, or as it is written by hand: exp(s) / Σ exp(s) (the largest
 * subtracted before or not, a small number added to the sum or not), exp(s − logsumexp(s)), exp(logSoftmax(s)); other
 * numbers that are not negative over their sum, relu(s) / Σ relu(s); and such
 * numbers divided by their sum once more.
 */
import type { Role } from '../ops/op.ts';
import type { OpNote, Recorder } from './recorder.ts';
import { arranges, isScore } from './streams.ts';
import type { TensorId } from './trace.ts';

export interface Distribution {
  readonly scores: TensorId;
  /** What it sums to one along. */
  readonly dim: number;
}

type Graph = Pick<Recorder, 'ops' | 'madeBy' | 'tensors'>;

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
  if (total === undefined || !alike(total.inputs[0]!, powers, graph) || graph.tensors[powers]!.ndim !== rank)
    return undefined;
  const { dims } = total.attrs as { readonly dims: readonly number[] };
  const made = back(powers, graph, ({ op: { role } }) => role !== undefined && positive.has(role));
  return dims.length === 1 && made !== undefined ? { scores: made.inputs[0]!, dim: dims[0]! } : undefined;
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

/** Powers that `total` sums along one dimension: what it sums, and the same exponential where it is taken once more. */
export function powersOf(total: OpNote, graph: Graph): (Distribution & { readonly weights: TensorId })[] {
  const [powers] = total.inputs as [TensorId];
  const { dims } = total.attrs as { readonly dims: readonly number[] };
  const made = dims.length === 1 ? back(powers, graph, isPower) : undefined;
  if (made === undefined) return [];
  const [scores] = made.inputs as [TensorId];
  const all = [
    powers,
    ...graph.ops.flatMap(({ output }) => (output !== powers && alike(output, powers, graph) ? [output] : [])),
  ];
  return all.map((weights) => ({ weights, scores, dim: dims[0]! }));
}

/** Whether `divisor` is `total` in another view, with a small number added or not, or (`inverted`) one divided by that. */
export function isTotal(divisor: TensorId, total: OpNote, inverted: boolean, graph: Graph): boolean {
  return totalIn(divisor, graph, inverted) === total;
}

/** The sum that `tensor` is, or is one divided by (`inverted`). */
function totalIn(tensor: TensorId, graph: Graph, inverted: boolean): OpNote | undefined {
  if (!inverted) return back(tensor, graph, ({ op }) => op.role === 'total');
  const inverse = back(tensor, graph, ({ op }) => op.role === 'inverse' || op.role === 'quotient');
  const divisor = inverse?.op.role === 'quotient' ? inverse.inputs[1] : inverse?.inputs[0];
  return divisor === undefined ? undefined : back(divisor, graph, ({ op }) => op.role === 'total');
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
