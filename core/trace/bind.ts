/**
 * Which input goes to which argument. Inputs are written as an object of names, so they go to the parameters of the same
 * names; only where a name is not a parameter's do all go in the order they are written in.
 */
import { TensightError } from '../errors.ts';
import type { Inputs } from '../model.ts';
import { Tensor } from '../tensor/tensor.ts';

export interface Bound {
  readonly args: readonly unknown[];
  /** Parameters that no input is for. */
  readonly missing: readonly string[];
  /** Inputs that no parameter takes. */
  readonly untaken: readonly string[];
  /** Why the order decided although some names are parameters' at other places. */
  readonly doubt: string | undefined;
}

/** Stands for all arguments from its place on: a rest parameter, or a function that reads `arguments`. */
export const rest = '...';

export function bind(inputs: Inputs, parameters: readonly (string | undefined)[]): Bound {
  const names = Object.keys(inputs);
  const values = Object.values(inputs);
  if (names.length > 0 && names.every((name) => parameters.includes(name))) {
    const last = Math.max(...names.map((name) => parameters.indexOf(name)));
    const args = parameters.slice(0, last + 1).map((name) => (name === undefined ? undefined : inputs[name]));
    return {
      args,
      missing: parameters.flatMap((name) =>
        name === undefined || name === rest || names.includes(name) ? [] : [name],
      ),
      untaken: [],
      doubt: undefined,
    };
  }
  const missing = parameters.slice(names.length).flatMap((name) => (name === undefined || name === rest ? [] : [name]));
  const untaken = parameters.includes(rest) ? [] : names.slice(parameters.length);
  const elsewhere = names.filter((name, i) => parameters.includes(name) && parameters[i] !== name);
  const doubt =
    elsewhere.length === 0
      ? undefined
      : `the inputs ${names.join(', ')} are passed to forward(${parameters.map((name) => name ?? '…').join(', ')}) in order, because not all of them are names of its parameters`;
  return { args: values, missing, untaken, doubt };
}

/**
 * Throws TensightError where a parameter is a pattern (`{ x, mask }`, `[x, y]`) and what it gets cannot be taken apart by it: a tensor,
 * or nothing. `callee` is what is called.
 */
export function checkPatterns(callee: string, forward: (...args: never[]) => unknown, args: readonly unknown[]): void {
  for (const [i, part] of parametersIn(forward).entries()) {
    const pattern = /^[{[]/.test(part) ? part : undefined;
    if (pattern === undefined) continue;
    const given = args[i];
    const [taken, optional] = splitDefault(pattern);
    if (given === undefined ? optional : !(given instanceof Tensor)) continue;
    const kind = taken.startsWith('{') ? 'an object' : 'a list';
    const came = given === undefined ? 'no input is for it' : 'it gets a tensor';
    const names = boundNames(taken);
    throw new TensightError(
      `${callee} takes ${kind} apart, ${taken.replaceAll(/\s+/g, ' ')}: ${came}, because each input is an argument of its own`,
      `Write one parameter for each input: forward(${names.join(', ')}).`,
    );
  }
}

/** A pattern without its default, and whether it has one. */
function splitDefault(part: string): [pattern: string, optional: boolean] {
  let depth = 0;
  for (let i = 0; i < part.length; i++) {
    if ('{[('.includes(part[i]!)) depth++;
    else if ('}])'.includes(part[i]!) && --depth === 0) return [part.slice(0, i + 1), /^\s*=/.test(part.slice(i + 1))];
  }
  return [part, false];
}

/** The names that a function needs of the object it is given, `({ output, targets }) =>`; none where it takes it whole. */
export function namesTaken(of: (...args: never[]) => unknown): readonly string[] {
  const [first = ''] = parametersIn(of);
  return first.startsWith('{') ? boundNames(splitDefault(first)[0], (part) => !part.includes('=')) : [];
}

/** What a pattern names first: the keys of an object, the elements of a list. */
const boundNames = (pattern: string, wanted: (part: string) => boolean = () => true): string[] =>
  splitList(pattern, 1)
    .filter(wanted)
    .flatMap((part) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(part)?.[0] ?? []);

/** The names of a function's parameters, from its text; undefined for a pattern, `rest` for those that take whatever comes. */
export function parametersOf(forward: (...args: never[]) => unknown): (string | undefined)[] {
  const names = parametersIn(forward).map((part) =>
    part.startsWith('...') ? rest : /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(part)?.[0],
  );
  const text = Function.prototype.toString.call(forward);
  return /\barguments\b/.test(text) && !names.includes(rest) ? [...names, rest] : names;
}

/** A function's parameters as they are written. */
function parametersIn(forward: (...args: never[]) => unknown): string[] {
  const text = Function.prototype.toString.call(forward);
  const single = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(text);
  return single === null ? splitList(text, text.indexOf('(') + 1) : [single[1]!];
}

/** What stands between commas from here on, to the bracket that ends it. */
function splitList(text: string, start: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = start;
  let quote: string | undefined;
  for (let i = from; i > 0 && i < text.length; i++) {
    const c = text[i]!;
    if (quote !== undefined) {
      if (c === '\\') i++;
      else if (c === quote) quote = undefined;
    } else if (c === '"' || c === "'" || c === '`') quote = c;
    else if (c === '(' || c === '[' || c === '{') depth++;
    else if (depth > 0 && (c === ')' || c === ']' || c === '}')) depth--;
    else if (depth === 0 && (c === ',' || c === ')' || c === ']' || c === '}')) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
      if (c !== ',') break;
    }
  }
  return parts.filter((part) => part !== '');
}
