/** Normalizations. */
import fc from 'fast-check';
import { apart, flag, input, int, shape } from '../drawing.ts';
import { type Drawn, type Layers, maybeOdd, number, optional, planes } from './layer.ts';

const norm = (rank: 1 | 2 | 3, instance: boolean): Drawn =>
  fc
    .record({
      channels: int(1, 3),
      eps: number(1e-2, 0.1),
      momentum: optional(number(0.3, 0.01)),
      affine: optional(flag),
      trackRunningStats: optional(flag),
      evaluated: flag,
      batch: int(2, 3),
      spatial: fc.array(int(2, 4), { minLength: rank, maxLength: rank }),
      flat: flag,
    })
    .chain(({ channels, batch, spatial, flat, evaluated, ...options }) => {
      const s = rank === 1 && flat && !instance ? [batch, channels] : [batch, channels, ...spatial];
      return apart(s).map((a) => ({ args: [channels], options, inputs: [a], evaluated }));
    });

export const normalizations: Layers = {
  LayerNorm: fc
    .tuple(shape(0, 2, 3), fc.array(int(1, 4), { minLength: 1, maxLength: 2 }), number(1e-2, 0.1), optional(flag))
    .chain(([lead, sizesOf, eps, elementwiseAffine]) =>
      maybeOdd([...lead, ...sizesOf])
        .chain(apart)
        .map((a) => ({ args: [sizesOf], options: { eps, elementwiseAffine }, inputs: [a] })),
    ),
  RMSNorm: fc.tuple(shape(0, 2, 3), int(1, 4)).chain(([lead, width]) =>
    apart([...lead, width]).map((a) => ({
      args: [width],
      options: { eps: 1e-3, elementwiseAffine: false },
      inputs: [a],
      theirs: 'a * torch.rsqrt((a * a).mean(-1, keepdim=True) + 1e-3)',
    })),
  ),
  LocalResponseNorm: fc
    .tuple(
      int(1, 4),
      planes(1, 3, 3)
        .filter((s) => s.length === 3)
        .chain(input),
    )
    .map(([size, a]) => ({ args: [size], options: { alpha: 0.1, k: 2 }, inputs: [a] })),
  BatchNorm1d: norm(1, false),
  BatchNorm2d: norm(2, false),
  BatchNorm3d: norm(3, false),
  InstanceNorm3d: norm(3, true),
  InstanceNorm1d: norm(1, true),
  InstanceNorm2d: norm(2, true),
  GroupNorm: fc
    .tuple(int(1, 3), int(1, 3), optional(flag), shape(0, 2, 3), int(2, 3))
    .chain(([groups, each, affine, more, batch]) =>
      apart([batch, groups * each, ...more, 2]).map((a) => ({
        args: [groups, groups * each],
        options: { affine },
        inputs: [a],
      })),
    ),
};
