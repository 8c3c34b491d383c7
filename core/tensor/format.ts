import type { DType, TypedArray } from './dtype.ts';
import type { Shape } from './shape.ts';

/** Of longer dimensions the first and last so many elements are written. */
const edge = 3;
/** Tensors of more elements are shortened. */
const whole = 1000;

/** Numbers nested in brackets like PyTorch's: `[[1, 2.5], [0, −1]]`, one row a line, long dimensions shortened. */
export function formatValues(data: TypedArray, shape: Shape, dtype: DType): string {
  const shorten = data.length > whole;
  const level = (dim: number, start: number, stride: number): string => {
    if (dim === shape.length) return formatNumber(data[start]!, dtype);
    const size = shape[dim]!;
    const step = size === 0 ? 0 : stride / size;
    const item = (i: number) => level(dim + 1, start + i * step, step);
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => item(from + i));
    const items = shorten && size > 2 * edge ? [...range(0, edge), '…', ...range(size - edge, size)] : range(0, size);
    const innermost = dim === shape.length - 1;
    return `[${items.join(innermost ? ', ' : `,\n${' '.repeat(dim + 1)}`)}]`;
  };
  return level(0, 0, data.length);
}

/** Four decimals at most; very large and very small ones with an exponent. */
function formatNumber(value: number, dtype: DType = 'f32'): string {
  if (dtype === 'bool') return value === 0 ? 'false' : 'true';
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) return value.toExponential(3);
  return String(Number(value.toFixed(4)));
}
