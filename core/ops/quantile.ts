/** What stands at a place in the order of a dimension: median, k-th smallest element, quantiles. NaN wins over all of them. */
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { type Axis, unnamed } from '../tensor/axes.ts';
import { formatShape, numel, type Spec } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { type Chosen, chosen } from './chosen.ts';
import { eq, isnan, logicalOr, where } from './compare.ts';
import { tensor } from './creation.ts';
import { normalizeDim } from './dims.ts';
import { gather } from './indexing.ts';
import type { Op } from './op.ts';
import { movedim } from './permute.ts';
import { any, sum } from './reduce.ts';
import { compareNumbers, sort } from './sort.ts';
import { expand, reshape, squeeze, unsqueeze } from './view.ts';

interface KthAttrs {
  readonly dim: number;
  /** Which in ascending order, from 0. */
  readonly place: number;
  /** Whether a NaN is the answer wherever it stands, and not just the largest. */
  readonly nanWins: boolean;
}

const middle = (size: number) => Math.max(0, (size - 1) >> 1);

/** Where in `count` values, `step` apart from `start` on, the one stands that is at a place in their order. */
function placeOf(
  values: ArrayLike<number>,
  start: number,
  step: number,
  count: number,
  place: number,
  nanWins: boolean,
): number {
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    order[i] = i;
    if (nanWins && Number.isNaN(values[start + i * step])) return i;
  }
  order.sort((a, b) => compareNumbers(values[start + a * step]!, values[start + b * step]!));
  return order[place]!;
}

export const quantileOps = {
  /** The index along `dim`, which stays with size 1. */
  kthvalue: {
    name: 'kthvalue',
    shape: ([x], { dim }): Spec => ({
      shape: x!.shape.map((size, i) => (i === dim ? 1 : size)),
      dtype: 'i32',
      axes: x!.axes.map((a, i): Axis => (i === dim ? unnamed : a)),
    }),
    forward([x], { dim, place, nanWins }, out) {
      const result = allocate(out);
      const values = elementsOf(x!);
      const data = result.storage.data;
      const size = x!.shape[dim] ?? 1;
      const after = numel(x!.shape.slice(dim + 1));
      for (let line = 0; line < data.length; line++)
        data[line] = placeOf(
          values,
          Math.floor(line / after) * size * after + (line % after),
          after,
          size,
          place,
          nanWins,
        );
      return result;
    },
    backward: undefined,
    flops: () => 0,
  } satisfies Op<KthAttrs>,
  /** Of all elements. Equal ones share the gradient. */
  median: {
    name: 'median',
    shape: ([x]): Spec => ({ shape: [], dtype: x!.dtype, axes: [] }),
    forward([x], _attrs, out) {
      const result = allocate(out);
      const values = elementsOf(x!);
      const count = values.length;
      result.storage.data[0] = count === 0 ? Number.NaN : values[placeOf(values, 0, 1, count, middle(count), true)]!;
      return result;
    },
    backward: (grad, { inputs: [x], output }) => {
      const same = logicalOr(eq(x!, output), isnan(x!).logicalAnd(isnan(output)));
      return [where(same, grad.div(sum(same)), 0)];
    },
    flops: () => 0,
  } satisfies Op<undefined>,
};

function kth(
  op: string,
  x: Tensor,
  dim: number,
  keepdim: boolean,
  place: (size: number) => number,
  nanWins: boolean,
): Chosen {
  const d = normalizeDim(op, dim, x);
  if (x.ndim > 0 && x.shape[d] === 0)
    throw new ShapeError(op, [x], `dimension ${dim} of ${formatShape(x)} is empty: there is nothing to choose from`);
  const at = apply(quantileOps.kthvalue, [x], { dim: d, place: place(x.shape[d] ?? 1), nanWins });
  const values = gather(x, d, at);
  return keepdim || x.ndim === 0 ? chosen(values, at) : chosen(squeeze(values, d), squeeze(at, d));
}

/**
 * The lower of the two middle elements along `dim` and where it stands, [batch, seq] over 1 → two of [batch]; without `dim` that of all
 * elements, a number, whose gradient equal elements share. Throws ShapeError where there is nothing to choose from.
 */
export function median(x: Tensor): Tensor;
export function median(x: Tensor, dim: number, keepdim?: boolean): Chosen;
export function median(x: Tensor, dim?: number, keepdim = false): Tensor | Chosen {
  checkArguments('median', arguments);
  return dim === undefined ? apply(quantileOps.median, [x], undefined) : kth('median', x, dim, keepdim, middle, true);
}

/**
 * The `k`-th smallest element along `dim` (the last where left out), counted from 1, and where it stands: [batch, seq] over 1 → two of
 * [batch]. Throws ShapeError where there are fewer.
 */
export function kthvalue(x: Tensor, k: number, dim = -1, keepdim = false): Chosen {
  checkArguments('kthvalue', arguments);
  const size = x.shape[normalizeDim('kthvalue', dim, x)] ?? 1;
  if (!Number.isInteger(k) || k < 1 || k > size)
    throw new ShapeError(
      'kthvalue',
      [x],
      `there is no ${k}-th element in dimension ${dim} of ${formatShape(x)}`,
      `It has ${size}; the first is 1.`,
    );
  return kth('kthvalue', x, dim, keepdim, () => k - 1, false);
}

/** How a quantile is taken. */
export interface QuantileOptions {
  /** The dimension it is taken along; over all elements where left out. */
  readonly dim?: number;
  /** Whether the dimension stays, with size 1. Default false. */
  readonly keepdim?: boolean;
  /** What counts between two elements: their weighted mean, one of them, or the middle. Default `'linear'`. */
  readonly interpolation?: 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint';
}

const interpolations: readonly unknown[] = ['linear', 'lower', 'higher', 'nearest', 'midpoint'];

/**
 * The element below which a part `q` (0 … 1) of all lies: x [batch, seq] over dim 1 → [batch]; a list of q, or a tensor [Q], gives one each,
 * [Q, batch]. Throws ShapeError for integers, for a q outside 0 … 1, and where there is nothing to choose from.
 */
export function quantile(x: Tensor, q: number | readonly number[] | Tensor, options: QuantileOptions = {}): Tensor {
  checkArguments('quantile', arguments);
  const { dim, keepdim = false, interpolation = 'linear' } = options;
  const parts = q instanceof Tensor ? q : tensor(q as number | readonly number[]);
  if (!interpolations.includes(interpolation))
    throw new TensightError(
      `quantile: there is no interpolation ${inWords(interpolation)}`,
      `There are ${interpolations.join(', ')}.`,
    );
  if (x.dtype !== 'f32' || parts.dtype !== 'f32' || parts.ndim > 1)
    throw new ShapeError(
      'quantile',
      [x, parts],
      `expected floats, and one q or a row of them`,
      "Convert it: x.to('f32').",
    );
  if (x.numel === 0)
    throw new ShapeError('quantile', [x], `${formatShape(x)} is empty: there is nothing to choose from`);
  if (!parts.isMeta && elementsOf(parts).some((part) => !(part >= 0 && part <= 1)))
    throw new ShapeError('quantile', [parts], 'expected q between 0 and 1', 'The median is x.quantile(0.5).');
  const d = dim === undefined ? 0 : normalizeDim('quantile', dim, x);
  const line = dim === undefined ? reshape(x, [x.numel]) : x.ndim === 0 ? reshape(x, [1]) : x;
  const size = line.shape[d]!;
  const count = parts.numel;
  const sorted = movedim(sort(line, d).values, d, -1);
  const others = sorted.shape.slice(0, -1);
  const place = reshape(parts, [count]).mul(size - 1);
  const [low, high] = [place.floor(), place.ceil()];
  const nearest = place.round();
  const at = (index: Tensor) => gather(sorted, -1, expand(index.detach().to('i32'), [...others, count]));
  const found = (() => {
    switch (interpolation) {
      case 'lower':
        return at(low);
      case 'higher':
        return at(high);
      case 'nearest':
        return at(nearest);
      case 'midpoint':
        return at(low).add(at(high)).mul(0.5);
      case 'linear': {
        const below = at(low);
        return below.add(at(high).sub(below).mul(place.sub(low)));
      }
      default:
        return interpolation satisfies never;
    }
  })();
  const known = where(any(isnan(sorted), -1, true), Number.NaN, found);
  // The row of parts goes first, where there is one.
  const rest = dim === undefined ? (keepdim ? x.shape.map(() => 1) : []) : undefined;
  const first = movedim(known, -1, 0);
  const whole =
    rest === undefined ? (keepdim && x.ndim > 0 ? unsqueeze(first, d + 1) : first) : reshape(first, [count, ...rest]);
  const shaped = x.ndim === 0 ? reshape(whole, [count]) : whole;
  return parts.ndim === 0 ? squeeze(shaped, 0) : shaped;
}

export interface MedianMethod {
  /** The lower of the two middle elements of all, a number. */
  (this: Tensor): Tensor;
  /** The lower of the two middle elements along `dim`, and where it stands. */
  (this: Tensor, dim: number, keepdim?: boolean): Chosen;
}

/** Methods that this family gives every tensor. */
export const quantileMethods = {
  /** The lower of the two middle elements along `dim`, and where it stands; without `dim` that of all, a number. */
  median: function (this: Tensor, dim?: number, keepdim?: boolean): Tensor | Chosen {
    return dim === undefined ? median(this) : median(this, dim, keepdim);
  } as MedianMethod,
  /** The `k`-th smallest element along `dim` (the last where left out), counted from 1, and where it stands. */
  kthvalue(this: Tensor, k: number, dim = -1, keepdim = false): Chosen {
    return kthvalue(this, k, dim, keepdim);
  },
  /** The element below which a part `q` (0 … 1) of all lies, along `dim` or of all. */
  quantile(this: Tensor, q: number | readonly number[] | Tensor, options: QuantileOptions = {}): Tensor {
    return quantile(this, q, options);
  },
};
