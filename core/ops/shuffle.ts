/** Channels and positions of planes put in each other's place: made of visible changes of shape. */
import { ShapeError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { axis, unnamed } from '../tensor/axes.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { permute } from './permute.ts';
import { withAxes } from './tensorMethods.ts';
import { reshape } from './view.ts';

/** The last three sizes, and those before. */
function split(op: string, x: Tensor, factor: number): readonly [number[], number, number, number] {
  if (x.ndim < 3) throw new ShapeError(op, [x], `expected [..., channel, height, width], got ${formatShape(x)}`);
  if (!(Number.isInteger(factor) && factor > 0))
    throw new ShapeError(op, [x], `expected a whole number above 0, got ${inWords(factor)}`);
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number];
  return [x.shape.slice(0, -3), channels, height, width];
}

/** With x's names: what each axis counts stays, whatever its size. */
function namedAs(x: Tensor, y: Tensor): Tensor {
  return withAxes(
    y,
    x.axes.map((each, i) => (i === 0 && x.ndim > 3 ? each : each.name === undefined ? unnamed : axis(each.name))),
  );
}

/**
 * r² channels made one of a plane r times as high and wide: [..., C·r², H, W] → [..., C, H·r, W·r]. Shi et al. 2016. Throws
 * ShapeError where r² does not divide the channels.
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  checkArguments('pixelShuffle', arguments);
  const r = upscaleFactor;
  const [lead, channels, height, width] = split('pixelShuffle', x, r);
  const out = channels / (r * r);
  if (!Number.isInteger(out))
    throw new ShapeError(
      'pixelShuffle',
      [x],
      `${channels} channels of ${formatShape(x)} are not a multiple of ${r}²`,
      `Give the layer before it ${Math.ceil(out) * r * r} channels.`,
    );
  const d = lead.length;
  const order = [...lead.keys(), d, d + 3, d + 1, d + 4, d + 2];
  const apart = permute(reshape(x, [...lead, out, r, r, height, width]), order);
  return namedAs(x, reshape(apart, [...lead, out, height * r, width * r]));
}

/**
 * What `pixelShuffle` does, undone: [..., C, H·r, W·r] → [..., C·r², H, W]. Throws ShapeError where r does not divide height and
 * width.
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  checkArguments('pixelUnshuffle', arguments);
  const r = downscaleFactor;
  const [lead, channels, height, width] = split('pixelUnshuffle', x, r);
  if (height % r !== 0 || width % r !== 0)
    throw new ShapeError('pixelUnshuffle', [x], `${r} does not divide height and width of ${formatShape(x)}`);
  const d = lead.length;
  const order = [...lead.keys(), d, d + 2, d + 4, d + 1, d + 3];
  const apart = permute(reshape(x, [...lead, channels, height / r, r, width / r, r]), order);
  return namedAs(x, reshape(apart, [...lead, channels * r * r, height / r, width / r]));
}

/**
 * Channels dealt out anew, one of each group after the other, so that groups of a grouped convolution get to see each other:
 * [batch, channel, ...] → the same. Zhang et al. 2018. Throws ShapeError where groups do not divide the channels.
 */
export function channelShuffle(x: Tensor, groups: number): Tensor {
  checkArguments('channelShuffle', arguments);
  const [batch, channels, ...rest] = x.shape;
  if (!(Number.isInteger(groups) && groups > 0))
    throw new ShapeError('channelShuffle', [x], `expected a whole number of groups above 0, got ${inWords(groups)}`);
  if (batch === undefined || channels === undefined || channels % groups !== 0)
    throw new ShapeError('channelShuffle', [x], `${groups} groups do not divide the channels of ${formatShape(x)}`);
  const apart = reshape(x, [batch, groups, channels / groups, ...rest]);
  return namedAs(x, reshape(permute(apart, [0, 2, 1, ...rest.map((_, i) => i + 3)]), x.shape));
}
