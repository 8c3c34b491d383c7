/**
 * Whatever a function of the library is given, it takes it or refuses it in words: no error of JavaScript's own, nothing printed that is
 * no text, and the words are about the function that was called.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { context } from '../../../core/context.ts';
import * as core from '../../../core/index.ts';
import { signatureOf } from '../../../core/usage/signature.ts';

const { arange, nn, randn, Tensor, TensightError, zeros } = core;

beforeAll(() => {
  // Numbers do not matter here, and sizes are drawn.
  context.mode = 'shape';
});
afterAll(() => {
  context.mode = 'value';
});

const values: readonly (readonly [string, () => unknown])[] = [
  ['a vector', () => randn([4])],
  ['a matrix', () => randn([4, 4])],
  ['a batch', () => randn([2, 4, 4])],
  ['images', () => randn([2, 4, 4, 4])],
  ['indices', () => arange(4)],
  ['a mask', () => zeros([4, 4], { dtype: 'bool' })],
  ['0', () => 0],
  ['2', () => 2],
  ['-1', () => -1],
  ['0.5', () => 0.5],
  ['NaN', () => Number.NaN],
  ['∞', () => Number.POSITIVE_INFINITY],
  ["'mean'", () => 'mean'],
  ['true', () => true],
  ['null', () => null],
  ['undefined', () => undefined],
  ['[]', () => []],
  ['[2, 2]', () => [2, 2]],
  ["['a']", () => ['a']],
  ['[null]', () => [null]],
  ['tensors', () => [randn([4]), randn([4])]],
  ['{}', () => ({})],
  ['{ dim: 1 }', () => ({ dim: 1 })],
  ['a function', () => () => 1],
  ['a layer', () => new nn.ReLU()],
];

/** Functions of tensors: what starts a training or reads files takes other things. */
const functions = [
  ...Object.entries(core).map((entry) => ['', ...entry] as const),
  ...Object.entries(nn.functional).map((entry) => ['nn.functional.', ...entry] as const),
].flatMap(([room, name, value]) =>
  typeof value === 'function' && /^[a-z]/.test(name) && signatureOf(name)?.written === room + name
    ? [[room + name, name, value as (...given: unknown[]) => unknown] as const]
    : [],
);
const methods = Object.getOwnPropertyNames(Tensor.prototype).flatMap((name) => {
  const signature = signatureOf(name === 'var' ? 'variance' : name);
  return signature?.isMethod ? [[`x.${name}`, name] as const] : [];
});

const some = fc.integer({ min: 0, max: values.length - 1 });

/** Throws unless whatever is given is taken, or refused in words. */
function isRefusedInWords(call: (...given: unknown[]) => unknown, shown: string, most: number): void {
  const property = fc.property(fc.array(some, { maxLength: most + 1 }), (chosen) => {
    const given = chosen.map((i) => values[i]![1]());
    // Options are taken apart before a function can look at them: `problem.ts` has the words for that.
    if (given[most] === null) given[most] = undefined;
    const written = `${shown}(${chosen.map((i) => values[i]![0]).join(', ')})`;
    try {
      call(...given);
    } catch (error) {
      if (!(error instanceof TensightError)) expect.fail(`${written} throws ${String(error)}`);
      const words = `${error.message} ${error.hint ?? ''}`;
      expect(words, written).not.toMatch(/\[object|undefined|=>(?! new )|\[Function/);
    }
  });
  const { failed, errorInstance } = fc.check(property, { numRuns: 60, seed: 5 });
  if (failed) expect.fail(errorInstance instanceof Error ? errorInstance.message : String(errorInstance));
}

describe('whatever it is given, is taken or refused in words by', () => {
  it.each(functions)('%s', (shown, name, call) => {
    isRefusedInWords(call, shown, signatureOf(name)!.positional.length);
  });
  it.each(methods)('%s', (shown, name) => {
    const call = (...given: unknown[]) => {
      const x = randn([4, 4]) as unknown as Record<string, (...given: unknown[]) => unknown>;
      return x[name]!(...given);
    };
    isRefusedInWords(call, shown, signatureOf(name === 'var' ? 'variance' : name)!.positional.length);
  });
});
