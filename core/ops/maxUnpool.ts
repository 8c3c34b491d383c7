/** Largest elements laid back to where a max pooling found them, zeros elsewhere. Made of `scatter`. */
import { ShapeError } from '../errors.ts';
import { formatShape, numel, type Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { zeros } from './creation.ts';
import { scatter } from './scatter.ts';
import { reshape } from './view.ts';
import { each, type Sizes } from './window.ts';

/** How the pooling moved that is undone. */
export interface MaxUnpoolOptions {
  /** The kernel's size where left out. */
  readonly stride?: Sizes;
  /** Rows and columns that were added on both sides. 0 where left out. */
  readonly padding?: Sizes;
  /** Sizes of the result, or its whole shape, where a stride leaves several open. */
  readonly outputSize?: Shape;
}

function maxUnpool(rank: number, x: Tensor, indices: Tensor, kernelSize: Sizes, options: MaxUnpoolOptions): Tensor {
  const op = `maxUnpool${rank}d`;
  const { stride = kernelSize, padding = 0, outputSize } = options;
  const kernel = each(op, 'kernelSize', kernelSize, rank, 1);
  const steps = each(op, 'stride', stride, rank, 1);
  const around = each(op, 'padding', padding, rank, 0);
  if (x.ndim !== rank + 1 && x.ndim !== rank + 2)
    throw new ShapeError(op, [x], `expected [batch, channel, ...${rank} sizes], got ${formatShape(x)}`);
  if (String(indices.shape) !== String(x.shape))
    throw new ShapeError(
      op,
      [x, indices],
      `expected an index for each element of ${formatShape(x)}, got ${formatShape(indices)}`,
      `They come from nn.functional.maxPool${rank}d(x, kernelSize, { returnIndices: true }).`,
    );
  const spatial = x.shape.slice(-rank);
  const usual = spatial.map((size, i) => (size - 1) * steps[i]! - 2 * around[i]! + kernel[i]!);
  const sizes = outputSize?.slice(-rank) ?? usual;
  const fits =
    sizes.length === rank && sizes.every((size, i) => size > usual[i]! - steps[i]! && size < usual[i]! + steps[i]!);
  if (!fits)
    throw new ShapeError(
      op,
      [x],
      `${formatShape(x)} can't come from [${sizes}]`,
      `The result is [${usual}], or less than a stride smaller or larger.`,
    );
  const lead = x.shape.slice(0, -rank);
  const flat = (t: Tensor) => reshape(t, [...lead, numel(spatial)]);
  const laid = scatter(zeros([...lead, numel(sizes)]), -1, flat(indices), flat(x));
  return reshape(laid, [...lead, ...sizes]).withAxes(x.axes.map(({ name }) => (name === undefined ? {} : { name })));
}

/** Undoes `maxPool1d`: x and indices [batch, channel, length'] → [batch, channel, length], zeros but where the indices point. Throws ShapeError where sizes do not fit. */
export function maxUnpool1d(x: Tensor, indices: Tensor, kernelSize: Sizes, options: MaxUnpoolOptions = {}): Tensor {
  checkArguments('maxUnpool1d', arguments);
  return maxUnpool(1, x, indices, kernelSize, options);
}
/** Undoes `maxPool2d`: x and indices [batch, channel, height', width'] → [batch, channel, height, width]. Throws ShapeError where sizes do not fit. */
export function maxUnpool2d(x: Tensor, indices: Tensor, kernelSize: Sizes, options: MaxUnpoolOptions = {}): Tensor {
  checkArguments('maxUnpool2d', arguments);
  return maxUnpool(2, x, indices, kernelSize, options);
}
/** Undoes `maxPool3d`: x and indices [batch, channel, D', H', W'] → [batch, channel, D, H, W]. Throws ShapeError where sizes do not fit. */
export function maxUnpool3d(x: Tensor, indices: Tensor, kernelSize: Sizes, options: MaxUnpoolOptions = {}): Tensor {
  checkArguments('maxUnpool3d', arguments);
  return maxUnpool(3, x, indices, kernelSize, options);
}
