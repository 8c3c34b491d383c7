/**
 * Planes and lines in another size. Every output is a mean of two inputs along each dimension (of one, for `nearest`), so
 * the map is linear and its gradient is the same map turned round.
 */

import { ShapeError, TensightError } from '../errors.ts';
import { formatShape, numel, type Spec, specOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { allocate, apply } from './apply.ts';
import { adaptiveAvgPool1d, adaptiveAvgPool2d } from './averagePool.ts';
import { bicubic } from './bicubic.ts';
import type { Op } from './op.ts';
import { each, pooledSpec, type Rank, type Sizes, wantPlanes } from './window.ts';

/** For every output along a dimension: the two inputs it is mixed of, and how much of the second. */
interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly weight: Float64Array;
}

interface ResizeAttrs {
  readonly rank: Rank;
  /** Of the output, one a dimension. */
  readonly sizes: readonly number[];
  /** How many times as large it is to be, where that was said; the sizes are rounded down. */
  readonly factors: readonly number[] | undefined;
  readonly mode: 'nearest' | 'nearest-exact' | 'linear' | 'bilinear';
  readonly alignCorners: boolean;
}

/** Visits every (input, output, weight) that counts, plane by plane. */
function eachTap(
  planes: number,
  [height, width]: readonly [number, number],
  [rows, columns]: readonly [Taps, Taps],
  visit: (input: number, output: number, weight: number) => void,
): void {
  let output = 0;
  for (let p = 0; p < planes; p++) {
    const start = p * height * width;
    for (let y = 0; y < rows.low.length; y++) {
      const [top, bottom, wy] = [start + rows.low[y]! * width, start + rows.high[y]! * width, rows.weight[y]!];
      for (let x = 0; x < columns.low.length; x++, output++) {
        const [left, right, wx] = [columns.low[x]!, columns.high[x]!, columns.weight[x]!];
        visit(top + left, output, (1 - wy) * (1 - wx));
        if (wx > 0) visit(top + right, output, (1 - wy) * wx);
        if (wy > 0) visit(bottom + left, output, wy * (1 - wx));
        if (wx > 0 && wy > 0) visit(bottom + right, output, wy * wx);
      }
    }
  }
}

function plane(spec: Spec, rank: Rank): [number, number] {
  return rank === 1 ? [1, spec.shape.at(-1)!] : [spec.shape.at(-2)!, spec.shape.at(-1)!];
}

const interpolateOp: Op<ResizeAttrs> = {
  name: 'interpolate',
  shape: ([x], { rank, sizes }) => pooledSpec(x!, sizes, 'f32', rank),
  forward([x], attrs, out) {
    const { rank } = attrs;
    const taps = tapsOf(x!, attrs);
    const result = allocate(out);
    const from = elementsOf(x!);
    const data = result.storage.data;
    eachTap(numel(x!.shape.slice(0, -rank)), plane(x!, rank), taps, (input, output, weight) => {
      data[output]! += weight * from[input]!;
    });
    return result;
  },
  backward: (grad, { inputs: [x], attrs }) => [apply(interpolateBackwardOp, [grad], { ...attrs, of: specOf(x!) })],
  flops: (_inputs, out, { rank }) => 3 * 2 ** rank * numel(out.shape),
};

const interpolateBackwardOp: Op<ResizeAttrs & { readonly of: Spec }> = {
  name: 'interpolateBackward',
  shape: (_inputs, { of }) => ({ shape: of.shape, dtype: 'f32', axes: of.axes }),
  forward([grad], attrs, out) {
    const { rank } = attrs;
    const taps = tapsOf(out, attrs);
    const result = allocate(out);
    const from = elementsOf(grad!);
    const data = result.storage.data;
    eachTap(numel(out.shape.slice(0, -rank)), plane(out, rank), taps, (input, output, weight) => {
      data[input]! += weight * from[output]!;
    });
    return result;
  },
  backward: (grad, { attrs: { of: _, ...attrs } }) => [apply(interpolateOp, [grad], attrs)],
  flops: ([grad], _out, { rank }) => 3 * 2 ** rank * numel(grad!.shape),
};

export const interpolateOps = { interpolate: interpolateOp, interpolateBackward: interpolateBackwardOp };

/** The size asked for, and how what lies between samples is found. Either `size` or `scaleFactor`. */
export interface InterpolateOptions {
  /** The sizes asked for: one number for all spatial dimensions, or one each. */
  readonly size?: Sizes;
  /** How many times as large, in the place of `size`; sizes are rounded down. */
  readonly scaleFactor?: number | readonly number[];
  /**
   * `nearest` (where left out) copies, `nearest-exact` does so from where the middle of each output lies, `linear` (lines) and
   * `bilinear` (planes) mix neighbours, `bicubic` (planes) lays curves through four, `area` takes means.
   */
  readonly mode?: 'nearest' | 'nearest-exact' | 'linear' | 'bilinear' | 'bicubic' | 'area';
  /** Whether the outermost samples of input and output lie upon each other, in the place of the outermost edges. */
  readonly alignCorners?: boolean;
}

const oneRow: Taps = { low: Int32Array.of(0), high: Int32Array.of(0), weight: Float64Array.of(0) };

/** Of rows and columns, from the sizes of the input; a line has one row. */
function tapsOf(x: Spec, { rank, sizes, factors, mode, alignCorners }: ResizeAttrs): readonly [Taps, Taps] {
  const taps = sizes.map((count, i) => tapsAlong(x.shape[2 + i]!, count, factors?.[i], mode, alignCorners));
  return rank === 1 ? [oneRow, taps[0]!] : [taps[0]!, taps[1]!];
}

function tapsAlong(
  size: number,
  count: number,
  factor: number | undefined,
  mode: ResizeAttrs['mode'],
  align: boolean,
): Taps {
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const weight = new Float64Array(count);
  const scale = align ? (count > 1 ? (size - 1) / (count - 1) : 0) : factor === undefined ? size / count : 1 / factor;
  for (let i = 0; i < count; i++) {
    if (mode === 'nearest-exact') {
      low[i] = Math.min(Math.floor((i + 0.5) * scale), size - 1);
      high[i] = low[i]!;
      continue;
    }
    if (mode === 'nearest') {
      // Doubled is doubled, whatever factor (2.3 of 2 makes 4, too) it came from: so does PyTorch.
      low[i] = count === 2 * size ? i >> 1 : Math.min(Math.floor(i * scale), size - 1);
      high[i] = low[i]!;
      continue;
    }
    const at = align ? i * scale : Math.max(0, (i + 0.5) * scale - 0.5);
    low[i] = Math.min(Math.floor(at), size - 1);
    high[i] = Math.min(low[i]! + 1, size - 1);
    weight[i] = high[i] === low[i] ? 0 : at - low[i]!;
  }
  return { low, high, weight };
}

/**
 * Lines [batch, channel, length] or planes [batch, channel, height, width] in another size; the batch may not be missing.
 * Throws ShapeError for other numbers of dimensions, TensightError where neither or both of size and scale are given.
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  checkArguments('interpolate', arguments);
  const { size, scaleFactor, mode = 'nearest', alignCorners = false } = options ?? {};
  if (x.ndim !== 3 && x.ndim !== 4)
    throw new ShapeError(
      'interpolate',
      [x],
      `expected [batch, channel, length] or [batch, channel, height, width], got ${formatShape(x)}`,
    );
  const rank: Rank = x.ndim === 3 ? 1 : 2;
  if ((size === undefined) === (scaleFactor === undefined))
    throw new TensightError(
      'interpolate: expected either size or scaleFactor',
      'Give either size or scaleFactor: { scaleFactor: 2 }.',
    );
  const fitting = rank === 1 ? 'linear' : 'bilinear';
  const mixes = mode !== 'nearest' && mode !== 'nearest-exact' && mode !== 'area';
  if (mixes && mode !== fitting && !(mode === 'bicubic' && rank === 2))
    throw new ShapeError('interpolate', [x], `mode '${mode}' does not fit ${formatShape(x)}`, `Use '${fitting}'.`);
  if (!mixes && alignCorners) throw new TensightError(`interpolate: alignCorners has no meaning for mode '${mode}'`);
  const factors = typeof scaleFactor === 'number' ? new Array<number>(rank).fill(scaleFactor) : scaleFactor;
  if (factors !== undefined && (factors.length !== rank || factors.some((f) => !(f > 0))))
    throw new TensightError(
      `interpolate: expected positive numbers for scaleFactor, got ${JSON.stringify(scaleFactor)}`,
      'Give one number, or one per dimension.',
    );
  const spatial = x.shape.slice(-rank);
  const sizes =
    factors === undefined
      ? each('interpolate', 'size', size!, rank, 1)
      : spatial.map((n, i) => Math.floor(n * factors[i]!));
  if (spatial.includes(0) || sizes.includes(0))
    throw new ShapeError('interpolate', [x], `${formatShape(x)} can't become [${sizes.join(', ')}]: a size is 0`);
  wantPlanes('interpolate', x, rank);
  if (mode === 'area') return rank === 1 ? adaptiveAvgPool1d(x, sizes) : adaptiveAvgPool2d(x, sizes);
  if (mode === 'bicubic') return bicubic(x, sizes, factors, alignCorners);
  return apply(interpolateOp, [x], { rank, sizes, factors, mode, alignCorners });
}
