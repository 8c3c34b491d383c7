/** The names that a golden case's code finds: `torch`, `F`, `nn`, `math` and Python's own. */
import * as tensight from '../../../core/index.ts';
import { nn, Tensor } from '../../../core/index.ts';
import { fn } from '../lookup.ts';
import { bound } from './bind.ts';
import { moduleClass, optimizerClass, sequences } from './objects.ts';
import { dtypes, functionOf, operation } from './operations.ts';
import { iterate } from './semantics.ts';
import { creating, functional } from './signatures.ts';
import { type Callable, camel, type Keywords, Namespace } from './values.ts';

/** `dtype=torch.bool` and the like, as options of ours. */
function creation({ dtype }: Keywords): tensight.CreationOptions {
  return typeof dtype === 'string' ? { dtype: dtype as tensight.DType } : {};
}

const sizes = (args: readonly unknown[], { size }: Keywords) => (size ?? args.flat()) as number[];
const whole = (values: readonly unknown[]) => values.every((value) => Number.isInteger(value));

const made: Readonly<Record<string, Callable>> = {
  zeros: (args, keywords) => tensight.zeros(sizes(args, keywords), creation(keywords)),
  ones: (args, keywords) => tensight.ones(sizes(args, keywords), creation(keywords)),
  empty: (args, keywords) => tensight.zeros(sizes(args, keywords), creation(keywords)),
  full: ([shape, value], keywords) =>
    tensight.full((keywords.size ?? shape) as number[], (keywords.fill_value ?? value) as number, creation(keywords)),
  eye: ([n], keywords) => tensight.eye(n as number, creation(keywords)),
  arange: (args, keywords) => {
    const [start, end, step] = args as number[];
    const options = keywords.dtype === undefined && whole(args) ? { dtype: 'i32' as const } : creation(keywords);
    return tensight.arange(start!, end, step ?? 1, options);
  },
  linspace: ([start, end, steps], keywords) =>
    tensight.linspace(start as number, end as number, (keywords.steps ?? steps) as number),
  tensor: ([values], keywords) =>
    values instanceof Tensor ? values : tensight.tensor(values as tensight.NestedNumbers, creation(keywords)),
  as_tensor: ([values], keywords) => made.tensor!([values], keywords),
  get_default_dtype: () => 'f32',
  no_grad: () => null,
};

const utils = new Namespace('torch.nn.utils', (name) =>
  name === 'rnn'
    ? new Namespace('torch.nn.utils.rnn', sequences)
    : name.startsWith('clip_grad')
      ? clipping(name)
      : undefined,
);

/** Clips, and gives the norm before as a tensor. */
function clipping(name: string): Callable {
  const ours = camel(name) as 'clipGradNorm' | 'clipGradValue';
  return ([parameters, limit, normType], keywords) => {
    const list = parameters instanceof Tensor ? [parameters] : (parameters as Tensor[]);
    const most = (keywords.max_norm ?? keywords.clip_value ?? limit) as number;
    if (ours === 'clipGradValue') {
      nn.utils.clipGradValue(list, most);
      return null;
    }
    const power = (keywords.norm_type ?? normType ?? 2) as number | 'inf';
    return tensight.tensor(
      nn.utils.clipGradNorm(list, most, { normType: power === 'inf' ? Number.POSITIVE_INFINITY : power }),
    );
  };
}

const F = new Namespace('torch.nn.functional', (name) => functionOf(name, functional[name]));
const modules = new Namespace('torch.nn', (name) =>
  name === 'functional' ? F : name === 'utils' ? utils : moduleClass(name),
);
const optimizers = new Namespace('torch.optim', (name) =>
  name === 'lr_scheduler' ? new Namespace('torch.optim.lr_scheduler', optimizerClass) : optimizerClass(name),
);

const torch = new Namespace('torch', (name) => {
  if (name === 'nn') return modules;
  if (name === 'optim') return optimizers;
  if (name === 'linalg' || name === 'special') return new Namespace(`torch.${name}`, operation);
  if (name === 'inf') return Number.POSITIVE_INFINITY;
  if (name === 'pi') return Math.PI;
  const known = made[name] ?? dtypes[name];
  if (known !== undefined) return known;
  if (name in creating)
    return (args: readonly unknown[], keywords: Keywords) =>
      fn(camel(name))(...bound(name, creating[name], args, keywords));
  return operation(name);
});

const math = new Namespace('math', {
  ...Object.fromEntries(
    (['sqrt', 'exp', 'log', 'sin', 'cos', 'tanh', 'floor', 'ceil', 'pow'] as const).map((name) => [
      name,
      ((args) => (Math[name] as (...numbers: number[]) => number)(...(args as number[]))) satisfies Callable,
    ]),
  ),
  inf: Number.POSITIVE_INFINITY,
  nan: Number.NaN,
  pi: Math.PI,
  e: Math.E,
  prod: (([values]) => iterate(values).reduce((n: number, value) => n * (value as number), 1)) satisfies Callable,
});

const numbers = (args: readonly unknown[]) => (args.length === 1 ? iterate(args[0]) : args) as number[];

const builtins: Readonly<Record<string, Callable>> = {
  range: (args) => {
    const [start, stop, step] = (args.length === 1 ? [0, args[0], 1] : [...args, 1]) as [number, number, number];
    return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) => start + i * step);
  },
  len: ([value]) => (value instanceof Tensor ? value.shape[0]! : iterate(value).length),
  zip: (lists) => {
    const each = lists.map(iterate);
    return Array.from({ length: Math.min(...each.map(({ length }) => length)) }, (_, i) => each.map((list) => list[i]));
  },
  enumerate: ([value, start = 0]) => iterate(value).map((each, i) => [i + (start as number), each]),
  reversed: ([value]) => iterate(value).toReversed(),
  list: ([value = []]) => [...iterate(value)],
  tuple: ([value = []]) => [...iterate(value)],
  dict: ([value = new Map()], keywords) => new Map([...(value as Map<unknown, unknown>), ...Object.entries(keywords)]),
  float: ([value]) =>
    value instanceof Tensor
      ? value.item()
      : typeof value === 'string'
        ? Number(value.replace('inf', 'Infinity'))
        : Number(value),
  int: ([value]) => Math.trunc(value instanceof Tensor ? value.item() : Number(value)),
  bool: ([value]) => Boolean(value),
  min: (args) => Math.min(...numbers(args)),
  max: (args) => Math.max(...numbers(args)),
  sum: ([values, start = 0]) =>
    iterate(values).reduce(
      (sum, value) =>
        sum instanceof Tensor || value instanceof Tensor
          ? tensight.add(sum as Tensor, value as Tensor)
          : (sum as number) + (value as number),
      start,
    ),
  abs: ([value]) => (value instanceof Tensor ? value.abs() : Math.abs(value as number)),
  round: ([value]) => Math.round(value as number),
  print: () => null,
};

/** A scope to run a case in: what is given in it wins. */
export function scopeWith(given: Readonly<Record<string, unknown>>): Map<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(builtins),
    ['torch', torch],
    ['nn', modules],
    ['F', F],
    ['optim', optimizers],
    ['math', math],
    ...Object.entries(given),
  ]);
}
