/** What explains a disagreement explains no other: a wrong NaN, 0 or number of ours is a fault in every operation. */
import { describe, expect, test } from 'vitest';
import { registry } from '../../core/ops/registry.ts';
import { callCases } from './calls.ts';
import type { Case } from './case.ts';
import type { Difference } from './compare.ts';
import { unexplained } from './fuzz.ts';
import { explained } from './known.ts';
import { layerCases } from './layers.ts';

const numbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 66, -(2 ** 66), 0, 0.5, -2];
const sources = [
  ...Object.keys(registry).map((name) => ['operation', name] as const),
  ...Object.keys(callCases).map((name) => ['call', name] as const),
  ...Object.keys(layerCases).map((name) => ['layer', name] as const),
];

const given = (family: string, name: string, value: number): Case => ({
  family,
  name,
  inputs: [{ dtype: 'f32', shape: [3], strides: [1], offset: 0, data: [1, value, 2], grad: true }],
  ours: `apply(registry.${name}, [a], { exponent: 3, beta: 1 })`,
  theirs: 'a',
  extreme: true,
});
const found = (at: NonNullable<Difference['at']>) => ({ oracle: 'PyTorch', what: 'differs', at });

/** Operations of which this is explained: what was given there, our number and PyTorch's, at the element in the middle. */
function explains(of: 'output' | 'gradient' | 'parameter', got: number, want: number, value: number): string[] {
  const at = { of, name: of === 'gradient' ? 'a' : '0', element: 1, got, want };
  return sources.flatMap(([family, name]) =>
    explained(given(family, name, value), found(at)) === undefined ? [] : [name],
  );
}

describe('of all operations, calls and layers', () => {
  test('our NaN, ∞ or 0 in the place of a number is explained by none', () => {
    for (const value of numbers)
      for (const of of ['output', 'gradient', 'parameter'] as const)
        for (const got of [Number.NaN, Number.POSITIVE_INFINITY, 0, 0.7])
          expect(explains(of, got, 1.25, value), `${of} ${got} at ${value}`).toEqual([]);
  });

  test('our number in the place of NaN is, where PyTorch multiplies 0 by ∞ or takes several elements at a time', () => {
    const slope = 0.63;
    for (const value of numbers) {
      // Of atan2 the slope is of both operands, and any number is explained where their squares leave f32.
      const at = (got: number) =>
        explains('gradient', got, Number.NaN, value)
          .filter((name) => name !== 'atan2' || Math.abs(value) < 1e19 || Number.isNaN(value))
          .sort();
      expect(at(slope), `${slope} at ${value}`).toEqual(
        Number.isNaN(value) ? ['celu', 'elu', 'hardswish'] : value > 1e19 ? ['geluTanh'] : [],
      );
      const flat = [...(value < -1e19 ? ['geluTanh'] : []), ...(Math.abs(value) === Infinity ? ['softsign'] : [])];
      expect(at(0), `0 at ${value}`).toEqual(flat);
      expect(at(0.7), `0.7 at ${value}`).toEqual([]);
      expect(explains('output', 0.63, Number.NaN, value)).toEqual([]);
      expect(explains('parameter', 0, Number.NaN, value)).toEqual([]);
    }
  });

  test('our number in the place of ∞ is where it is what was given, and PyTorch squares it', () => {
    for (const value of numbers)
      for (const of of ['output', 'gradient', 'parameter'] as const)
        for (const got of [value, 0.63])
          expect(explains(of, got, Infinity, value)).toEqual(
            of === 'output' && got === value && value > 1e19 && value < Infinity ? ['hardswish'] : [],
          );
  });

  test('our number in the place of 0 is at NaN alone, and is the one that came from above', () => {
    for (const value of numbers) {
      const kinks = ['hardshrink', 'hardtanh', 'relu6', 'softshrink'];
      expect(explains('gradient', 0.63, 0, value).sort()).toEqual(Number.isNaN(value) ? kinks : []);
      expect(explains('gradient', 0.64, 0, value)).toEqual([]);
      expect(explains('gradient', Number.NaN, 0, value)).toEqual([]);
      expect(explains('output', Number.NaN, 0, value)).toEqual(Number.isNaN(value) ? ['softshrink'] : []);
    }
  });
});

test('a disagreement that is explained hides none that is not', () => {
  const one = given('operation', 'elu', Number.NaN);
  const known = found({ of: 'gradient', name: 'a', element: 1, got: 0.63, want: Number.NaN });
  const wrong = found({ of: 'gradient', name: 'a', element: 2, got: 0, want: 0.76 });
  expect(unexplained(one, [known]).fault).toBe(undefined);
  expect(unexplained(one, [known, wrong]).fault).toBe(wrong);
  expect([...unexplained(one, [known, wrong]).reasons]).toHaveLength(1);
});
