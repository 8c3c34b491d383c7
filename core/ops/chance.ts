/** Draws by chance, from the run's seed: yes or no, one of several, an order. */
import { context } from '../context.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import type { TypedArray } from '../tensor/dtype.ts';
import { formatShape, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkDType } from '../usage/dtypes.ts';
import { allocate, apply } from './apply.ts';
import { type CreationOptions, tensor, zerosLike } from './creation.ts';
import { fillUniform } from './draws.ts';
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
      const chances = elementsOf(p!);
      for (const chance of chances)
        if (!(chance >= 0 && chance <= 1))
          throw new TensightError(
            `bernoulli: expected chances between 0 and 1, got ${chance}`,
            'A sigmoid makes chances of any numbers.',
          );
      const drawn = new Float32Array(chances.length);
      fillUniform(drawn);
      drawn.forEach((u, i) => {
        result.storage.data[i] = u < chances[i]! ? 1 : 0;
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
      const weights = elementsOf(p!);
      for (let row = 0; row < weights.length; row += classes)
        checkWeights(weights.subarray(row, row + classes), count, replacement);
      if (replacement) {
        for (let row = 0; row < weights.length; row += classes)
          drawAgain(weights.subarray(row, row + classes), result.storage.data.subarray((row / classes) * count), count);
        return result;
      }
      const keys = exponentials(weights.length).map((e, i) => weights[i]! / e);
      for (let row = 0; row < weights.length; row += classes) {
        const order = Array.from({ length: classes }, (_, i) => i).filter((i) => weights[row + i]! > 0);
        order.sort((a, b) => keys[row + b]! - keys[row + a]! || a - b);
        result.storage.data.set(order.slice(0, count), (row / classes) * count);
      }
      return result;
    },
    backward: undefined,
    flops: () => 0,
  } satisfies Op<MultinomialAttrs>,
};

/** Exponential with rate 1: two draws each. */
function exponentials(count: number): Float32Array {
  return Float32Array.from({ length: count }, () => context.generator.exponential());
}

/** Throws TensightError where not so many can be drawn by these weights. */
function checkWeights(weights: TypedArray, count: number, replacement: boolean): void {
  let possible = 0;
  for (const weight of weights) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new TensightError(
        `multinomial: expected weights of 0 or more, got ${weight}`,
        'A softmax makes weights of any numbers.',
      );
    if (weight > 0) possible++;
  }
  if (possible < (replacement ? 1 : count))
    throw new TensightError(
      `multinomial: ${count} can't be drawn from ${possible} whose weight is not 0`,
      replacement ? 'At least one weight is above 0.' : 'Draw with { replacement: true }.',
    );
}

/** `count` places by their weights, each as if it were the first: two draws each. */
function drawAgain(weights: TypedArray, out: TypedArray, count: number): void {
  const sums = new Float32Array(weights.length);
  let total = 0;
  weights.forEach((weight: number, i: number) => {
    total = Math.fround(total + weight);
    sums[i] = total;
  });
  for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! / total;
  sums[sums.length - 1] = 1;
  for (let i = 0; i < count; i++) {
    const drawn = context.generator.uniform64();
    out[i] = sums.findIndex((sum, k) => sum >= drawn && weights[k]! > 0);
  }
}

/** 1 with a chance of `p`, else 0, each element by itself: p [...] → f32 [...]. Its gradient is 0. Throws TensightError for a chance outside 0 … 1. */
export function bernoulli(p: Tensor): Tensor {
  checkArguments('bernoulli', arguments);
  const result = apply(chanceOps.bernoulli, [p], undefined);
  if (result.isMeta) context.generator.skip(result.numel);
  return result;
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
  const result = apply(chanceOps.multinomial, [p], { count, replacement });
  if (p.isMeta || result.isMeta) context.generator.skip(2 * (replacement ? result.numel : p.numel));
  return result;
}

/** 0 … n − 1 in an order by chance: i32 [n]. Throws TensightError for an n that is no whole number of 0 or more. */
export function randperm(n: number, options: CreationOptions = {}): Tensor {
  checkArguments('randperm', arguments);
  if (!Number.isInteger(n) || n < 0)
    throw new TensightError(`randperm: expected a whole number of 0 or more, got ${inWords(n)}`);
  if (options.dtype !== undefined) checkDType('randperm', options.dtype);
  return tensor(context.generator.permutation(n), { dtype: 'i32', ...options });
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
