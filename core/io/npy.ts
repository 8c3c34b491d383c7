/**
 * NumPy's file of one array (numpy.org/doc/stable/reference/generated/numpy.lib.format.html): the bytes \x93NUMPY, a version, the
 * length of a header, the header as a Python dictionary, then raw data. Anything that does not add up is refused before a
 * tensor is made.
 */
import { TensightError } from '../errors.ts';
import { tensor } from '../ops/creation.ts';
import type { DType } from '../tensor/dtype.ts';
import { contiguousStrides, numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { foreign, overflows, tooLarge } from './foreign.ts';
import { fromHalf } from './half.ts';
import { encodeUtf8 } from './utf8.ts';

interface FileType {
  readonly bytes: number;
  readonly dtype: DType;
  read(view: DataView, at: number, little: boolean): number;
}

/** Element types of the format that fit ours, by what follows the byte order. */
const fileTypes: Readonly<Record<string, FileType>> = {
  f2: { bytes: 2, dtype: 'f32', read: (view, at, little) => fromHalf(view.getUint16(at, little)) },
  f4: { bytes: 4, dtype: 'f32', read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, dtype: 'f32', read: (view, at, little) => view.getFloat64(at, little) },
  i1: { bytes: 1, dtype: 'i32', read: (view, at) => view.getInt8(at) },
  i2: { bytes: 2, dtype: 'i32', read: (view, at, little) => view.getInt16(at, little) },
  i4: { bytes: 4, dtype: 'i32', read: (view, at, little) => view.getInt32(at, little) },
  i8: { bytes: 8, dtype: 'i32', read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  u1: { bytes: 1, dtype: 'i32', read: (view, at) => view.getUint8(at) },
  u2: { bytes: 2, dtype: 'i32', read: (view, at, little) => view.getUint16(at, little) },
  u4: { bytes: 4, dtype: 'i32', read: (view, at, little) => view.getUint32(at, little) },
  u8: { bytes: 8, dtype: 'i32', read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  b1: { bytes: 1, dtype: 'bool', read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
};

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Whether bytes begin as a `.npy` file does. */
function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads a `.npy` file, in C or Fortran order, of either byte order. f8, f4 and f2 become f32; integers i32; b1 bool. Throws
 * TensightError where the file is damaged, holds an element type that does not fit, or a number beyond 32 bits.
 */
export function readNpy(file: ArrayBuffer | Uint8Array): Tensor {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isNpy(bytes)) throw foreign(bytes, '.npy') ?? damaged('it does not begin with \\x93NUMPY');
  const wide = (bytes[6] ?? 0) >= 2;
  const start = wide ? 12 : 10;
  if (bytes.length < start) throw damaged(`it is ${bytes.length} bytes long, the beginning alone takes ${start}`);
  if (bytes[6]! < 1 || bytes[6]! > 3) throw damaged(`its version is ${bytes[6]}.${bytes[7]}`);
  const headerLength = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const dataStart = start + headerLength;
  if (dataStart > bytes.length)
    throw damaged(`its header claims ${headerLength} bytes, but there are ${bytes.length - start}`);
  const { type, little, fortran, shape } = parseHeader(bytes.subarray(start, dataStart));
  const count = numel(shape);
  const available = bytes.length - dataStart;
  if (available !== count * type.bytes)
    throw damaged(`an array [${shape.join(', ')}] takes ${count * type.bytes} bytes, but there are ${available}`);
  const values = type.dtype === 'f32' ? new Float32Array(count) : new Int32Array(count);
  const place = fortran ? fortranPlaces(shape) : (i: number) => i;
  for (let i = 0; i < count; i++) {
    const value = type.read(view, dataStart + i * type.bytes, little);
    if (type.dtype === 'i32' ? value !== (value | 0) : overflows(value)) throw tooLarge('npy: it', value, i);
    values[place(i)] = value;
  }
  return tensor(values, { dtype: type.dtype, shape });
}

/** Where the i-th element of an array that counts its first axis fastest stands, row-major. */
function fortranPlaces(shape: readonly number[]): (i: number) => number {
  const strides = contiguousStrides(shape);
  return (i) => {
    let [rest, at] = [i, 0];
    for (const [d, size] of shape.entries()) {
      at += (rest % size) * strides[d]!;
      rest = Math.floor(rest / size);
    }
    return at;
  };
}

/** Writes a tensor as a `.npy` file: f32 as <f4, i32 as <i4, bool as |b1, in C order. */
export function writeNpy(t: Tensor): Uint8Array {
  const values = elementsOf(t);
  const descr = { f32: '<f4', i32: '<i4', bool: '|b1' }[t.dtype];
  const shape = t.ndim === 1 ? `(${t.shape[0]},)` : `(${t.shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  // Data begin at a multiple of 64 bytes, after a line break.
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = encodeUtf8(`${text.padEnd(total - 11)}\n`);
  if (header.length > 0xffff) throw new TensightError(`npy: ${t.ndim} dimensions do not fit the header`);
  const file = new Uint8Array(total + values.byteLength);
  const view = new DataView(file.buffer);
  file.set([...magic, 1, 0]);
  view.setUint16(8, header.length, true);
  file.set(header, 10);
  if (values instanceof Uint8Array) file.set(values, total);
  else if (values instanceof Float32Array)
    for (const [i, x] of values.entries()) view.setFloat32(total + 4 * i, x, true);
  else for (const [i, x] of values.entries()) view.setInt32(total + 4 * i, x, true);
  return file;
}

interface Header {
  readonly type: FileType;
  readonly little: boolean;
  readonly fortran: boolean;
  readonly shape: number[];
}

/** The header is a Python dictionary of three entries; nothing of it is evaluated. */
function parseHeader(bytes: Uint8Array): Header {
  const text = String.fromCharCode(...bytes.subarray(0, 4096));
  const entry = (name: string, value: string) => new RegExp(`['"]${name}['"]\\s*:\\s*${value}`).exec(text)?.[1];
  const descr = entry('descr', `['"]([^'"]*)['"]`);
  const order = entry('fortran_order', '(True|False)');
  const sizes = entry('shape', '\\(([0-9L,\\s]*)\\)');
  if (order === undefined || sizes === undefined || (descr === undefined && !text.includes('descr')))
    throw damaged('its header lacks descr, fortran_order or shape');
  const type = descr === undefined ? undefined : /^[<>=|]?([a-z]\d+)$/.exec(descr)?.[1];
  if (descr === undefined || type === undefined || !Object.hasOwn(fileTypes, type))
    throw new TensightError(
      `npy: it holds ${descr === undefined ? 'records' : `elements '${descr}'`}, which do not fit f32, i32 or bool`,
      `Types that can be read: ${Object.keys(fileTypes).join(', ')}.`,
    );
  const shape = sizes
    .split(',')
    .map((size) => size.replace('L', '').trim())
    .filter((size) => size !== '')
    .map(Number);
  if (!shape.every((size) => Number.isSafeInteger(size)) || !Number.isSafeInteger(numel(shape) * 8))
    throw damaged(`its shape is (${sizes})`);
  return { type: fileTypes[type]!, little: descr[0] !== '>', fortran: order === 'True', shape };
}

function damaged(what: string): TensightError {
  return new TensightError(`this is not a whole .npy file: ${what}`, 'Save the array again: numpy.save(…).');
}
