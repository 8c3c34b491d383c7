import type { Backend, Strided } from '../backend.ts';
import { count, plan } from '../reference/loops.ts';
import { matmul as referenceMatmul } from '../reference/matmul.ts';
import { copy } from './copy.ts';
import type { Exports, Scratch } from './kernels.ts';
import type { Limits } from './limits.ts';
import { type Operand, path } from './paths.ts';

/** Rows that the kernel takes at a time: MR in assembly/tile.ts. */
const kernelRows = 6;
/** Columns: a multiple of NR there. */
const kernelColumns = 16;
/** KNOWN_TASKS in assembly/threads.ts. */
const knownTasks = 64;

/** A matrix inside a storage; strides in elements. */
interface Matrix {
  readonly data: Float32Array;
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

/** A batch of them; `batch`: the strides of its dimensions. */
interface Matrices extends Matrix {
  readonly batch: readonly number[];
}

/** A matrix, or a batch of them, laid into the scratch: `offset` is an address in bytes there. */
type MatrixLayout<M extends Matrix> = Omit<M, 'data'>;

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
export function matmulWith(exports: Exports, scratch: Scratch, work: number, limits: Limits, threads: number): Matmul {
  return function matmul(a, b, out, bias) {
    const rank = out.shape.length;
    const depth = a.shape[rank - 1]!;
    const size = count(out.shape) * depth;
    if (size < limits.product || size === 0 || out.dtype !== 'f32' || a.dtype !== 'f32' || b.dtype !== 'f32') {
      path('matmul', 'left to the plain loops');
      return referenceMatmul(a, b, out, bias);
    }
    let rows = out.shape[rank - 2]!;
    let lead = rank - 2;
    // One matrix on the right for all on the left (a Linear layer): the batch is only more rows.
    while (lead > 0 && (b.strides[lead - 1] === 0 || out.shape[lead - 1] === 1)) {
      if (out.shape[lead - 1] !== 1 && a.strides[lead - 1] !== rows * a.strides[rank - 2]!) break;
      if (out.shape[lead - 1] !== 1) path('matmul', 'a batch as more rows');
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
    const most = limits.productBlock;
    const half = (total: number, with_: (start: number, length: number) => void) => {
      const first = total >> 1;
      with_(0, first);
      with_(first, total - first);
    };
    if (many > 1 && many * rows * Math.max(depth, columns) > most) {
      path('matmul', 'blocks of the batch');
      const d = batch.findIndex((size) => size > 1);
      const inner = count(batch.slice(d + 1)) * rows * columns;
      const shifted = (x: Matrices, start: number) => ({ ...x, offset: x.offset + start * x.batch[d]! });
      half(batch[d]!, (start, length) => {
        const part = { ...sizes, batch: batch.with(d, length) };
        byBlocks(part, shifted(a, start), shifted(b, start), out, o + start * inner, outRow);
      });
    } else if (many === 1 && rows > 1 && rows * Math.max(depth, columns) > most) {
      path('matmul', 'blocks of rows');
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
    } else if (many === 1 && columns > 1 && depth * columns > most) {
      path('matmul', 'blocks of columns');
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
    const one = size === rows * columns;
    if (one && rows <= limits.fewRows && a.column === 1 && a.row >= 0 && b.row === 1 && b.column >= depth)
      return ofFewRows(sizes, a, b, out, o, outRow);
    if (one && depth * columns > limits.packed && b.row >= 0 && b.column >= 0)
      return ofPacked(sizes, a, b, out, o, outRow);
    path('matmul', 'a batch');
    const left = placeBatch('left of a batch', a, batch, rows, depth);
    const right = placeBatch('right of a batch', b, batch, depth, columns);
    const start = lay(sizes.bias);
    const at = scratch.take(size);
    multiply(sizes, left, right, at, start);
    fetch(at, size / columns, columns, out, o, outRow);
  }

  /** Where a bias is laid down; 0 where there is none. */
  function lay(bias: Float32Array | undefined): number {
    if (bias === undefined) return 0;
    const at = scratch.take(bias.length);
    scratch.floats.set(bias, at >>> 2);
    return at;
  }

  /** Rows of a result to where they belong. */
  function fetch(at: number, rows: number, columns: number, out: Float32Array, o: number, outRow: number): void {
    const from = at >>> 2;
    if (outRow === columns) out.set(scratch.floats.subarray(from, from + rows * columns), o);
    else {
      path('matmul', 'into a wider result');
      for (let r = 0; r < rows; r++)
        out.set(scratch.floats.subarray(from + r * columns, from + (r + 1) * columns), o + r * outRow);
    }
  }

  /** A few rows by a matrix whose columns are contiguous, as a layer's weights are: they go through the scratch once, as they are. */
  function ofFewRows(sizes: Sizes, a: Matrix, b: Matrix, out: Float32Array, o: number, outRow: number): void {
    const { rows, columns, depth, bias } = sizes;
    path('matmul', 'few rows');
    const left = place('left of few rows', a, rows, depth);
    const start = lay(bias);
    const at = scratch.take(rows * columns);
    const step = Math.max(4, Math.floor(limits.slice / depth) & ~3);
    if (step < columns) path('matmul', 'few rows, slice by slice');
    const mark = scratch.mark();
    for (let j = 0; j < columns; j += step) {
      const n = Math.min(step, columns - j);
      scratch.release(mark);
      // Its columns as rows, so that they are contiguous even if they have to be gathered.
      const part = { ...b, offset: b.offset + j * b.column, row: b.column, column: b.row };
      const right = place('right of few rows', part, n, depth);
      exports.fewRows(
        ...([rows, n, depth, left.offset, left.row, right.offset, right.row] as const),
        ...([at + 4 * j, columns, start && start + 4 * j] as const),
      );
    }
    fetch(at, rows, columns, out, o, outRow);
  }

  /**
   * One product whose right operand is packed first. Where threads help, they multiply rows as soon as those are there, and rows
   * that are done are fetched meanwhile.
   */
  function ofPacked(sizes: Sizes, a: Matrix, b: Matrix, out: Float32Array, o: number, outRow: number): void {
    const { rows, columns, depth, bias } = sizes;
    path('matmul', 'packed');
    const packed = scratch.take(exports.packedLength(columns, depth));
    packSlices(sizes, b, packed);
    const left = reserve(a, rows, depth);
    const start = lay(bias);
    const at = scratch.take(rows * columns);
    const take = (row: number, length: number) =>
      fetch(at + 4 * row * columns, length, columns, out, o + row * outRow, outRow);
    if (threads === 1) {
      left.fill(0, rows);
      exports.gemmPacked(
        ...([rows, columns, depth, 0, columns] as const),
        ...([left.offset, left.row, left.column, packed, at, columns, start, work] as const),
      );
      take(0, rows);
      return;
    }
    const ofRows = rows >= 4 * threads * kernelRows;
    const length = ofRows ? rows : columns;
    const unit = ofRows ? kernelRows : kernelColumns;
    // Small enough that nobody waits long for the last one.
    const size = Math.ceil(length / Math.min(16 * threads, knownTasks) / unit) * unit;
    const tasks = Math.ceil(length / size);
    const each = (task: number, with_: typeof take) => with_(task * size, Math.min(size, rows - task * size));
    path('shared product', ofRows ? 'packed, by rows' : 'packed, by columns');
    if (ofRows && outRow !== columns) path('shared product', 'packed, by rows of a wider result');
    if (!ofRows) left.fill(0, rows);
    exports.openProduct(
      ...([rows, columns, depth, left.offset, left.row, left.column] as const),
      ...([packed, at, columns, start, size, ofRows] as const),
    );
    if (ofRows)
      for (let task = 0; task < tasks; task++) {
        each(task, left.fill);
        exports.offerTasks(task + 1);
      }
    else exports.offerTasks(tasks);
    let fetched = 0;
    while (exports.stepTask(work) >= 0)
      while (ofRows && fetched < tasks && exports.taskDone(fetched)) each(fetched++, take);
    exports.closeJob();
    if (ofRows) while (fetched < tasks) each(fetched++, take);
    else take(0, rows);
  }

  /** The right operand, packed slice by slice of what lies together in memory: of columns, or of rows. */
  function packSlices({ columns, depth }: Sizes, b: Matrix, to: number): void {
    const ofColumns = b.column > b.row;
    const length = ofColumns ? columns : depth;
    const step = Math.max(1, Math.floor(limits.slice / (ofColumns ? depth : columns) / kernelColumns)) * kernelColumns;
    if (step < length) path('matmul', 'packed slice by slice');
    const mark = scratch.mark();
    for (let start = 0; start < length; start += step) {
      const n = Math.min(step, length - start);
      scratch.release(mark);
      const part = { ...b, offset: b.offset + start * (ofColumns ? b.column : b.row) };
      const { offset, row, column } = ofColumns
        ? place('right, packed by columns', part, depth, n)
        : place('right, packed by rows', part, n, columns);
      if (ofColumns) exports.pack(columns, depth, 0, depth, start, n, offset, row, column, to);
      else exports.pack(columns, depth, start, n, 0, columns, offset, row, column, to);
    }
    scratch.release(mark);
  }

  /** Room for a matrix, of which `fill` lays rows down as they lie; one that is better laid down as a whole already is. */
  function reserve(
    x: Matrix,
    rows: number,
    columns: number,
  ): MatrixLayout<Matrix> & { fill(start: number, count: number): void } {
    const { row, column, offset, data } = x;
    const width = column * (columns - 1) + 1;
    if (row < width || column < 0 || row * (rows - 1) + width > limits.gaps * rows * columns)
      return { ...place('left of packed', x, rows, columns), fill() {} };
    path('matmul', 'left rows as they are asked for');
    const at = scratch.take(row * (rows - 1) + width);
    const fill = (start: number, count: number) => {
      const first = offset + start * row;
      scratch.floats.set(data.subarray(first, first + (count - 1) * row + width), (at >>> 2) + start * row);
    };
    return { offset: at, row, column, fill };
  }

  /** Lays one matrix down, whatever batch it is of. */
  function place(
    as: Operand,
    { data, offset, row, column }: Matrix,
    rows: number,
    columns: number,
  ): MatrixLayout<Matrix> {
    return placeBatch(as, { data, offset, batch: [], row, column }, [], rows, columns);
  }

  /**
   * Lays matrices down: as they lie, if that is not much more than their elements, else gathered, row by row. So the strides are
   * those that it returns, and no others.
   */
  function placeBatch(
    as: Operand,
    x: Matrices,
    sizes: readonly number[],
    rows: number,
    columns: number,
  ): MatrixLayout<Matrices> {
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
    if (span <= limits.gaps * distinct) {
      path(as, 'as it lies');
      const at = scratch.take(span);
      scratch.floats.set(x.data.subarray(offset + low, offset + high + 1), at >>> 2);
      return { offset: at - 4 * low, batch, row, column };
    }
    path(as, 'gathered');
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

  function multiply(
    { batch, rows, columns, depth }: Sizes,
    a: MatrixLayout<Matrices>,
    b: MatrixLayout<Matrices>,
    out: number,
    start: number,
  ): void {
    const last = batch.length - 1;
    if (last > 0) path('matmul', 'a batch of several dimensions');
    if (threads > 1 && batch[last]! * rows * columns * depth >= limits.sharing) path('shared product', 'a batch');
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
        start,
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
  if (step === 1) return data.subarray(offset, offset + length);
  path('matmul', 'a bias with gaps');
  return Float32Array.from({ length }, (_, i) => data[offset + i * step]!);
}
