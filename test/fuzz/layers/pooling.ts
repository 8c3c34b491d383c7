/** Pooling. */
import fc from 'fast-check';
import type { Given } from '../case.ts';
import { apart, flag, input, int, positive, type Shape } from '../drawing.ts';
import { type Drawn, type Layers, optional, planes, sizes } from './layer.ts';

const pool = (rank: number, kind: 'max' | 'average'): Drawn =>
  fc
    .record({
      kernel: sizes(rank, 1, 3),
      stride: optional(sizes(rank, 1, 3)),
      padding: optional(sizes(rank, 0, 1)),
      dilation: optional(sizes(rank, 1, 2)),
      ceilMode: optional(flag),
      countIncludePad: optional(flag),
      divisorOverride: optional(int(1, 5)),
      x: planes(rank, 2).chain(kind === 'max' ? apart : input),
    })
    .map(({ kernel, x, dilation, countIncludePad, divisorOverride, padding: around, ...options }) => ({
      args: [kernel],
      options: {
        ...options,
        // A largest of windows that lie in the padding alone is none.
        padding: kind === 'max' && dilation !== undefined ? undefined : around,
        ...(kind === 'max' ? { dilation } : { countIncludePad, ...(rank > 1 && { divisorOverride }) }),
      },
      inputs: [x],
    }));

const adaptive = (rank: number, from: (s: Shape) => fc.Arbitrary<Given>): Drawn =>
  fc.tuple(sizes(rank, 1, 5), planes(rank, 2).chain(from)).map(([size, a]) => ({ args: [size], inputs: [a] }));

const lpPool = (rank: number): Drawn =>
  fc
    .tuple(
      fc.constantFrom(1, 2, 3),
      rank === 1 ? int(1, 2) : sizes(rank, 1, 2),
      optional(int(1, 2)),
      planes(rank, 2).chain(positive),
    )
    .map(([p, kernel, stride, a]) => ({ args: [p, kernel], options: { stride }, inputs: [a] }));

export const pooling: Layers = {
  MaxPool1d: pool(1, 'max'),
  MaxPool2d: pool(2, 'max'),
  MaxPool3d: pool(3, 'max'),
  AvgPool3d: pool(3, 'average'),
  AdaptiveAvgPool3d: adaptive(3, input),
  AdaptiveMaxPool3d: adaptive(3, apart),
  AvgPool1d: pool(1, 'average'),
  AvgPool2d: pool(2, 'average'),
  AdaptiveAvgPool1d: adaptive(1, input),
  AdaptiveAvgPool2d: adaptive(2, input),
  AdaptiveMaxPool1d: adaptive(1, apart),
  AdaptiveMaxPool2d: adaptive(2, apart),
  LPPool1d: lpPool(1),
  LPPool2d: lpPool(2),
};
