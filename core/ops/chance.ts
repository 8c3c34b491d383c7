/** Draws by chance, from the run's seed: yes or no, one of several, an order. */
import { context } from '../context.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { formatShape, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkDType } from '../usage/dtypes.ts';
import { allocate, apply } from './apply.ts';
import { type CreationOptions, tensor, zerosLike } from './creation.ts';
import type { Op } from './op.ts';

interface MultinomialAttrs {
  readonly count: number;
  readonly replacement: boolean;
}

export const chanceOps = {
  bernoulli: {
    name: 'bernoulli',
    shape([p]): Spec {
      if (p!.dtype !== 'f32')
        throw new ShapeError('bernoulli', [p!], `expected floats, got ${p!.dtype} ${formatShape(p!)}`, "p.to('f32')");
      return { shape: p!.shape, dtype: 'f32', axes: p!.axes };
    },
    forward([p], _attrs, out) {
      const result = allocate(out);
      const { generator } = context;
      const data = result.storage.data;
      p!.toTypedArray().forEach((chance: number, i: number) => {
        if (!(chance >= 0 && chance <= 1))
          throw new TensightError(
            `bernoulli: expected chances between 0 and 1, got ${chance}`,
            'A sigmoid makes chances of any numbers.',
          );
        data[i] = generator.uniform() < chance ? 1 : 0;
      });
      return result;
    },
    // As PyTorch has it: what is drawn does not move with its chance.
    backward: (grad) => [zerosLike(grad)],
    flops: () => 0,
  } satisfies Op<undefined>,
  multinomial: {
    name: 'multinomial',
    shape([p], { count }): Spec {
      const [rank, classes] = [p!.shape.length, p!.shape.at(-1) ?? 0];
      if (p!.dtype !== 'f32' || rank < 1 || rank > 2 || classes === 0)
        throw new ShapeError(
          'multinomial',
          [p!],
          `expected weights [classes] or [batch, classes], got ${p!.dtype} ${formatShape(p!)}`,
          'Make a row of each: p.flatten(0, -2).',
        );
      return { shape: [...p!.shape.slice(0, -1), count], dtype: 'i32', axes: [...p!.axes.slice(0, -1), {}] };
    },
    forward([p], { count, replacement }, out) {
      const result = allocate(out);
      const classes = p!.shape.at(-1)!;
      const weights = p!.toTypedArray();
      for (let row = 0; row * classes < weights.length; row++)
        drawn(Float64Array.from(weights.subarray(row * classes, (row + 1) * classes)), count, replacement, (i, at) => {
          result.storage.data[row * count + i] = at;
        });
      return result;
    },
    backward: undefined,
    flops: () => 0,
  } satisfies Op<MultinomialAttrs>,
};

/** Places of one row, by its weights, which are used up. */
function drawn(
  weights: Float64Array,
  count: number,
  replacement: boolean,
  take: (i: number, at: number) => void,
): void {
  const { generator } = context;
  let total = 0;
  let possible = 0;
  for (const weight of weights) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new TensightError(
        `multinomial: expected weights of 0 or more, got ${weight}`,
        'A softmax makes weights of any numbers.',
      );
    total += weight;
    if (weight > 0) possible++;
  }
  if (possible < (replacement ? 1 : count))
    throw new TensightError(
      `multinomial: ${count} can't be drawn from ${possible} whose weight is not 0`,
      replacement ? 'At least one weight is above 0.' : 'Draw with { replacement: true }.',
    );
  for (let i = 0; i < count; i++) {
    const target = generator.uniform() * total;
    let [at, sum] = [-1, 0];
    // Rounding may leave the target beyond the last: the last that is possible is taken.
    for (let k = 0; k < weights.length && (at < 0 || sum <= target); k++) {
      if (weights[k] === 0) continue;
      sum += weights[k]!;
      at = k;
    }
    take(i, at);
    if (replacement) continue;
    weights[at] = 0;
    total = weights.reduce((all, weight) => all + weight, 0);
  }
}

/** 1 with a chance of `p`, else 0, each element by itself: p [...] → f32 [...]. Its gradient is 0. Throws TensightError for a chance outside 0 … 1. */
export function bernoulli(p: Tensor): Tensor {
  checkArguments('bernoulli', arguments);
  return apply(chanceOps.bernoulli, [p], undefined);
}

/** Options of `multinomial`. */
export interface MultinomialOptions {
  /** Whether one may be drawn again. Default false. */
  readonly replacement?: boolean;
}

/**
 * `count` places of each row, drawn by weights, which need not sum to 1: p [classes] → i32 [count], p [batch, classes] → [batch, count]. Throws
 * ShapeError where there are not as many and none may be drawn twice, TensightError for weights below 0.
 */
export function multinomial(p: Tensor, count: number, options: MultinomialOptions = {}): Tensor {
  checkArguments('multinomial', arguments);
  const { replacement = false } = options;
  if (!Number.isInteger(count) || count < 1)
    throw new TensightError(`multinomial: expected how many to draw, 1 or more, got ${inWords(count)}`);
  if (!replacement && count > (p.shape.at(-1) ?? 0))
    throw new ShapeError(
      'multinomial',
      [p],
      `${count} can't be drawn from ${p.shape.at(-1) ?? 0} without drawing one twice`,
      'Draw with { replacement: true }.',
    );
  return apply(chanceOps.multinomial, [p], { count, replacement });
}

/** 0 … n − 1 in an order by chance: i32 [n]. Throws TensightError for an n that is no whole number of 0 or more. */
export function randperm(n: number, options: CreationOptions = {}): Tensor {
  checkArguments('randperm', arguments);
  if (!Number.isInteger(n) || n < 0)
    throw new TensightError(`randperm: expected a whole number of 0 or more, got ${inWords(n)}`);
  if (options.dtype !== undefined) checkDType('randperm', options.dtype);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(context.generator.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return tensor(order, { dtype: 'i32', ...options });
}

/** Methods that this family gives every tensor. */
export const chanceMethods = {
  /** 1 with a chance of each element, else 0. */
  bernoulli(this: Tensor): Tensor {
    return bernoulli(this);
  },
  /** `count` places of each row, drawn by its weights: [batch, classes] → i32 [batch, count]. */
  multinomial(this: Tensor, count: number, options: MultinomialOptions = {}): Tensor {
    return multinomial(this, count, options);
  },
};
