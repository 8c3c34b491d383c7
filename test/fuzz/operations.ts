/** Cases of every operation of the registry: the random inputs of its properties (`arbitraries.ts`), and PyTorch's words for it. */
import fc from 'fast-check';
import { registry } from '../../core/ops/registry.ts';
import { arbitraries } from '../core/ops/arbitraries.ts';
import type { Sample } from '../core/ops/samples.ts';
import { type Case, type Given, givenOf, inputNames } from './case.ts';
import { elementwise, expressions } from './expressions.ts';

/** What floats do at their ends. */
const ends = [Number.NaN, Infinity, -Infinity, 3e38, -3e38, 1e20, -1e20, 1e-40, -1e-40, -0, 88.8, -103.9, 1, -1, 0];

/** Some elements replaced by the ends of what floats can hold. */
const salted = (given: Given): fc.Arbitrary<Given> =>
  fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ends)), { minLength: 1, maxLength: 3 }).map((salt) => {
    if (given.dtype !== 'f32' || given.data.length === 0) return given;
    const data = [...given.data];
    for (const [at, value] of salt) data[at % data.length] = Math.fround(value);
    return { ...given, data };
  });

/** Attributes as the text that makes them again. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, each]) => `${name}: ${written(each)}`);
    return `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' ? `'${value}'` : Object.is(value, -0) ? '-0' : String(value);
}

function caseOf(name: string, { inputs, attrs }: Sample, given: readonly Given[], extreme: boolean): Case {
  const args = inputs.map((_, i) => inputNames[i]!);
  const text = written(attrs);
  const known = expressions[name];
  return {
    family: 'operation',
    name,
    inputs: given,
    ours: `apply(registry.${name}, [${args.join(', ')}], ${text})`,
    theirs: typeof known === 'function' ? known({ args, attrs: attrs as never, inputs }) : undefined,
    extreme,
  };
}

function ofOperation(name: string): fc.Arbitrary<Case> {
  const mayBeExtreme = elementwise.has(name);
  return fc.tuple(arbitraries[name]!, fc.nat(3)).chain(([sample, n]) => {
    const given = sample.inputs.map(givenOf);
    if (!mayBeExtreme || n > 0) return fc.constant(caseOf(name, sample, given, false));
    return fc.tuple(...given.map(salted)).map((drawn) => caseOf(name, sample, drawn, true));
  });
}

export const operations: Readonly<Record<string, fc.Arbitrary<Case>>> = Object.fromEntries(
  Object.keys(registry).map((name) => [name, ofOperation(name)]),
);
