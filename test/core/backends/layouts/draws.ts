/** What the cases of kernels draw: sizes, shapes, outputs. */
import fc from 'fast-check';
import type { Strided } from '../../../../core/backends/backend.ts';
import { fresh, largeViewOf } from '../views.ts';

export const size = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }) },
  { weight: 2, arbitrary: fc.integer({ min: 9, max: 70 }) },
  { weight: 1, arbitrary: fc.integer({ min: 71, max: 400 }) },
);
export const product = (shape: readonly number[]) => shape.reduce((n, s) => n * s, 1);
export const shapes = (minLength: number, maxLength: number, most = 5000) =>
  fc
    .array(fc.oneof({ weight: 30, arbitrary: size }, { weight: 1, arbitrary: fc.constant(0) }), {
      minLength,
      maxLength,
    })
    .filter((shape) => product(shape) <= most);
export const filled = (minLength: number, maxLength: number, most?: number) =>
  shapes(minLength, maxLength, most).filter((shape) => product(shape) > 0);
export const dtypes = fc.constantFrom('f32', 'f32', 'f32', 'i32', 'bool');
export const small = (min: number, max: number) => fc.integer({ min, max });
export const pair = (min: number, max: number) => fc.tuple(small(min, max), small(min, max));
/** A copy of an output that is not fresh: it has gaps, or holds something already. */
export const again = (view: Strided): Strided => ({
  ...view,
  storage: { data: view.storage.data.slice() },
});
/** Row-major floats after an offset, as kernels that take no other layout are given. */
export const flat = (shape: readonly number[], dtype: 'f32' | 'i32' = 'f32', below?: number) =>
  largeViewOf([product(shape)], {
    dtype,
    stretched: false,
    wholeRows: true,
    ...(below === undefined ? {} : { below }),
  }).map((x) => ({
    ...x,
    shape,
    strides: fresh('f32', shape).strides,
  }));
