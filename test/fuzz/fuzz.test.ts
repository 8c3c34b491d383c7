/** A short, fixed run of the fuzzer, and that everything there is can be drawn. `npm run fuzz` runs for longer, and asks PyTorch. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nn } from '../../core/index.ts';
import { registry } from '../../core/ops/registry.ts';
import type { Case } from './case.ts';
import { difference } from './compare.ts';
import { type Answer, evaluate } from './evaluate.ts';
import { expressions } from './expressions.ts';
import { sources } from './families.ts';
import { fuzz } from './fuzz.ts';
import { layers, noLayers } from './layers.ts';
import { amongOurs, type Disagreement, plainAnswer } from './oracles.ts';
import { pasted } from './report.ts';

describe('what is drawn', { timeout: 120_000 }, () => {
  test('every operation has PyTorch’s words, or a reason why not', () => {
    expect(Object.keys(expressions).sort()).toEqual(Object.keys(registry).sort());
  });

  test('every layer and loss has cases, or a reason why not', () => {
    const classes = Object.entries(nn).flatMap(([name, value]) =>
      typeof value === 'function' && /^[A-Z]/.test(name) ? [name] : [],
    );
    expect([...Object.keys(layers), ...Object.keys(noLayers)].sort()).toEqual(classes.sort());
  });

  test('the same seed draws the same cases', () => {
    for (const { name, cases } of sources) {
      const drawn = () => JSON.stringify(fc.sample(cases, { seed: 5, numRuns: 1 }));
      expect(drawn(), name).toBe(drawn());
    }
  });

  test('the programs can be run: none is refused for a word that is not there', () => {
    for (const { name, cases } of sources)
      for (const given of fc.sample(cases, { seed: 11, numRuns: 2 })) {
        const { rough, refused } = plainAnswer(given);
        expect(rough ? `${name}: ${refused}` : undefined, given.ours).toBe(undefined);
      }
  });
});

const given: Case = {
  family: 'call',
  name: 'sum',
  inputs: [{ dtype: 'f32', shape: [2, 2], strides: [1, 2], offset: 1, data: [9, 1, 2, 3, 4], grad: true }],
  ours: 'const t = a.mul(2)\nt.sum(0)',
  theirs: 't = a * 2\nt.sum(0)',
};

const first = (of: Case, plain: Answer): Disagreement | undefined => [...amongOurs(of, plain)][0];

describe('what is found', () => {
  test('a backend that computes otherwise, in values and in gradients', () => {
    const plain = plainAnswer(given);
    expect(plain.outputs[0]!.values).toEqual(Float32Array.of(6, 14));
    expect([...amongOurs(given, plain)]).toEqual([]);
    const other = { ...plain, outputs: [{ ...plain.outputs[0]!, values: [6, 14.01] }] };
    expect(first(given, other)?.what).toMatch(/output 0 element 1 is 14, expected 14.01/);
    const gradients = [
      { ...plain.gradients[0]!, values: [...[...Array.from(plain.gradients[0]!.values).slice(0, 3)], 2.5] },
    ];
    expect(first(given, { ...plain, gradients })?.what).toBe(
      'gradient of a element 3 is 1.2599999904632568, expected 2.5',
    );
    expect(first(given, { ...plain, refused: 'no' })?.what).toBe('is computed, expected: no');
  });

  test('NaN in the place of a number, a shape, a dtype', () => {
    const tolerance = { relative: 1e-4, ofLargest: 1e-4 };
    const of = (values: number[], shape = [values.length], dtype = 'f32') => ({
      outputs: [{ dtype, shape, values }],
      gradients: [],
      parameters: {},
    });
    expect(difference(of([Number.NaN]), of([1]), tolerance)).toMatch(/NaN, expected 1/);
    expect(difference(of([1]), of([Number.NaN]), tolerance)).toMatch(/1, expected NaN/);
    expect(difference(of([Number.NaN]), of([Number.NaN]), tolerance)).toBe(undefined);
    expect(difference(of([1, 2], [2]), of([1, 2], [1, 2]), tolerance)).toMatch(/\[2\], expected \[1,2\]/);
    expect(difference(of([1], [1], 'i32'), of([1]), tolerance)).toMatch(/i32, expected f32/);
    expect(difference(of([Infinity]), of([3e38]), tolerance)).toMatch(/Infinity/);
    expect(difference(of([3e38]), of([Infinity]), tolerance)).toMatch(/expected Infinity/);
    expect(difference(of([Infinity]), of([-Infinity]), tolerance)).toMatch(/expected -Infinity/);
  });

  test('is said in five lines, of which the first three run', () => {
    const lines = pasted({ number: 3, given, found: { oracle: 'PyTorch', what: 'output 0 is wrong' } }, 7).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('// call sum: seed 7, case 3');
    expect(lines[1]).toContain('Float32Array.of(9, 1, 2, 3, 4)');
    expect(lines[2]).toBe('const t = a.mul(2); const y = t.sum(0);');
  });

  test('a refusal in no words of ours', () => {
    const broken = { ...given, ours: 'undefined.noSuchMember' };
    expect(first(broken, plainAnswer(broken))?.oracle).toBe('refusals');
    expect(evaluate(broken, { backend: (globalThis as { none?: never }).none! }).rough).toBe(true);
  });
});

test('every source once, a few times some: all backends agree, in a trace and outside it', {
  timeout: 240_000,
}, async () => {
  const faults: string[] = [];
  const tally = await fuzz({ seed: 20, cases: 2 * sources.length, onFault: (fault) => faults.push(pasted(fault, 20)) });
  expect(faults.join('\n\n')).toBe('');
  expect(tally.cases).toBe(2 * sources.length);
  expect([...tally.families.keys()].sort()).toEqual(['call', 'graph', 'layer', 'operation']);
});
