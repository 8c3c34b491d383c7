/** Coordinates of the places of a grid: of every point, and of those on one side of a diagonal. */
import { ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { formatShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { checkWhole } from '../usage/values.ts';
import { tensor } from './creation.ts';
import { transpose } from './permute.ts';
import { expand, reshape } from './view.ts';

/** Options of `meshgrid`. */
export interface MeshgridOptions {
  /** `'ij'`: the first tensor runs along dimension 0. `'xy'`: along dimension 1, as in pictures. Default `'ij'`. */
  readonly indexing?: 'ij' | 'xy';
}

/**
 * The coordinates of all points of a grid: a [N], b [M] → two of [N, M]; with `indexing: 'xy'` [M, N]. Views. Throws ShapeError where
 * one is no vector, or dtypes differ.
 */
export function meshgrid(tensors: readonly Tensor[], options?: MeshgridOptions): Tensor[];
export function meshgrid(...tensors: readonly Tensor[]): Tensor[];
export function meshgrid(...given: readonly (Tensor | readonly Tensor[] | MeshgridOptions | undefined)[]): Tensor[] {
  const [first, options = {}] = Array.isArray(given[0])
    ? (given as [readonly Tensor[], MeshgridOptions?])
    : [given.filter((each) => each instanceof Tensor), given.find((each) => !(each instanceof Tensor))];
  checkArguments('meshgrid', [first, options]);
  const { indexing = 'ij' } = options as MeshgridOptions;
  if (indexing !== 'ij' && indexing !== 'xy')
    throw new TensightError(`meshgrid: expected indexing 'ij' or 'xy', got ${inWords(indexing)}`);
  const tensors = first as readonly Tensor[];
  if (tensors.length === 0)
    throw new ShapeError('meshgrid', [], 'there are no coordinates', 'meshgrid(arange(3), arange(4))');
  for (const each of tensors) {
    if (each.ndim > 1)
      throw new ShapeError(
        'meshgrid',
        [each],
        `expected vectors, got ${formatShape(each)}`,
        'Flatten it: x.flatten().',
      );
    if (each.dtype !== tensors[0]!.dtype)
      throw new ShapeError('meshgrid', [tensors[0]!, each], `${tensors[0]!.dtype} and ${each.dtype} differ`);
  }
  const shape = tensors.map(({ numel }) => numel);
  const grids = tensors.map((each, i) => {
    const column = reshape(each, [
      ...new Array<number>(i).fill(1),
      each.numel,
      ...new Array<number>(shape.length - i - 1).fill(1),
    ]);
    return expand(column, shape);
  });
  return indexing === 'xy' && grids.length > 1 ? grids.map((grid) => transpose(grid, 0, 1)) : grids;
}

function indicesWhere(
  op: string,
  rows: number,
  columns: number,
  chosen: (row: number, column: number) => boolean,
): Tensor {
  for (const size of [rows, columns])
    if (!Number.isInteger(size) || size < 0)
      throw new TensightError(`${op}: expected a whole number of 0 or more, got ${inWords(size)}`);
  const [i, j]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      if (chosen(row, column)) {
        i.push(row);
        j.push(column);
      }
  return tensor(Int32Array.from([...i, ...j]), { shape: [2, i.length] });
}

/** Rows and columns of the elements on and above a diagonal of a matrix, row by row: i32 [2, count]. `offset` moves the diagonal to the right. */
export function triuIndices(rows: number, columns: number, offset = 0): Tensor {
  checkArguments('triuIndices', arguments);
  checkWhole('triuIndices', { offset });
  return indicesWhere('triuIndices', rows, columns, (row, column) => column - row >= offset);
}

/** Rows and columns of the elements on and below a diagonal of a matrix, row by row: i32 [2, count]. `offset` moves the diagonal to the right. */
export function trilIndices(rows: number, columns: number, offset = 0): Tensor {
  checkArguments('trilIndices', arguments);
  checkWhole('trilIndices', { offset });
  return indicesWhere('trilIndices', rows, columns, (row, column) => column - row <= offset);
}
