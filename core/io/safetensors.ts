/**
 * The safetensors container (github.com/huggingface/safetensors): 8 bytes little-endian header length n, n bytes of JSON
 * that maps a name to { dtype, shape, data_offsets }, then raw little-endian data, row-major. Reads what PyTorch writes;
 * anything that does not add up is refused before a tensor is made.
 */
import { TensightError } from '../errors.ts';
import { tensor } from '../ops/creation.ts';
import type { DType, TypedArray } from '../tensor/dtype.ts';
import { numel } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { elementsOf } from '../tensor/tensor.ts';
import { foreign, overflows, tooLarge } from './foreign.ts';
import { fromBrainFloat, fromFloat8, fromHalf } from './half.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** What a safetensors file holds. */
export interface SafetensorsFile {
  /** By name, in the order of the file: hand it to `loadStateDict`. */
  readonly tensors: Record<string, Tensor>;
  /** The file's `__metadata__`: free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly dtype: FileType;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

/** Element types of the format that fit ours. 64-bit numbers are narrowed, with a check of their range. */
const fileTypes = {
  F64: { bytes: 8, dtype: 'f32', read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, dtype: 'f32', read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, dtype: 'f32', read: (view, at) => fromHalf(view.getUint16(at, true)) },
  BF16: { bytes: 2, dtype: 'f32', read: (view, at) => fromBrainFloat(view.getUint16(at, true)) },
  I64: { bytes: 8, dtype: 'i32', read: (view, at) => Number(view.getBigInt64(at, true)) },
  I32: { bytes: 4, dtype: 'i32', read: (view, at) => view.getInt32(at, true) },
  I16: { bytes: 2, dtype: 'i32', read: (view, at) => view.getInt16(at, true) },
  I8: { bytes: 1, dtype: 'i32', read: (view, at) => view.getInt8(at) },
  U8: { bytes: 1, dtype: 'i32', read: (view, at) => view.getUint8(at) },
  U16: { bytes: 2, dtype: 'i32', read: (view, at) => view.getUint16(at, true) },
  U32: { bytes: 4, dtype: 'i32', read: (view, at) => view.getUint32(at, true) },
  U64: { bytes: 8, dtype: 'i32', read: (view, at) => Number(view.getBigUint64(at, true)) },
  F8_E4M3: { bytes: 1, dtype: 'f32', read: (view, at) => fromFloat8(view.getUint8(at)) },
  F8_E5M2: { bytes: 1, dtype: 'f32', read: (view, at) => fromHalf(view.getUint8(at) << 8) },
  BOOL: { bytes: 1, dtype: 'bool', read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
} satisfies Record<string, { bytes: number; dtype: DType; read(view: DataView, at: number): number }>;

type FileType = keyof typeof fileTypes;

/**
 * Reads a safetensors file. Floats of any width become f32; integers i32; BOOL bool. Throws TensightError where the file is damaged or
 * another kind of file, holds an element type that does not fit, or a number beyond 32 bits.
 */
export function readSafetensors(file: ArrayBuffer | Uint8Array): SafetensorsFile {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8)
    throw (
      foreign(bytes, 'safetensors') ?? damaged(`it is ${bytes.length} bytes long, the header's length alone takes 8`)
    );
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > bytes.length - 8)
    throw (
      foreign(bytes, 'safetensors') ??
      damaged(`its header claims ${headerLength} bytes, but there are ${bytes.length - 8}`)
    );
  const header = parseHeader(bytes.subarray(8, 8 + headerLength));
  const { __metadata__: metadata, ...rest } = header;
  const dataStart = 8 + headerLength;
  const entries = Object.entries(rest).map(([name, value]) => [name, entryOf(name, value)] as const);
  checkLayout(entries, bytes.length - dataStart);
  // Defines each name, whatever it is: assigning `__proto__` would lose it.
  const tensors = Object.fromEntries(entries.map(([name, entry]) => [name, readTensor(name, entry, view, dataStart)]));
  return { tensors, metadata: metadataOf(metadata) };
}

/** Writes tensors as a safetensors file: f32 as F32, i32 as I32, bool as BOOL. */
export function writeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const parts: { at: number; values: TypedArray }[] = [];
  let at = 0;
  // Wider elements first keeps every tensor aligned to its element size.
  const byWidth = Object.entries(tensors).sort(
    ([, a], [, b]) => Number(a.dtype === 'bool') - Number(b.dtype === 'bool'),
  );
  for (const [name, t] of byWidth) {
    const values = elementsOf(t);
    const type: FileType = t.dtype === 'f32' ? 'F32' : t.dtype === 'i32' ? 'I32' : 'BOOL';
    header[name] = { dtype: type, shape: t.shape, data_offsets: [at, at + values.byteLength] };
    parts.push({ at, values });
    at += values.byteLength;
  }
  const json = encodeUtf8(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + at).fill(0x20, 8, 8 + headerLength);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  file.set(json, 8);
  for (const part of parts) {
    const start = 8 + headerLength + part.at;
    const { values } = part;
    if (values instanceof Uint8Array) file.set(values, start);
    else if (values instanceof Float32Array)
      for (const [i, x] of values.entries()) view.setFloat32(start + 4 * i, x, true);
    else for (const [i, x] of values.entries()) view.setInt32(start + 4 * i, x, true);
  }
  return file;
}

function damaged(what: string): TensightError {
  return new TensightError(`this is not a whole safetensors file: ${what}`, 'Download or save the file again.');
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    throw damaged(`its header is not JSON (${(error as Error).message})`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw damaged('its header is not a JSON object');
  return header as Record<string, unknown>;
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function entryOf(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !Array.isArray(offsets))
    throw damaged(`the header's entry "${name}" lacks dtype, shape or data_offsets`);
  if (!Object.hasOwn(fileTypes, dtype))
    throw new TensightError(
      `safetensors: "${name}" holds ${dtype}, which cannot be read`,
      `Types that can be read: ${Object.keys(fileTypes).join(', ')}.`,
    );
  const [begin, end] = offsets as unknown[];
  if (!shape.every(isSize) || !isSize(begin) || !isSize(end) || offsets.length !== 2 || end < begin)
    throw damaged(`the header's entry "${name}" has shape [${shape.join(', ')}] at bytes ${offsets.join(' … ')}`);
  const type = dtype as FileType;
  const want = numel(shape) * fileTypes[type].bytes;
  if (end - begin !== want)
    throw damaged(`"${name}" [${shape.join(', ')}] of ${type} takes ${want} bytes, the header gives it ${end - begin}`);
  return { dtype: type, shape, begin, end };
}

/** Tensors must lie within the data, side by side: an overlap or a gap means that the header is not to be trusted. */
function checkLayout(entries: readonly (readonly [string, Entry])[], available: number): void {
  let at = 0;
  for (const [name, { begin, end }] of [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (end > available) throw damaged(`"${name}" ends at byte ${end} of its data, but there are ${available}`);
    if (begin !== at) throw damaged(`"${name}" starts at byte ${begin} of its data, the one before ends at ${at}`);
    at = end;
  }
  if (at !== available) throw damaged(`${available - at} bytes after the last tensor belong to none`);
}

function readTensor(name: string, { dtype, shape, begin }: Entry, view: DataView, dataStart: number): Tensor {
  const type = fileTypes[dtype];
  const count = numel(shape);
  const values = type.dtype === 'f32' ? new Float32Array(count) : new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const value = type.read(view, dataStart + begin + i * type.bytes);
    if (type.dtype === 'i32' ? value !== (value | 0) : overflows(value))
      throw tooLarge(`safetensors: "${name}"`, value, i);
    values[i] = value;
  }
  return tensor(values, { dtype: type.dtype, shape });
}

function metadataOf(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw damaged('its __metadata__ is not a JSON object');
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
