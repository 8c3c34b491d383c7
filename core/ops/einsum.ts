/**
 * Einstein summation, `einsum('bqd,bkd->bqk', query, key)`: a letter names an axis, axes of one letter run together, and a
 * letter that is not in the result is summed over. It is made of visible operations (permutation, product, sum), from
 * the first operand to the last, so that what it computes can be looked at like anything else.
 */
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { type Axis, unnamed } from '../tensor/axes.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { noTensor } from '../usage/arguments.ts';
import { diagonal } from './diagonal.ts';
import { mul } from './elementwise.ts';
import { matmul } from './matmul.ts';
import { permute } from './permute.ts';
import { sum } from './reduce.ts';
import { withAxes } from './tensorMethods.ts';
import { expand, reshape } from './view.ts';

/** A tensor whose axes have letters; those under an ellipsis are called `…0`, `…1`, from the left of the longest. */
interface Term {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/**
 * Sums of products by letters. 'ij,jk->ik' is a matrix product, 'bii->b' the trace of each matrix, '...i,...i' a dot product
 * over the last axis. Without `->` the result has the letters that occur once, in order. Throws ShapeError where letters and
 * dimensions do not fit, TensightError where the equation can't be read.
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  if (typeof (equation as unknown) !== 'string')
    throw new TensightError(
      `einsum: expected an equation, got ${inWords(equation)}`,
      "Write einsum('ij,jk->ik', a, b).",
    );
  const wrong = operands.findIndex((operand) => !((operand as unknown) instanceof Tensor));
  if (wrong >= 0) throw noTensor('einsum', operands[wrong]);
  const { inputs, output } = parse(equation, operands);
  const sizes = sizesOf(equation, inputs);
  const axes = axesOf(inputs);
  const terms = inputs.map(withoutRepeats);
  let result = terms[0]!;
  for (let i = 1; i <= terms.length; i++) {
    const needed = new Set([...output, ...terms.slice(i + 1).flatMap(({ labels }) => labels)]);
    result = i === terms.length ? summed(result, new Set(output)) : contracted(result, terms[i]!, needed, sizes);
  }
  const order = output.map((label) => result.labels.indexOf(label));
  const y = order.every((d, i) => d === i) ? result.x : permute(result.x, order);
  const wanted = output.map((label) => axes.get(label) ?? unnamed);
  return wanted.every((a, i) => a.name === y.axes[i]!.name) ? y : withAxes(y, wanted);
}

function parse(equation: string, operands: readonly Tensor[]): { inputs: Term[]; output: string[] } {
  const [left, right, ...more] = equation.replaceAll(' ', '').split('->');
  const parts = left!.split(',');
  const readable = (part: string) => /^[a-zA-Z]*(?:\.\.\.[a-zA-Z]*)?$/.test(part);
  if (more.length > 0 || !parts.every(readable) || (right !== undefined && !readable(right)))
    throw new TensightError(
      `einsum: can't read '${equation}'`,
      "Letters for axes, commas between operands, -> before the result: 'bqd,bkd->bqk'.",
    );
  if (parts.length !== operands.length)
    throw new TensightError(`einsum: '${equation}' names ${parts.length} operands, got ${operands.length}`);
  const hidden = parts.map((part, i) => {
    const letters = part.replace('...', '').length;
    const rest = operands[i]!.ndim - letters;
    if (rest < 0 || (rest > 0 && !part.includes('...')))
      throw new ShapeError(
        'einsum',
        [operands[i]!],
        `'${part}' names ${letters} axes, ${formatShape(operands[i]!)} has ${operands[i]!.ndim}`,
        "One letter per dimension; '...' for any number of them.",
      );
    return rest;
  });
  const most = Math.max(0, ...hidden);
  const ellipsis = (count: number) => Array.from({ length: count }, (_, i) => `…${most - count + i}`);
  const labelsOf = (part: string, count: number) => {
    const [before, after] = part.split('...');
    return [...before!, ...(after === undefined ? [] : [...ellipsis(count), ...after])];
  };
  const inputs = parts.map((part, i) => ({ x: operands[i]!, labels: labelsOf(part, hidden[i]!) }));
  const letters = inputs.flatMap(({ labels }) => labels).filter((label) => !label.startsWith('…'));
  const once = letters.filter((label) => letters.indexOf(label) === letters.lastIndexOf(label)).sort();
  const output = right === undefined ? [...ellipsis(most), ...once] : labelsOf(right, most);
  const strange = output.find(
    (label, i) => output.indexOf(label) !== i || (!label.startsWith('…') && !letters.includes(label)),
  );
  if (strange !== undefined)
    throw new TensightError(
      `einsum: '${strange}' of the result of '${equation}' ${letters.includes(strange) ? 'occurs twice' : 'occurs in no operand'}`,
    );
  return { inputs, output };
}

/** The size of each letter; an axis of size 1 gives way. */
function sizesOf(equation: string, inputs: readonly Term[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { x, labels } of inputs)
    for (const [i, label] of labels.entries()) {
      const [known, size] = [sizes.get(label) ?? 1, x.shape[i]!];
      if (known !== 1 && size !== 1 && known !== size)
        throw new ShapeError(
          'einsum',
          inputs.map((term) => term.x),
          `'${label}' of '${equation}' is ${known} long in one place and ${size} in another: ${inputs.map((term) => formatShape(term.x)).join(', ')}`,
        );
      sizes.set(label, size === 1 ? known : size);
    }
  return sizes;
}

/** The first named axis of each letter. */
function axesOf(inputs: readonly Term[]): Map<string, Axis> {
  const axes = new Map<string, Axis>();
  for (const { x, labels } of inputs)
    for (const [i, label] of labels.entries())
      if (!axes.has(label) && x.axes[i]!.name !== undefined) axes.set(label, x.axes[i]!);
  return axes;
}

/** With the diagonal in place of axes of one letter. */
function withoutRepeats(term: Term): Term {
  let { x, labels } = term;
  for (;;) {
    const second = labels.findIndex((label, i) => labels.indexOf(label) !== i);
    if (second < 0) return { x, labels };
    const label = labels[second]!;
    const first = labels.indexOf(label);
    if (x.shape[first] !== x.shape[second])
      throw new ShapeError('einsum', [x], `'${label}' is ${x.shape[first]} and ${x.shape[second]} long in one operand`);
    x = diagonal(x, 0, first, second);
    labels = [...labels.filter((_, i) => i !== first && i !== second), label];
  }
}

function summed({ x, labels }: Term, needed: ReadonlySet<string>): Term {
  const dims = labels.flatMap((label, i) => (needed.has(label) ? [] : [i]));
  if (dims.length === 0) return { x, labels };
  return { x: sum(x, dims), labels: labels.filter((label) => needed.has(label)) };
}

/** The product of two, summed over letters that nothing after needs. */
function contracted(a: Term, b: Term, needed: ReadonlySet<string>, sizes: ReadonlyMap<string, number>): Term {
  const left = summed(a, new Set([...needed, ...b.labels]));
  const right = summed(b, new Set([...needed, ...left.labels]));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const batch = shared.filter((label) => needed.has(label));
  const inner = shared.filter((label) => !needed.has(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...rows, ...columns];
  const ones = (list: readonly string[]) => list.map(() => 1);
  if (inner.length === 0) {
    const x = ordered(left, [...batch, ...rows]);
    const y = ordered(right, [...batch, ...columns]);
    const [b, alignLeft, alignRight] = [batch.length, columns.length > 0, rows.length > 0 && batch.length > 0];
    return {
      x: mul(
        alignLeft ? reshape(x, [...x.shape, ...ones(columns)]) : x,
        alignRight ? reshape(y, [...y.shape.slice(0, b), ...ones(rows), ...y.shape.slice(b)]) : y,
      ),
      labels,
    };
  }
  const full = (list: readonly string[]) => list.map((label) => sizes.get(label)!);
  /** As matrices [...batch, height, width]; letters that both have are stretched to one size. */
  const matrix = (term: Term, height: readonly string[], width: readonly string[]) => {
    const x = ordered(term, [...batch, ...height, ...width]);
    const lead = x.shape.slice(0, batch.length);
    const wide = expand(x, [...lead, ...full(height), ...full(width)]);
    const shape = [...lead, numel(full(height)), numel(full(width))];
    return height.length === 1 && width.length === 1 ? wide : reshape(wide, shape);
  };
  const product = matmul(matrix(left, rows, inner), matrix(right, inner, columns));
  const shape = [...product.shape.slice(0, batch.length), ...full(rows), ...full(columns)];
  return { x: rows.length === 1 && columns.length === 1 ? product : reshape(product, shape), labels };
}

/** With its axes in this order. */
function ordered({ x, labels }: Term, order: readonly string[]): Tensor {
  const dims = order.map((label) => labels.indexOf(label));
  return dims.every((d, i) => d === i) ? x : permute(x, dims);
}
