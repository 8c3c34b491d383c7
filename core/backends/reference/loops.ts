/**
 * How strided views are walked. Dimensions that every operand crosses in one stride are merged first, so that a broadcast
 * bias is two loops and a plain tensor one; kernels then see rows.
 */
import type { Strided } from '../backend.ts';

/** Whether its elements lie row-major without gaps. */
export function isContiguous(view: Strided): boolean {
  const { shape, strides } = view;
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i]!;
  }
  return true;
}

export function count(shape: readonly number[]): number {
  let n = 1;
  for (let i = 0; i < shape.length; i++) n *= shape[i]!;
  return n;
}

/** Merged dimensions, outermost first, and the stride of every operand in each. */
export interface Plan {
  readonly sizes: number[];
  /** strides[operand][dimension] */
  readonly strides: number[][];
}

/** Drops dimensions of size 1 and merges neighbours that all operands cross in one stride. */
export function plan(shape: readonly number[], operands: readonly (readonly number[])[]): Plan {
  const sizes: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d]!;
    if (size === 1) continue;
    const last = sizes.length - 1;
    let merges = last >= 0;
    for (let o = 0; merges && o < operands.length; o++) merges = strides[o]![last] === operands[o]![d]! * size;
    if (merges) {
      sizes[last]! *= size;
      for (let o = 0; o < operands.length; o++) strides[o]![last] = operands[o]![d]!;
    } else {
      sizes.push(size);
      for (let o = 0; o < operands.length; o++) strides[o]!.push(operands[o]![d]!);
    }
  }
  if (sizes.length === 0) {
    sizes.push(1);
    for (const own of strides) own.push(0);
  }
  return { sizes, strides };
}

/**
 * Calls `row(at, n, step)` for every run of the innermost dimension: `at[o]` is operand o's position, `step[o]` its stride,
 * `n` the run's length. `at` is reused between calls.
 */
export function eachRow(
  { sizes, strides }: Plan,
  offsets: readonly number[],
  row: (at: readonly number[], n: number, step: readonly number[]) => void,
): void {
  const inner = sizes.length - 1;
  const n = sizes[inner]!;
  const step = strides.map((own) => own[inner]!);
  const at = [...offsets];
  for (const size of sizes) if (size === 0) return;
  if (inner === 0) {
    row(at, n, step);
    return;
  }
  const index = new Array<number>(inner).fill(0);
  for (;;) {
    row(at, n, step);
    let d = inner - 1;
    for (; d >= 0; d--) {
      if (++index[d]! < sizes[d]!) {
        for (let o = 0; o < at.length; o++) at[o]! += strides[o]![d]!;
        break;
      }
      index[d] = 0;
      for (let o = 0; o < at.length; o++) at[o]! -= strides[o]![d]! * (sizes[d]! - 1);
    }
    if (d < 0) return;
  }
}
