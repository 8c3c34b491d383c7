/** The order of dimensions. Views: only strides change. */
import { ShapeError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { apply } from './apply.ts';
import { eachOnce, listed, normalizeDim, type Sizes } from './dims.ts';
import type { Op } from './op.ts';

interface PermuteAttrs {
  /** Where each dimension of the result comes from. */
  readonly dims: readonly number[];
}

function permuteOp(name: string): Op<PermuteAttrs> {
  return {
    name,
    shape: ([x], { dims }) => ({
      shape: dims.map((d) => x!.shape[d]!),
      dtype: x!.dtype,
      axes: dims.map((d) => x!.axes[d]!),
    }),
    forward: ([x], { dims }, out) =>
      new Tensor(
        out,
        x!.storage,
        dims.map((d) => x!.strides[d]!),
        x!.offset,
      ),
    backward: (grad, { attrs: { dims } }) => {
      const back = new Array<number>(dims.length);
      for (let i = 0; i < dims.length; i++) back[dims[i]!] = i;
      return [apply(permuteOps[name as keyof typeof permuteOps], [grad], { dims: back })];
    },
    flops: () => 0,
    isView: true,
  };
}

export const permuteOps = { permute: permuteOp('permute'), transpose: permuteOp('transpose') };

/**
 * Dimensions in a new order: [2, 3, 4] by (2, 0, 1) → [4, 2, 3]. A view. Throws ShapeError where one is missing or
 * named twice.
 */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  if (!Array.isArray(dims)) checkArguments('permute', arguments);
  const order = dims.map((d) => normalizeDim('permute', d, x));
  if (order.length !== x.ndim || new Set(order).size !== x.ndim)
    throw new ShapeError(
      'permute',
      [x],
      `(${dims.join(', ')}) does not name every dimension of ${formatShape(x)} once`,
      `Name all ${x.ndim} dimensions, each once.`,
    );
  return apply(permuteOps.permute, [x], { dims: order });
}

/**
 * Two dimensions exchanged: [2, 3, 4] with (0, 2) → [4, 3, 2]. A view. Throws ShapeError for a dimension there is not.
 */
export function transpose(x: Tensor, a: number, b: number): Tensor {
  const i = normalizeDim('transpose', a, x);
  const j = normalizeDim('transpose', b, x);
  if (x.ndim === 0) return x;
  const dims = x.shape.map((_, d) => d);
  dims[i] = j;
  dims[j] = i;
  return apply(permuteOps.transpose, [x], { dims });
}

/** `transpose` by NumPy's name: axes `dim0` and `dim1` exchanged. A view. */
export const swapaxes = (x: Tensor, dim0: number, dim1: number): Tensor =>
  transpose(x, normalizeDim('swapaxes', dim0, x), normalizeDim('swapaxes', dim1, x));

/**
 * Dimensions moved to other places, the others in order: [2, 3, 4] with 0 to −1 → [3, 4, 2]. A view. Throws ShapeError where a
 * dimension is named twice, or there are not as many places as dimensions.
 */
export function movedim(
  x: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  const [from, to] = [eachOnce('movedim', [source].flat(), x), eachOnce('movedim', [destination].flat(), x)];
  if (from.length !== to.length)
    throw new ShapeError(
      'movedim',
      [x],
      `expected as many places as dimensions, got ${to.length} for ${from.length}`,
      'Name as many places as dimensions: x.movedim([0, 1], [-2, -1]).',
    );
  if (x.ndim === 0) return x;
  const rest = x.shape.map((_, d) => d).filter((d) => !from.includes(d));
  return permute(
    x,
    x.shape.map((_, d) => from[to.indexOf(d)] ?? rest.shift()!),
  );
}

/** Each matrix of the last two dimensions transposed: [..., M, N] → [..., N, M]. */
export function mT(x: Tensor): Tensor {
  if (x.ndim < 2) throw new ShapeError('mT', [x], `${formatShape(x)} has no two last dimensions to exchange`);
  return transpose(x, -2, -1);
}

/** Methods that this family gives every tensor. */
export const permuteMethods = {
  /** Dimensions in a new order: [2, 3, 4].permute(2, 0, 1) → [4, 2, 3]. */
  permute(this: Tensor, ...dims: Sizes): Tensor {
    return permute(this, listed('permute', dims));
  },
  /** Dimensions `a` and `b` exchanged. */
  transpose(this: Tensor, a: number, b: number): Tensor {
    return transpose(this, a, b);
  },
  /** Axes `a` and `b` exchanged, `transpose` by NumPy's name. */
  swapaxes(this: Tensor, a: number, b: number): Tensor {
    return transpose(this, a, b);
  },
  /** Dimensions `a` and `b` exchanged, as `transpose`. */
  swapdims(this: Tensor, a: number, b: number): Tensor {
    return transpose(this, a, b);
  },
  /** Dimensions moved to other places, the others in order: [2, 3, 4].movedim(0, -1) → [3, 4, 2]. */
  movedim(this: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
    return movedim(this, source, destination);
  },
  /** `movedim` by NumPy's name. */
  moveaxis(this: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
    return movedim(this, source, destination);
  },
  /** A matrix transposed: [M, N] → [N, M]; fewer dimensions stay as they are. */
  t(this: Tensor): Tensor {
    if (this.ndim > 2)
      throw new ShapeError('t', [this], `expected at most two dimensions, got ${formatShape(this)}`, 'Use .mT().');
    return this.ndim < 2 ? this : transpose(this, 0, 1);
  },
  /** Each matrix of the last two dimensions transposed: [..., M, N] → [..., N, M]. */
  mT(this: Tensor): Tensor {
    return mT(this);
  },
};
