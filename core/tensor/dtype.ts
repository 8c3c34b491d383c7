/** Element types. `f32` is 32-bit float, `i32` 32-bit signed integer, `bool` one byte, 0 or 1. */
export type DType = 'f32' | 'i32' | 'bool';

/** Elements as JavaScript holds them: `f32` in a Float32Array, `i32` in an Int32Array, `bool` in a Uint8Array. */
export type TypedArray = Float32Array | Int32Array | Uint8Array;

/** Bytes of one element. */
export const bytesPerElement: Readonly<Record<DType, number>> = { f32: 4, i32: 4, bool: 1 };

const rank: Readonly<Record<DType, number>> = { bool: 0, i32: 1, f32: 2 };

/** The dtype two operands meet in, by PyTorch's order bool < i32 < f32. */
export function promote(a: DType, b: DType): DType {
  return rank[a] >= rank[b] ? a : b;
}
