import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ones, readSafetensors, tensor, writeSafetensors, zeros } from '../../../core/index.ts';
import { goldenDir } from '../../golden/cases.ts';

function file(header: unknown, data = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

describe('safetensors', () => {
  test('come back as they were written', () => {
    const written = {
      'läyer.weight': tensor([
        [1.5, -2],
        [Number.NaN, Number.NEGATIVE_INFINITY],
      ]),
      mask: tensor([true, false, true]),
      ids: tensor([1, -2147483648], { dtype: 'i32' }),
      number: tensor(3),
      nothing: zeros([0, 4]),
      view: tensor([
        [1, 2],
        [3, 4],
      ]).t(),
    };
    const { tensors, metadata } = readSafetensors(writeSafetensors(written, { format: 'pt', 'größe 100%': '🙂' }));
    expect(metadata).toEqual({ format: 'pt', 'größe 100%': '🙂' });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(written).sort());
    for (const [name, t] of Object.entries(written)) {
      expect(tensors[name]!.shape).toEqual(t.shape);
      expect(tensors[name]!.dtype).toBe(t.dtype);
      expect(tensors[name]!.toArray()).toEqual(t.toArray());
    }
  });

  test('are read wherever they lie in a buffer', () => {
    const bytes = writeSafetensors({ x: ones([3]) });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readSafetensors(shifted.subarray(3)).tensors.x!.toArray()).toEqual([1, 1, 1]);
    expect(readSafetensors(bytes.buffer as ArrayBuffer).tensors.x!.toArray()).toEqual([1, 1, 1]);
  });

  test('of 16 and 64 bits become 32', () => {
    const bytes = file(
      {
        half: { dtype: 'F16', shape: [3], data_offsets: [0, 6] },
        brain: { dtype: 'BF16', shape: [1], data_offsets: [6, 8] },
        double: { dtype: 'F64', shape: [1], data_offsets: [8, 16] },
        long: { dtype: 'I64', shape: [1], data_offsets: [16, 24] },
      },
      24,
    );
    const view = new DataView(bytes.buffer, bytes.length - 24);
    for (const [i, bits] of [0x3c00, 0xc100, 0x0001].entries()) view.setUint16(2 * i, bits, true);
    view.setUint16(6, 0xbfc0, true);
    view.setFloat64(8, 0.25, true);
    view.setBigInt64(16, -7n, true);
    const { half, brain, double, long } = readSafetensors(bytes).tensors;
    expect(half!.toArray()).toEqual([1, -2.5, 2 ** -24]);
    expect(brain!.toArray()).toEqual([-1.5]);
    expect(double!.toArray()).toEqual([0.25]);
    expect(long!.toArray()).toEqual([-7]);
    view.setBigInt64(16, 2n ** 31n, true);
    expect(() => readSafetensors(bytes)).toThrow(/"long" holds 2147483648 at 0, which does not fit 32 bits/);
  });

  test.each([
    ['too short for a length', new Uint8Array(4), /4 bytes long/],
    ['a header longer than the file', file('{}').fill(0xff, 0, 4), /header claims/],
    ['a header that is no JSON', file('{"x"'), /not JSON/],
    ['a header that is no text', file('{}').fill(0xff, 8, 10), /not JSON/],
    ['a header that is a list', file([]), /not a JSON object/],
    ['an entry without a shape', file({ x: { dtype: 'F32' } }), /"x" lacks/],
    ['an entry that is nothing', file({ x: null }), /"x" lacks/],
    ['a negative size', file({ x: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4), /shape \[-1\]/],
    ['a size that does not match', file({ x: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4), /takes 8 bytes/],
    [
      'data cut off',
      file({ x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, 4),
      /ends at byte 8 .* there are 4/,
    ],
    ['data nobody owns', file({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 8), /4 bytes after/],
    [
      'two tensors in one place',
      file(
        {
          x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
          y: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        },
        4,
      ),
      /"y" starts at byte 0/,
    ],
    ['a type that does not fit', file({ x: { dtype: 'C64', shape: [1], data_offsets: [0, 8] } }, 8), /C64/],
    ['a type named like a method', file({ x: { dtype: 'toString', shape: [1], data_offsets: [0, 8] } }, 8), /toString/],
  ])('are refused with %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test('cut off anywhere are refused, never half read', () => {
    const whole = writeSafetensors({ a: ones([5]), b: tensor([true, false]) }, { by: 'tensight' });
    for (let length = 1; length < whole.length; length++)
      expect(() => readSafetensors(whole.subarray(0, length)), `${length} bytes`).toThrow(
        /not a whole safetensors file/,
      );
  });

  test('of PyTorch are all read', () => {
    const files = readdirSync(goldenDir).filter((name) => name.endsWith('.safetensors'));
    for (const name of files) expect(() => readSafetensors(readFileSync(join(goldenDir, name))), name).not.toThrow();
  });
});
