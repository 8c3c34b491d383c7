/** Checkpoints as people have them: what can be read is, and the rest is refused in words that say what it is and what to do. */
import { describe, expect, test } from 'vitest';
import {
  arange,
  load,
  nn,
  ones,
  readNpy,
  readSafetensors,
  TensightError,
  type Tensor,
  tensor,
  writeNpy,
  writeSafetensors,
  zeros,
} from '../../../core/index.ts';

/** Message and hint of what is thrown. */
function refusal(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (!(error instanceof TensightError)) throw error;
    return `${error.message} | ${error.hint ?? ''}`;
  }
  throw new Error('nothing was thrown');
}

const ascii = (text: string, length = 200) => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};

function file(header: unknown, data: ArrayLike<number> = []): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

describe('a file of another kind is named', () => {
  test.each([
    ['PK\x03\x04\x14\0', 'a zip archive', 'save_file(torch.load('],
    ['\x80\x02}q\0(X', 'a Python pickle', 'save_file'],
    ['<!DOCTYPE html><html><body>Not found', 'an HTML page', '/resolve/'],
    ['\n  <html lang="en">', 'an HTML page', '/resolve/'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0', 'a Git LFS pointer', 'git lfs pull'],
    ['\x1f\x8b\x08\0', 'a gzip archive', 'Unpack'],
    ['\x89HDF\r\n\x1a\n', 'an HDF5 file', 'safetensors'],
    ['GGUF\x03\0\0\0', 'a GGUF file', 'safetensors'],
    ['{"metadata": {"total_size": 1}, "weight_map": {}}', 'a JSON text', 'model.safetensors.index.json'],
    ['<?xml version="1.0"?><Error><Code>AccessDenied', 'an XML document', 'Download'],
    [
      'Invalid username or password. Please log in to read this repository',
      'a text that begins with "Invalid',
      'Download',
    ],
  ])('%j', (start, what, hint) => {
    const bytes = ascii(start);
    for (const read of [readSafetensors, load, readNpy]) {
      const words = refusal(() => read(bytes));
      expect(words).toContain(`got ${what}`);
      expect(words).toContain(hint);
    }
  });

  test('one array is not a state', () => {
    expect(refusal(() => load(writeNpy(ones([2]))))).toContain('readNpy(bytes)');
    expect(refusal(() => readNpy(writeSafetensors({ x: ones([2]) })))).toContain('.npy');
  });

  test('an empty file is that', () => {
    expect(refusal(() => load(new Uint8Array()))).toContain('without a byte in it');
  });

  test('what only begins like one is read', () => {
    // The length of the header is { as a character, or begins as a pickle does.
    for (const length of [0x7b, 0x280]) {
      const empty = { x: { dtype: 'F32', shape: [0], data_offsets: [0, 0] } };
      const header = { ...empty, __metadata__: { pad: '' } };
      header.__metadata__.pad = ' '.repeat(length - JSON.stringify(header).length);
      const bytes = file(header);
      expect(bytes[0]).toBe(length & 0xff);
      expect(load(bytes).x!.shape).toEqual([0]);
    }
  });
});

describe('every element type of the format', () => {
  const of = (dtype: string, bytes: number[], shape: number[]) =>
    readSafetensors(file({ x: { dtype, shape, data_offsets: [0, bytes.length] } }, bytes)).tensors.x!;
  const float64 = (x: number) => [...new Uint8Array(new Float64Array([x]).buffer)];

  test.each([
    ['U16', [0xff, 0xff, 1, 0], [65535, 1]],
    ['U32', [0xff, 0xff, 0xff, 0x7f, 2, 0, 0, 0], [2 ** 31 - 1, 2]],
    ['U64', [7, 0, 0, 0, 0, 0, 0, 0], [7]],
    ['F8_E5M2', [0x3c, 0xc0, 0x7c], [1, -2, Number.POSITIVE_INFINITY]],
    ['F8_E4M3', [0x38, 0xc4, 0x7e, 0x7f, 1], [1, -3, 448, Number.NaN, 2 ** -9]],
    ['F64', float64(1e30), [Math.fround(1e30)]],
    ['F64', float64(Number.NEGATIVE_INFINITY), [Number.NEGATIVE_INFINITY]],
  ])('%s', (dtype, bytes, values) => {
    expect(of(dtype, bytes, [values.length]).toArray()).toEqual(values);
  });

  test.each([
    ['U32', [0, 0, 0, 0x80], '2147483648 at 0'],
    ['U64', [0, 0, 0, 0, 1, 0, 0, 0], '4294967296 at 0'],
    ['F64', float64(1e300), '1e+300 at 0'],
    ['F64', float64(-4e38), '-4e+38 at 0'],
  ])('%s that does not fit is refused', (dtype, bytes, words) => {
    expect(refusal(() => of(dtype, bytes, [1]))).toContain(`"x" holds ${words}, which does not fit 32 bits`);
  });

  test('NumPy’s doubles, too', () => {
    const bytes = writeNpy(ones([2]));
    const start = String.fromCharCode(...bytes.subarray(0, -8))
      .replace("'<f4'", "'<f8'")
      .replace('(2,)', '(1,)');
    bytes.set(ascii(start, start.length));
    bytes.set(float64(1e39), bytes.length - 8);
    expect(refusal(() => readNpy(bytes))).toContain('1e+39 at 0, which does not fit 32 bits');
  });

  test('metadata that is null is none', () => {
    const one = { dtype: 'F32', shape: [], data_offsets: [0, 4] };
    expect(readSafetensors(file({ __metadata__: null, x: one }, [0, 0, 0x80, 0x3f]))).toMatchObject({ metadata: {} });
    expect(refusal(() => readSafetensors(file({ __metadata__: [], x: one }, [0, 0, 0, 0])))).toContain('__metadata__');
  });
});

describe('a state that nearly fits', () => {
  const net = () => new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3));
  const renamed = (state: Record<string, Tensor>, rename: (name: string) => string) =>
    Object.fromEntries(Object.entries(state).map(([name, value]) => [rename(name), value]));

  test.each(['module.', '_orig_mod.', 'model.', 'encoder.layers.0.'])(
    'names that begin with %s are said to',
    (prefix) => {
      const words = refusal(() => net().loadStateDict(renamed(net().stateDict(), (name) => prefix + name)));
      expect(words).toContain(`The names of the state begin with "${prefix}"`);
      expect(words).toContain(`name.replace('${prefix}', '')`);
    },
  );

  test('names that lack what the model’s begin with', () => {
    class Whole extends nn.Module {
      backbone = net();
      forward(x: Tensor): Tensor {
        return this.backbone.forward(x) as Tensor;
      }
    }
    const words = refusal(() => new Whole().loadStateDict(net().stateDict()));
    expect(words).toContain('The names of the model begin with "backbone."');
    expect(words).toContain('model.backbone.loadStateDict(state)');
  });

  test('batch norms without a count, wherever they are', () => {
    const state = Object.fromEntries(
      Object.entries(net().stateDict()).filter(([name]) => !name.includes('num_batches')),
    );
    const to = net();
    expect(to.loadStateDict(state)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    const alone = new nn.BatchNorm2d(2);
    const { num_batches_tracked: _, ...rest } = alone.stateDict();
    expect(alone.loadStateDict(rest)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    const { running_mean: __, ...without } = alone.stateDict();
    expect(refusal(() => alone.loadStateDict(without))).toContain('missing running_mean [2]');
  });

  test('a tied tensor under one of its names', () => {
    class Tied extends nn.Module {
      embed = new nn.Embedding(4, 2);
      head = new nn.Linear(2, 4, { bias: false });
      constructor() {
        super();
        this.head.weight = this.embed.weight;
      }
      forward(ids: Tensor): Tensor {
        return this.head.forward(this.embed.forward(ids));
      }
    }
    for (const name of ['embed.weight', 'head.weight']) {
      const model = new Tied();
      const value = arange(8).to('f32').view(4, 2);
      expect(model.loadStateDict({ [name]: value })).toEqual({ missingKeys: [], unexpectedKeys: [] });
      expect(model.embed.weight.toArray()).toEqual(value.toArray());
    }
  });

  test('a number that was saved as a list of one', () => {
    class Scaled extends nn.Module {
      scale = new nn.Parameter(tensor(1));
      forward(x: Tensor): Tensor {
        return x.mul(this.scale);
      }
    }
    const model = new Scaled();
    model.loadStateDict({ scale: tensor([2.5]) });
    expect(model.scale.item()).toBe(2.5);
    expect(refusal(() => model.loadStateDict({ scale: zeros([2]) }))).toContain('scale is [], the state has [2]');
    expect(refusal(() => new nn.Linear(1, 1, { bias: false }).loadStateDict({ weight: tensor(1) }))).toContain(
      'the state has []',
    );
  });

  test('older names, and matrices the other way round', () => {
    const norm = new nn.LayerNorm(2);
    expect(refusal(() => norm.loadStateDict({ gamma: ones([2]), beta: ones([2]) }))).toContain(
      'rename gamma to weight',
    );
    const nested = new nn.Sequential(norm);
    expect(refusal(() => nested.loadStateDict({ '0.gamma': ones([2]), '0.beta': ones([2]) }))).toContain(
      '0.gamma is 0.weight',
    );
    const words = refusal(() => new nn.Linear(2, 3, { bias: false }).loadStateDict({ weight: zeros([2, 3]) }));
    expect(words).toContain("state['weight'].t()");
  });

  test.each([
    ['nothing', undefined, 'got nothing'],
    ['the bytes of a file', writeSafetensors({ x: ones([1]) }), 'load(bytes)'],
    ['a file as it is read', readSafetensors(writeSafetensors({ weight: ones([1]) })), 'loadStateDict(state.tensors)'],
    ['a checkpoint of a training', { state_dict: {}, epoch: 3 }, 'loadStateDict(state.state_dict)'],
    ['a tensor', ones([2]), 'got a tensor'],
    ['a list', [ones([2])], 'got a list'],
  ])('%s in its place', (_, state, words) => {
    expect(refusal(() => net().loadStateDict(state as never))).toContain(words);
  });

  test('long lists are cut, and nothing is changed', () => {
    const model = new nn.Sequential(...Array.from({ length: 20 }, () => new nn.Linear(1, 1)));
    const before = JSON.stringify(model.stateDict()['0.weight']!.toArray());
    const words = refusal(() => model.loadStateDict({ '0.weight': tensor([[9]]) }));
    expect(words).toContain('and 34 more missing');
    expect(words.length).toBeLessThan(400);
    expect(JSON.stringify(model.stateDict()['0.weight']!.toArray())).toBe(before);
  });
});
