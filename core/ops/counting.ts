/** How often values occur, and which. What they give has as many elements as the values say: shapes that a shape run cannot know. */
import { IndexError, NeedsValueError, ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { tensor, zeros } from './creation.ts';
import { indexAdd, indexSelect } from './indexing.ts';
import { compareNumbers } from './sort.ts';
import { reshape } from './view.ts';

/** Options of `bincount`. */
export interface BincountOptions {
  /** What each element counts for, in the shape of the ids. 1 where left out. */
  readonly weights?: Tensor;
  /** How many counts there are at least. Default 0. */
  readonly minlength?: number;
}

/**
 * How often each whole number occurs: ids [N] (i32) → counts [largest + 1], i32; with `weights` [N] their sums, f32. Throws IndexError for
 * numbers below 0, NeedsValueError where a shape run does not know them.
 */
export function bincount(ids: Tensor, options: BincountOptions = {}): Tensor {
  checkArguments('bincount', arguments);
  const { weights, minlength = 0 } = options;
  if (ids.ndim !== 1 || ids.dtype !== 'i32' || (weights !== undefined && String(weights.shape) !== String(ids.shape)))
    throw new ShapeError(
      'bincount',
      weights === undefined ? [ids] : [ids, weights],
      `expected a row of whole numbers (i32)${weights === undefined ? '' : ' and as many weights'}, got ${ids.dtype} ${formatShape(ids)}${weights === undefined ? '' : ` and ${formatShape(weights)}`}`,
      "ids.flatten().to('i32')",
    );
  if (!Number.isInteger(minlength) || minlength < 0)
    throw new TensightError(`bincount: expected a minlength of 0 or more, got ${inWords(minlength)}`);
  if (ids.isMeta) throw new NeedsValueError('bincount: how many counts it gives depends on the values');
  let most = minlength;
  for (const id of elementsOf(ids)) {
    if (id < 0) throw new IndexError(`bincount: ${id} is below 0`, 'It counts 0, 1, 2, …');
    most = Math.max(most, id + 1);
  }
  if (weights === undefined)
    return indexAdd(zeros([most], { dtype: 'i32' }), 0, ids, tensor(new Int32Array(ids.numel).fill(1)));
  return indexAdd(zeros([most]), 0, ids, weights.to('f32'));
}

/** Options of `unique`. */
export interface UniqueOptions {
  /** Also which of the values each element is. Default false. */
  readonly returnInverse?: boolean;
  /** Also how often each value occurs. Default false. */
  readonly returnCounts?: boolean;
}

/**
 * The different values of all elements in ascending order: x [...] → [count]; with `returnInverse` also which of them each element is, i32
 * [...], with `returnCounts` also how often each occurs, i32 [count]: a list. Each NaN is a value of its own. Gradients flow to the first of
 * equal elements. Throws NeedsValueError where a shape run does not know the values.
 */
export function unique(
  x: Tensor,
  options: UniqueOptions & ({ readonly returnInverse: true } | { readonly returnCounts: true }),
): Tensor[];
export function unique(x: Tensor, options?: UniqueOptions): Tensor;
export function unique(x: Tensor, options: UniqueOptions = {}): Tensor | Tensor[] {
  checkArguments('unique', arguments);
  if (x.isMeta) throw new NeedsValueError('unique: how many values it gives depends on the values');
  const values = elementsOf(x);
  const order = Int32Array.from(values, (_, i) => i).sort((a, b) => compareNumbers(values[a]!, values[b]!));
  const firsts: number[] = [];
  const counts: number[] = [];
  const inverse = new Int32Array(values.length);
  for (const at of order) {
    const last = firsts.at(-1);
    if (last === undefined || values[last] !== values[at]) {
      firsts.push(at);
      counts.push(0);
    }
    counts[counts.length - 1]! += 1;
    inverse[at] = firsts.length - 1;
  }
  const found = indexSelect(reshape(x, [x.numel]), 0, tensor(Int32Array.from(firsts)));
  const { returnInverse = false, returnCounts = false } = options;
  if (!returnInverse && !returnCounts) return found;
  return [
    found,
    ...(returnInverse ? [tensor(inverse, { shape: x.shape }).withAxes(x.axes)] : []),
    ...(returnCounts ? [tensor(Int32Array.from(counts))] : []),
  ];
}

export interface UniqueMethod {
  /** The different values, and which of them each element is, or how often each occurs. */
  (
    this: Tensor,
    options: UniqueOptions & ({ readonly returnInverse: true } | { readonly returnCounts: true }),
  ): Tensor[];
  /** The different values of all elements in ascending order. */
  (this: Tensor, options?: UniqueOptions): Tensor;
}

/** Methods that this family gives every tensor. */
export const countingMethods = {
  /** How often each whole number occurs: ids [N] → [largest + 1]. */
  bincount(this: Tensor, options: BincountOptions = {}): Tensor {
    return bincount(this, options);
  },
  /** The different values of all elements in ascending order; with options a list. */
  unique: function (this: Tensor, options: UniqueOptions = {}): Tensor | Tensor[] {
    return unique(this, options);
  } as UniqueMethod,
};
