/** Windows of planes laid out as columns, and columns added up to planes again: each is the other's gradient. */

import { ShapeError } from '../errors.ts';
import { unnamed } from '../tensor/axes.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { tensor, zeros } from './creation.ts';
import { indexAdd, indexSelect } from './indexing.ts';
import { pad } from './rearrange.ts';
import { withAxes } from './tensorMethods.ts';
import { reshape } from './view.ts';
import { batched, checkWindow, each, type Sizes, wantPlanes, windowCount } from './window.ts';

/** How windows are laid. */
export interface UnfoldOptions {
  /** How far the elements of a window stand apart. 1 by default. */
  readonly dilation?: Sizes;
  /** Zeros on both sides. 0 by default. */
  readonly padding?: Sizes;
  /** How far windows stand apart. 1 by default. */
  readonly stride?: Sizes;
}

/** Where each element of each window stands in the padded plane: [kernel positions · windows] in this order. */
function windowsOf(op: string, x: Tensor, size: readonly number[], kernelSize: Sizes, options: UnfoldOptions) {
  const kernel = each(op, 'kernelSize', kernelSize, 2, 1);
  const [stride, padding, dilation] = [
    each(op, 'stride', options.stride ?? 1, 2, 1),
    each(op, 'padding', options.padding ?? 0, 2, 0),
    each(op, 'dilation', options.dilation ?? 1, 2, 1),
  ] as const;
  const counts = kernel.map((k, i) => windowCount(size[i]!, k, stride[i]!, [padding[i]!, padding[i]!], dilation[i]!));
  checkWindow(op, x, counts, kernel);
  const [height, width] = size.map((n, i) => n + 2 * padding[i]!) as [number, number];
  const at: number[] = [];
  for (let ky = 0; ky < kernel[0]!; ky++)
    for (let kx = 0; kx < kernel[1]!; kx++)
      for (let y = 0; y < counts[0]!; y++)
        for (let column = 0; column < counts[1]!; column++)
          at.push((y * stride[0]! + ky * dilation[0]!) * width + column * stride[1]! + kx * dilation[1]!);
  return { at: tensor(Int32Array.from(at)), height, width, padding, field: numel(kernel), windows: numel(counts) };
}

/**
 * Each window of a plane as a column: [batch, channel, height, width] → [batch, channel · kernel, window], channels outermost. The
 * batch may be missing. PyTorch's `unfold`, also called im2col. Throws ShapeError where no window fits in.
 */
export function unfold(x: Tensor, kernelSize: Sizes, options: UnfoldOptions = {}): Tensor {
  checkArguments('unfold', arguments);
  return batched(x, 2, (b) => {
    wantPlanes('unfold', b, 2);
    const [batch, channels, ...size] = b.shape as [number, number, number, number];
    const { at, height, width, padding, field, windows } = windowsOf('unfold', b, size, kernelSize, options);
    const [vertical, horizontal] = padding as [number, number];
    const padded = pad(b, [horizontal, horizontal, vertical, vertical]);
    const picked = indexSelect(reshape(padded, [batch, channels, height * width]), 2, at);
    const columns = reshape(picked, [batch, channels * field, windows]);
    return withAxes(columns, [b.axes[0]!, { name: 'features' }, { name: 'window' }]);
  });
}

/**
 * Columns added up where their windows lie: [batch, channel · kernel, window] → [batch, channel, ...outputSize]. What windows share
 * is the sum of all. The batch may be missing. PyTorch's `fold`, also called col2im. Throws ShapeError where the columns are not as
 * many as windows of this size, or no multiple of the kernel.
 */
export function fold(x: Tensor, outputSize: Sizes, kernelSize: Sizes, options: UnfoldOptions = {}): Tensor {
  checkArguments('fold', arguments);
  const op = 'fold';
  const size = each(op, 'outputSize', outputSize, 2, 1);
  if (x.ndim !== 2 && x.ndim !== 3)
    throw new ShapeError(op, [x], `expected [batch, channel · kernel, window], got ${formatShape(x)}`);
  return batched(x, 1, (b) => {
    const { at, height, width, padding, field, windows } = windowsOf(op, b, size, kernelSize, options);
    const [batch, rows, columns] = b.shape as [number, number, number];
    if (columns !== windows || rows % field !== 0)
      throw new ShapeError(
        op,
        [b],
        `${formatShape(b)} does not fold to planes of [${size.join(', ')}]`,
        `Expected [batch, channel · ${field}, ${windows}].`,
      );
    const channels = rows / field;
    const parts = reshape(b, [batch, channels, field * windows]);
    const summed = indexAdd(zeros([batch, channels, height * width]), 2, at, parts);
    const planes = reshape(summed, [batch, channels, height, width]);
    const [vertical, horizontal] = padding as [number, number];
    const cropped = pad(planes, [-horizontal, -horizontal, -vertical, -vertical]);
    return withAxes(cropped, [b.axes[0] ?? unnamed, { name: 'channel' }, { name: 'height' }, { name: 'width' }]);
  });
}
