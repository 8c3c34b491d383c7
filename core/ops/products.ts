/** Products of vectors and matrices by names of their own. Made of `matmul`, `mul` and `add`; each takes the dimensions that its name says. */
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { normalizeDim } from './dims.ts';
import { add, mul } from './elementwise.ts';
import { bmm, matmul } from './matmul.ts';
import { permute } from './permute.ts';
import { sum } from './reduce.ts';
import { reshape, unsqueeze } from './view.ts';

const words = ['a number', 'a vector', 'a matrix', 'a batch of matrices'];

/** Throws ShapeError where an operand has another number of dimensions. */
function wantRanks(op: string, operands: readonly Tensor[], ranks: readonly number[], hint: string): void {
  const wrong = operands.findIndex((x, i) => x.ndim !== ranks[i]);
  if (wrong >= 0)
    throw new ShapeError(op, operands, `expected ${words[ranks[wrong]!]}, got ${formatShape(operands[wrong]!)}`, hint);
}

/** Each element of a vector times each of another: a [N], b [M] → [N, M]. Throws ShapeError for other dimensions. */
export function outer(a: Tensor, b: Tensor): Tensor {
  checkArguments('outer', arguments);
  wantRanks('outer', [a, b], [1, 1], 'Flatten it first, or broadcast: a.unsqueeze(-1).mul(b).');
  return mul(unsqueeze(a, 1), b);
}

/** Sum of the products of two vectors' elements: [N], [N] → []. Throws ShapeError for other dimensions, or lengths that differ. */
export function dot(a: Tensor, b: Tensor): Tensor {
  checkArguments('dot', arguments);
  wantRanks('dot', [a, b], [1, 1], 'matmul takes matrices too; a.mul(b).sum() any shape.');
  return matmul(a, b);
}

/** A matrix times a vector: [M, K] × [K] → [M]. Throws ShapeError for other dimensions, or inner sizes that differ. */
export function mv(a: Tensor, v: Tensor): Tensor {
  checkArguments('mv', arguments);
  wantRanks('mv', [a, v], [2, 1], 'matmul takes batches too.');
  return matmul(a, v);
}

/** A matrix times a matrix: [M, K] × [K, N] → [M, N]. Throws ShapeError for other dimensions, or inner sizes that differ. */
export function mm(a: Tensor, b: Tensor): Tensor {
  checkArguments('mm', arguments);
  wantRanks('mm', [a, b], [2, 2], 'matmul takes vectors and batches too.');
  return matmul(a, b);
}

/** Products over the last dimension of both: a [..., K], b [...', K] → [..., ...']. Throws ShapeError where those sizes differ. */
export function inner(a: Tensor, b: Tensor): Tensor {
  checkArguments('inner', arguments);
  if (a.ndim === 0 || b.ndim === 0) return mul(a, b);
  return tensordot(a, b, [[-1], [-1]]);
}

/** Factors of `addmm` and its like. */
export interface AddmmOptions {
  /** What the added tensor is multiplied with. Default 1. */
  readonly beta?: number;
  /** What the product is multiplied with. Default 1. */
  readonly alpha?: number;
}

function added(op: string, input: Tensor, product: Tensor, { beta = 1, alpha = 1 }: AddmmOptions): Tensor {
  const scaled = alpha === 1 ? product : mul(product, alpha);
  // What counts for nothing does so where it is NaN, too.
  const whole = beta === 0 ? scaled : add(beta === 1 ? input : mul(input, beta), scaled);
  if (String(whole.shape) !== String(product.shape))
    throw new ShapeError(
      op,
      [input, product],
      `what is added, ${formatShape(input)}, does not fit the product, ${formatShape(product)}`,
      'It may broadcast to the shape of the product, but not the other way round.',
    );
  return whole;
}

/** β · input + α · a b: input broadcast to [M, N], a [M, K], b [K, N] → [M, N]. Throws ShapeError where they do not fit. */
export function addmm(input: Tensor, a: Tensor, b: Tensor, options: AddmmOptions = {}): Tensor {
  checkArguments('addmm', arguments);
  wantRanks('addmm', [a, b], [2, 2], 'input.add(a.matmul(b)) takes batches too.');
  return added('addmm', input, matmul(a, b), options);
}

/** β · input + α · a v: input broadcast to [M], a [M, K], v [K] → [M]. Throws ShapeError where they do not fit. */
export function addmv(input: Tensor, a: Tensor, v: Tensor, options: AddmmOptions = {}): Tensor {
  checkArguments('addmv', arguments);
  wantRanks('addmv', [a, v], [2, 1], 'input.add(a.matmul(v)) takes batches too.');
  return added('addmv', input, matmul(a, v), options);
}

/** β · input + α · a b, batch by batch: input broadcast to [B, M, N], a [B, M, K], b [B, K, N] → [B, M, N]. Throws ShapeError where they do not fit. */
export function baddbmm(input: Tensor, a: Tensor, b: Tensor, options: AddmmOptions = {}): Tensor {
  checkArguments('baddbmm', arguments);
  return added('baddbmm', input, bmm(a, b), options);
}

/** β · input + α · Σ a b over the batch: input broadcast to [M, N], a [B, M, K], b [B, K, N] → [M, N]. Throws ShapeError where they do not fit. */
export function addbmm(input: Tensor, a: Tensor, b: Tensor, options: AddmmOptions = {}): Tensor {
  checkArguments('addbmm', arguments);
  return added('addbmm', input, sum(bmm(a, b), 0), options);
}

/**
 * Product summed over dimensions of both: over the last `dims` of `a` and the first of `b`, or over those named, [[of a], [of b]]:
 * a [2, 3, 4], b [4, 3, 5] over [[1, 2], [1, 0]] → [2, 5]. Throws ShapeError where their sizes differ.
 */
export function tensordot(a: Tensor, b: Tensor, dims: number | readonly (readonly number[])[] = 2): Tensor {
  checkArguments('tensordot', arguments);
  if (
    typeof dims === 'number'
      ? !Number.isInteger(dims) || dims < 0
      : !Array.isArray(dims) || dims.length !== 2 || !dims.every(Array.isArray)
  )
    throw new TensightError(
      `tensordot: expected a number of dimensions, or two lists of them, got ${inWords(dims)}`,
      'Write tensordot(a, b, 2), or tensordot(a, b, [[1, 2], [0, 1]]).',
    );
  if (typeof dims === 'number' && (dims > a.ndim || dims > b.ndim))
    throw new ShapeError('tensordot', [a, b], `there are no ${dims} dimensions in both`);
  const count = typeof dims === 'number' ? dims : 0;
  const [ofA, ofB] =
    typeof dims === 'number'
      ? [Array.from({ length: count }, (_, i) => a.ndim - count + i), Array.from({ length: count }, (_, i) => i)]
      : [dims[0]!.map((d) => normalizeDim('tensordot', d, a)), dims[1]!.map((d) => normalizeDim('tensordot', d, b))];
  const fits =
    ofA.length === ofB.length &&
    new Set(ofA).size === ofA.length &&
    new Set(ofB).size === ofB.length &&
    ofA.every((d, i) => a.shape[d] === b.shape[ofB[i]!]);
  if (!fits)
    throw new ShapeError(
      'tensordot',
      [a, b],
      `dimensions [${ofA}] of ${formatShape(a)} do not fit dimensions [${ofB}] of ${formatShape(b)}`,
      'Name as many of each, once, whose sizes are equal.',
    );
  const ownA = a.shape.map((_, d) => d).filter((d) => !ofA.includes(d));
  const ownB = b.shape.map((_, d) => d).filter((d) => !ofB.includes(d));
  const sizes = (x: Tensor, of: readonly number[]) => of.map((d) => x.shape[d]!);
  const product = (list: readonly number[]) => list.reduce((n, size) => n * size, 1);
  const left = reshape(permute(a, [...ownA, ...ofA]), [product(sizes(a, ownA)), product(sizes(a, ofA))]);
  const right = reshape(permute(b, [...ofB, ...ownB]), [product(sizes(b, ofB)), product(sizes(b, ownB))]);
  const result = reshape(matmul(left, right), [...sizes(a, ownA), ...sizes(b, ownB)]);
  return result.withAxes([...ownA.map((d) => a.axes[d]!), ...ownB.map((d) => b.axes[d]!)]);
}

/** Methods that this family gives every tensor. */
export const productMethods = {
  /** Each element of this vector times each of another: [N], [M] → [N, M]. */
  outer(this: Tensor, other: Tensor): Tensor {
    return outer(this, other);
  },
  /** Sum of the products of two vectors' elements: [N], [N] → []. */
  dot(this: Tensor, other: Tensor): Tensor {
    return dot(this, other);
  },
  /** This matrix times a vector: [M, K] × [K] → [M]. */
  mv(this: Tensor, v: Tensor): Tensor {
    return mv(this, v);
  },
  /** This matrix times a matrix: [M, K] × [K, N] → [M, N]. */
  mm(this: Tensor, other: Tensor): Tensor {
    return mm(this, other);
  },
  /** Products over the last dimension of both: [..., K], [...', K] → [..., ...']. */
  inner(this: Tensor, other: Tensor): Tensor {
    return inner(this, other);
  },
  /** β · this + α · a b: a [M, K], b [K, N] → [M, N]. */
  addmm(this: Tensor, a: Tensor, b: Tensor, options: AddmmOptions = {}): Tensor {
    return addmm(this, a, b, options);
  },
  /** β · this + α · a v: a [M, K], v [K] → [M]. */
  addmv(this: Tensor, a: Tensor, v: Tensor, options: AddmmOptions = {}): Tensor {
    return addmv(this, a, v, options);
  },
  /** β · this + α · a b, batch by batch: a [B, M, K], b [B, K, N] → [B, M, N]. */
  baddbmm(this: Tensor, a: Tensor, b: Tensor, options: AddmmOptions = {}): Tensor {
    return baddbmm(this, a, b, options);
  },
  /** β · this + α · Σ a b over the batch: a [B, M, K], b [B, K, N] → [M, N]. */
  addbmm(this: Tensor, a: Tensor, b: Tensor, options: AddmmOptions = {}): Tensor {
    return addbmm(this, a, b, options);
  },
};
