/** Element by element. */
import fc from 'fast-check';
import type { Given } from '../case.ts';
import { any, beside, bools, input, int, positive, type Shape, shape } from '../drawing.ts';
import { type Calls, type Drawn, of, one, said } from './call.ts';

const pair = (
  text: string,
  theirs = text,
  left: (s: Shape) => fc.Arbitrary<Given> = any,
  right: (s: Shape) => fc.Arbitrary<Given> = left,
): Drawn =>
  shape(0, 3).chain((s) =>
    beside(s)
      .chain((t) => fc.tuple(left(s), right(t)))
      .map(([a, b]) => ({ inputs: [a, b], ours: text, theirs })),
  );

export const arithmetic: Calls = {
  add: pair('a.add(b)'),
  sub: pair('a.sub(b)'),
  mul: pair('a.mul(b)'),
  div: pair('a.div(b)', 'a.div(b)', any, positive),
  maximum: pair('maximum(a, b)', 'torch.maximum(a, b)'),
  minimum: pair('minimum(a, b)', 'torch.minimum(a, b)'),
  pow: pair('a.pow(b)', 'a.pow(b)', positive, input),
  eq: pair('a.eq(b)'),
  lt: pair('a.lt(b)'),
  ge: pair('a.ge(b)'),
  where: pair('where(a.gt(0), a, b)', 'torch.where(a.gt(0), a, b)', input),
  maskedFill: pair('a.maskedFill(b, 0.5)', 'a.masked_fill(b, 0.5)', input, bools),
  maskedSelect: pair('a.maskedSelect(b)', 'a.masked_select(b)', input, bools),
  abs: one(of(any), () => said('a.abs()')),
  neg: one(of(any), () => said('a.neg()')),
  exp: one(of(any), () => said('a.exp()')),
  square: one(of(any), () => said('a.square()')),
  clamp: one(of(input), () => fc.tuple(int(-2, 2), int(-2, 2)).map(([lo, hi]) => [`a.clamp(${lo}, ${hi})`] as const)),
  powScalar: one(of(input), () => fc.constantFrom(0, 1, 2, 3, -1, 0.5).map((n) => [`a.pow(${n})`] as const)),
};
