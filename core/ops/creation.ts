/** Tensors from nothing, from numbers and from chance. In a shape run floating-point results have no data. */

import type { Storage } from '../backends/backend.ts';
import { context } from '../context.ts';
import { TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { type Axis, unnamedAxes } from '../tensor/axes.ts';
import type { DType, TypedArray } from '../tensor/dtype.ts';
import { asOutOfMemory } from '../tensor/memory.ts';
import { markOnes } from '../tensor/ones.ts';
import { formatShape, numel, type Shape, type Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkDType } from '../usage/dtypes.ts';
import { checkNumbers } from '../usage/values.ts';
import { knownIntegers } from './apply.ts';
import {
  eachInMemory,
  fillIntegers,
  fillNormal,
  fillUniform,
  isInOrder,
  skipNormal,
  storeNormal,
  storeUniform,
} from './draws.ts';

/** Numbers, nested as deep as the tensor has dimensions. */
export type NestedNumbers = number | boolean | readonly NestedNumbers[];

/** What may be said of a tensor that is made from nothing. */
export interface CreationOptions {
  /** Type of its elements. f32 where left out, unless the function says otherwise. */
  dtype?: DType;
  /** Whether it gets a gradient. Default false. */
  requiresGrad?: boolean;
  /** What each axis counts: `['batch', 'seq']`. */
  axes?: readonly (string | undefined)[];
}

function specOf(shape: Shape, options: CreationOptions, dtype: DType, call: string): Spec {
  if (dtype !== 'f32' || options.dtype !== undefined) checkDType(call, options.dtype ?? dtype);
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0)
      throw new TensightError(
        `${call}: expected a shape of whole numbers of 0 or more, got [${shape.map(String).join(', ')}]`,
        'Check the arithmetic of the sizes.',
      );
  }
  const names = options.axes;
  if (names !== undefined && names.length !== shape.length)
    throw new TensightError(
      `${call}: expected a name for each of the ${shape.length} axes of ${formatShape({ shape })}, got ${names.length}`,
    );
  const axes: readonly Axis[] = names
    ? names.map((name) => (name === undefined ? {} : { name }))
    : unnamedAxes(shape.length);
  return { shape: [...shape], dtype, axes };
}

function make(
  spec: Spec,
  options: CreationOptions,
  fill: ((data: TypedArray, storage: Storage) => void) | undefined,
  what: string,
  skip?: (count: number) => void,
): Tensor {
  let tensor: Tensor;
  if (context.mode === 'shape' && (spec.dtype === 'f32' || numel(spec.shape) > knownIntegers)) {
    tensor = new Tensor(spec, undefined);
    skip?.(numel(spec.shape));
  } else {
    tensor = reserved(spec, what);
    fill?.(tensor.storage.data, tensor.storage);
  }
  if (options.requiresGrad) tensor.requiresGrad = true;
  return tensor;
}

/** A tensor whose elements are all `value`. */
function filled(spec: Spec, options: CreationOptions, value: number, what: string): Tensor {
  const tensor = make(spec, options, value === 0 ? undefined : (data) => data.fill(value), what);
  if (Number(value) === 1) markOnes(tensor);
  return tensor;
}

/** A tensor of zeros. Throws OutOfMemoryError where the run or the host has no room for it. */
function reserved(spec: Spec, what: string): Tensor {
  context.observer?.allocate(spec, what);
  try {
    return new Tensor(spec, context.backend.allocate(spec.dtype, numel(spec.shape)));
  } catch (error) {
    throw asOutOfMemory(error, what, spec);
  }
}

/** A tensor of these numbers: `tensor([[1, 2], [3, 4]])` is [2, 2]. f32 unless `dtype` says otherwise; booleans make `bool`. */
export function tensor(values: NestedNumbers | TypedArray, options: CreationOptions & { shape?: Shape } = {}): Tensor {
  checkArguments('tensor', arguments);
  const { flat, shape, isBool } = ArrayBuffer.isView(values)
    ? { flat: values as ArrayLike<number>, shape: [(values as TypedArray).length], isBool: false }
    : flatten(values as NestedNumbers);
  const finalShape = options.shape ?? shape;
  if (numel(finalShape) !== flat.length)
    throw new TensightError(`tensor: ${flat.length} numbers do not fill ${formatShape({ shape: finalShape })}`);
  const dtype = options.dtype ?? (isBool ? 'bool' : values instanceof Int32Array ? 'i32' : 'f32');
  const spec = specOf(finalShape, options, dtype, 'tensor');
  // Given numbers are known in a shape run too: nothing was computed for them.
  const result = reserved(spec, 'tensor');
  const data = result.storage.data;
  if (dtype === 'i32') checkIntegers(flat);
  for (let i = 0; i < flat.length; i++) data[i] = Number(flat[i]);
  if (options.requiresGrad) result.requiresGrad = true;
  return result;
}

function noNumber(value: unknown): TensightError {
  const hint =
    value instanceof Tensor
      ? 'Write stack([x, y]) for a new first dimension, cat([x, y]) to join them along the one there is.'
      : ArrayBuffer.isView(value)
        ? 'Write tensor(values, { shape: [rows, columns] }) with all values in one list.'
        : 'Give numbers, true or false.';
  return new TensightError(`tensor: expected a number, got ${inWords(value)}`, hint);
}

/** Throws TensightError for what i32 does not hold; fractions are cut off, as PyTorch does. */
function checkIntegers(values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++)
    if (!(Math.abs(Math.trunc(values[i]!) + 0.5) < 2 ** 31))
      throw new TensightError(
        `tensor: expected a whole number of 32 bits, got ${values[i]}`,
        'It holds whole numbers from −2,147,483,648 to 2,147,483,647; f32 holds others, rounded.',
      );
}

function flatten(values: NestedNumbers): { flat: number[]; shape: number[]; isBool: boolean } {
  const shape: number[] = [];
  for (let v: NestedNumbers = values; Array.isArray(v); v = v[0]) {
    shape.push(v.length);
    if (v.length === 0) break;
  }
  const flat: number[] = [];
  let isBool = true;
  const walk = (v: NestedNumbers, depth: number): void => {
    if (Array.isArray(v)) {
      if (v.length !== shape[depth])
        throw new TensightError(
          `tensor: rows differ in length: expected ${shape[depth]} at depth ${depth}, got ${v.length}`,
          'Every row of a tensor has the same length; pad the short ones.',
        );
      for (const item of v) walk(item, depth + 1);
    } else {
      if (depth !== shape.length)
        throw new TensightError(
          `tensor: expected a row of ${shape[depth]}, got a number`,
          'Every row of a tensor is nested equally deep.',
        );
      if (typeof v !== 'boolean') isBool = false;
      if (typeof v !== 'number' && typeof v !== 'boolean') throw noNumber(v);
      flat.push(Number(v));
    }
  };
  walk(values, 0);
  return { flat, shape, isBool: isBool && flat.length > 0 };
}

/**
 * All elements `value`: shape [...] → a tensor of that shape. Throws TensightError for a size that is no whole number
 * of 0 or more.
 */
export function full(shape: Shape, value: number, options: CreationOptions = {}): Tensor {
  checkArguments('full', arguments);
  if (typeof value !== 'boolean') checkNumbers('full', { value: value ?? null });
  return filled(specOf(shape, options, options.dtype ?? 'f32', 'full'), options, value, 'full');
}

/** Zeros: shape [...] → a tensor of that shape, f32 unless `dtype` says otherwise. */
export function zeros(shape: Shape, options: CreationOptions = {}): Tensor {
  checkArguments('zeros', arguments);
  return filled(specOf(shape, options, options.dtype ?? 'f32', 'zeros'), options, 0, 'zeros');
}

/** Ones: shape [...] → a tensor of that shape, f32 unless `dtype` says otherwise. */
export function ones(shape: Shape, options: CreationOptions = {}): Tensor {
  checkArguments('ones', arguments);
  return filled(specOf(shape, options, options.dtype ?? 'f32', 'ones'), options, 1, 'ones');
}

/** Uniform in [0, 1), from the run's seed: shape [...] → f32 of that shape. */
export function rand(shape: Shape, options: CreationOptions = {}): Tensor {
  checkArguments('rand', arguments);
  return make(
    specOf(shape, options, 'f32', 'rand'),
    options,
    (_, storage) => storeUniform(storage),
    'rand',
    (count) => context.generator.skip(count),
  );
}

/** Standard normal, from the run's seed: shape [...] → f32 of that shape. */
export function randn(shape: Shape, options: CreationOptions = {}): Tensor {
  checkArguments('randn', arguments);
  return make(
    specOf(shape, options, 'f32', 'randn'),
    options,
    (_, storage) => storeNormal(storage),
    'randn',
    skipNormal,
  );
}

/**
 * Whole numbers in [low, high), from the run's seed: shape [...] → i32 of that shape. Throws TensightError where there are none, and for
 * bounds that are not whole.
 */
export function randint(low: number, high: number, shape: Shape, options: CreationOptions = {}): Tensor {
  checkArguments('randint', arguments);
  if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high)
    throw new TensightError(
      `randint: expected whole numbers, the first below the second, got ${inWords(low)} and ${inWords(high)}`,
      'Write randint(0, 10, [2, 3]): the second is left out.',
    );
  return make(
    specOf(shape, options, options.dtype ?? 'i32', 'randint'),
    options,
    (data) => fillIntegers(data, low, high),
    'randint',
    (count) => context.generator.skip(high - low < 2 ** 32 ? count : 2 * count),
  );
}

/** `arange(5)` is 0 … 4; `arange(2, 10, 2)` is 2, 4, 6, 8. i32 unless a number is fractional or `dtype` says otherwise. */
export function arange(end: number, options?: CreationOptions): Tensor;
export function arange(start: number, end: number, options?: CreationOptions): Tensor;
export function arange(startOrEnd: number, end?: number, step?: number, options?: CreationOptions): Tensor;
export function arange(startOrEnd: number, ...rest: (number | CreationOptions | undefined)[]): Tensor {
  const numbers = rest.filter((value) => typeof value !== 'object');
  const options = rest.find((value) => typeof value === 'object') ?? {};
  const [end, step = 1] = numbers;
  checkArguments('arange', [startOrEnd, end, step, ...numbers.slice(2), options]);
  const [from, to] = end === undefined ? [0, startOrEnd] : [startOrEnd, end];
  const count = Math.ceil((to - from) / step);
  if (!(count >= 0 && Number.isFinite(count)))
    throw new TensightError(
      `arange: steps of ${step} do not lead from ${from} to ${to}`,
      'The step must lead from the first number towards the last.',
    );
  const whole = Number.isInteger(from) && Number.isInteger(to) && Number.isInteger(step);
  return make(
    specOf([count], options, options.dtype ?? (whole ? 'i32' : 'f32'), 'arange'),
    options,
    (data) => {
      for (let i = 0; i < count; i++) data[i] = from + i * step;
    },
    'arange',
  );
}

/** `steps` numbers from `start` to `end`, both included: f32 [steps]. */
export function linspace(start: number, end: number, steps: number, options: CreationOptions = {}): Tensor {
  checkArguments('linspace', arguments);
  return make(
    specOf([steps], options, 'f32', 'linspace'),
    options,
    (data) => {
      for (let i = 0; i < steps; i++) data[i] = steps === 1 ? start : start + ((end - start) * i) / (steps - 1);
    },
    'linspace',
  );
}

/** The identity matrix [n, n]. */
export function eye(n: number, options: CreationOptions = {}): Tensor {
  if (typeof (options as unknown) === 'number')
    throw new TensightError(
      'eye: expected one size, got two',
      `The identity is square: write eye(${Math.max(n, Number(options))}).slice(${n < Number(options) ? 0 : 1}, 0, ${Math.min(n, Number(options))}).`,
    );
  checkArguments('eye', arguments);
  return make(
    specOf([n, n], options, options.dtype ?? 'f32', 'eye'),
    options,
    (data) => {
      for (let i = 0; i < n; i++) data[i * n + i] = 1;
    },
    'eye',
  );
}

function like(t: Tensor, value: number): Tensor {
  const spec: Spec = { shape: t.shape, dtype: t.dtype, axes: t.axes };
  return filled(spec, {}, value, 'fill');
}

/** Ones of the shape, dtype and axes of `t`. No gradient flows to it. */
export function onesLike(t: Tensor): Tensor {
  checkArguments('onesLike', arguments);
  return like(t, 1);
}

/** Zeros of the shape, dtype and axes of `t`. No gradient flows to it. */
export function zerosLike(t: Tensor): Tensor {
  checkArguments('zerosLike', arguments);
  return like(t, 0);
}

/** `value` in the shape, dtype and axes of `t`. No gradient flows to it. */
export function fullLike(t: Tensor, value: number): Tensor {
  checkArguments('fullLike', arguments);
  return like(t, value);
}

/** f32 of this shape, filled by chance; in a shape run `skip` is told how many there would be. */
export function drawn(shape: Shape, fill: (data: Float32Array) => void, skip: (count: number) => void): Tensor {
  const spec: Spec = { shape, dtype: 'f32', axes: unnamedAxes(shape.length) };
  return make(spec, {}, (data) => fill(data as Float32Array), 'a draw', skip);
}

/** Throws TensightError for integers. */
function checkFloats(call: string, t: Tensor): void {
  if (t.dtype !== 'f32')
    throw new TensightError(
      `${call}: expected a tensor of floats, got ${t.dtype} ${formatShape(t)}`,
      `Write ${call.replace('Like', '')}([${t.shape.join(', ')}]).`,
    );
}

/** In the order of the memory of `t`, whose layout PyTorch's has too. */
function drawnLike(call: string, t: Tensor, fill: (data: Float32Array) => void, skip: (count: number) => void): Tensor {
  const inOrder = isInOrder(t);
  return make(
    { shape: t.shape, dtype: 'f32', axes: t.axes },
    {},
    (data) => {
      if (inOrder) return fill(data as Float32Array);
      const drawn = new Float32Array(data.length);
      fill(drawn);
      let next = 0;
      eachInMemory(t, (_, number) => {
        data[number] = drawn[next++]!;
      });
    },
    call,
    skip,
  );
}

/** Uniform in [0, 1), from the run's seed, in the shape and with the axes of `t`. No gradient flows to it. Throws TensightError for integers. */
export function randLike(t: Tensor): Tensor {
  checkArguments('randLike', arguments);
  checkFloats('randLike', t);
  return drawnLike('randLike', t, fillUniform, (count) => context.generator.skip(count));
}

/** Standard normal, from the run's seed, in the shape and with the axes of `t`. No gradient flows to it. Throws TensightError for integers. */
export function randnLike(t: Tensor): Tensor {
  checkArguments('randnLike', arguments);
  checkFloats('randnLike', t);
  const inOrder = isInOrder(t);
  return drawnLike(
    'randnLike',
    t,
    (data) => fillNormal(data, 0, 1, inOrder),
    (count) => skipNormal(count, inOrder),
  );
}

/** A number as a 0-d tensor, for an operation between a tensor and a number. */
export function scalar(value: number, dtype: DType = 'f32'): Tensor {
  const result = new Tensor({ shape: [], dtype, axes: unnamedAxes(0) }, context.backend.allocate(dtype, 1));
  result.storage.data[0] = value;
  return result;
}
