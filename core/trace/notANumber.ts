/** Where NaN comes into a run: at one line it begins, and from there it is everywhere. */
import { formatNumber } from '../tensor/format.ts';
import type { ModelTrace, Problem, Statistics, TensorId } from './trace.ts';

/** The first operation that makes NaN of numbers, or the first that is given some; else the first gradient that becomes NaN. */
export function notANumber(trace: ModelTrace): Problem | undefined {
  const values = (id: TensorId) => trace.tensors[id]?.stats;
  const gradients = (id: TensorId) => trace.tensors[id]?.gradient;
  for (const op of trace.ops) {
    const made = values(op.output);
    if (made === undefined || made.nan === 0) continue;
    const given = op.inputs.find((input) => (values(input)?.nan ?? 0) > 0);
    const at = op.site === undefined ? {} : { site: op.site };
    if (given === undefined) {
      const inputs = op.inputs.flatMap((input) => values(input) ?? []);
      return {
        severity: 'warning',
        code: 'nan',
        message: `${share(made)} NaN from here on: ${cause(op.name, inputs)}`,
        hint: hints[op.name] ?? 'Look at what goes into it: every number that is computed with NaN is NaN too.',
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
  for (const op of trace.ops.toReversed()) {
    const upstream = gradients(op.output);
    const lost = op.inputs.find((input) => (gradients(input)?.nan ?? 0) > 0);
    if (lost === undefined || upstream === undefined || upstream.nan > 0) continue;
    return {
      severity: 'warning',
      code: 'nan',
      message: `the gradient becomes NaN here, on its way back through ${op.name}: ${share(gradients(lost)!)} NaN`,
      hint: slopes[op.name] ?? 'Its values are finite, its slope is not: keep its input away from where that is so.',
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
function cause(op: string, inputs: readonly Statistics[]): string {
  const [a, b] = inputs;
  const infinite = inputs.some(({ posInf, negInf }) => posInf + negInf > 0);
  const least = a === undefined ? '' : formatNumber(a.min).replace('-', '−');
  switch (op) {
    case 'log':
      return `${op} of a negative number, ${least} at the least`;
    case 'log1p':
      return `${op} of a number below −1, ${least} at the least`;
    case 'sqrt':
    case 'rsqrt':
      return `${op} of a negative number, ${least} at the least`;
    case 'pow':
      return `a negative number, ${least} at the least, to a power that is not whole`;
    case 'div':
      if (!infinite && b !== undefined && b.zeros > 0) return '0 / 0';
      break;
    case 'softmax':
    case 'logSoftmax':
      if ((a?.negInf ?? 0) > 0) return `${op} of a row that is all −∞: a mask that leaves nothing to see`;
      break;
    case 'mean':
    case 'var':
    case 'std':
      if (a?.count === 0) return `the ${op} of no elements`;
      break;
  }
  if (infinite) return `${op} of numbers that are infinite already (∞ − ∞, 0 · ∞, ∞ / ∞)`;
  // What products and their sums become on the way, no statistics tell: ∞, where they pass the largest float.
  if (a !== undefined && b !== undefined && largest(a) * largest(b) > largestFloat)
    return `${op} of numbers up to ${formatNumber(largest(a))} and ${formatNumber(largest(b))}, whose products are beyond floats (∞ − ∞)`;
  return `${op} of numbers that are all finite`;
}

const largestFloat = 2 ** 128;
const largest = ({ min, max }: Statistics) => Math.max(Math.abs(min), Math.abs(max));

const positive = 'Keep its input positive: x.clamp(1e-8), or a softplus before it.';
const hints: Readonly<Record<string, string>> = {
  log: positive,
  log1p: positive,
  sqrt: 'Keep its input at 0 or above: x.clamp(0).',
  rsqrt: 'Keep its input above 0: x.add(1e-8).',
  pow: 'Take x.abs() first, or a whole exponent.',
  div: 'Add a small number to the divisor: y.add(1e-8).',
  softmax: 'Leave every row one place to see, or add a large negative number (−1e9) in the place of −∞.',
  logSoftmax: 'Leave every row one place to see, or add a large negative number (−1e9) in the place of −∞.',
};

const atZero = 'At 0 its slope is infinite, and 0 · ∞ is NaN. Add a small number before it: x.add(1e-8).';
const slopes: Readonly<Record<string, string>> = {
  sqrt: atZero,
  rsqrt: atZero,
  norm: atZero,
  log: atZero,
  pow: atZero,
  div: 'Its divisor is 0 or nearly so. Add a small number to it: y.add(1e-8).',
  where: 'What is not chosen has a gradient too: 0 times its slope. Keep the other branch finite as well.',
};
