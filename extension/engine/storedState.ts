/** Trained parameters on their way from one engine to others: as bytes, or, where there are many, as a file that none but them reads. */
import { host } from '#host';
import { TensightError } from '../../core/errors.ts';
import { load, save } from '../../core/io/state.ts';
import type { StateDict } from '../../core/nn/module.ts';
import type { StoredState } from '../protocol/engine.ts';

/** Bytes. More than this is not sent: it would be copied four times, and kept by the server. */
const largestSent = 16e6;

/** `folder`: a private one; without it everything is sent. */
export function store(state: StateDict, folder: string | undefined, name: string): StoredState {
  const bytes = save(state);
  if (folder === undefined || bytes.byteLength <= largestSent) return bytes;
  try {
    return { file: host.writePrivate(folder, name, bytes) };
  } catch {
    // The disk is full or the folder gone: sent they are kept, if at a price.
    return bytes;
  }
}

/** Throws TensightError where the file is gone. */
export function restore(stored: StoredState): StateDict {
  if (stored instanceof Uint8Array) return load(stored);
  let bytes: Uint8Array;
  try {
    bytes = host.readPrivate(stored.file);
  } catch {
    throw new TensightError('the file that held them no longer exists', 'Train the model again.');
  }
  return load(bytes);
}
