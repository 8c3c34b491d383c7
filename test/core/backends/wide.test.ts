/** Wide tiles are taken only where they give what narrow ones give, and faster. */
import { expect, test } from 'vitest';
import { embedded, type KernelModules } from '../../../core/backends/wasm/embedded.ts';
import { availableBackends, type WideVectors } from '../../../core/backends/wasm/index.ts';
import { clockOf, wide } from '../../harness/wideTiles.ts';

/** Each its own host: what was tried is remembered by it. */
const host = (more: Partial<WideVectors> = {}): WideVectors => ({ ...wide, now: clockOf(1, 3), ...more });
const taken = (vectors: WideVectors) =>
  availableBackends({ wide: vectors }).some(({ name }) => name === 'wasm relaxed SIMD, wide tiles');

/** With modules of which some are others. */
function having<T>(changed: Partial<KernelModules>, work: () => T): T {
  const before = { ...embedded! };
  Object.assign(embedded!, changed);
  try {
    return work();
  } finally {
    Object.assign(embedded!, before);
  }
}

/** With the `which`-th multiply-add of a module (0xfd 0x85 0x02, relaxed_madd) as one that subtracts (0x86). */
function broken(bytes: Uint8Array, which: number): Uint8Array {
  const found = [...bytes.keys()].filter((i) => bytes[i] === 0xfd && bytes[i + 1] === 0x85 && bytes[i + 2] === 2);
  return Uint8Array.from(bytes, (byte, i) => (i === found[which]! + 1 ? 0x86 : byte));
}

test('a tile that holds and is faster is taken', () => {
  expect(taken(host())).toBe(true);
});

test.each([0, 11, 23])('one of whose sums one is wrong is not (%i)', (which) => {
  for (const name of ['tile', 'tileThreads'] as const)
    expect(having({ [name]: broken(embedded![name], which) }, () => taken(host()))).toBe(false);
});

test('one that is hardly faster is not', () => {
  expect(taken(host({ now: clockOf(1, 1.2) }))).toBe(false);
});

test('nor one that cannot be compiled, or where it is not known whether it can', () => {
  const fails = () => {
    throw new Error('not allowed');
  };
  expect(taken(host({ optimized: fails }))).toBe(false);
  expect(taken(host({ known: false }))).toBe(false);
});
