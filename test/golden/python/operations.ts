/** PyTorch's functions and a tensor's methods and attributes, by our own: `torch.sum(x, dim=1)` and `x.sum(1)` are one. */
import * as tensight from '../../../core/index.ts';
import { type Dims, nn, type Shape, Tensor } from '../../../core/index.ts';
import { softmin } from '../../../core/ops/softmax.ts';
import { unflatten } from '../../../core/ops/view.ts';
import { fn } from '../lookup.ts';
import { bound } from './bind.ts';
import { operations } from './signatures.ts';
import { solve } from './solve.ts';
import { type Callable, camel, type Keywords, PythonError } from './values.ts';

type Fn = (...args: readonly unknown[]) => unknown;

/** The dtype that a word of PyTorch's stands for. */
export const dtypes: Readonly<Record<string, tensight.DType>> = {
  float: 'f32',
  float16: 'f32',
  float32: 'f32',
  float64: 'f32',
  double: 'f32',
  half: 'f32',
  int: 'i32',
  int32: 'i32',
  int64: 'i32',
  long: 'i32',
  bool: 'bool',
};

/** `dim` as an argument or a keyword. */
const keyword = (args: readonly unknown[], at: number, keywords: Keywords, name: string, fallback?: unknown) =>
  keywords[name] ?? args[at] ?? fallback;

/** Values and indices as the pair that Python takes apart. */
const pair = ({ values, indices }: tensight.Sorted) => [values, indices];

function extreme(name: 'max' | 'min'): Callable {
  return ([x, ...rest], keywords) => {
    const other = rest[0] ?? keywords.other;
    if (other instanceof Tensor) return (name === 'max' ? tensight.maximum : tensight.minimum)(x as Tensor, other);
    const dim = keyword(rest, 0, keywords, 'dim');
    if (dim === undefined || dim === null) return (x as Tensor)[name]();
    return pair((x as Tensor)[name](dim as number, keyword(rest, 1, keywords, 'keepdim', false) as boolean));
  };
}

function spread(name: 'var' | 'std'): Callable {
  return ([x, ...rest], keywords) => {
    // torch.var(x, False) says whether the variance is unbiased, torch.var(x, 1, False) along which dimension, too.
    const args = typeof rest[0] === 'boolean' ? [undefined, ...rest] : rest;
    const unbiased = keyword(args, 1, keywords, 'unbiased', true) as boolean;
    const correction = (keywords.correction as number | undefined) ?? (unbiased ? 1 : 0);
    const dim = keyword(args, 0, keywords, 'dim') as Dims | null | undefined;
    return (x as Tensor)[name](dim ?? undefined, {
      correction,
      keepdim: keyword(args, 2, keywords, 'keepdim', false) as boolean,
    });
  };
}

/** With PyTorch's `alpha`. */
function sum(name: 'add' | 'sub'): Callable {
  return ([a, b], { alpha = 1, other = b }) =>
    fn(name)(a, alpha === 1 ? other : tensight.mul(other as Tensor, alpha as number));
}

const outer: Callable = ([a, b]) => (a as Tensor).unsqueeze(1).mul((b as Tensor).unsqueeze(0));
const product: Callable = ([a, b]) => tensight.matmul(a as Tensor, b as Tensor);
const converted =
  (dtype: tensight.DType): Callable =>
  ([x]) =>
    (x as Tensor).to(dtype);
const itself: Callable = ([x]) => x;

/** Functions whose arguments are not only named otherwise than ours. The first is a tensor: `x.t()` is `torch.t(x)`. */
const special: Readonly<Record<string, Callable>> = {
  max: extreme('max'),
  min: extreme('min'),
  var: spread('var'),
  std: spread('std'),
  add: sum('add'),
  sub: sum('sub'),
  subtract: sum('sub'),
  div: ([a, b], { rounding_mode: mode = null, other = b }) => {
    const quotient = tensight.div(a as Tensor, other as Tensor);
    if (mode === null) return quotient;
    if (mode === 'floor') return tensight.floor(quotient);
    throw new PythonError(`division rounded by ${String(mode)} is not known here`);
  },
  outer,
  ger: outer,
  mm: product,
  mv: product,
  dot: product,
  inner: product,
  sort: (args, keywords) => pair(tensight.sort(...(bound('sort', operations.sort, args, keywords) as [Tensor]))),
  topk: (args, keywords) =>
    pair(tensight.topk(...(bound('topk', operations.topk, args, keywords) as [Tensor, number]))),
  t: ([x]) => ((x as Tensor).ndim < 2 ? x : (x as Tensor).t()),
  view: (args, keywords) => operation('reshape')(args, keywords),
  reshape_as: ([x, other]) => (x as Tensor).reshape(...(other as Tensor).shape),
  view_as: ([x, other]) => (x as Tensor).reshape(...(other as Tensor).shape),
  expand_as: ([x, other]) => tensight.expand(x as Tensor, (other as Tensor).shape),
  tile: (args, keywords) => operation('repeat')(args, keywords),
  unflatten: (args, keywords) =>
    unflatten(...(bound('unflatten', operations.unflatten, args, keywords) as [Tensor, number, Shape])),
  swapaxes: (args) => operation('transpose')(args, {}),
  swapdims: (args) => operation('transpose')(args, {}),
  movedim: ([x, from, to]) => {
    const order = (x as Tensor).shape.map((_, d) => d);
    const at = ((from as number) + order.length) % order.length;
    const [moved] = order.splice(at, 1);
    order.splice(((to as number) + (x as Tensor).ndim) % (x as Tensor).ndim, 0, moved!);
    return (x as Tensor).permute(...order);
  },
  roll: (args, keywords) => {
    const [x, shifts, dims] = bound('roll', operations.roll, args, keywords) as [
      Tensor,
      number | number[],
      number | number[],
    ];
    const [by, along] = [[shifts].flat(), dims === undefined ? [] : [dims].flat()];
    if (along.length === 0) return tensight.roll(x.reshape(-1), by[0]!, 0).reshape(...x.shape);
    return along.reduce((sofar, dim, i) => tensight.roll(sofar, by[i]!, dim), x);
  },
  where: ([first, second, other]) =>
    // torch.where(condition, x, other), or x.where(condition, other).
    (first as Tensor).dtype === 'bool'
      ? tensight.where(first as Tensor, second as Tensor, other as Tensor)
      : tensight.where(second as Tensor, first as Tensor, other as Tensor),
  scatter: ([x, dim, index, src], { value, reduce }) => {
    if (reduce !== undefined) throw new PythonError('scatter with a reduction is not known here');
    return tensight.scatter(x as Tensor, dim as number, index as Tensor, (src ?? value) as Tensor);
  },
  clamp_min: ([x, min]) => (x as Tensor).clamp(min as number),
  clamp_max: ([x, max]) => (x as Tensor).clamp(undefined, max as number),
  clip: (args, keywords) => operation('clamp')(args, keywords),
  type_as: ([x, other]) => (x as Tensor).to((other as Tensor).dtype),
  zeros_like: ([x]) => tensight.zerosLike(x as Tensor),
  ones_like: ([x]) => tensight.onesLike(x as Tensor),
  full_like: ([x, value]) => tensight.zerosLike(x as Tensor).add(value as number),
  new_zeros: ([, ...shape]) => tensight.zeros(shape.flat() as number[]),
  softmin: ([x, dim], keywords) => softmin(x as Tensor, keyword([dim], 0, keywords, 'dim') as number),
  lerp: ([a, b, weight]) => (a as Tensor).add((b as Tensor).sub(a as Tensor).mul(weight as number)),
  addmm: ([c, a, b]) => tensight.add(c as Tensor, tensight.matmul(a as Tensor, b as Tensor)),
  vector_norm: ([x, ord, ...rest], keywords) => {
    const power = (keywords.ord ?? ord ?? 2) as number;
    const dim = keyword(rest, 0, keywords, 'dim') as Dims | null | undefined;
    return tensight.norm(x as Tensor, power, dim ?? undefined, keyword(rest, 1, keywords, 'keepdim', false) as boolean);
  },
  solve,
  to: ([x, ...kinds], keywords) => {
    const dtype = [...kinds, keywords.dtype].find(
      (kind) => typeof kind === 'string' && Object.values(dtypes).includes(kind as tensight.DType),
    );
    return dtype === undefined ? x : (x as Tensor).to(dtype as tensight.DType);
  },
  type: ([x, dtype]) => (x as Tensor).to(dtype as tensight.DType),
  ...Object.fromEntries(Object.entries(dtypes).map(([name, dtype]) => [name, converted(dtype)])),
  cpu: itself,
  contiguous: ([x]) => (x as Tensor).contiguous(),
  item: ([x]) => (x as Tensor).item(),
  tolist: ([x]) => (x as Tensor).toArray(),
  numel: ([x]) => (x as Tensor).numel,
  dim: ([x]) => (x as Tensor).ndim,
  ndimension: ([x]) => (x as Tensor).ndim,
  size: ([x, dim]) => (dim === undefined ? [...(x as Tensor).shape] : (x as Tensor).shape.at(dim as number)),
  detach: ([x]) => (x as Tensor).detach(),
  clone: ([x]) => (x as Tensor).clone(),
  requires_grad_: ([x, wanted = true]) => (x as Tensor).requiresGrad_(wanted as boolean),
  backward: ([x, seed], { gradient = seed }) => {
    (x as Tensor).backward((gradient ?? undefined) as Tensor | undefined);
    return null;
  },
  true_divide: ([a, b]) => tensight.div(a as Tensor, b as Tensor),
  floor_divide: ([a, b]) => tensight.floor(tensight.div(a as Tensor, b as Tensor)),
};

/** PyTorch's names for what is called otherwise here. */
const renamed: Readonly<Record<string, string>> = {
  multiply: 'mul',
  divide: 'div',
  absolute: 'abs',
  negative: 'neg',
  concatenate: 'cat',
  concat: 'cat',
  greater: 'gt',
  less: 'lt',
  bitwise_and: 'logicalAnd',
  bitwise_or: 'logicalOr',
  bitwise_not: 'logicalNot',
};

/** A function of `torch` over tensors, ours where it is called the same. Throws `Missing` where there is none. */
export function operation(name: string): Callable {
  const known = special[name];
  if (known !== undefined) return known;
  return (args, keywords) => {
    const ours = renamed[name] ?? camel(name);
    const own = bound(name, operations[name], args, keywords);
    const x = own[0];
    const found = x instanceof Tensor ? (x as unknown as Readonly<Record<string, unknown>>)[ours] : undefined;
    return typeof found === 'function' ? (found as Fn).apply(x, own.slice(1)) : fn(ours)(...own);
  };
}

/** `x.name`: an attribute, or a method that waits for its arguments. */
export function method(x: Tensor, name: string): unknown {
  switch (name) {
    case 'T':
      return x.ndim === 2 ? x.t() : x.permute(...x.shape.map((_, d) => x.ndim - 1 - d));
    case 'mT':
      return x.transpose(-2, -1);
    case 'shape':
      return [...x.shape];
    case 'dtype':
      return x.dtype;
    case 'device':
      return 'cpu';
    case 'ndim':
      return x.ndim;
    case 'grad':
      return x.grad ?? null;
    case 'data':
      return x.detach();
    case 'requires_grad':
      return x.requiresGrad;
    default:
      return ((args, keywords) => operation(name)([x, ...args], keywords)) satisfies Callable;
  }
}

/** A function of `torch.nn.functional`. */
export function functionOf(name: string, signature: string | undefined): Callable {
  if (name === 'pad')
    return ([x, padding, ...rest], keywords) => {
      const mode = keyword(rest, 0, keywords, 'mode', 'constant') as 'constant' | 'reflect';
      const value = keyword(rest, 1, keywords, 'value', 0) as number;
      return nn.functional.pad(x as Tensor, (padding ?? keywords.pad) as Shape, mode === 'constant' ? value : mode);
    };
  return (args, keywords) => fn(camel(name))(...bound(name, signature, args, keywords));
}
