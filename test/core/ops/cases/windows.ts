/** Random cases of what moves windows over planes, or resizes them: convolutions, pools, interpolation. */
import fc from 'fast-check';
import { windowCount } from '../../../../core/ops/window.ts';
import type { Sample } from '../samples.ts';
import { anyNumber, int, laid, type Shape, sample, withBias } from './draw.ts';

/** One dimension a window moves over. */
const windowed = fc
  .record({
    kernel: int(1, 3),
    stride: int(1, 3),
    dilation: int(1, 2),
    more: int(0, 4),
    before: int(0, 2),
    after: int(0, 2),
  })
  .map(({ kernel, stride, dilation, more, before, after }) => {
    const size = Math.max(1, dilation * (kernel - 1) + 1 - before - after + more);
    const outputs = Math.floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1;
    return { kernel, stride, dilation, padding: [before, after] as const, size, outputs };
  });

export interface Convolution {
  readonly attrs: unknown;
  readonly x: Shape;
  readonly weight: Shape;
  readonly y: Shape;
}

export function convolution(rank: number, make: (conv: Convolution) => fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  const channels = fc.record({ batch: int(0, 2), groups: int(1, 2), inputs: int(1, 3), outputs: int(1, 3) });
  return fc
    .tuple(channels, fc.array(windowed, { minLength: rank, maxLength: rank }))
    .chain(([{ batch, groups, inputs, outputs }, spatial]) =>
      make({
        attrs: {
          rank,
          groups,
          stride: spatial.map(({ stride }) => stride),
          padding: spatial.map(({ padding }) => padding),
          dilation: spatial.map(({ dilation }) => dilation),
        },
        x: [batch, groups * inputs, ...spatial.map(({ size }) => size)],
        weight: [groups * outputs, inputs, ...spatial.map(({ kernel }) => kernel)],
        y: [batch, groups * outputs, ...spatial.map((dim) => dim.outputs)],
      }),
    );
}

export const convolved = (rank: number) =>
  convolution(rank, ({ attrs, x, weight }) => withBias([laid(x), laid(weight)], weight[0]!, attrs));
/** A transposed convolution takes what a convolution gives, and gives what it takes. */
export const transposed = (rank: number) =>
  convolution(rank, ({ attrs, x, weight, y }) => withBias([laid(y), laid(weight)], x[1]!, attrs)).filter(
    ({ inputs, attrs }) => {
      const { stride, padding, dilation } = attrs as { stride: Shape; padding: Shape[]; dilation: Shape };
      const weight = inputs[1]!.shape;
      return stride.every((s, i) => {
        const [before, after] = padding[i] as [number, number];
        return (inputs[0]!.shape[2 + i]! - 1) * s - before - after + dilation[i]! * (weight[2 + i]! - 1) >= 0;
      });
    },
  );
export const ofEither = (make: (rank: number) => fc.Arbitrary<Sample>) => int(1, 2).chain(make);

export function maxPool(rank: number): fc.Arbitrary<Sample> {
  const dimension = fc
    .record({ kernel: int(1, 3), stride: int(1, 3), dilation: int(1, 2), more: int(0, 4), pad: int(0, 1) })
    .map(({ kernel, pad, ...rest }) => ({ ...rest, kernel, padding: kernel === 1 ? 0 : pad }))
    // Never so small that a window's elements all miss it.
    .map((d) => ({ ...d, size: Math.max(d.dilation, d.dilation * (d.kernel - 1) + 1 - 2 * d.padding + d.more) }));
  return fc
    .tuple(int(0, 2), int(1, 2), fc.array(dimension, { minLength: rank, maxLength: rank }), fc.boolean())
    .chain(([batch, channels, dims, ceil]) => {
      const each = (name: 'kernel' | 'stride' | 'padding' | 'dilation') => dims.map((d) => d[name]);
      return sample([laid([batch, channels, ...dims.map(({ size }) => size)], { values: anyNumber })], {
        rank,
        ceil,
        kernel: each('kernel'),
        stride: each('stride'),
        padding: each('padding'),
        dilation: each('dilation'),
      });
    });
}

/** x and what its windows' means are, y. */
export function averages(rank: number, make: (x: Shape, y: Shape, attrs: object) => fc.Arbitrary<Sample>) {
  const dimension = fc
    .record({ kernel: int(1, 3), stride: int(1, 3), more: int(0, 4), pad: int(0, 1) })
    .map(({ kernel, pad, ...rest }) => ({ ...rest, kernel, padding: kernel === 1 ? 0 : pad }))
    .map((d) => ({ ...d, size: Math.max(1, d.kernel - 2 * d.padding + d.more) }));
  return fc
    .record({
      batch: int(0, 2),
      channels: int(1, 2),
      dims: fc.array(dimension, { minLength: rank, maxLength: rank }),
      ceil: fc.boolean(),
      countIncludePad: fc.boolean(),
      divisorOverride: rank === 1 ? fc.constant(undefined) : fc.constantFrom(undefined, undefined, 3),
    })
    .chain(({ batch, channels, dims, ...how }) => {
      const each = (name: 'kernel' | 'stride' | 'padding') => dims.map((d) => d[name]);
      const counts = dims.map(({ size, kernel, stride, padding }) =>
        windowCount(size, kernel, stride, [padding, padding], 1, how.ceil),
      );
      const attrs = { rank, kernel: each('kernel'), stride: each('stride'), padding: each('padding'), ...how };
      return make([batch, channels, ...dims.map(({ size }) => size)], [batch, channels, ...counts], attrs);
    });
}
export const averaged = (rank: number) => averages(rank, (x, _y, attrs) => sample([laid(x)], attrs));

/** x and y, which is of another size: one that was asked for, or so many times as large. */
export function resized(rank: number, make: (x: Shape, y: Shape, attrs: object) => fc.Arbitrary<Sample>) {
  const dimension = fc.record({ size: int(1, 5), count: int(1, 6), factor: fc.constantFrom(0.7, 1, 1.5, 2, 2.3) });
  const mixing = rank === 1 ? 'linear' : 'bilinear';
  return fc
    .record({
      batch: int(0, 2),
      channels: int(1, 2),
      dims: fc.array(dimension, { minLength: rank, maxLength: rank }),
      scaled: fc.boolean(),
      mode: fc.constantFrom('nearest', 'nearest-exact', mixing, mixing),
      aligned: fc.boolean(),
    })
    .chain(({ batch, channels, dims, scaled, mode, aligned }) => {
      const own = dims.map(({ size, factor }) => (Math.floor(size * factor) === 0 ? 2 : size));
      const sizes = dims.map(({ count, factor }, i) => (scaled ? Math.floor(own[i]! * factor) : count));
      const factors = scaled ? dims.map(({ factor }) => factor) : undefined;
      const alignCorners = mode === mixing && aligned;
      return make([batch, channels, ...own], [batch, channels, ...sizes], { rank, sizes, factors, mode, alignCorners });
    });
}

export const adaptive = (rank: number) =>
  fc
    .tuple(int(0, 2), int(1, 2), fc.array(fc.tuple(int(1, 5), int(1, 6)), { minLength: rank, maxLength: rank }))
    .chain(([batch, channels, dims]) =>
      sample([laid([batch, channels, ...dims.map(([size]) => size)], { values: anyNumber })], {
        rank,
        sizes: dims.map(([, count]) => count),
      }),
    );
