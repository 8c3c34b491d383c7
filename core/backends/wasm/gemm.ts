import type { Backend, Strided } from '../backend.ts';
import { count, plan } from '../reference/loops.ts';
import { matmul as referenceMatmul } from '../reference/matmul.ts';
import { copy } from './copy.ts';
import type { Exports, Scratch } from './kernels.ts';

/** Multiply-adds below which copying there and back costs more than the vectors save. */
const worthCopying = 1024;
/** Elements of one operand that are laid into the scratch at a time: 32 MB. Larger products go block by block. */
const blockLimit = 1 << 23;

/** Elements of a slice of the right operand: 512 KB, which L2 holds. */
const sliceLimit = 1 << 17;
/** Rows of a slice are a multiple of what the kernel takes at a time (KC in assembly/gemm.ts): each slice goes over the result once. */
const kernelDepth = 256;

/** A (batch of) matrices inside a storage; strides in elements. */
interface Matrices {
  readonly data: Float32Array;
  readonly offset: number;
  /** Of the batch dimensions. */
  readonly batch: readonly number[];
  readonly row: number;
  readonly column: number;
}

/** Matrices laid into the scratch: `offset` is an address in bytes there. */
type Placed = Omit<Matrices, 'data'>;

/** The product of each pair of a batch: [rows, depth] × [depth, columns]. Batch dimensions are merged as far as they go. */
interface Sizes {
  readonly batch: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Added to every row. */
  readonly bias: Float32Array | undefined;
}

export type Matmul = Backend['matmul'];

/** `Backend.matmul` by packed kernels. Operands are copied as they lie, whatever their strides: packing reads them so. */
export function matmulWith(exports: Exports, scratch: Scratch, work: number, eager: boolean): Matmul {
  const worthIt = eager ? 1 : worthCopying;
  const slice = eager ? 64 : sliceLimit;
  return function matmul(a, b, out, bias) {
    const rank = out.shape.length;
    const depth = a.shape[rank - 1]!;
    if (count(out.shape) * depth < worthIt || out.dtype !== 'f32' || a.dtype !== 'f32' || b.dtype !== 'f32')
      return referenceMatmul(a, b, out, bias);
    let rows = out.shape[rank - 2]!;
    let lead = rank - 2;
    // One matrix on the right for all on the left (a Linear layer): the batch is only more rows.
    while (lead > 0 && (b.strides[lead - 1] === 0 || out.shape[lead - 1] === 1)) {
      if (out.shape[lead - 1] !== 1 && a.strides[lead - 1] !== rows * a.strides[rank - 2]!) break;
      rows *= out.shape[--lead]!;
    }
    const { sizes, strides } = plan(out.shape.slice(0, lead), [a.strides.slice(0, lead), b.strides.slice(0, lead)]);
    const matrices = (x: Strided, batch: readonly number[]): Matrices => ({
      data: x.storage.data as Float32Array,
      offset: x.offset,
      batch,
      row: x.strides[rank - 2]!,
      column: x.strides[rank - 1]!,
    });
    const columns = out.shape[rank - 1]!;
    const target = out.storage.data as Float32Array;
    byBlocks(
      { batch: sizes, rows, columns, depth, bias: bias && vector(bias, columns) },
      matrices(a, strides[0]!),
      matrices(b, strides[1]!),
      target,
      out.offset,
      columns,
    );
  };

  /** Halves what does not fit: the batch first, then rows, then columns. `outRow`: elements from row to row of the output. */
  function byBlocks(sizes: Sizes, a: Matrices, b: Matrices, out: Float32Array, o: number, outRow: number): void {
    const { batch, rows, columns, depth } = sizes;
    const many = count(batch);
    const half = (total: number, with_: (start: number, length: number) => void) => {
      const first = total >> 1;
      with_(0, first);
      with_(first, total - first);
    };
    if (many > 1 && many * rows * Math.max(depth, columns) > blockLimit) {
      const d = batch.findIndex((size) => size > 1);
      const inner = count(batch.slice(d + 1)) * rows * columns;
      const shifted = (x: Matrices, start: number) => ({ ...x, offset: x.offset + start * x.batch[d]! });
      half(batch[d]!, (start, length) => {
        const part = { ...sizes, batch: batch.with(d, length) };
        byBlocks(part, shifted(a, start), shifted(b, start), out, o + start * inner, outRow);
      });
    } else if (many === 1 && rows > 1 && rows * Math.max(depth, columns) > blockLimit) {
      half(rows, (start, length) =>
        byBlocks(
          { ...sizes, rows: length },
          { ...a, offset: a.offset + start * a.row },
          b,
          out,
          o + start * outRow,
          outRow,
        ),
      );
    } else if (many === 1 && columns > 1 && depth * columns > blockLimit) {
      half(columns, (start, length) =>
        byBlocks(
          { ...sizes, columns: length, bias: sizes.bias?.subarray(start, start + length) },
          a,
          { ...b, offset: b.offset + start * b.column },
          out,
          o + start,
          outRow,
        ),
      );
    } else {
      block(sizes, a, b, out, o, outRow);
    }
  }

  function block(sizes: Sizes, a: Matrices, b: Matrices, out: Float32Array, o: number, outRow: number): void {
    const { batch, rows, columns, depth } = sizes;
    const size = count(batch) * rows * columns;
    scratch.reset();
    const left = place(a, batch, rows, depth);
    // A weight that the nearer caches do not hold goes through them slice by slice, and is never in the scratch as a whole.
    const cut = size === rows * columns && depth * columns > 2 * slice && b.row >= 0 && b.column >= 0;
    const at = scratch.take(size);
    if (sizes.bias !== undefined) {
      // What is there is added to: rows of the bias, each doubling what is laid down.
      const { floats } = scratch;
      const start = at >>> 2;
      floats.set(sizes.bias, start);
      for (let filled = columns; filled < size; filled *= 2)
        floats.copyWithin(start + filled, start, start + Math.min(filled, size - filled));
    }
    if (cut) bySlices(sizes, left, b, at);
    else multiply(sizes, left, place(b, batch, depth, columns), at);
    const from = at >>> 2;
    if (outRow === columns) out.set(scratch.floats.subarray(from, from + size), o);
    else
      for (let r = 0; r < rows; r++)
        out.set(scratch.floats.subarray(from + r * columns, from + (r + 1) * columns), o + r * outRow);
  }

  /** One product, the right operand laid down by slices of what lies together in memory: of columns, or of rows. */
  function bySlices({ rows, columns, depth, bias }: Sizes, a: Placed, b: Matrices, out: number): void {
    const ofColumns = b.column > b.row;
    const length = ofColumns ? columns : depth;
    const unit = ofColumns || eager ? 8 : kernelDepth;
    const step = Math.max(1, Math.floor(slice / (ofColumns ? depth : columns) / unit)) * unit;
    const mark = scratch.mark();
    for (let start = 0; start < length; start += step) {
      const n = Math.min(step, length - start);
      scratch.release(mark);
      const part = { ...b, offset: b.offset + start * (ofColumns ? b.column : b.row) };
      const right = ofColumns ? place(part, [], depth, n) : place(part, [], n, columns);
      exports.gemmBatch(
        ...([1, 0, 0, 0, rows, ofColumns ? n : columns, ofColumns ? depth : n] as const),
        ...([a.offset + (ofColumns ? 0 : 4 * start * a.column), a.row, a.column] as const),
        ...([right.offset, right.row, right.column] as const),
        ...([
          out + (ofColumns ? 4 * start : 0),
          columns,
          bias !== undefined || (!ofColumns && start > 0),
          work,
        ] as const),
      );
    }
  }

  /** Lays matrices down: as they lie, if that is not much more than their elements, else gathered. */
  function place(x: Matrices, sizes: readonly number[], rows: number, columns: number): Placed {
    const { batch, row, column, offset } = x;
    let low = Math.min(0, row * (rows - 1)) + Math.min(0, column * (columns - 1));
    let high = Math.max(0, row * (rows - 1)) + Math.max(0, column * (columns - 1));
    let distinct = (row === 0 ? 1 : rows) * (column === 0 ? 1 : columns);
    for (let d = 0; d < sizes.length; d++) {
      const reach = batch[d]! * (sizes[d]! - 1);
      if (reach < 0) low += reach;
      else high += reach;
      if (batch[d] !== 0) distinct *= sizes[d]!;
    }
    const span = high - low + 1;
    if (span <= 4 * distinct) {
      const at = scratch.take(span);
      scratch.floats.set(x.data.subarray(offset + low, offset + high + 1), at >>> 2);
      return { offset: at - 4 * low, batch, row, column };
    }
    // A matrix that several products share is gathered once.
    const own = sizes.map((size, d) => (batch[d] === 0 ? 1 : size));
    const dense = new Array<number>(sizes.length);
    let step = rows * columns;
    for (let d = sizes.length - 1; d >= 0; d--) {
      dense[d] = batch[d] === 0 ? 0 : step;
      step *= own[d]!;
    }
    const at = scratch.take(step);
    const shape = [...own, rows, columns];
    copy(
      { storage: x, dtype: 'f32', shape, strides: [...batch, row, column], offset },
      { storage: { data: scratch.floats }, dtype: 'f32', shape, strides: [...dense, columns, 1], offset: at >>> 2 },
    );
    return { offset: at, batch: dense, row: columns, column: 1 };
  }

  function multiply({ batch, rows, columns, depth, bias }: Sizes, a: Placed, b: Placed, out: number): void {
    const last = batch.length - 1;
    let o = out;
    const each = (d: number, i: number, j: number): void => {
      if (d < last) {
        for (let k = 0; k < batch[d]!; k++) each(d + 1, i + 4 * k * a.batch[d]!, j + 4 * k * b.batch[d]!);
        return;
      }
      const many = batch[last]!;
      const steps = [a.batch[last]!, b.batch[last]!] as const;
      exports.gemmBatch(
        many,
        ...steps,
        rows * columns,
        rows,
        columns,
        depth,
        i,
        a.row,
        a.column,
        j,
        b.row,
        b.column,
        o,
        columns,
        bias !== undefined,
        work,
      );
      o += 4 * many * rows * columns;
    };
    each(0, a.offset, b.offset);
  }
}

/** The elements of a vector, one after the other. */
function vector({ storage, offset, strides }: Strided, length: number): Float32Array {
  const data = storage.data as Float32Array;
  const step = strides[0]!;
  return step === 1
    ? data.subarray(offset, offset + length)
    : Float32Array.from({ length }, (_, i) => data[offset + i * step]!);
}
