/** Convolutions, and the windows they are made of. */
import fc from 'fast-check';
import type { Written as Value } from '../case.ts';
import { flag, input, int } from '../drawing.ts';
import { type Drawn, type Layers, optional, planes, sizes } from './layer.ts';

const convolution = (rank: number): Drawn =>
  fc
    .record({
      groups: int(1, 2),
      inputs: int(1, 2),
      outputs: int(1, 3),
      kernel: sizes(rank, 1, 3),
      stride: optional(sizes(rank, 1, 3)),
      padding: optional(fc.oneof<fc.Arbitrary<Value>[]>(sizes(rank, 0, 2), fc.constantFrom('same', 'valid'))),
      dilation: optional(sizes(rank, 1, 2)),
      bias: optional(flag),
      paddingMode: fc.constantFrom(undefined, undefined, 'reflect', 'replicate', 'circular'),
    })
    .chain(({ groups, inputs, outputs, kernel, ...options }) =>
      planes(rank, groups * inputs)
        .chain(input)
        .map((a) => ({
          args: [groups * inputs, groups * outputs, kernel],
          options: { ...options, groups },
          inputs: [a],
        })),
    );

const transposed = (rank: number): Drawn =>
  fc
    .record({
      groups: int(1, 2),
      inputs: int(1, 2),
      outputs: int(1, 3),
      kernel: sizes(rank, 1, 3),
      stride: optional(sizes(rank, 1, 3)),
      padding: optional(sizes(rank, 0, 1)),
      outputPadding: optional(sizes(rank, 0, 2)),
      dilation: optional(sizes(rank, 1, 2)),
      bias: optional(flag),
    })
    .chain(({ groups, inputs, outputs, kernel, ...options }) =>
      planes(rank, groups * inputs, 4)
        .chain(input)
        .map((a) => ({
          args: [groups * inputs, groups * outputs, kernel],
          options: { ...options, groups },
          inputs: [a],
        })),
    );

export const convolutions: Layers = {
  Conv1d: convolution(1),
  Conv2d: convolution(2),
  ConvTranspose1d: transposed(1),
  ConvTranspose2d: transposed(2),
  Conv3d: convolution(3),
  ConvTranspose3d: transposed(3),
  Unfold: fc
    .tuple(int(1, 3), optional(int(1, 2)), optional(int(0, 1)), optional(int(1, 2)), planes(2, 2, 5).chain(input))
    .map(([k, stride, pad, dilation, a]) => ({ args: [k], options: { stride, padding: pad, dilation }, inputs: [a] })),
  Fold: fc.tuple(int(1, 2), int(2, 4), int(1, 2), int(1, 2), int(0, 12)).chain(([k, size, batch, stride, odd]) => {
    const windows = (Math.floor((size - k) / stride) + 1) ** 2 + (odd === 0 ? 1 : 0);
    return input([batch, 2 * k * k, windows]).map((a) => ({
      args: [[size, size], k],
      options: { stride },
      inputs: [a],
    }));
  }),
};
