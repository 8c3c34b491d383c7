/** Convolutions and pools. */
import fc from 'fast-check';
import type { Geometry, Windows } from '../../../../core/backends/backend.ts';
import { fresh, largeViewOf } from '../views.ts';
import { flat, pair, small } from './draws.ts';
import { family } from './judge.ts';

family('planes', (agree) => {
  const convolutions = fc
    .record({
      batch: small(1, 4),
      groups: small(1, 3),
      channels: small(1, 6),
      outputs: small(1, 9),
      plane: pair(1, 17),
      window: pair(1, 5),
      stride: fc.oneof(fc.constant<[number, number]>([1, 1]), pair(1, 3)),
      padding: pair(0, 3),
      dilation: fc.oneof(fc.constant<[number, number]>([1, 1]), pair(1, 3)),
      odd: fc.constantFrom(false, false, false, true),
    })
    .map((c) => {
      const spatial = [0, 1].map((d) => {
        const room = c.plane[d]! + 2 * c.padding[d]! - c.dilation[d]! * (c.window[d]! - 1) - 1;
        return Math.floor(room / c.stride[d]!) + 1;
      });
      return { ...c, spatial };
    })
    .filter(({ spatial }) => spatial.every((n) => n >= 1))
    .chain(({ batch, groups, channels, outputs, plane, window, spatial, stride, padding, dilation, odd }) =>
      fc.record({
        x: largeViewOf([batch, groups * channels, ...plane]).map((x) => {
          // A pixel that is not finite, which no kernel may hand on to others by way of a 0.
          if (odd) x.storage.data[x.offset] = Number.POSITIVE_INFINITY;
          return x;
        }),
        weight: largeViewOf([groups * outputs, channels, ...window]),
        grad: largeViewOf([batch, groups * outputs, ...spatial]),
        geometry: fc.constant<Geometry>({ stride, padding, dilation }),
        groups: fc.constant(groups),
      }),
    );
  agree(
    ['conv2d', 'conv2dInputBackward', 'conv2dWeightBackward'],
    convolutions,
    ({ x, weight, grad }) => [grad, x, weight].map(({ shape }) => fresh('f32', shape)),
    (on, { x, weight, grad, geometry, groups }, [out, dx, dWeight]) => {
      on.conv2d(x, weight, out!, geometry, groups);
      on.conv2dInputBackward(grad, weight, dx!, geometry, groups);
      on.conv2dWeightBackward(grad, x, dWeight!, geometry, groups);
    },
    { runs: 300, tolerance: 2e-5 },
  );

  const pools = fc
    .record({
      planes: small(1, 9),
      plane: pair(1, 25),
      window: pair(1, 4),
      stride: pair(1, 3),
      dilation: pair(1, 2),
    })
    .map((p) => ({ ...p, padding: p.window.map((n) => n >> 1) as [number, number] }))
    .map((p) => ({
      ...p,
      spatial: [0, 1].map(
        (d) =>
          Math.floor((p.plane[d]! + 2 * p.padding[d]! - p.dilation[d]! * (p.window[d]! - 1) - 1) / p.stride[d]!) + 1,
      ),
    }))
    .filter(({ spatial }) => spatial.every((n) => n >= 1))
    .chain((p) =>
      fc.record({
        x: fc.oneof(largeViewOf([p.planes, ...p.plane]), flat([p.planes, ...p.plane])),
        grad: largeViewOf([p.planes, ...p.spatial]),
        window: fc.constant(p.window),
        geometry: fc.constant<Geometry>({ stride: p.stride, padding: p.padding, dilation: p.dilation }),
      }),
    );
  /** What each output of one dimension averages over. */
  function windows(n: number, outputs: number, window: number, stride: number, padding: number): Windows {
    const first = Int32Array.from({ length: outputs }, (_, i) => i * stride - padding);
    const start = first.map((at) => Math.min(n, Math.max(0, at)));
    const end = first.map((at, i) => Math.max(start[i]!, Math.min(n, at + window)));
    return { start, end, length: end.map(() => window) };
  }
  agree(
    ['maxPool2d', 'averagePool2d', 'averagePool2dBackward'],
    pools,
    ({ x, grad }) => [
      fresh('f32', grad.shape),
      fresh('i32', grad.shape),
      fresh('f32', grad.shape),
      fresh('f32', x.shape),
    ],
    (on, { x, grad, window, geometry }, [out, indices, average, dx]) => {
      const along = (d: 0 | 1) =>
        windows(x.shape[1 + d]!, grad.shape[1 + d]!, window[d], geometry.stride[d], geometry.padding[d]);
      on.maxPool2d(x, out!, indices!, window, geometry);
      on.averagePool2d(x, average!, along(0), along(1));
      on.averagePool2dBackward(grad, dx!, along(0), along(1));
    },
  );
});
