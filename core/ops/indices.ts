import { IndexError, ShapeError } from '../errors.ts';
import { formatShape, type Spec } from '../tensor/shape.ts';
import { elementsOf, Tensor } from '../tensor/tensor.ts';

/**
 * Checks every index against the size of what it points into. Where the indices' data is known this also works in a shape
 * run, so that a token outside the vocabulary is found while typing. Throws IndexError with the first bad index and its
 * place.
 */
export function checkIndices(
  op: string,
  index: Spec,
  size: number,
  options: { readonly into: string; readonly hint?: string; readonly ignore?: number },
): void {
  if (index.dtype !== 'i32')
    throw new ShapeError(
      op,
      [index],
      `expected whole numbers (i32) as indices, got ${index.dtype} ${formatShape(index)}`,
      index.dtype === 'bool'
        ? 'A mask chooses by x.maskedSelect(mask), or by where(mask, x, other), which keeps the shape.'
        : "Make them with { dtype: 'i32' } or convert them: .to('i32').",
    );
  if (!(index instanceof Tensor) || index.isMeta) return;
  const data = elementsOf(index);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if ((value >= 0 && value < size) || value === options.ignore) continue;
    throw new IndexError(
      `${op}: index ${value}${place(index, i)} is outside ${options.into}, which has ${size === 0 ? 'no entries' : `0 … ${size - 1}`}`,
      value < 0 ? 'Indices count from 0; a negative one is not counted from the end.' : options.hint,
    );
  }
}

/** ` at [0, 3] (the word "sat")` */
function place(index: Tensor, flat: number): string {
  if (index.ndim === 0) return '';
  const at: number[] = [];
  for (let d = index.ndim - 1, rest = flat; d >= 0; d--) {
    at.unshift(rest % index.shape[d]!);
    rest = Math.floor(rest / index.shape[d]!);
  }
  const labels = index.axes.at(-1)?.labels;
  const row = labels !== undefined && typeof labels[0] !== 'string' ? labels[at[0]!] : labels;
  const word = (row as readonly string[] | undefined)?.[at.at(-1)!];
  return ` at [${at.join(', ')}]${word === undefined ? '' : ` (“${word}”)`}`;
}
