import type { Backend, BinaryKernel, Strided } from '../backend.ts';
import { binary as referenceBinary } from '../reference/binary.ts';
import { count, plan } from '../reference/loops.ts';
import { laidOut } from './copy.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { path } from './paths.ts';

/** Elements of a row below which rows that must be fetched one by one are not worth it. */
const shortRow = 32;

/** By their number in assembly/arithmetic.ts. */
const kernels: readonly BinaryKernel[] = [
  'add',
  'sub',
  'mul',
  'div',
  'maximum',
  'minimum',
  'reluBackward',
  'sigmoidBackward',
  'tanhBackward',
];

/** One operand of a plane [rows, n]: where it stands, and its strides; `step` is 1 or 0. */
interface Operand {
  readonly data: Float32Array;
  readonly row: number;
  readonly step: number;
}

/** `Backend.binary` of plain arithmetic, over planes of rows as broadcasting leaves them. */
export function arithmeticWith(
  exports: Exports,
  scratch: Scratch,
  limits: Limits,
  copied: Backend['copy'],
): Backend['binary'] {
  return function arithmetic(kernel, a, b, out, p): void {
    const which = kernels.indexOf(kernel);
    const size = count(out.shape);
    if (which < 0 || size < limits.arithmetic || out.dtype !== 'f32' || a.dtype !== 'f32' || b.dtype !== 'f32') {
      path('arithmetic', 'left to the plain loops');
      return referenceBinary(kernel, a, b, out, p);
    }
    const { sizes, strides } = plan(out.shape, [a.strides, b.strides]);
    const [left, right] = strides as [number[], number[]];
    const last = sizes.length - 1;
    const n = sizes[last]!;
    const rows = last > 0 ? sizes[last - 1]! : 1;
    const operand = (x: Strided, own: readonly number[]): Operand => ({
      data: x.storage.data as Float32Array,
      row: last > 0 ? own[last - 1]! : 0,
      step: n === 1 ? 0 : own[last]!,
    });
    const x = operand(a, left);
    const y = operand(b, right);
    const small = last > 1 && rows * n < limits.arithmetic;
    if (small || !simple(x, n) || !simple(y, n)) {
      path('arithmetic', 'laid out first');
      // Rows too short to be fetched one by one: they are put one after another first. One number for all stays that.
      const flat = (view: Strided, own: readonly number[]) =>
        own.every((s) => s === 0) ? view : laidOut(view, copied);
      const [flatA, flatB] = [flat(a, left), flat(b, right)];
      if (flatA === a && flatB === b) referenceBinary(kernel, a, b, out, p);
      else arithmetic(kernel, flatA, flatB, out, p);
      return;
    }
    path('arithmetic', last > 1 ? 'several planes' : 'one plane');
    const target = out.storage.data as Float32Array;
    let o = out.offset;
    const each = (d: number, i: number, j: number): void => {
      if (d >= last - 1) {
        plane(which, x, i, y, j, target, o, rows, n);
        o += rows * n;
      } else for (let k = 0; k < sizes[d]!; k++) each(d + 1, i + k * left[d]!, j + k * right[d]!);
    };
    each(0, a.offset, b.offset);
  };

  /** Whether blocks of its rows are quickly laid down. */
  function simple({ row, step }: Operand, n: number): boolean {
    if (step === 0) return row === 0 || row === 1;
    return step === 1 && (row === n || row === 0 || (n >= shortRow && row > 0));
  }

  function plane(
    kernel: number,
    a: Operand,
    aAt: number,
    b: Operand,
    bAt: number,
    out: Float32Array,
    o: number,
    rows: number,
    n: number,
  ): void {
    scratch.reset();
    const block = limits.piece;
    const [first, second, result] = [scratch.take(block), scratch.take(block), scratch.take(block)];
    const { floats } = scratch;
    const columns = Math.min(n, block);
    const height = columns < n ? 1 : Math.max(1, Math.floor(block / n));
    if (columns < n) path('arithmetic', 'rows longer than a piece');
    else if (height < rows) path('arithmetic', 'several pieces');
    for (let c = 0; c < n; c += columns) {
      const width = Math.min(columns, n - c);
      for (let r = 0; r < rows; r += height) {
        const part = Math.min(height, rows - r);
        // A row that all share is laid down once.
        if (a.row !== 0 || r === 0) put(a, aAt + r * a.row + c * a.step, part, width, first);
        if (b.row !== 0 || r === 0) put(b, bAt + r * b.row + c * b.step, part, width, second);
        const aRow = a.row === 0 ? 0 : a.step === 0 ? 1 : width;
        const bRow = b.row === 0 ? 0 : b.step === 0 ? 1 : width;
        exports.binary(kernel, first, aRow, a.step, second, bRow, b.step, result, part, width);
        const from = result >>> 2;
        if (part * width <= 16) for (let k = 0; k < part * width; k++) out[o + r * n + c + k] = floats[from + k]!;
        else out.set(floats.subarray(from, from + part * width), o + r * n + c);
      }
    }
  }

  /** Rows of an operand as they are read: one after the other, one for all, or a number each. */
  function put({ data, row, step }: Operand, at: number, rows: number, width: number, to: number): void {
    const { floats } = scratch;
    const from = to >>> 2;
    if (step === 0) {
      path('arithmetic', row === 0 ? 'one number for all' : 'one number a row');
      for (let r = 0; r < (row === 0 ? 1 : rows); r++) floats[from + r] = data[at + r]!;
    } else if (row === 0) {
      path('arithmetic', 'one row for all');
      floats.set(data.subarray(at, at + width), from);
    } else if (row === width) {
      path('arithmetic', 'rows together');
      floats.set(data.subarray(at, at + rows * width), from);
    } else {
      path('arithmetic', 'rows apart');
      for (let r = 0; r < rows; r++) floats.set(data.subarray(at + r * row, at + r * row + width), from + r * width);
    }
  }
}
