/** Memory that the host does not have, as an error: which tensor, and how much it needs. */
import { OutOfMemoryError } from '../errors.ts';
import { bytes } from '../format/numbers.ts';
import { byteLength, formatShape, type Spec } from './shape.ts';

/** `f32 [batch 2, seq 8] of 64 B` */
export function formatSize(spec: Spec): string {
  return `${spec.dtype} ${formatShape(spec)} of ${bytes(byteLength(spec))}`;
}

/** What hosts say when they have no memory: for an array that is too long, for one that does not fit, for a WASM memory that can't grow. */
const refusal = /allocation failed|array length|typed array|memory/i;

/**
 * `error`, or where it is the host's refusal of memory for `spec` (or for what a kernel needs beside it) an OutOfMemoryError that
 * names the tensor. To be thrown on.
 */
export function asOutOfMemory(error: unknown, what: string, spec: Spec): unknown {
  if (!(error instanceof RangeError) || !refusal.test(error.message)) return error;
  return new OutOfMemoryError(
    `${what}: a tensor ${formatSize(spec)} does not fit into this machine's memory (${error.message})`,
    'Use a smaller sample input, or check the arithmetic of its sizes.',
  );
}
