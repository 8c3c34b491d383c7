import { context } from '../context.ts';
import { ShapeError, TensightError } from '../errors.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { gt, where } from './compare.ts';
import { ones } from './creation.ts';
import { fillChances } from './draws.ts';
import { add, mul } from './elementwise.ts';
import type { Op } from './op.ts';

/**
 * Keeps each element with probability 1 − p and scales it by 1 / (1 − p), so that the mean stays (Srivastava et al. 2014). The mask is that of
 * a PyTorch without MKL, such as Debian's: two draws an element. Builds with MKL (pip's and conda's on x64) draw theirs from MKL's generator.
 */
export const dropoutOp: Op<{ readonly p: number }> = {
  name: 'dropout',
  shape: ([x]) => ({ shape: x!.shape, dtype: 'f32', axes: x!.axes }),
  forward([x], { p }, out, backend, save) {
    const mask = allocate(out);
    if (p < 1) fillChances(mask.storage.data, 1 - p, 1 / Math.fround(1 - p));
    const result = allocate(out);
    backend.binary('mul', x!, mask, result);
    save(mask);
    return result;
  },
  // In a shape run there is no mask; the gradient's shape is all that is asked for.
  backward: (grad, { tensors: [mask] }) => [mask === undefined ? grad : mul(grad, mask)],
  flops: (_inputs, out) => numel(out.shape),
  role: 'arrangement',
};

/**
 * Each element dropped with probability `p` while training, the others scaled by 1 / (1 − p); x itself otherwise: any
 * shape → the same. Srivastava et al. 2014.
 */
export function dropout(x: Tensor, p = 0.5, training = true): Tensor {
  checkArguments('dropout', arguments);
  if (!(p >= 0 && p <= 1)) throw new TensightError(`dropout: expected a probability p between 0 and 1, got ${p}`);
  if (!training || p === 0) return x;
  const result = apply(dropoutOp, [x], { p });
  if (result.isMeta && p < 1) context.generator.skip(2 * result.numel);
  return result;
}

/** What dropped elements become after a SELU: −scale·alpha of it. */
const seluFloor = -1.7580993408473766;

/** x where `kept` (1, or scaled up; 0 is dropped), else SELU's lowest value; then shifted so that mean and variance stay. */
function alphaMasked(x: Tensor, kept: Tensor, p: number): Tensor {
  if (p === 1) return mul(x, 0);
  const scale = 1 / Math.sqrt((1 - p) * (1 + p * seluFloor * seluFloor));
  return add(mul(where(gt(kept, 0), x, seluFloor), scale), -scale * p * seluFloor);
}

/**
 * Dropout that keeps mean and variance of what comes out of a SELU: dropped elements take its lowest value, and all are scaled and
 * shifted. Any shape → the same; x itself when not training. Klambauer et al. 2017.
 */
export function alphaDropout(x: Tensor, p = 0.5, training = true): Tensor {
  checkArguments('alphaDropout', arguments);
  const kept = dropout(ones(x.shape), p, training);
  return training && p > 0 ? alphaMasked(x, kept, p) : x;
}

/** `alphaDropout` of whole channels: x [batch, channel, ...] → the same. Throws ShapeError without channels. */
export function featureAlphaDropout(x: Tensor, p = 0.5, training = true): Tensor {
  checkArguments('featureAlphaDropout', arguments);
  if (x.ndim < 2)
    throw new ShapeError('featureAlphaDropout', [x], `expected [batch, channel, ...], got ${formatShape(x)}`);
  const kept = dropout(ones(x.shape.map((size, i) => (i < 2 ? size : 1))), p, training);
  return training && p > 0 ? alphaMasked(x, kept, p) : x;
}

/** `dropout` of whole channels: the last `rank` dimensions are kept or dropped together. */
function channelDropout(name: string, rank: number, x: Tensor, p: number, training: boolean): Tensor {
  checkArguments(name, [x, p, training]);
  if (x.ndim !== rank + 1 && x.ndim !== rank + 2)
    throw new ShapeError(
      name,
      [x],
      `expected [batch, channel, ${['length', 'height, width', 'depth, height, width'][rank - 1]}], got ${formatShape(x)}`,
      'To drop single elements use dropout.',
    );
  const kept = ones(x.shape.map((size, i) => (i < x.ndim - rank ? size : 1)));
  const mask = dropout(kept, p, training);
  return mask === kept ? x : mul(x, mask);
}

/**
 * Each channel dropped whole with probability `p` while training, the others scaled by 1 / (1 − p): neighbours in a feature map
 * are too alike to drop one by one (Tompson et al. 2015). x [batch, channel, length] or [channel, length] → the same.
 */
export const dropout1d = (x: Tensor, p = 0.5, training = true): Tensor =>
  channelDropout('dropout1d', 1, x, p, training);
/** As `dropout1d`, of planes: x [batch, channel, height, width] or [channel, height, width] → the same. */
export const dropout2d = (x: Tensor, p = 0.5, training = true): Tensor =>
  channelDropout('dropout2d', 2, x, p, training);
/** As `dropout1d`, of volumes: x [batch, channel, depth, height, width] or [channel, depth, height, width] → the same. */
export const dropout3d = (x: Tensor, p = 0.5, training = true): Tensor =>
  channelDropout('dropout3d', 3, x, p, training);
