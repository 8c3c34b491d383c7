import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { formatShape, type Spec } from '../tensor/shape.ts';
import { misusedDim, noTensor } from '../usage/arguments.ts';

/** A dimension counted from the front: −1 is the last. A number has one, as in PyTorch: 0 or −1. Throws ShapeError where there is none such. */
export function normalizeDim(op: string, dim: number, spec: Spec, extra = 0): number {
  if (spec?.shape === undefined) throw noTensor(op, spec);
  if (typeof dim !== 'number') throw misusedDim(op, dim, spec);
  const rank = spec.shape.length + extra;
  const d = dim < 0 ? dim + Math.max(rank, 1) : dim;
  if (!Number.isInteger(dim) || d < 0 || d >= Math.max(rank, 1)) {
    const range = rank === 0 ? 'it has none' : `use ${-rank} … ${rank - 1}`;
    throw new ShapeError(
      op,
      [spec],
      `no dimension ${dim} in ${formatShape(spec)}`,
      `A tensor of ${rank} dimensions: ${range}.`,
    );
  }
  return d;
}

/** Dimensions in ascending order, each once; all of them by default or, as in PyTorch, none is named. */
export function normalizeDims(op: string, dims: number | readonly number[] | undefined, spec: Spec): number[] {
  if (spec?.shape === undefined) throw noTensor(op, spec);
  if (dims !== undefined && typeof dims !== 'number' && !Array.isArray(dims)) throw misusedDim(op, dims, spec);
  const given = dims === undefined ? [] : typeof dims === 'number' ? [dims] : dims;
  if (given.length === 0) return spec.shape.map((_, i) => i);
  return eachOnce(op, given, spec)
    .filter((d) => d < spec.shape.length)
    .sort((a, b) => a - b);
}

/** Dimensions counted from the front, in the order given. Throws ShapeError where one is named twice. */
export function eachOnce(op: string, dims: readonly number[], spec: Spec): number[] {
  if (!Array.isArray(dims)) throw misusedDim(op, dims, spec);
  const list = dims.map((d) => normalizeDim(op, d, spec));
  if (new Set(list).size !== list.length)
    throw new ShapeError(op, [spec], `a dimension is named twice in [${String(dims)}]`);
  return list;
}

/** Sizes or dimensions as PyTorch takes them: one by one, or as one list. */
export type Sizes = readonly number[] | readonly [readonly number[]];

export function listed(call: string, sizes: Sizes): readonly number[] {
  const [first] = sizes;
  const list = Array.isArray(first) && sizes.length === 1 ? first : sizes;
  if (list.every((size) => typeof size === 'number')) return list as readonly number[];
  const wrong = list.find((size) => typeof size !== 'number');
  throw new TensightError(
    `${call}: expected numbers, or one list of them, got ${inWords(wrong)}`,
    Array.isArray(wrong)
      ? `Write x.${call}(...list, …), or x.${call}([…]).`
      : wrong === undefined
        ? `One of them is missing. A size of a tensor is x.size(0), or x.size(-1) for the last, not x.shape[-1]: x.${call}(x.size(0), -1).`
        : `Write x.${call}(2, 3), or x.${call}([2, 3]).`,
  );
}
