/**
 * Whether numbers that say where, how far or how many are whole, and whether what ought to be a number is one. What is computed with
 * others has impossible sizes, or numbers from beside the data.
 */
import { TensightError } from '../errors.ts';
import { inWords, unquoted } from '../inWords.ts';
import { checkArguments } from './arguments.ts';

/** Throws TensightError unless each, and each in a list, is a whole number, or left out. */
export function checkWhole(op: string, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || Number.isInteger(value)) continue;
    for (const one of Array.isArray(value) && value.length > 0 ? value : [value])
      if (!Number.isInteger(one))
        throw new TensightError(`${op}: expected a whole number for ${name}, got ${shown(one)}`, hintFor(one));
  }
}

/** Throws TensightError unless each is a number, or left out. `args`, of the call, say how it is written where they are misplaced. */
export function checkNumbers(op: string, values: Readonly<Record<string, unknown>>, args?: ArrayLike<unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || typeof value === 'number') continue;
    if (args !== undefined) checkArguments(op, args);
    throw new TensightError(`${op}: expected a number for ${name}, got ${shown(value)}`, hintFor(value));
  }
}

/** Throws TensightError unless the value is one of these texts, or left out. */
export function checkChoice(op: string, name: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value as string)) return;
  const all = choices.map((choice) => `'${choice}'`);
  throw new TensightError(
    `${op}: there is no ${name} ${typeof value === 'string' ? `'${value}'` : inWords(value)}`,
    `Write ${all.slice(0, -1).join(', ')} or ${all.at(-1)}.`,
  );
}

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : inWords(value));

function hintFor(value: unknown): string {
  if (Array.isArray(value)) return 'Write the numbers in one list, with no lists in it.';
  if (value === null) return 'Leave it out where there is none.';
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
    return 'Leave it out where there is no limit.';
  if (Number.isNaN(value)) return 'It was computed from something that is not a number: look at where it comes from.';
  if (typeof value === 'number') return `Round it: Math.floor(${value}) is ${Math.floor(value)}.`;
  if (value === 'fro') return 'Write 2: over all elements the Frobenius norm is the 2-norm.';
  return unquoted(value) ?? 'Write the number itself.';
}
