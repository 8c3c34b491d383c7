/** Rows of a table of positions, laid beside a sequence. What fixed and learnt positions share. */
import { ShapeError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkBatchFirst, checkFeatures } from './check.ts';

/**
 * Rows `start` … of `table` [position, embed] for x [seq, batch, embed], [batch, seq, embed] or [seq, embed], to be added to it.
 * Throws ShapeError for another width, or more positions than the table has.
 */
export function positionsFor(layer: string, x: Tensor, table: Tensor, batchFirst: boolean, start: number): Tensor {
  const [maxLength, width] = table.shape as [number, number];
  checkFeatures(layer, x, width, (size) => `nn.${layer}(${size})`);
  if (x.ndim < 2) throw new ShapeError(layer, [x], `expected [seq, embed], got ${formatShape(x)}`);
  checkBatchFirst(layer, x, batchFirst, `new nn.${layer}(${width}, { batchFirst: ${!batchFirst} })`);
  const seqFirst = x.ndim === 2 || !batchFirst;
  const seqDim = x.ndim === 2 ? 0 : seqFirst ? x.ndim - 3 : x.ndim - 2;
  const length = x.shape[seqDim]!;
  if (start + length > maxLength)
    throw new ShapeError(
      layer,
      [x],
      `expected at most ${maxLength} positions, the length of the table, got ${start === 0 ? '' : `${start} and `}${length}: ${formatShape(x)}`,
      seqDim === 0 && x.ndim === 3
        ? `If the batch comes first, pass { batchFirst: true }; otherwise { maxLength: ${start + length} }.`
        : `nn.${layer}(${width}, { maxLength: ${start + length} }) would fit.`,
    );
  const positions = table.narrow(0, start, length);
  return x.ndim === 2 || batchFirst ? positions : positions.unsqueeze(1);
}
