/** Linear layers, and those that only give another shape. */
import fc from 'fast-check';
import { dim, flag, input, int, shape } from '../drawing.ts';
import { type Layers, maybeOdd, optional, pointwise } from './layer.ts';

export const linear: Layers = {
  Linear: fc.tuple(shape(0, 3), int(1, 5), int(0, 5), optional(flag)).chain(([lead, i, o, bias]) =>
    maybeOdd([...lead, i])
      .chain((s) => input(s))
      .map((a) => ({ args: [i, o], options: { bias }, inputs: [a] })),
  ),
  Bilinear: fc.tuple(shape(0, 2), int(1, 3), int(1, 3), int(1, 3), optional(flag)).chain(([lead, i, j, o, bias]) =>
    fc
      .tuple(
        input([...lead, i]),
        maybeOdd([...lead, j]).chain((s) => input(s)),
      )
      .map((inputs) => ({ args: [i, j, o], options: { bias }, inputs })),
  ),
  Identity: pointwise(),
  Flatten: shape(0, 4).chain((s) =>
    fc.tuple(input(s), dim(s.length), dim(s.length)).map(([a, i, j]) => ({ args: [i, j], inputs: [a] })),
  ),
  Unflatten: fc.tuple(int(1, 3), int(1, 3), int(1, 3)).chain(([n, i, j]) =>
    maybeOdd([n, i * j])
      .chain((s) => input(s))
      .map((a) => ({ args: [1, [i, j]], inputs: [a] })),
  ),
};
