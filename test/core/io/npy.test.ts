import { describe, expect, test } from 'vitest';
import { load, nn, ones, randn, readNpy, save, tensor, writeNpy, zeros } from '../../../core/index.ts';

/** A file as NumPy writes it, with this header and these bytes. */
function file(header: string, data: ArrayLike<number>, version = 1): Uint8Array {
  const text = `${header}\n`;
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  const head = [0x93, ...[...'NUMPY'].map((c) => c.charCodeAt(0)), version, 0, ...length];
  return Uint8Array.from([...head, ...[...text].map((c) => c.charCodeAt(0)), ...Array.from(data)]);
}

const header = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

/** Bytes of numbers, each written by `set`. */
function bytes(size: number, values: readonly number[], set: (view: DataView, at: number, value: number) => void) {
  const buffer = new ArrayBuffer(size * values.length);
  for (const [i, value] of values.entries()) set(new DataView(buffer), i * size, value);
  return new Uint8Array(buffer);
}

describe('a .npy file', () => {
  test.each([
    ['f4', 4, (v: DataView, at: number, x: number, le: boolean) => v.setFloat32(at, x, le)],
    ['f8', 8, (v: DataView, at: number, x: number, le: boolean) => v.setFloat64(at, x, le)],
    ['i4', 4, (v: DataView, at: number, x: number, le: boolean) => v.setInt32(at, x, le)],
    ['i8', 8, (v: DataView, at: number, x: number, le: boolean) => v.setBigInt64(at, BigInt(x), le)],
    ['i2', 2, (v: DataView, at: number, x: number, le: boolean) => v.setInt16(at, x, le)],
  ] as const)('of %s is read in both byte orders, C and Fortran', (type, size, set) => {
    const values = [-2, -1, 0, 1, 2, 3];
    for (const little of [true, false])
      for (const version of [1, 2, 3]) {
        const data = bytes(size, values, (view, at, x) => set(view, at, x, little));
        const read = (fortran: string) =>
          readNpy(file(header(`${little ? '<' : '>'}${type}`, '(2, 3)', fortran), data, version));
        expect(read('False').toArray()).toEqual([
          [-2, -1, 0],
          [1, 2, 3],
        ]);
        expect(read('True').toArray()).toEqual([
          [-2, 0, 2],
          [-1, 1, 3],
        ]);
        expect(read('False').dtype).toBe(type.startsWith('f') ? 'f32' : 'i32');
      }
  });

  test('of bytes and of truth values has one byte an element', () => {
    expect(readNpy(file(header('|u1', '(3,)'), [0, 7, 255])).toArray()).toEqual([0, 7, 255]);
    expect(readNpy(file(header('|b1', '(3,)'), [0, 1, 1])).toArray()).toEqual([false, true, true]);
    expect(readNpy(file(header('<f2', '(2,)'), [0, 0x3c, 0, 0xc0])).toArray()).toEqual([1, -2]);
  });

  test('may hold a number, or nothing', () => {
    expect(readNpy(file(header('|u1', '()'), [7])).shape).toEqual([]);
    expect(readNpy(file(header('<f4', '(2, 0)'), [])).shape).toEqual([2, 0]);
    expect(readNpy(file(header('<f4', '(0, 3)', 'True'), [])).shape).toEqual([0, 3]);
  });

  test('is written without loss, aligned as NumPy does', () => {
    for (const t of [
      randn([2, 3, 4]),
      tensor([1, -(2 ** 31), 2 ** 31 - 1], { dtype: 'i32' }),
      tensor([[true, false]]),
      tensor(3),
      zeros([0, 2]),
      randn([3, 4]).t(),
      tensor([Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45]),
    ]) {
      const written = writeNpy(t);
      expect((written.length - t.bytes) % 64).toBe(0);
      const back = readNpy(written);
      expect([back.dtype, back.shape]).toEqual([t.dtype, t.shape]);
      expect(back.toArray()).toEqual(t.toArray());
    }
    expect(String.fromCharCode(...writeNpy(ones([3])).subarray(10, 70))).toContain(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
    );
  });

  test('that is damaged is refused', () => {
    const whole = writeNpy(ones([2, 3]));
    for (const length of [5, 9, 20, whole.length - 1])
      expect(() => readNpy(whole.subarray(0, length)), String(length)).toThrow('not a whole .npy file');
    expect(() => readNpy(Uint8Array.from([...whole, 0]))).toThrow('takes 24 bytes, but there are 25');
    expect(() => readNpy(file('{}', []))).toThrow('lacks descr');
    expect(() => readNpy(file(header('|O', '(1,)'), [0]))).toThrow("elements '|O'");
    expect(() => readNpy(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", [0]))).toThrow(
      'records',
    );
    expect(() => readNpy(file(header('<f4', '(99999999999999, 99999999999)'), []))).toThrow('its shape is');
    expect(() => readNpy(file(header('<i8', '(1,)'), [0, 0, 0, 0, 1, 0, 0, 0]))).toThrow('does not fit 32 bits');
    expect(() => readNpy(file(header('<f4', '(1,)'), [0, 0, 0, 0], 9))).toThrow('its version is 9.0');
  });
});

test('a model is saved, and loaded into another of its kind', () => {
  const make = () => new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4));
  const [from, to] = [make(), make()];
  to.loadStateDict(load(save(from)));
  const values = (model: nn.Module) => Object.entries(model.stateDict()).map(([name, t]) => [name, t.toArray()]);
  expect(values(to)).toEqual(values(from));
  expect(load(save({ w: ones([2]) })).w!.toArray()).toEqual([1, 1]);
  expect(() => load(writeNpy(ones([1])))).toThrow('one array without a name');
});
