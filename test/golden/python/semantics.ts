/** Python's operators, brackets and dots, over numbers, lists, dictionaries and our tensors. */
import * as tensight from '../../../core/index.ts';
import { noGrad, Tensor } from '../../../core/index.ts';
import { floor } from '../../../core/ops/pointwise.ts';
import { memberOf, setMember } from './objects.ts';
import { method } from './operations.ts';
import { type Callable, ellipsis, Namespace, PythonError, Slice } from './values.ts';

type Operand = tensight.Operand;

/** Between two operands of which one is a tensor. */
const ofTensors: Readonly<Record<string, (a: Operand, b: Operand) => Tensor>> = {
  '+': tensight.add,
  '-': tensight.sub,
  '*': tensight.mul,
  '/': tensight.div,
  '//': (a, b) => floor(tensight.div(a, b)),
  '%': (a, b) => tensight.sub(a, tensight.mul(b, floor(tensight.div(a, b)))),
  '**': (a, b) => (a instanceof Tensor ? tensight.pow(a, b) : tensight.pow(tensight.tensor(a), b)),
  '@': (a, b) => tensight.matmul(a as Tensor, b as Tensor),
  '==': (a, b) => comparing('eq', a, b),
  '!=': (a, b) => comparing('ne', a, b),
  '<': (a, b) => comparing('lt', a, b),
  '<=': (a, b) => comparing('le', a, b),
  '>': (a, b) => comparing('gt', a, b),
  '>=': (a, b) => comparing('ge', a, b),
  '&': (a, b) => tensight.logicalAnd(a as Tensor, b as Tensor),
  '|': (a, b) => tensight.logicalOr(a as Tensor, b as Tensor),
  '^': (a, b) => tensight.logicalXor(a as Tensor, b as Tensor),
};

const { eq, ne, lt, le, gt, ge } = tensight;

/** Each comparison, and the one that says the same with its sides exchanged. */
const comparisons = { eq: [eq, eq], ne: [ne, ne], lt: [lt, gt], le: [le, ge], gt: [gt, lt], ge: [ge, le] } as const;

function comparing(name: keyof typeof comparisons, a: Operand, b: Operand): Tensor {
  const [straight, exchanged] = comparisons[name];
  return a instanceof Tensor ? straight(a, b) : exchanged(b as Tensor, a);
}

const ofNumbers: Readonly<Record<string, (a: number, b: number) => unknown>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => ((a % b) + b) % b,
  '**': (a, b) => a ** b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** `a sign b`. Throws PythonError where the two do not go together. */
export function binary(sign: string, a: unknown, b: unknown): unknown {
  if (sign === 'negate') return a instanceof Tensor ? a.neg() : -(a as number);
  const known = a instanceof Tensor || b instanceof Tensor ? ofTensors[sign] : undefined;
  if (known !== undefined) {
    // `~mask` comes as `mask == False`.
    const [left, right] = [a, b].map((side) => (typeof side === 'boolean' ? Number(side) : side)) as [Operand, Operand];
    return known(left, right);
  }
  if (sign === '==') return same(a, b);
  if (sign === '!=') return !same(a, b);
  if (Array.isArray(a) && Array.isArray(b) && sign === '+') return [...a, ...b];
  if (Array.isArray(a) && typeof b === 'number' && sign === '*') return Array.from({ length: b }, () => a).flat();
  if (typeof a === 'string' && typeof b === 'string' && sign === '+') return a + b;
  const [left, right] = [a, b].map((side) => (typeof side === 'boolean' ? Number(side) : side));
  const of = ofNumbers[sign];
  if (typeof left !== 'number' || typeof right !== 'number' || of === undefined)
    throw new PythonError(`${String(a)} ${sign} ${String(b)} is not known here`);
  return of(left, right);
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, i) => same(value, b[i]));
  return a === b;
}

/** `is`, `in` and their opposites; undefined for any other sign. */
export function compared(sign: string, a: unknown, b: unknown): boolean | undefined {
  switch (sign) {
    case 'is':
      return a === b;
    case 'is not':
      return a !== b;
    case 'in':
      return b instanceof Map ? b.has(a) : iterate(b).some((value) => same(value, a));
    case 'not in':
      return !compared('in', a, b);
    default:
      return undefined;
  }
}

/** What `if` makes of a value. */
export function truth(value: unknown): boolean {
  if (value instanceof Tensor) return value.item() !== 0;
  if (Array.isArray(value)) return value.length > 0;
  return value instanceof Map ? value.size > 0 : Boolean(value);
}

/** What a loop over a value sees. */
export function iterate(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Tensor) return tensight.unbind(value, 0);
  if (value instanceof Map) return [...value.keys()];
  throw new PythonError(`${String(value)} cannot be looped over`);
}

/** `object.name`. */
export function attribute(object: unknown, name: string): unknown {
  if (object instanceof Namespace) return object.get(name);
  if (object instanceof Tensor) return method(object, name);
  if (Array.isArray(object)) return listMethod(object, name);
  if (object instanceof Map) return dictionaryMethod(object, name);
  return memberOf(object, name);
}

/** `object.name = value`. */
export function setAttribute(object: unknown, name: string, value: unknown): void {
  if (object instanceof Tensor && name === 'grad') {
    object.grad = value === null ? undefined : (value as Tensor).detach();
    return;
  }
  if (object instanceof Tensor && name === 'requires_grad') {
    object.requiresGrad = value === true;
    return;
  }
  setMember(object, name, value);
}

function listMethod(list: unknown[], name: string): Callable {
  switch (name) {
    case 'append':
      return ([value]) => {
        list.push(value);
        return null;
      };
    case 'extend':
      return ([values]) => {
        list.push(...iterate(values));
        return null;
      };
    case 'numel':
      return () => (list as number[]).reduce((n, size) => n * size, 1);
    default:
      throw new PythonError(`a list has no ${name} here`);
  }
}

function dictionaryMethod(map: Map<unknown, unknown>, name: string): Callable {
  switch (name) {
    case 'items':
      return () => [...map];
    case 'keys':
      return () => [...map.keys()];
    case 'values':
      return () => [...map.values()];
    case 'get':
      return ([key, fallback = null]) => (map.has(key) ? map.get(key) : fallback);
    default:
      throw new PythonError(`a dictionary has no ${name} here`);
  }
}

/** `object[index]`. */
export function subscript(object: unknown, index: readonly unknown[]): unknown {
  if (object instanceof Tensor) return indexed(object, index);
  const [at] = index;
  if (Array.isArray(object)) {
    if (!(at instanceof Slice)) return object.at(at as number);
    const cut = object.slice(at.start, at.stop);
    return at.step === 1 ? cut : cut.filter((_, i) => i % at.step === 0);
  }
  if (object instanceof Map && object.has(at)) return object.get(at);
  throw new PythonError(`${String(object)}[${index.map(String)}] is not known here`);
}

/** Numbers and slices dimension by dimension, `None`, `...`, tensors of indices side by side, or one mask. */
function indexed(x: Tensor, index: readonly unknown[]): Tensor {
  const taken = index.filter((part) => part !== null && part !== ellipsis).length;
  let result = x;
  let dim = 0;
  const picked: { dim: number; ids: Tensor }[] = [];
  for (const given of index) {
    const part = Array.isArray(given) ? tensight.tensor(given as number[], { dtype: 'i32' }) : given;
    if (part === null) {
      result = result.unsqueeze(dim++);
    } else if (part === ellipsis) {
      dim += x.ndim - taken;
    } else if (part instanceof Slice) {
      result = tensight.slice(result, dim, part.start, part.stop, part.step);
      dim++;
    } else if (typeof part === 'number') {
      result = tensight.select(result, dim, part);
    } else if (part instanceof Tensor && part.dtype === 'bool') {
      if (index.length > 1) throw new PythonError('a mask among other indices is not known here');
      return tensight.maskedSelect(result, part);
    } else if (part instanceof Tensor) {
      picked.push({ dim: dim++, ids: part });
    } else throw new PythonError(`[${String(part)}] is not known here`);
  }
  if (picked.length === 0) return result;
  const [first] = picked as [{ dim: number; ids: Tensor }];
  if (picked.some((pick, i) => pick.dim !== first.dim + i)) throw new PythonError('indices apart are not known here');
  // Indices stand for leading dimensions with us: those are brought to the front, and what was picked goes back.
  const lead = result.shape.map((_, d) => d).slice(0, first.dim);
  const rest = result.shape.map((_, d) => d).slice(first.dim);
  const chosen = result.permute(...rest, ...lead).index(first.ids, ...picked.slice(1).map(({ ids }) => ids));
  const back = chosen.shape.map((_, d) => d);
  return chosen.permute(...back.slice(chosen.ndim - lead.length), ...back.slice(0, chosen.ndim - lead.length));
}

/** `object[index] = value`: the list or dictionary itself, of a tensor a new one. */
export function assignTo(object: unknown, index: readonly unknown[], value: unknown): unknown {
  if (object instanceof Map) return object.set(index[0], value);
  if (Array.isArray(object)) {
    object[index[0] as number] = value;
    return object;
  }
  if (!(object instanceof Tensor)) throw new PythonError(`${String(object)} takes no values by index here`);
  const places = noGrad(() =>
    indexed(
      tensight
        .arange(object.numel)
        .to('i32')
        .reshape(...object.shape),
      index,
    ),
  );
  const source = tensight.expand(value instanceof Tensor ? value : tensight.tensor(value as number), places.shape);
  const flat = tensight.scatter(object.reshape(-1), 0, places.reshape(-1), source.reshape(-1));
  return flat.reshape(...object.shape);
}
