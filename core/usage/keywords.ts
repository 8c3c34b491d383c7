/** A call with keyword arguments, as Python has them, and how it is written here: `x.sum(dim=1)` is `x.sum(1)`. */
import { camelCase } from '../nearest.ts';
import { type Signature, signatureOf } from './signature.ts';

/** One argument as it is written. */
export interface WrittenArgument {
  /** Before the `=`; undefined where it goes by position. */
  readonly keyword?: string;
  readonly text: string;
}

export interface WrittenCall {
  /** What is called: `x.sum`, `nn.Linear`. */
  readonly callee: string;
  readonly arguments: readonly WrittenArgument[];
}

/** How it is written here, or what is known of that. */
export function withoutKeywords(call: WrittenCall): string {
  const last = /[\w$]*$/.exec(call.callee)?.[0] ?? '';
  const before = call.callee.slice(0, call.callee.length - last.length);
  const name = camelCase(last);
  const signature = signatureOf(name === 'var' ? 'variance' : name);
  const isClass = /^[A-Z]/.test(name);
  if (signature === undefined || (isClass && before !== '' && !/\b(?:nn|optim|torch)\.$/.test(before)))
    return 'Arguments go by position, or in one object where it takes options, as in f(x, { p: 0.1 }).';
  // nn.functional has most of them, too.
  const isFunctional = /(?:\bfunctional|^F)\.$/.test(before);
  const isLibrary = before === '' || /(?:^|\.)(?:nn|optim|functional|F|torch|T|init|utils)\.$/.test(before);
  const { written, isMethod } = signature;
  const ofReceiver = isMethod && !isLibrary;
  const path = before.length > 40 || before.includes('\n') ? 'x.' : before;
  const callee = ofReceiver
    ? path + name
    : isClass
      ? written.replace(/^new /, '')
      : isMethod && before === ''
        ? name
        : isFunctional
          ? before + name
          : written;
  const parts = argumentsOf(signature, call.arguments, ofReceiver ? 1 : 0);
  const lead = isClass ? 'new ' : '';
  return parts.isWhole
    ? `Write ${lead}${callee}(${parts.texts.join(', ')}).`
    : `It is written ${lead}${callee}(${parametersOf(signature, ofReceiver ? 1 : 0)}).`;
}

function parametersOf({ positional, known, absent }: Signature, skip: number): string {
  const own = positional.filter((parameter) => !absent.has(parameter)).slice(skip);
  return [...own, ...(known.size === 0 ? [] : [`{ ${[...known].join(', ')} }`])].join(', ');
}

/** Texts in the order in which they are written here; not whole where one of them has no place. */
function argumentsOf(
  { positional, options = [], known, absent }: Signature,
  given: readonly WrittenArgument[],
  skip: number,
): { readonly texts: readonly string[]; readonly isWhole: boolean } {
  const order = [...positional, ...options].slice(skip);
  const named = new Map<string, string>();
  let isWhole = true;
  given.forEach(({ keyword, text }, i) => {
    const name = keyword === undefined ? order[i] : nameHere(keyword, order);
    if (name !== undefined && absent.has(name)) return;
    if (name === undefined || named.has(name)) isWhole = false;
    else named.set(name, text);
  });
  const own = positional.slice(skip).filter((name) => !absent.has(name));
  const optional = [...named].filter(([name]) => known.has(name) && !own.includes(name));
  let count = own.length;
  while (count > 0 && !named.has(own[count - 1]!)) count--;
  const texts = own.slice(0, count).map((name) => named.get(name) ?? (optionalBefore.has(name) ? 'undefined' : name));
  if (optional.length > 0) texts.push(`{ ${optional.map(([name, text]) => `${name}: ${text}`).join(', ')} }`);
  return { texts, isWhole };
}

/** May be left out before others that are given. */
const optionalBefore: ReadonlySet<string> = new Set(['dim', 'min', 'start', 'bias', 'p', 'training']);

/** PyTorch's names of what is called otherwise here. */
const renamed: Readonly<Record<string, readonly string[]>> = {
  input: ['x', 'logits', 'input'],
  axis: ['dim'],
  keepdims: ['keepdim'],
  splitSizeOrSections: ['size'],
  splitSize: ['size'],
  pad: ['padding'],
  diagonal: ['offset'],
  repeats: ['times'],
  shifts: ['shift'],
  numClasses: ['classes'],
  size: ['shape', 'size'],
  fillValue: ['value'],
  startDim: ['start'],
  endDim: ['end'],
  data: ['values', 'data'],
  params: ['parameters'],
  dims: ['dim'],
  lrLambda: ['factor'],
};

/** What a parameter of PyTorch's or NumPy's is called here, among these. */
export function nameHere(keyword: string, order: readonly string[]): string | undefined {
  const name = camelCase(keyword);
  return order.includes(name) ? name : renamed[name]?.find((other) => order.includes(other));
}
