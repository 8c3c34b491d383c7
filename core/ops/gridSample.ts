/**
 * Planes looked at through a grid of places that need not be whole: spatial transformers (Jaderberg et al. 2015). Made of `gather` and
 * products, so that gradients flow to the planes and to the grid.
 */
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { formatShape, numel, type Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { ge, gt, le, logicalAnd, lt, where } from './compare.ts';
import { tensor } from './creation.ts';
import { gather } from './indexing.ts';
import { matmul } from './matmul.ts';
import { mT } from './permute.ts';
import { select } from './slice.ts';
import { expand, reshape, unsqueeze } from './view.ts';

/** How places between elements, and beside the plane, are read. */
export interface GridSampleOptions {
  /** What counts between elements: their weighted mean, the nearest, or a cubic curve. Default `'bilinear'`. */
  readonly mode?: 'bilinear' | 'nearest' | 'bicubic';
  /** What stands beside the plane: zeros, its edge, or its mirror image. Default `'zeros'`. */
  readonly paddingMode?: 'zeros' | 'border' | 'reflection';
  /** Whether −1 and 1 are the middles of the outermost elements; otherwise they are their outer edges. Default false. */
  readonly alignCorners?: boolean;
}

type How = Required<GridSampleOptions>;

/** Inside [0, most]; no gradient from outside. */
function clipped(at: Tensor, most: number): Tensor {
  return where(logicalAnd(gt(at, 0), lt(at, most)), at, at.detach().clamp(0, most));
}

/** Turned back at both ends, as often as it takes. */
function reflected(at: Tensor, size: number, alignCorners: boolean): Tensor {
  const least = alignCorners ? 0 : -0.5;
  const span = alignCorners ? size - 1 : size;
  if (span === 0) return at.mul(0);
  const away = at.sub(least).abs();
  const rest = away.fmod(span);
  const isEven = away.detach().div(span).floor().remainder(2).eq(0);
  return where(isEven, rest, rest.neg().add(span)).add(least);
}

function inside(at: Tensor, size: number, { paddingMode, alignCorners }: How): Tensor {
  switch (paddingMode) {
    case 'zeros':
      return at;
    case 'border':
      return clipped(at, size - 1);
    case 'reflection':
      return clipped(reflected(at, size, alignCorners), size - 1);
    default:
      return paddingMode satisfies never;
  }
}

/** Weights of the four elements around a place `t` after the second: Keys 1981 with a = −0.75, as PyTorch. */
function cubic(t: Tensor): readonly Tensor[] {
  const a = -0.75;
  const near = (s: Tensor) =>
    s
      .mul(a + 2)
      .sub(a + 3)
      .mul(s.square())
      .add(1);
  const far = (s: Tensor) =>
    s
      .mul(a)
      .sub(5 * a)
      .mul(s)
      .add(8 * a)
      .mul(s)
      .sub(4 * a);
  return [far(t.add(1)), near(t), near(t.neg().add(1)), far(t.neg().add(2))];
}

/**
 * The elements of x [batch, channel, H, W] at the places of grid [batch, H', W', 2], (x, y) from −1 to 1 each → [batch, channel, H', W']. Throws
 * ShapeError for other shapes.
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  checkArguments('gridSample', arguments);
  const how: How = { mode: 'bilinear', paddingMode: 'zeros', alignCorners: false, ...options };
  if (!['bilinear', 'nearest', 'bicubic'].includes(how.mode))
    throw new TensightError(
      `gridSample: there is no mode ${inWords(how.mode)}`,
      'There are bilinear, nearest, bicubic.',
    );
  if (!['zeros', 'border', 'reflection'].includes(how.paddingMode))
    throw new TensightError(
      `gridSample: there is no paddingMode ${inWords(how.paddingMode)}`,
      'There are zeros, border, reflection.',
    );
  if (
    x.ndim !== 4 ||
    grid.ndim !== 4 ||
    grid.shape[3] !== 2 ||
    x.shape[0] !== grid.shape[0] ||
    x.dtype !== 'f32' ||
    grid.dtype !== 'f32' ||
    numel(x.shape.slice(2)) === 0
  )
    throw new ShapeError(
      'gridSample',
      [x, grid],
      `expected planes [batch, channel, H, W] and a grid [batch, H', W', 2], got ${formatShape(x)} and ${formatShape(grid)}`,
      'Volumes are not sampled here: fold their depth into the batch.',
    );
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [rows, columns] = grid.shape.slice(1, 3) as [number, number];
  const count = rows * columns;
  const flat = reshape(x, [batch, channels, height * width]);
  const place = (coordinate: number, size: number) => {
    const from = reshape(select(grid, 3, coordinate), [batch, 1, count]).add(1);
    return how.alignCorners ? from.mul((size - 1) / 2) : from.mul(size).sub(1).div(2);
  };
  /** The elements at whole places, [batch, channel, count]; what is outside is 0. */
  const at = (column: Tensor, row: Tensor): Tensor => {
    const [c, r] = [column.detach(), row.detach()];
    const index = r
      .clamp(0, height - 1)
      .to('i32')
      .mul(width)
      .add(c.clamp(0, width - 1).to('i32'));
    const found = gather(flat, 2, expand(index, [batch, channels, count]));
    const isInside = logicalAnd(logicalAnd(ge(c, 0), le(c, width - 1)), logicalAnd(ge(r, 0), le(r, height - 1)));
    return where(isInside, found, 0);
  };
  const shaped = (y: Tensor) =>
    reshape(y, [batch, channels, rows, columns]).withAxes([x.axes[0]!, x.axes[1]!, grid.axes[1]!, grid.axes[2]!]);
  if (how.mode === 'bicubic') {
    const [across, down] = [place(0, width), place(1, height)];
    const [left, top] = [across.floor(), down.floor()];
    const [byColumn, byRow] = [cubic(across.sub(left)), cubic(down.sub(top))];
    const lines = byRow.map((weight, j) => {
      const row = inside(top.detach().add(j - 1), height, how);
      const line = byColumn.map((each, i) => at(inside(left.detach().add(i - 1), width, how), row).mul(each));
      return line.reduce((sum, part) => sum.add(part)).mul(weight);
    });
    return shaped(lines.reduce((sum, line) => sum.add(line)));
  }
  const across = inside(place(0, width), width, how);
  const down = inside(place(1, height), height, how);
  if (how.mode === 'nearest') return shaped(at(across.round(), down.round()));
  const [left, top] = [across.floor(), down.floor()];
  const [right, below] = [across.sub(left), down.sub(top)];
  const [before, above] = [right.neg().add(1), below.neg().add(1)];
  const corners = [
    at(left, top).mul(before.mul(above)),
    at(left.add(1), top).mul(right.mul(above)),
    at(left, top.add(1)).mul(before.mul(below)),
    at(left.add(1), top.add(1)).mul(right.mul(below)),
  ];
  return shaped(corners.reduce((sum, corner) => sum.add(corner)));
}

/** Options of `affineGrid`. */
export interface AffineGridOptions {
  /** As of `gridSample`. Default false. */
  readonly alignCorners?: boolean;
}

/**
 * The places that affine maps theta [batch, 2, 3] bring a plane's to, for `gridSample`: size [batch, channel, H, W] → [batch, H, W, 2]. Throws
 * ShapeError for other shapes.
 */
export function affineGrid(theta: Tensor, size: Shape, options: AffineGridOptions = {}): Tensor {
  checkArguments('affineGrid', arguments);
  const { alignCorners = false } = options;
  if (
    theta.ndim !== 3 ||
    theta.shape[1] !== 2 ||
    theta.shape[2] !== 3 ||
    size.length !== 4 ||
    theta.shape[0] !== size[0] ||
    theta.dtype !== 'f32'
  )
    throw new ShapeError(
      'affineGrid',
      [theta],
      `expected maps [batch, 2, 3] and a size [batch, channel, H, W], got ${formatShape(theta)} and [${size}]`,
    );
  const [batch, , height, width] = size as [number, number, number, number];
  const along = (count: number, i: number) =>
    count === 1 ? 0 : ((2 * i) / (count - 1) - 1) * (alignCorners ? 1 : (count - 1) / count);
  const places = Float32Array.from({ length: height * width * 3 }, (_, i) => {
    const at = Math.floor(i / 3);
    return i % 3 === 0 ? along(width, at % width) : i % 3 === 1 ? along(height, Math.floor(at / width)) : 1;
  });
  const base = unsqueeze(tensor(places, { shape: [height * width, 3] }), 0);
  return reshape(matmul(base, mT(theta)), [batch, height, width, 2]).withAxes([
    theta.axes[0]!,
    { name: 'height' },
    { name: 'width' },
    {},
  ]);
}
