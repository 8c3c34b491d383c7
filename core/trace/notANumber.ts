/** Where NaN comes into a run: at one line it begins, and from there it is everywhere. */
import { noGrad } from '../context.ts';
import { integer, number } from '../format/numbers.ts';
import { compareOps } from '../ops/compare.ts';
import { isInfinite } from '../ops/notANumber.ts';
import type { AnyOp } from '../ops/op.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import type { ModelTrace, Problem, SiteId, Statistics, TensorId } from './trace.ts';

/** What a run held, by the ids of its trace. */
interface RunTensors {
  readonly tensors: readonly Tensor[];
  readonly gradients: ReadonlyMap<TensorId, Tensor>;
}

/**
 * The first operation that makes NaN of numbers, or the first that is given some; where that comes of ∞, the one that made it of finite
 * numbers. Else the first gradient that becomes NaN, or else ∞ in what comes out. `ran`: the definitions of the trace's operations, in
 * its order.
 */
export function notANumber(trace: ModelTrace, ran: readonly AnyOp[], held: RunTensors): Problem | undefined {
  const values = (id: TensorId) => trace.tensors[id]?.stats;
  for (const [i, op] of trace.ops.entries()) {
    const made = values(op.output);
    if (made === undefined || made.nan === 0) continue;
    const given = op.inputs.find((input) => (values(input)?.nan ?? 0) > 0);
    if (given === undefined) {
      const inputs = op.inputs.flatMap((input) => values(input) ?? []);
      const begun = op.inputs.find((input) => isInfinite(values(input)));
      const infinity = begun === undefined ? undefined : infinityBehind(begun, trace, ran);
      if (infinity !== undefined) {
        const related = op.site === undefined ? [] : [{ site: op.site, message: `it becomes NaN here, in ${op.name}` }];
        return { ...infinity, related };
      }
      return problem(
        `${share(made)} NaN from here on: ${cause(ran[i]!, inputs)}`,
        ran[i]!.nan?.hint ?? 'Look at what goes into it: every number that is computed with NaN is NaN too.',
        op.site,
      );
    }
    const name = trace.tensors[given]?.name;
    return problem(
      `NaN comes in with the inputs of ${op.name}${name === undefined ? '' : `: ${share(values(given)!)} NaN in ${name}`}`,
      'Look at where it is read or made; what is computed with it is NaN too.',
      op.site,
    );
  }
  return lostGradient(trace, ran, held) ?? infiniteResult(trace, ran);
}

const problem = (message: string, hint: string, site: SiteId | undefined): Problem => ({
  severity: 'warning',
  code: 'nan',
  message,
  hint,
  ...(site === undefined ? {} : { site }),
});

/** Where the ∞ in a tensor was made of finite numbers; undefined where it was put there, by a mask or the data. */
function infinityBehind(id: TensorId, trace: ModelTrace, ran: readonly AnyOp[]): Problem | undefined {
  const values = (tensor: TensorId) => trace.tensors[tensor]?.stats;
  const makers = new Map(trace.ops.map((op, i) => [op.output, i] as const));
  for (let at = makers.get(id); at !== undefined; ) {
    const op = trace.ops[at]!;
    const before = op.inputs.find((input) => isInfinite(values(input)));
    if (before !== undefined) {
      at = makers.get(before);
      continue;
    }
    if (isSaid(op.attrs)) return undefined;
    const inputs = op.inputs.flatMap((input) => values(input) ?? []);
    const { name, nan } = ran[at]!;
    const most = Math.max(...inputs.map(largest));
    const why = nan?.overflow?.(inputs) ?? `${name} of numbers up to ${number(most)}`;
    return problem(
      `${infinite(values(op.output)!)} from here on: ${why}`,
      nan?.overflowHint ??
        'It passes the largest float. Keep its numbers smaller: scale its inputs, or normalise before it.',
      op.site,
    );
  }
  return undefined;
}

/** Whether an operation was told of ∞: a mask's value. */
const isSaid = (attrs: unknown): boolean =>
  typeof attrs === 'object' &&
  attrs !== null &&
  Object.values(attrs).some((value) => {
    const number =
      typeof value === 'object' && value !== null ? (value as { readonly number?: unknown }).number : value;
    return Math.abs(Number(number)) === Number.POSITIVE_INFINITY;
  });

/** ∞ in what a run gave, though nothing of it is NaN. */
function infiniteResult(trace: ModelTrace, ran: readonly AnyOp[]): Problem | undefined {
  const results = [trace.loss?.tensor, trace.output?.kind === 'tensor' ? trace.output.tensor : undefined];
  for (const id of results) {
    if (id === undefined || !isInfinite(trace.tensors[id]?.stats)) continue;
    const infinity = infinityBehind(id, trace, ran);
    if (infinity !== undefined) return infinity;
  }
  return undefined;
}

/** The operation on whose way back the gradient stops to be numbers: the first that makes something else of finite ones. */
function lostGradient(
  trace: ModelTrace,
  ran: readonly AnyOp[],
  { tensors, gradients }: RunTensors,
): Problem | undefined {
  const gradient = (id: TensorId) => trace.tensors[id]?.gradient;
  if (!trace.tensors.some(({ gradient }) => (gradient?.nan ?? 0) > 0)) return undefined;
  for (const [i, op] of [...trace.ops.entries()].toReversed()) {
    const upstream = gradient(op.output);
    if (upstream === undefined || upstream.nan > 0 || isInfinite(upstream)) continue;
    if (!op.inputs.some((input) => (gradient(input)?.nan ?? 0) > 0 || isInfinite(gradient(input)))) continue;
    // A tensor that is used twice has the gradients of both uses: this one's alone says whether it is this one's fault.
    const back = partsOf(tensors[op.output], gradients.get(op.output));
    const nan = back.some((part) => part.some(Number.isNaN));
    if (!nan && !back.some((part) => part.some((value) => Math.abs(value) === Number.POSITIVE_INFINITY))) continue;
    const chosen = trace.ops.findIndex((next) => next.inputs.slice(1).includes(op.output));
    const unchosen = ran[chosen]?.nan?.slope;
    const slope = ran[i]!.nan?.slope ?? 'Its values are finite, its slope is not: keep its input away from there.';
    return problem(
      `the gradient becomes ${nan ? 'NaN' : 'infinite'} here, on its way back through ${op.name}${nan ? '' : ', and NaN before it (0 · ∞)'}`,
      unchosen !== undefined && ran[chosen] === compareOps.where ? `${slope} ${unchosen}` : slope,
      op.site,
    );
  }
  return undefined;
}

/** What an operation alone hands back of this gradient. */
function partsOf(output: Tensor | undefined, gradient: Tensor | undefined): (readonly number[] | Float32Array)[] {
  const node = output?.node;
  if (node?.op.backward === undefined || gradient === undefined || output === undefined || gradient.isMeta) return [];
  const { op, inputs, attrs, saved } = node;
  const needs = inputs.map((input) => input.requiresGrad);
  return noGrad(() => op.backward!(gradient, { inputs, output, attrs, tensors: saved, needs })).flatMap((part) =>
    part === undefined || part.isMeta ? [] : [elementsOf(part) as Float32Array],
  );
}

const infinite = ({ posInf, negInf, count }: Statistics) => {
  const sign = negInf === 0 ? '∞' : posInf === 0 ? '−∞' : '±∞';
  const n = posInf + negInf;
  return n === count
    ? `${count === 1 ? 'it is' : 'all are'} ${sign}`
    : `${integer(n)} of ${integer(count)} elements are ${sign}`;
};

const share = ({ nan, count }: Statistics) =>
  nan === count
    ? count === 1
      ? 'it is'
      : `all ${integer(count)} elements are`
    : `${integer(nan)} of ${integer(count)} elements are`;

/** Why numbers became NaN, as far as their extremes tell. */
function cause({ name, nan }: AnyOp, inputs: readonly Statistics[]): string {
  const own = nan?.cause?.(inputs);
  if (own !== undefined) return own;
  if (inputs.some(isInfinite)) return `${name} of numbers that are infinite already (∞ − ∞, 0 · ∞, ∞ / ∞)`;
  // What products and their sums become on the way, no statistics tell: ∞, where they pass the largest float.
  const [a, b] = inputs;
  if (a !== undefined && b !== undefined && largest(a) * largest(b) > largestFloat)
    return `${name} of numbers up to ${number(largest(a))} and ${number(largest(b))}, whose products are beyond floats (∞ − ∞)`;
  return `${name} of numbers that are all finite`;
}

const largestFloat = 2 ** 128;
const largest = ({ min, max }: Statistics) => Math.max(Math.abs(min), Math.abs(max));
