/** What a file is that is not what was expected, by its first bytes: said instead of what its bytes would mean as numbers. */
import { TensightError } from '../errors.ts';

interface Kind {
  /** As text of one character a byte. */
  readonly begins: readonly string[];
  readonly what: string;
  readonly hint: string;
}

const converted =
  'In Python: from safetensors.torch import save_file; save_file(torch.load("model.pt", map_location="cpu"), "model.safetensors").';
const downloaded = 'Download the file itself; on Hugging Face that is the link with /resolve/ instead of /blob/.';

const kinds: readonly Kind[] = [
  {
    begins: ['PK\x03\x04', 'PK\x05\x06'],
    what: 'a zip archive, as torch.save (.pt, .pth, .bin) and numpy.savez (.npz) write',
    hint: `${converted} Of an .npz, save each array on its own: numpy.save.`,
  },
  { begins: ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'], what: 'a Python pickle', hint: converted },
  {
    begins: ['version https://git-lfs'],
    what: 'a Git LFS pointer: the few lines that stand in for a large file',
    hint: 'Fetch the file itself: git lfs pull.',
  },
  { begins: ['<!doctype', '<html', '<head', '<body'], what: 'an HTML page', hint: downloaded },
  { begins: ['<?xml', '<Error'], what: 'an XML document, most likely the message of a server', hint: downloaded },
  { begins: ['\x1f\x8b'], what: 'a gzip archive', hint: 'Unpack it first.' },
  {
    begins: ['\x28\xb5\x2f\xfd', '\xfd7zXZ', '7z\xbc\xaf', 'Rar!', 'BZh'],
    what: 'an archive',
    hint: 'Unpack it first.',
  },
  {
    begins: ['\x89HDF'],
    what: 'an HDF5 file, as Keras writes',
    hint: 'Save it as safetensors: safetensors.numpy.save_file.',
  },
  {
    begins: ['GGUF', 'ggml', 'ggjt'],
    what: 'a GGUF file of llama.cpp',
    hint: 'Take the safetensors file it was made of.',
  },
  {
    begins: ['\x93NUMPY'],
    what: 'a .npy file, one array without a name',
    hint: 'Read it with readNpy(bytes).',
  },
  {
    begins: ['{'],
    what: 'a JSON text',
    hint: 'An index (model.safetensors.index.json) lists the files to read, each with readSafetensors; a config has no tensors.',
  },
  { begins: ['%PDF', '\x89PNG', '\xff\xd8\xff', 'GIF8'], what: 'a document or a picture', hint: downloaded },
];

/** An error that names the kind of file this is, where that is known and not `expected` (`safetensors`, `.npy`). */
export function foreign(bytes: Uint8Array, expected: string): TensightError | undefined {
  if (bytes.length === 0)
    return new TensightError(`Expected a ${expected} file, got one without a byte in it`, downloaded);
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const text = start.trimStart().toLowerCase();
  for (const { begins, what, hint } of kinds)
    if (begins.some((each) => start.startsWith(each) || (each.startsWith('<') && text.startsWith(each.toLowerCase()))))
      return new TensightError(`Expected a ${expected} file, got ${what}`, hint);
  if (isText(bytes.subarray(0, 64)))
    return new TensightError(
      `Expected a ${expected} file, got a text that begins with ${JSON.stringify(start.slice(0, 40).trim())}`,
      downloaded,
    );
  return undefined;
}

/** Whether these are letters, digits and spaces. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13);
}

/** Whether `value`, of 64 bits, has no place among floats of 32 bits: it is finite and would be infinite. */
export function overflows(value: number): boolean {
  return Number.isFinite(value) && !Number.isFinite(Math.fround(value));
}

export function tooLarge(where: string, value: number, index: number): TensightError {
  return new TensightError(
    `${where} holds ${value} at ${index}, which does not fit 32 bits`,
    'Tensors have f32 and i32. Scale the numbers before they are saved.',
  );
}
