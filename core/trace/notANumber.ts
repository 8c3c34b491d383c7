/** Where NaN comes into a run: at one line it begins, and from there it is everywhere. */
import { isInfinite } from '../ops/notANumber.ts';
import type { AnyOp } from '../ops/op.ts';
import { formatNumber } from '../tensor/format.ts';
import type { ModelTrace, Problem, Statistics, TensorId } from './trace.ts';

/**
 * The first operation that makes NaN of numbers, or the first that is given some; else the first gradient that becomes NaN. `ran`: the
 * definitions of the trace's operations, in its order.
 */
export function notANumber(trace: ModelTrace, ran: readonly AnyOp[]): Problem | undefined {
  const values = (id: TensorId) => trace.tensors[id]?.stats;
  const gradients = (id: TensorId) => trace.tensors[id]?.gradient;
  for (const [i, op] of trace.ops.entries()) {
    const made = values(op.output);
    if (made === undefined || made.nan === 0) continue;
    const given = op.inputs.find((input) => (values(input)?.nan ?? 0) > 0);
    const at = op.site === undefined ? {} : { site: op.site };
    if (given === undefined) {
      const inputs = op.inputs.flatMap((input) => values(input) ?? []);
      return {
        severity: 'warning',
        code: 'nan',
        message: `${share(made)} NaN from here on: ${cause(ran[i]!, inputs)}`,
        hint: ran[i]!.nan?.hint ?? 'Look at what goes into it: every number that is computed with NaN is NaN too.',
        ...at,
      };
    }
    const name = trace.tensors[given]?.name;
    return {
      severity: 'warning',
      code: 'nan',
      message: `NaN comes in with what is handed to ${op.name}${name === undefined ? '' : `: ${share(values(given)!)} NaN in ${name}`}`,
      hint: 'Look at where it is read or made; what is computed with it is NaN too.',
      ...at,
    };
  }
  for (const [i, op] of [...trace.ops.entries()].toReversed()) {
    const upstream = gradients(op.output);
    const lost = op.inputs.find((input) => (gradients(input)?.nan ?? 0) > 0);
    if (lost === undefined || upstream === undefined || upstream.nan > 0) continue;
    return {
      severity: 'warning',
      code: 'nan',
      message: `the gradient becomes NaN here, on its way back through ${op.name}: ${share(gradients(lost)!)} NaN`,
      hint: ran[i]!.nan?.slope ?? 'Its values are finite, its slope is not: keep its input away from where that is so.',
      ...(op.site === undefined ? {} : { site: op.site }),
    };
  }
  return undefined;
}

const share = ({ nan, count }: Statistics) =>
  nan === count
    ? count === 1
      ? 'it is'
      : `all ${count.toLocaleString('en')} elements are`
    : `${nan.toLocaleString('en')} of ${count.toLocaleString('en')} elements are`;

/** Why numbers became NaN, as far as their extremes tell. */
function cause({ name, nan }: AnyOp, inputs: readonly Statistics[]): string {
  const own = nan?.cause?.(inputs);
  if (own !== undefined) return own;
  if (inputs.some(isInfinite)) return `${name} of numbers that are infinite already (∞ − ∞, 0 · ∞, ∞ / ∞)`;
  // What products and their sums become on the way, no statistics tell: ∞, where they pass the largest float.
  const [a, b] = inputs;
  if (a !== undefined && b !== undefined && largest(a) * largest(b) > largestFloat)
    return `${name} of numbers up to ${formatNumber(largest(a))} and ${formatNumber(largest(b))}, whose products are beyond floats (∞ − ∞)`;
  return `${name} of numbers that are all finite`;
}

const largestFloat = 2 ** 128;
const largest = ({ min, max }: Statistics) => Math.max(Math.abs(min), Math.abs(max));
