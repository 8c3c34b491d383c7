/**
 * Cases as people write them: methods and functions with arguments that mostly fit, written as PyTorch has them. Where they do not fit,
 * both sides have to refuse. Shapes, dimensions and sizes are drawn without asking whether they belong together.
 */
import type fc from 'fast-check';
import { arithmetic } from './calls/arithmetic.ts';
import type { Calls } from './calls/call.ts';
import { functionals } from './calls/functionals.ts';
import { ordering } from './calls/ordering.ts';
import { parts } from './calls/parts.ts';
import { products } from './calls/products.ts';
import { reductions } from './calls/reductions.ts';
import { shaping } from './calls/shaping.ts';
import { writing } from './calls/writing.ts';
import type { Case } from './case.ts';
import { named } from './drawing.ts';

const calls: Calls = {
  ...reductions,
  ...arithmetic,
  ...products,
  ...shaping,
  ...parts,
  ...functionals,
  ...writing,
  ...ordering,
};

export const callCases: Readonly<Record<string, fc.Arbitrary<Case>>> = Object.fromEntries(
  Object.entries(calls).map(([name, drawn]) => [name, named('call', name, drawn)]),
);
