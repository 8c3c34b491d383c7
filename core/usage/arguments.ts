/**
 * Whether something was called as it is meant to be: what stands where options are expected is an object of options that exist, and no
 * such object stands elsewhere. PyTorch takes options by position and by snake_case names; the message is the call as it is written here.
 */

import { TensightError } from '../errors.ts';
import { inWords, unquoted } from '../inWords.ts';
import { camelCase, nearest } from '../nearest.ts';
import type { Spec } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { nameHere } from './keywords.ts';
import { type Kind, type OptionKind, optionKindOf, type Signature, signatureOf } from './signature.ts';

/** A class, by itself or as `new.target`; or the name of a function. */
type Callee = string | (abstract new (...args: never[]) => unknown);

/** Of classes, which may be a program's own. */
const ofClass = new WeakMap<object, Signature | false>();

/** Parameters that are objects by themselves. */
const objects: ReadonlySet<string> = new Set([
  'modules',
  'layers',
  'parameters',
  'optimizer',
  'model',
  'vocabulary',
  'data',
  'values',
  't',
]);

/** Throws TensightError, with the call as it should be, where `given` is not what `callee` takes. */
export function checkArguments(callee: Callee, given: ArrayLike<unknown>): void {
  const signature = typeof callee === 'string' ? signatureOf(callee) : signatureOfClass(callee);
  if (signature === undefined) return;
  const { positional, options, known, absent, open, kinds } = signature;
  const shape = positional.indexOf('shape');
  if (shape >= 0 && !Array.isArray(given[shape])) throw noShape(signature, given, shape);
  for (let i = 0; i < given.length; i++) {
    const value = given[i];
    if (value === undefined) {
      if (isRequired(kinds[i])) throw wrongKind(signature, i, value);
      continue;
    }
    if (i < positional.length || open) {
      const isMisplaced =
        typeof value === 'object'
          ? isPlain(value) && !objects.has(positional[i]!)
          : absent.size > 0 && absent.has(positional[i]!);
      if (!isMisplaced) {
        if (isOfKind(kinds[i], value)) continue;
        throw wrongKind(signature, i, value);
      }
    } else if (i === positional.length && options !== undefined && isPlain(value)) {
      const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
      if (given.every(([key]) => known.has(key))) {
        for (const [key, inner] of given) checkOption(signature, key, inner);
        continue;
      }
    }
    throw misuse(signature, given);
  }
  for (let i = given.length; i < kinds.length; i++) if (isRequired(kinds[i])) throw wrongKind(signature, i, undefined);
}

/** Throws TensightError where an option that is of one kind wherever it stands is of another one. */
function checkOption({ name }: Signature, option: string, value: unknown): void {
  const kind = optionKindOf(option);
  // In Python's way, null for none.
  if (kind === undefined || value === null || isOption(kind, value)) return;
  const write = {
    boolean: `Write ${option}: true or ${option}: false.`,
    number: unquoted(value) ?? `Write ${option}: 0.1, or what number it is.`,
    pair: `Write ${option}: [0.9, 0.999], or what numbers they are.`,
  }[kind];
  throw new TensightError(
    `${name === 'variance' ? 'var' : name}: expected ${optionsInWords[kind]} for ${option}, got ${inWords(value)}`,
    write,
  );
}

function isOption(kind: OptionKind, value: unknown): boolean {
  if (kind !== 'pair') return typeof value === kind;
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number');
}

const optionsInWords = {
  boolean: 'true or false',
  number: 'a number',
  pair: 'a list of two numbers',
} as const satisfies Record<OptionKind, string>;

const isRequired = (kind: Kind | undefined): boolean =>
  kind === 'tensor' || kind === 'number' || kind === 'numbers' || kind === 'list';

function isOfKind(kind: Kind | undefined, value: unknown): boolean {
  switch (kind) {
    case undefined:
      return true;
    case 'tensor':
      return value instanceof Tensor;
    case 'optionalTensor':
      return value === null || value instanceof Tensor;
    case 'number':
    case 'optionalNumber':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'numbers':
      return typeof value === 'number' || Array.isArray(value);
    case 'list':
      return Array.isArray(value);
    default:
      return kind satisfies never;
  }
}

const kindsInWords = {
  tensor: 'a tensor',
  optionalTensor: 'a tensor',
  number: 'a number',
  optionalNumber: 'a number',
  boolean: 'true or false',
  numbers: 'a number or a list of numbers',
  list: 'a list of numbers',
} as const satisfies Record<Kind, string>;

/** `mm(x, 3)`, `x.sum(0, 1)`: neither an option nor too many, but of another kind than the parameter. */
function wrongKind({ name, positional, kinds }: Signature, at: number, value: unknown): TensightError {
  const kind = kinds[at]!;
  const parameter = positional[at]!;
  const got = value instanceof Tensor ? 'a tensor' : inWords(value);
  const dims = kind === 'boolean' && typeof value === 'number' && positional[at - 1] === 'dim';
  return new TensightError(
    `${name === 'variance' ? 'var' : name}: expected ${kindsInWords[kind]} for ${parameter}, got ${got}`,
    unquoted(kind === 'tensor' ? undefined : value) ??
      (dims
        ? `Several dimensions are one list: x.${name}([0, 1]).`
        : `It is written ${callOf(name)}.${ofNumbers.has(parameter) ? '' : asTensor(kind, value)}`),
  );
}

/** What no number or list of numbers would do for. */
const ofNumbers: ReadonlySet<string> = new Set([
  ...['weight', 'bias', 'query', 'key', 'value', 'runningMean', 'runningVar', 'theta', 'grid', 'mask', 'condition'],
]);

function asTensor(kind: Kind, value: unknown): string {
  if (kind !== 'tensor' && kind !== 'optionalTensor') return '';
  if (Array.isArray(value))
    return value.some((one) => one instanceof Tensor)
      ? ' Give it the tensors themselves, not a list of them.'
      : ' tensor([…]) makes a tensor of numbers.';
  return typeof value === 'number' || typeof value === 'boolean' ? ` tensor(${value}) makes a tensor of it.` : '';
}

/** What to throw where `op` was given something else as the tensor it works on. */
export function noTensor(op: string, value: unknown): TensightError {
  const call = callOf(op);
  return new TensightError(
    `${op}: expected a tensor, got ${inWords(value)}`,
    `${call === undefined ? 'Give it a tensor.' : `It is written ${call}.`}${asTensor('tensor', value)}`,
  );
}

/** How something of this name is written, with the names of its parameters; undefined where that is in no table. */
export function callOf(name: string): string | undefined {
  const signature = signatureOf(name);
  if (signature === undefined) return undefined;
  const { positional, known, absent, isMethod, written } = signature;
  const own = positional.filter((parameter) => !absent.has(parameter)).slice(isMethod ? 1 : 0);
  const parts = known.size === 0 ? own : [...own, `{ ${[...known].join(', ')} }`];
  return `${isMethod ? `x.${name === 'variance' ? 'var' : name}` : written}(${parts.join(', ')})`;
}

/** Whether something of this name takes an option of that one. */
export const hasOption = (name: string, option: string): boolean => signatureOf(name)?.known.has(option) === true;

/** Throws TensightError where `list` is no list of tensors: `cat(x, y)` for `cat([x, y])`. */
export function checkTensors(op: string, list: readonly Tensor[]): void {
  const given: unknown = list;
  if (Array.isArray(given)) {
    const other: unknown = given.find((item) => !(item instanceof Tensor));
    if (other === undefined && !given.includes(undefined)) return;
    throw new TensightError(
      `${op}: expected a list of tensors, got one with ${inWords(other)}`,
      `Write ${op}([a, b]).${asTensor('tensor', other)}`,
    );
  }
  throw new TensightError(`${op}: expected a list of tensors, got ${inWords(given)}`, `Write ${op}([a, b], dim).`);
}

/** `randn(2, 3)` for `randn([2, 3])`. */
function noShape({ name, written, positional }: Signature, given: ArrayLike<unknown>, at: number): TensightError {
  const sizes = Array.from(given).filter((value) => typeof value === 'number');
  // PyTorch's randint may leave out where it begins.
  if (name === 'randint' && Array.isArray(given[1]))
    return new TensightError(
      'randint: expected low, high and a shape, got two arguments',
      `Write randint(0, ${shown(given[0], 'high')}, ${shown(given[1], 'shape')}).`,
    );
  const before = positional.slice(0, at).map((parameter, i) => shown(given[i], parameter));
  const own = sizes.slice(at);
  const list = own.length === 0 ? '[2, 3]' : `[${own.join(', ')}]`;
  const after = name === 'full' ? ['value'] : [];
  return new TensightError(
    `${name}: expected a shape, a list of sizes, got ${inWords(given[at])}`,
    `Write ${written}(${[...before, list, ...after].join(', ')}).`,
  );
}

/** What to throw where `dim` of an operation is no number: an object of options, most often. */
export function misusedDim(op: string, dim: unknown, spec?: Spec): TensightError {
  const signature = signatureOf(op);
  const at = signature?.positional.indexOf('dim') ?? -1;
  if (signature !== undefined && at >= 0 && isPlain(dim)) {
    const given: unknown[] = new Array(at).fill(undefined);
    return misuse(signature, [...given, dim]);
  }
  const named = typeof dim === 'string' ? (spec?.axes.findIndex(({ name }) => name === dim) ?? -1) : -1;
  return new TensightError(
    `${op}: expected a dimension, got ${inWords(dim)}`,
    named < 0
      ? 'Dimensions are numbers: 0 is the first, -1 the last.'
      : `Dimensions are numbers: write ${named}, which is named ${String(dim)}.`,
  );
}

/** That of the nearest class in the chain that has one. */
function signatureOfClass(callee: Exclude<Callee, string>): Signature | undefined {
  let signature = ofClass.get(callee);
  if (signature === undefined) {
    signature = false;
    for (let c: unknown = callee; typeof c === 'function' && !signature; c = Object.getPrototypeOf(c))
      signature = signatureOf(c.name) ?? false;
    ofClass.set(callee, signature);
  }
  return signature || undefined;
}

/** An object as it is written in braces, no instance of a class. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Options that take a text. */
const texts: ReadonlySet<string> = new Set([
  ...['mode', 'reduction', 'dtype', 'activation', 'nonlinearity', 'approximate', 'paddingMode', 'interpolation'],
]);

/** What the gain of an initialisation is chosen by. */
const nonlinearities: ReadonlySet<unknown> = new Set(['linear', 'relu', 'leaky_relu', 'tanh', 'sigmoid', 'selu']);

/** What stands in the call, by the names that it has here. */
class Reading {
  readonly named = new Map<string, unknown>();
  /** As they were written. */
  readonly strangers: string[] = [];
  readonly absent: string[] = [];
  readonly renamed: [from: string, to: string][] = [];
  /** An object where a position is. */
  readonly inObject: string[] = [];
  /** A position where an object is. */
  readonly byPosition: string[] = [];
  surplus = 0;
  /** Where options stand that come too early. */
  early = 0;

  constructor(
    readonly signature: Signature,
    given: ArrayLike<unknown>,
  ) {
    const { positional, options = [] } = signature;
    const order = [...positional, ...options];
    for (let i = 0; i < given.length; i++) {
      const value = given[i];
      // No options at all, as Python writes them.
      if (value === undefined || (value === null && i >= positional.length)) continue;
      const name = this.#textOption(value, order[i]) ?? order[i];
      if (isPlain(value) && !objects.has(name ?? '')) {
        this.early = i;
        this.#object(value, i < positional.length);
      } else if (name === undefined) this.surplus++;
      else {
        if (signature.absent.has(name)) this.absent.push(name);
        else if (i >= positional.length) this.byPosition.push(name);
        // PyTorch's unbiased, which was there before.
        this.named.set(name, name === 'correction' && typeof value === 'boolean' ? Number(value) : value);
      }
    }
    for (const name of this.absent) this.named.delete(name);
  }

  /** The option that a text is for, where the one in its place takes none. */
  #textOption(value: unknown, inPlace: string | undefined): string | undefined {
    const { known, options } = this.signature;
    if (nonlinearities.has(value) && known.has('nonlinearity')) return 'nonlinearity';
    if (typeof value !== 'string' || inPlace === undefined || !options?.includes(inPlace) || texts.has(inPlace))
      return undefined;
    return [...known].find((name) => texts.has(name) && !this.named.has(name));
  }

  #object(value: object, isPosition: boolean): void {
    const { positional, known, absent } = this.signature;
    for (const [key, inner] of Object.entries(value)) {
      const name = nameHere(key, [...positional, ...known]) ?? camelCase(key);
      const here = known.has(name) || positional.includes(name);
      if (absent.has(name)) this.absent.push(name);
      else if (!here) this.strangers.push(key);
      else {
        if (name !== key) this.renamed.push([key, name]);
        if (positional.includes(name) && (isPosition || !known.has(name))) this.inObject.push(name);
        this.named.set(name, inner);
      }
    }
  }

  /** The call as it is written here. */
  get call(): string {
    const { name, written, positional, known, absent } = this.signature;
    const own = positional.filter((name) => !absent.has(name));
    let count = own.length;
    const optional = [...this.named.keys()].filter((name) => known.has(name));
    if (optional.length === 0) while (count > 0 && !this.named.has(own[count - 1]!)) count--;
    const parts = own.slice(0, count).map((name) => shown(this.named.get(name), name));
    if (optional.length > 0)
      parts.push(`{ ${optional.map((name) => `${name}: ${shown(this.named.get(name), '…')}`).join(', ')} }`);
    if (this.signature.isMethod) return `x.${name === 'variance' ? 'var' : name}(${parts.slice(1).join(', ')})`;
    return `${written}(${parts.join(', ')})`;
  }
}

function misuse(signature: Signature, given: ArrayLike<unknown>): TensightError {
  const reading = new Reading(signature, given);
  const { name, positional, options, known, absent } = signature;
  const write = `Write ${reading.call}.`;
  const { strangers, renamed, inObject, byPosition } = reading;
  if (strangers.length > 0) {
    const among = [...positional.filter((other) => !absent.has(other)), ...known];
    const hint = Object.hasOwn(instead, camelCase(strangers[0]!)) ? instead[camelCase(strangers[0]!)] : undefined;
    const near = nearest(strangers[0]!, among);
    const takes = known.size > 0 ? `Its options are ${[...known].join(', ')}.` : `It takes no options. ${write}`;
    return new TensightError(
      `${name === 'variance' ? 'var' : name}: there is no option ${strangers.join(', ')}`,
      hint !== undefined && known.has(hint[0])
        ? hint[1]
        : near === undefined
          ? takes
          : `Did you mean ${near}? ${takes}`,
    );
  }
  if (reading.absent.length > 0)
    return new TensightError(
      `${name}: ${reading.absent.join(', ')} of PyTorch ${reading.absent.length === 1 ? 'does' : 'do'} not exist here`,
      `${reasons[reading.absent[0]!] ?? 'Leave it out.'} ${write}`,
    );
  if (renamed.some(([, name]) => !inObject.includes(name)))
    return new TensightError(
      `${name}: ${renamed.map(([from, to]) => `the option ${from} is called ${to}`).join(', ')}`,
      write,
    );
  if (inObject.length > 0)
    return new TensightError(`${name}: expected ${inObject.join(' and ')} by position, got an object`, write);
  if (byPosition.length > 0)
    return new TensightError(
      `${name}: expected ${byPosition.join(', ')} in an object of options, got ${byPosition.map((key) => shown(reading.named.get(key), 'a value')).join(', ')} by position`,
      write,
    );
  if ([...reading.named.keys()].some((key) => known.has(key)))
    return new TensightError(
      `${name}: expected ${positional[reading.early] ?? 'another argument'}, got the options`,
      write,
    );
  const most = positional.filter((other) => !absent.has(other)).length + (options === undefined ? 0 : 1);
  const kindAt = signature.kinds[reading.early];
  // Braces with nothing in them.
  if (given.length <= most)
    return new TensightError(
      `${name}: expected ${kindAt === undefined ? '' : `${kindsInWords[kindAt]} for `}${positional[reading.early] ?? 'options'}, got an object`,
      `It is written ${callOf(name)}.`,
    );
  if (positional[0] === 'modules' && most === 1)
    return new TensightError(
      `${name}: expected one list, got ${given.length} arguments`,
      `Write ${signature.written}([a, b]).`,
    );
  return new TensightError(
    `${name}: expected ${most === 0 ? 'no arguments' : most === 1 ? 'one argument' : `at most ${most} arguments`}, got ${given.length}`,
    write,
  );
}

/** An option of PyTorch's that another one stands for. */
const instead: Readonly<Record<string, readonly [option: string, hint: string]>> = {
  unbiased: ['correction', 'Write correction: 0 for unbiased=False; 1, the default, is unbiased=True.'],
  ddof: ['correction', 'Write correction: it is what ddof is in NumPy.'],
  lr: ['optimizer', 'The learning rate is the optimizer’s.'],
  learningRate: ['lr', 'It is called lr.'],
  learningrate: ['lr', 'It is called lr.'],
  batchSize: ['batch', 'batch is a function that gives the tensors of a step.'],
};

/** Why PyTorch's is not there, and what to do instead. */
const reasons: Readonly<Record<string, string>> = {
  inplace: 'Operations give new tensors and leave their inputs as they are.',
  device: 'There is one device.',
  dtype: "Parameters are f32; convert what goes in or comes out: x.to('f32').",
  maxNorm: 'Shorten the rows yourself: nn.functional.normalize(rows).mul(maxNorm).',
  sparse: 'Gradients are dense.',
  sizeAverage: "Use reduction: 'mean' or 'sum'.",
  reduce: "Use reduction: 'none' for a loss of each element.",
  lastEpoch: 'To resume, call optimizer.loadStateDict(state), then step() as often as before.',
  verbose: 'Print optimizer.groups[0].lr after step().',
  epochs: 'Use totalSteps: epochs times steps per epoch.',
  stepsPerEpoch: 'Use totalSteps: epochs times steps per epoch.',
  lineSearchFn: 'There is no line search: every step has length lr.',
  stable: 'Sorting is stable.',
  sorted: 'What topk gives is sorted.',
  returnIndices: 'Take them from nn.functional.maxPool2d(x, kernelSize, { returnIndices: true }).',
  eps: 'It is chosen for f32.',
};

/** A value as one would write it; what cannot be written by `name`. */
function shown(value: unknown, name: string): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value) && value.length <= 8 && value.every((item) => typeof item === 'number'))
    return `[${value.join(', ')}]`;
  return name;
}
