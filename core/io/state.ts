/** A model's state as bytes, and back. Where bytes are kept is the host's business. */
import { TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { Module, type StateDict } from '../nn/module.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

/** What is learnt, as a safetensors file: of a model its `stateDict`, or tensors by name. PyTorch reads it under the same names. */
export function save(model: Module | StateDict, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const given: unknown = metadata;
  if (typeof given === 'string')
    throw new TensightError(
      `save: expected the metadata as an object of texts, got ${inWords(given)}`,
      `It gives the bytes and writes no file: in a program of Node's, writeFileSync(${JSON.stringify(given)}, save(model)).`,
    );
  return writeSafetensors(model instanceof Module ? model.stateDict() : model, metadata);
}

/** The tensors of a safetensors file, by name: `model.loadStateDict(load(bytes))`. Throws TensightError where it is damaged. */
export function load(file: ArrayBuffer | Uint8Array): StateDict {
  return readSafetensors(file).tensors;
}
