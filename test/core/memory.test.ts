/** Memory the host refuses is an error that names the tensor and its size, and the next operation works. */
import { afterEach, expect, test } from 'vitest';
import { referenceBackend } from '../../core/backends/reference/index.ts';
import { context } from '../../core/context.ts';
import { arange, nn, OutOfMemoryError, ones, randn, zeros } from '../../core/index.ts';

const usual = context.backend;
afterEach(() => {
  context.backend = usual;
  expect(ones([2]).add(1).toArray()).toEqual([2, 2]);
});

function refused(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(OutOfMemoryError);
    return (error as OutOfMemoryError).message;
  }
  throw new Error('nothing was thrown');
}

test('one huge tensor', () => {
  expect(refused(() => zeros([1e6, 1e6]))).toMatch(
    /^zeros: a tensor f32 \[1000000, 1000000\] of 3\.64 TB does not fit/,
  );
  expect(refused(() => randn([1e6, 1e6], { axes: ['row', 'column'] }))).toContain('f32 [row 1000000, column 1000000]');
  expect(refused(() => arange(1e12))).toContain('arange: a tensor i32 [1000000000000] of 3.64 TB');
});

test('what an operation would make of small ones', () => {
  const wide = ones([1]).expand(1e5, 1e6);
  expect(refused(() => wide.mul(2))).toMatch(/^mul: a tensor f32 \[100000, 1000000\] of 373 GB does not fit/);
  expect(refused(() => wide.reshape(-1).repeat(9))).toContain('repeat: a tensor f32 [900000000000] of 3.27 TB');
  expect(refused(() => wide.cumsum(0))).toContain('cumsum');
  expect(refused(() => wide.toArray())).toMatch(/^a copy row by row: a tensor f32 \[100000, 1000000\]/);
});

test('a layer’s parameters', () => {
  expect(refused(() => new nn.Linear(1e6, 1e6))).toContain('f32 [out 1000000, in 1000000] of 3.64 TB');
});

test('what a kernel needs beside its tensors', () => {
  context.backend = {
    ...referenceBackend,
    binary() {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    },
  };
  expect(refused(() => ones([2, 3]).add(1))).toBe(
    "add: a tensor f32 [2, 3] of 24 B does not fit into this machine's memory (WebAssembly.Memory.grow(): Maximum memory size exceeded)",
  );
});

test('a stack that is too deep is no want of memory', () => {
  context.backend = {
    ...referenceBackend,
    binary() {
      throw new RangeError('Maximum call stack size exceeded');
    },
  };
  expect(() => ones([2]).add(1)).toThrow(new RangeError('Maximum call stack size exceeded'));
});
