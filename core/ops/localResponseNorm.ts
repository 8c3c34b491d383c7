import { ShapeError } from '../errors.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { avgPool2d } from './averagePool.ts';
import { add, div, mul } from './elementwise.ts';
import { square } from './pointwise.ts';
import { powScalar } from './power.ts';
import { pad } from './rearrange.ts';
import { reshape } from './view.ts';

/** What local response normalisation may be told. */
export interface LocalResponseNormOptions {
  /** How much the neighbours count. 1e-4 by default. */
  readonly alpha?: number;
  /** Power of what is divided by. 0.75 by default. */
  readonly beta?: number;
  /** What is added to the neighbours. 1 by default. */
  readonly k?: number;
}

/**
 * x / (k + alpha · mean of x² over `size` neighbouring channels)^beta: [batch, channel, ...] → the same. Krizhevsky et al. 2012.
 * Throws ShapeError for fewer than three dimensions.
 */
export function localResponseNorm(
  x: Tensor,
  size: number,
  { alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions = {},
): Tensor {
  checkArguments('localResponseNorm', arguments);
  if (x.ndim < 3 || !(Number.isInteger(size) && size > 0))
    throw new ShapeError(
      'localResponseNorm',
      [x],
      `expected [batch, channel, ...positions] and a size above 0, got ${formatShape(x)} and ${size}`,
    );
  const [batch, channels, ...positions] = x.shape as [number, number, ...number[]];
  // Channels are the rows of a plane.
  const squares = reshape(square(x), [batch, 1, channels, numel(positions)]);
  const before = Math.floor(size / 2);
  const around = pad(squares, [0, 0, before, size - 1 - before]);
  const means = reshape(avgPool2d(around, [size, 1], { stride: 1 }), x.shape);
  return div(x, powScalar(add(mul(means, alpha), k), beta));
}
