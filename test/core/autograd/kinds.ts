/** What graphs are made of: operations of tensors, each with the same in plain loops over doubles. */
import {
  cat,
  diagonal,
  gather,
  indexSelect,
  narrow,
  nn,
  select,
  slice,
  split,
  stack,
  type Tensor,
  tensor,
  unbind,
} from '../../../core/index.ts';
import { type Double, doubles } from './doubles.ts';

type Shape = readonly number[];

/** What may be drawn: from operands of these shapes and four numbers, what to do; undefined where that can't be done. */
type Choose<A> = (shapes: readonly Shape[], numbers: readonly number[]) => A | undefined;

export interface Kind<A = never> {
  readonly operands: 1 | 2;
  readonly choose: Choose<A>;
  tensors(inputs: readonly Tensor[], attrs: A): Tensor[];
  doubles(inputs: readonly Double[], attrs: A): Double[];
}

const kind = <A>(operands: 1 | 2, choose: Choose<A>, tensors: Kind<A>['tensors'], inDoubles: Kind<A>['doubles']) =>
  ({ operands, choose, tensors, doubles: inDoubles }) as unknown as Kind;

const always = () => true;
/** Some dimension, where there is one. */
const dimOf = ([x]: readonly Shape[], [n]: readonly number[]) => (x!.length === 0 ? undefined : n! % x!.length);
const same = ([a, b]: readonly Shape[]) => (String(a) === String(b) ? true : undefined);

function broadcast([a, b]: readonly Shape[]): true | undefined {
  const rank = Math.max(a!.length, b!.length);
  for (let i = 1; i <= rank; i++) {
    const [m, n] = [a!.at(-i) ?? 1, b!.at(-i) ?? 1];
    if (i <= Math.min(a!.length, b!.length) && m !== n && m !== 1 && n !== 1) return undefined;
  }
  return true;
}

const pointwise = (f: (x: Tensor) => Tensor, g: (x: number) => number) =>
  kind(
    1,
    always,
    ([x]) => [f(x!)],
    ([x]) => [doubles.map(x!, g)],
  );
const combined = (f: (a: Tensor, b: Tensor) => Tensor, g: (a: number, b: number) => number) =>
  kind(
    2,
    broadcast,
    ([a, b]) => [f(a!, b!)],
    ([a, b]) => [doubles.zip(a!, b!, g)],
  );
const list = (values: readonly number[], shape: Shape = [values.length]) => tensor(Int32Array.from(values), { shape });

/** Where a slice lies: from `start` on `length` elements, every `step`-th. */
const span: Choose<{ dim: number; start: number; length: number; step: number }> = (shapes, numbers) => {
  const dim = dimOf(shapes, numbers);
  if (dim === undefined || shapes[0]![dim]! < 2) return undefined;
  const size = shapes[0]![dim]!;
  const start = numbers[1]! % size;
  const step = 1 + (numbers[2]! % 2);
  return { dim, start, length: 1 + (numbers[3]! % Math.ceil((size - start) / step)), step };
};

export const kinds = {
  add: combined(
    (a, b) => a.add(b),
    (a, b) => a + b,
  ),
  sub: combined(
    (a, b) => a.sub(b),
    (a, b) => a - b,
  ),
  mul: combined(
    (a, b) => a.mul(b),
    (a, b) => a * b,
  ),
  div: combined(
    (a, b) => a.div(b.square().add(1)),
    (a, b) => a / (b * b + 1),
  ),
  tanh: pointwise((x) => x.tanh(), Math.tanh),
  sigmoid: pointwise(
    (x) => x.sigmoid(),
    (x) => 1 / (1 + Math.exp(-x)),
  ),
  sin: pointwise((x) => x.sin(), Math.sin),
  square: pointwise(
    (x) => x.square(),
    (x) => x * x,
  ),
  exp: pointwise(
    (x) => x.tanh().exp(),
    (x) => Math.exp(Math.tanh(x)),
  ),
  neg: pointwise(
    (x) => x.neg(),
    (x) => -x,
  ),
  scale: pointwise(
    (x) => x.mul(0.7),
    (x) => 0.7 * x,
  ),
  silu: pointwise(
    (x) => x.silu(),
    (x) => x / (1 + Math.exp(-x)),
  ),
  softmax: kind(
    1,
    dimOf,
    ([x], dim) => [x!.softmax(dim)],
    ([x], dim) => [doubles.softmax(x!, dim)],
  ),
  layerNorm: kind(
    1,
    ([x]) => (x!.length > 0 && x!.at(-1)! > 1 ? true : undefined),
    ([x]) => [nn.functional.layerNorm(x!, [x!.shape.at(-1)!])],
    ([x]) => [doubles.layerNorm(x!)],
  ),
  matmul: kind(
    2,
    ([a, b]) => (a!.length === 2 && b!.length === 2 && a![1] === b![0] ? true : undefined),
    ([a, b]) => [a!.matmul(b!)],
    ([a, b]) => [doubles.matmul(a!, b!)],
  ),
  /** Against its own transpose, as scores of an attention. */
  gram: kind(
    1,
    ([x]) => (x!.length === 2 ? true : undefined),
    ([x]) => [x!.matmul(x!.transpose(0, 1))],
    ([x]) => [doubles.matmul(x!, doubles.transpose(x!, 0, 1))],
  ),
  /** Of itself: one pass while nobody watches, visible operations while somebody does. */
  attention: kind(
    1,
    ([x]) => (x!.length === 2 && x![1]! > 0 ? true : undefined),
    ([x]) => [nn.functional.scaledDotProductAttention(x!, x!, x!)],
    ([x]) => {
      const scores = doubles.matmul(x!, doubles.transpose(x!, 0, 1));
      const scaled = doubles.map(scores, (v) => v / Math.sqrt(x!.shape[1]!));
      return [doubles.matmul(doubles.softmax(scaled, 1), x!)];
    },
  ),
  transpose: kind(
    1,
    ([x], [m, n]) => (x!.length < 2 ? undefined : ([m! % x!.length, n! % x!.length] as const)),
    ([x], [m, n]) => [x!.transpose(m, n)],
    ([x], [m, n]) => [doubles.transpose(x!, m, n)],
  ),
  flatten: kind(
    1,
    always,
    ([x]) => [x!.reshape(-1)],
    ([x]) => [doubles.reshape(x!, [x!.data.length])],
  ),
  halves: kind(
    1,
    ([x]) => (x!.length > 0 && x!.length < 4 && x![0]! % 2 === 0 ? [2, x![0]! / 2, ...x!.slice(1)] : undefined),
    ([x], shape) => [x!.reshape(shape)],
    ([x], shape) => [doubles.reshape(x!, shape)],
  ),
  unsqueeze: kind(
    1,
    ([x], [n]) => (x!.length > 3 ? undefined : n! % (x!.length + 1)),
    ([x], dim) => [x!.unsqueeze(dim)],
    ([x], dim) => [doubles.reshape(x!, x!.shape.toSpliced(dim, 0, 1))],
  ),
  expand: kind(
    1,
    ([x]) => (x!.includes(1) ? x!.map((size) => (size === 1 ? 2 : size)) : undefined),
    ([x], shape) => [x!.expand(shape)],
    ([x], shape) => [doubles.zip(x!, doubles.zeros(shape), (a) => a)],
  ),
  slice: kind(
    1,
    span,
    ([x], { dim, start, length, step }) => [slice(x!, dim, start, start + length * step, step)],
    ([x], { dim, ...at }) => [doubles.slice(x!, dim, at)],
  ),
  narrow: kind(
    1,
    span,
    ([x], { dim, start }) => [narrow(x!, dim, start, x!.shape[dim]! - start)],
    ([x], { dim, start }) => [doubles.slice(x!, dim, { start, length: x!.shape[dim]! - start, step: 1 })],
  ),
  select: kind(
    1,
    span,
    ([x], { dim, start }) => [select(x!, dim, start)],
    ([x], { dim, start }) => [doubles.select(x!, dim, start)],
  ),
  unbind: kind(
    1,
    dimOf,
    ([x], dim) => unbind(x!, dim),
    ([x], dim) => Array.from({ length: x!.shape[dim]! }, (_, i) => doubles.select(x!, dim, i)),
  ),
  split: kind(
    1,
    span,
    ([x], { dim, start }) => split(x!, [start, x!.shape[dim]! - start], dim).slice(start === 0 ? 1 : 0),
    ([x], { dim, start }) =>
      [
        { start: 0, length: start, step: 1 },
        { start, length: x!.shape[dim]! - start, step: 1 },
      ]
        .slice(start === 0 ? 1 : 0)
        .map((at) => doubles.slice(x!, dim, at)),
  ),
  cat: kind(
    2,
    (shapes, numbers) => same(shapes) && dimOf(shapes, numbers),
    (inputs, dim) => [cat(inputs, dim)],
    (inputs, dim) => [doubles.cat(inputs, dim)],
  ),
  stack: kind(
    2,
    (shapes, [n]) => (same(shapes) && shapes[0]!.length < 4 ? n! % (shapes[0]!.length + 1) : undefined),
    (inputs, dim) => [stack(inputs, dim)],
    (inputs, dim) => [
      doubles.cat(
        inputs.map((x) => doubles.reshape(x, x.shape.toSpliced(dim, 0, 1))),
        dim,
      ),
    ],
  ),
  flip: kind(
    1,
    dimOf,
    ([x], dim) => [x!.flip(dim)],
    ([x], dim) => [
      doubles.pick(
        x!,
        dim,
        Array.from({ length: x!.shape[dim]! }, (_, i) => x!.shape[dim]! - 1 - i),
      ),
    ],
  ),
  indexSelect: kind(
    1,
    (shapes, numbers) => {
      const dim = dimOf(shapes, numbers);
      return dim === undefined ? undefined : { dim, at: numbers.slice(1).map((n) => n % shapes[0]![dim]!) };
    },
    ([x], { dim, at }) => [indexSelect(x!, dim, list(at))],
    ([x], { dim, at }) => [doubles.pick(x!, dim, at)],
  ),
  gather: kind(
    1,
    (shapes, numbers) => {
      const dim = dimOf(shapes, numbers);
      if (dim === undefined) return undefined;
      const count = shapes[0]!.reduce((n, size) => n * size, 1);
      return { dim, at: Array.from({ length: count }, (_, i) => (i * 5 + numbers[1 + (i % 3)]!) % shapes[0]![dim]!) };
    },
    ([x], { dim, at }) => [gather(x!, dim, list(at, x!.shape))],
    ([x], { dim, at }) => [doubles.gather(x!, dim, at)],
  ),
  diagonal: kind(
    1,
    ([x]) => (x!.length === 2 ? true : undefined),
    ([x]) => [diagonal(x!)],
    ([x]) => [doubles.diagonal(x!)],
  ),
  pad: kind(
    1,
    ([x], [n]) => (x!.length === 0 ? undefined : ([n! % 2, 1] as const)),
    ([x], by) => [x!.pad(by)],
    ([x], [before, after]) => [doubles.pad(x!, before, after)],
  ),
  sum: kind(
    1,
    dimOf,
    ([x], dim) => [x!.sum(dim)],
    ([x], dim) => [doubles.sum(x!, dim)],
  ),
  mean: kind(
    1,
    dimOf,
    ([x], dim) => [x!.mean(dim, true)],
    ([x], dim) => [
      doubles.reshape(
        doubles.map(doubles.sum(x!, dim), (v) => v / x!.shape[dim]!),
        x!.shape.with(dim, 1),
      ),
    ],
  ),
  cumsum: kind(
    1,
    dimOf,
    ([x], dim) => [x!.cumsum(dim)],
    ([x], dim) => [doubles.cumsum(x!, dim)],
  ),
};
