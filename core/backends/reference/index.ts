/** The plain TypeScript backend: always there, exact where it can be, and what every other backend is tested against. */
import type { DType, TypedArray } from '../../tensor/dtype.ts';
import type { Backend } from '../backend.ts';
import { attention, attentionBackward } from './attention.ts';
import { binary, where } from './binary.ts';
import { conv2d, conv2dInputBackward, conv2dWeightBackward } from './convolution.ts';
import { copy, fill } from './copy.ts';
import { gather, gatherRows, scatterAdd, scatterAddRows } from './indexing.ts';
import { layerNorm, layerNormBackward } from './layerNorm.ts';
import { matmul } from './matmul.ts';
import { averagePool2d, averagePool2dBackward, maxPool2d } from './pooling.ts';
import { normal, uniform } from './random.ts';
import { recurrence, recurrenceBackward } from './recurrence.ts';
import { cumsum, reduce } from './reduce.ts';
import { softmax, softmaxBackward } from './softmax.ts';
import { statistics } from './statistics.ts';
import { unary } from './unary.ts';

/** Zeros. Throws RangeError where the host has no room for so many. */
/** Floats up to which arrays share a buffer, and from which they do: fewer than those lie in the engine's own heap. */
const [fewest, most] = [17, 4096];
const chunkSize = 1 << 16;
let chunk = new ArrayBuffer(0);
let used = 0;

/** Zeros. A buffer of its own costs a small array more time than all that is computed with it, so those come from one of 64 KB. */
function share(length: number): Float32Array {
  const bytes = (4 * length + 63) & ~63;
  if (used + bytes > chunk.byteLength) {
    chunk = new ArrayBuffer(chunkSize);
    used = 0;
  }
  used += bytes;
  return new Float32Array(chunk, used - bytes, length);
}

function memory(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case 'f32':
      return length >= fewest && length <= most ? share(length) : new Float32Array(length);
    case 'i32':
      return new Int32Array(length);
    case 'bool':
      return new Uint8Array(length);
    default:
      return dtype satisfies never;
  }
}

export const referenceBackend: Backend = {
  name: 'reference',
  allocate: (dtype, length) => ({ data: memory(dtype, length) }),
  copy,
  fill,
  unary,
  binary,
  where,
  reduce,
  cumsum,
  matmul,
  softmax,
  softmaxBackward,
  layerNorm,
  layerNormBackward,
  attention,
  attentionBackward,
  recurrence,
  recurrenceBackward,
  gather,
  scatterAdd,
  gatherRows,
  scatterAddRows,
  conv2d,
  conv2dInputBackward,
  conv2dWeightBackward,
  maxPool2d,
  averagePool2d,
  averagePool2dBackward,
  statistics,
  uniform,
  normal,
};
