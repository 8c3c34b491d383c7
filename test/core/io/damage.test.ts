/** Files of every kind of tensor come back without loss, and damaged ones are refused in words, whatever the damage. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readNpy,
  readSafetensors,
  TensightError,
  type Tensor,
  writeNpy,
  writeSafetensors,
} from '../../../core/index.ts';
import type { DType } from '../../../core/tensor/dtype.ts';
import { shapes } from '../backends/views.ts';
import { laid } from '../ops/cases/draw.ts';

const values: Record<DType, fc.Arbitrary<number>> = {
  f32: fc.float({ noDefaultInfinity: false }),
  i32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  bool: fc.integer({ min: 0, max: 1 }),
};

/** A tensor of any dtype, shape and layout in memory. */
const tensors = fc
  .tuple(fc.constantFrom<DType>('f32', 'i32', 'bool'), shapes(4, 4))
  .chain(([dtype, shape]) => laid(shape, { dtype, values: values[dtype] }));

function expectSame(got: Tensor, want: Tensor): void {
  expect([got.dtype, got.shape]).toEqual([want.dtype, want.shape]);
  const [a, b] = [got.toTypedArray(), want.toTypedArray()];
  // NaN and −0 too.
  expect(b.every((value, i) => Object.is(a[i], value))).toBe(true);
}

const formats = {
  npy: {
    arbitrary: tensors.map((x) => writeNpy(x)),
    read: (bytes: Uint8Array): readonly Tensor[] => [readNpy(bytes)],
  },
  safetensors: {
    arbitrary: fc
      .dictionary(fc.string({ unit: 'grapheme', maxLength: 6 }), tensors, { maxKeys: 3 })
      .map((all) => writeSafetensors(all)),
    read: (bytes: Uint8Array): readonly Tensor[] => Object.values(readSafetensors(bytes).tensors),
  },
};

test('npy', () => {
  fc.assert(fc.property(tensors, (x) => expectSame(readNpy(writeNpy(x)), x)));
});

test('safetensors, by whatever names', () => {
  const names = fc.string({ unit: 'grapheme', maxLength: 6 }).filter((name) => name !== '__metadata__');
  fc.assert(
    fc.property(fc.dictionary(names, tensors, { maxKeys: 4 }), (all) => {
      const { tensors: read } = readSafetensors(writeSafetensors(all));
      expect(Object.keys(read).sort()).toEqual(Object.keys(all).sort());
      for (const [name, x] of Object.entries(all)) expectSame(Object.entries(read).find(([n]) => n === name)![1], x);
    }),
  );
});

describe.each(Object.entries(formats))('a damaged %s file', (_, { arbitrary, read }) => {
  /** Reads it, or refuses it: tensors that are whole, or an error for the person. */
  const survives = (bytes: Uint8Array) => {
    try {
      for (const x of read(bytes)) expect(x.toTypedArray()).toHaveLength(x.numel);
      return true;
    } catch (error) {
      if (!(error instanceof TensightError)) throw error;
      return false;
    }
  };

  test('that ends early is refused', () => {
    const cut = arbitrary.chain((bytes) => fc.integer({ min: 0, max: bytes.length - 1 }).map((n) => bytes.slice(0, n)));
    fc.assert(fc.property(cut, (bytes) => !survives(bytes)));
  });

  test('that goes on behind its end is refused', () => {
    const longer = fc.tuple(arbitrary, fc.uint8Array({ minLength: 1, maxLength: 40 }));
    fc.assert(fc.property(longer, ([bytes, more]) => !survives(Uint8Array.from([...bytes, ...more]))));
  });

  test('with other bytes in it gives whole tensors or is refused', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(arbitrary, changes, (bytes, list) => {
        const damaged = bytes.slice();
        for (const [at, byte] of list) damaged[at % damaged.length] = byte;
        survives(damaged);
      }),
      { numRuns: 500 },
    );
  });

  test('of noise is refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => !survives(bytes)));
  });
});
