/** Triangular parts of matrices, and the mask that keeps a query from seeing what comes after it. */
import { ShapeError } from '../errors.ts';
import { unnamedAxes } from '../tensor/axes.ts';
import { formatShape, type Spec } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkWhole } from '../usage/values.ts';
import { allocate, apply } from './apply.ts';
import { broadcastView } from './broadcast.ts';
import { scalar } from './creation.ts';
import type { Op } from './op.ts';

/** bool [rows, columns]: true on and below (`lower`) or on and above the k-th diagonal. */
function triangle(rows: number, columns: number, k: number, lower: boolean): Tensor {
  const mask = allocate({ shape: [rows, columns], dtype: 'bool', axes: unnamedAxes(2) });
  const data = mask.storage.data;
  for (let r = 0; r < rows; r++) {
    const edge = Math.min(columns, Math.max(0, lower ? r + k + 1 : r + k));
    if (lower) data.fill(1, r * columns, r * columns + edge);
    else data.fill(1, r * columns + edge, (r + 1) * columns);
  }
  return mask;
}

interface Diagonal {
  readonly diagonal: number;
}

function triangularOp(name: 'tril' | 'triu'): Op<Diagonal> {
  return {
    name,
    shape([x]) {
      if (x!.shape.length < 2)
        throw new ShapeError(name, [x!], `expected two dimensions or more, got ${formatShape(x!)}`);
      return { shape: x!.shape, dtype: x!.dtype, axes: x!.axes };
    },
    forward([x], { diagonal }, out, backend) {
      const result = allocate(out);
      const [rows, columns] = x!.shape.slice(-2) as [number, number];
      const mask = broadcastView(triangle(rows, columns, diagonal, name === 'tril'), x!.shape);
      backend.where(mask, x!, broadcastView(scalar(0, x!.dtype), x!.shape), result);
      return result;
    },
    backward: (grad, { attrs }) => [apply(triangleOps[name], [grad], attrs)],
    flops: () => 0,
  };
}

export const triangleOps = {
  tril: triangularOp('tril'),
  triu: triangularOp('triu'),
  causalMask: {
    name: 'causalMask',
    shape: (_inputs, { rows, columns }): Spec => ({ shape: [rows, columns], dtype: 'bool', axes: unnamedAxes(2) }),
    forward: (_inputs, { rows, columns }) => triangle(rows, columns, 1, false),
    backward: undefined,
    flops: () => 0,
  } satisfies Op<{ readonly rows: number; readonly columns: number }>,
};

/**
 * The lower triangle of each matrix, zeros above the `diagonal`-th diagonal: [..., M, N] → the same. Throws ShapeError
 * where there is no matrix.
 */
export function tril(x: Tensor, diagonal = 0): Tensor {
  checkWhole('tril', { diagonal });
  return apply(triangleOps.tril, [x], { diagonal });
}
/**
 * The upper triangle of each matrix, zeros below the `diagonal`-th diagonal: [..., M, N] → the same. Throws ShapeError
 * where there is no matrix.
 */
export function triu(x: Tensor, diagonal = 0): Tensor {
  checkWhole('triu', { diagonal });
  return apply(triangleOps.triu, [x], { diagonal });
}
/** bool [query, key], true where a query must not look: at keys after its own position. */
export function causalMask(queryLength: number, keyLength = queryLength): Tensor {
  checkArguments('causalMask', arguments);
  checkWhole('causalMask', { queryLength: queryLength ?? null, keyLength: keyLength ?? null });
  return apply(triangleOps.causalMask, [], { rows: queryLength, columns: keyLength });
}

/** Methods that this family gives every tensor. */
export const triangleMethods = {
  /** The lower triangle of each matrix, zeros above the `diagonal`-th diagonal. */
  tril(this: Tensor, diagonal = 0): Tensor {
    return tril(this, diagonal);
  },
  /** The upper triangle of each matrix, zeros below the `diagonal`-th diagonal. */
  triu(this: Tensor, diagonal = 0): Tensor {
    return triu(this, diagonal);
  },
};
