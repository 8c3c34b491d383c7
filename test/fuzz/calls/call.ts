/** How a call is drawn: a tensor or two, and both texts. */
import fc from 'fast-check';
import type { Given } from '../case.ts';
import { type Shape, shape, type Written } from '../drawing.ts';

export type Drawn = fc.Arbitrary<Written>;
/** Calls of a family, by name. */
export type Calls = Readonly<Record<string, Drawn>>;

/** One tensor and one expression; Python's where it differs. */
export const one = (
  from: fc.Arbitrary<Given>,
  text: (x: Given) => fc.Arbitrary<readonly [ours: string, theirs?: string]>,
): Drawn => from.chain((a) => text(a).map(([ours, theirs = ours]) => ({ inputs: [a], ours, theirs })));

export const of = (from: (s: Shape) => fc.Arbitrary<Given>, minRank = 0) => shape(minRank).chain(from);

export const said = (ours: string, theirs: string = ours) => fc.constant([ours, theirs] as const);
