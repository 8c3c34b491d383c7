/** What cases are drawn from: shapes, tensors in any layout, dimensions that mostly exist. */
import fc from 'fast-check';
import type { DType } from '../../core/index.ts';
import type { ViewOptions } from '../core/backends/views.ts';
import { laid } from '../core/ops/cases/draw.ts';
import { type Case, type Given, givenOf, inputNames } from './case.ts';

export type Shape = readonly number[];

export const int = (min: number, max: number) => fc.integer({ min, max });
export const flag = fc.boolean();

/** Quarters of −2 … 2: sums of them are exact, and ties happen. */
export const input = (shape: Shape, options: ViewOptions = {}): fc.Arbitrary<Given> =>
  laid(shape, options).map(givenOf);
export const indices = (shape: Shape, size: number, min = 0): fc.Arbitrary<Given> =>
  input(shape, { dtype: 'i32', values: int(min, Math.max(min, size - 1)) });
export const bools = (shape: Shape): fc.Arbitrary<Given> => input(shape, { dtype: 'bool', values: int(0, 1) });
/** Without two equal numbers near each other: for what chooses. */
export const apart = (shape: Shape): fc.Arbitrary<Given> =>
  input(shape, { values: int(-4000, 4000).map((n) => n / 1000), stretched: false }).map((given) => ({
    ...given,
    data: given.data.map((n, i) => Math.fround(n + 0.000137 * i)),
  }));
export const positive = (shape: Shape): fc.Arbitrary<Given> => input(shape, { values: int(1, 12).map((n) => n / 4) });
/** Whose gradient nobody wants. */
export const constant = (given: fc.Arbitrary<Given>): fc.Arbitrary<Given> => given.map((g) => ({ ...g, grad: false }));

const valuesOf: Readonly<Record<DType, fc.Arbitrary<number>>> = {
  f32: int(-8, 8).map((n) => n / 4),
  i32: int(-3, 3),
  bool: int(0, 1),
};

/** Mostly of floats. */
export const any = (shape: Shape): fc.Arbitrary<Given> =>
  fc
    .constantFrom<DType>('f32', 'f32', 'f32', 'i32', 'bool')
    .chain((dtype) => input(shape, { dtype, values: valuesOf[dtype] }));

/** Few small dimensions, sizes of 0 and 1 among them. */
export const shape = (minRank = 0, maxRank = 4, maxSize = 4): fc.Arbitrary<Shape> =>
  fc.array(fc.oneof({ weight: 9, arbitrary: int(1, maxSize) }, { weight: 1, arbitrary: fc.constant(0) }), {
    minLength: minRank,
    maxLength: maxRank,
  });

/** A dimension of so many, from either end; one time in twelve one that is not there. */
export const dim = (rank: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 11, arbitrary: int(-Math.max(rank, 1), Math.max(rank, 1) - 1) },
    { weight: 1, arbitrary: int(-rank - 2, rank + 1) },
  );

/** A shape that broadcasts with this one, or, one time in ten, some other. */
export function beside(of: Shape): fc.Arbitrary<Shape> {
  const fitting = fc
    .tuple(int(0, of.length), fc.array(flag, { minLength: of.length, maxLength: of.length }))
    .map(([lead, one]) => of.map((size, i) => (one[i] ? 1 : size)).slice(lead));
  return fc.oneof({ weight: 9, arbitrary: fitting }, { weight: 1, arbitrary: shape() });
}

/** Both programs, over inputs by their names. */
export interface Written {
  readonly inputs: readonly Given[];
  readonly ours: string;
  readonly theirs?: string | undefined;
}

export const named = (family: string, name: string, drawn: fc.Arbitrary<Written>): fc.Arbitrary<Case> =>
  drawn.map((written) => ({ family, name, ...written }));

/** The name of input `i`. */
export const ref = (i: number) => ({ ref: inputNames[i]! });
