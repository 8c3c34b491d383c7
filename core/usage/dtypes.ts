/** Element types as they are said, by a person who may know those of PyTorch. */
import { TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { bytesPerElement, type DType } from '../tensor/dtype.ts';

/** What stands for each of PyTorch's names. */
const here: readonly (readonly [names: RegExp, dtype: DType])[] = [
  [/^(?:torch\.)?(?:bfloat|float|double|half|f)(?:\d+)?$/i, 'f32'],
  [/^(?:torch\.)?(?:u?int|long|short|byte|char|[iu])(?:\d+)?$/i, 'i32'],
  [/^(?:torch\.)?boolean$/i, 'bool'],
];

/** Throws TensightError where `dtype` is none of ours; `call` is what was given it. */
export function checkDType(call: string, dtype: DType): void {
  if (Object.hasOwn(bytesPerElement, dtype)) return;
  const got: unknown = dtype;
  // PyTorch's to() takes a device, or a tensor that has one.
  const option = (name: string) => (got as Readonly<Record<string, unknown>> | null)?.[name];
  const isPlain = typeof got === 'object' && got !== null && Object.getPrototypeOf(got) === Object.prototype;
  const inside = isPlain ? (option('dtype') ?? option('device')) : got;
  const text = typeof inside === 'string' ? inside : '';
  const meant = here.find(([names]) => names.test(text))?.[1];
  const device = /^(?:cuda|cpu|mps|meta)\b/.test(text);
  throw new TensightError(
    `${call}: expected the dtype 'f32', 'i32' or 'bool', got ${typeof got === 'string' ? `'${got}'` : inWords(got)}`,
    device
      ? 'There is one device: leave it out.'
      : `Write '${meant ?? (Object.hasOwn(bytesPerElement, text) ? text : 'f32')}'.`,
  );
}
