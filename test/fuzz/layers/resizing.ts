/** Planes of another size, and channels in another order. */
import fc from 'fast-check';
import { flag, input, int, shape } from '../drawing.ts';
import { type Drawn, type Layers, maybeOdd, planes } from './layer.ts';

const upsampled = (modes: readonly (string | undefined)[], rank: number): Drawn =>
  fc
    .tuple(
      fc.constantFrom(...modes),
      fc.oneof(
        int(1, 6).map((size) => ({ size })),
        fc.constantFrom(0.5, 1.5, 2, 3).map((scaleFactor) => ({ scaleFactor })),
      ),
      flag,
      planes(rank, 2, 4)
        .filter((s) => s.length === rank + 2)
        .chain(input),
    )
    .map(([mode, size, corners, a]) => ({
      options: { ...size, mode, ...(mode?.includes('linear') && { alignCorners: corners }) },
      inputs: [a],
    }));

export const resizing: Layers = {
  Upsample: fc.oneof(upsampled([undefined, 'nearest', 'linear'], 1), upsampled([undefined, 'nearest', 'bilinear'], 2)),
  UpsamplingNearest2d: upsampled([undefined], 2),
  UpsamplingBilinear2d: upsampled([undefined], 2),
  PixelShuffle: fc
    .tuple(int(1, 3), shape(3, 4, 3), int(1, 2))
    .chain(([r, s, c]) => input(s.with(-3, c * r * r)).map((a) => ({ args: [r], inputs: [a] }))),
  PixelUnshuffle: fc.tuple(int(1, 3), shape(3, 4, 3)).chain(([r, s]) =>
    maybeOdd(s.map((n, i) => (i < s.length - 2 ? n : n * r)))
      .chain((t) => input(t))
      .map((a) => ({ args: [r], inputs: [a] })),
  ),
  ChannelShuffle: fc
    .tuple(int(1, 3), shape(3, 4, 3), int(1, 2))
    .chain(([g, s, c]) => input(s.with(1, c * g)).map((a) => ({ args: [g], inputs: [a] }))),
};
