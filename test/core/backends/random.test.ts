/** Where the host rounds a multiplication and an addition in one is found out when it starts; where it does not, the numbers stay the same. */
import { expect, test } from 'vitest';
import { referenceBackend } from '../../../core/backends/reference/index.ts';
import { fusedMultiplyAdd } from '../../../core/backends/reference/random.ts';
import { embedded } from '../../../core/backends/wasm/embedded.ts';
import { instantiate, Scratch } from '../../../core/backends/wasm/kernels.ts';
import { measured } from '../../../core/backends/wasm/limits.ts';
import { fuses, randomKernels } from '../../../core/backends/wasm/random.ts';
import { MersenneTwister } from '../../../core/tensor/mersenneTwister.ts';

test('a host that rounds twice is known by it', () => {
  expect(fuses({ multiplyAdd: fusedMultiplyAdd })).toBe(true);
  expect(fuses({ multiplyAdd: (a, b, c) => Math.fround(Math.fround(a * b) + c) })).toBe(false);
  expect(fuses(instantiate(embedded!.simd, false)!.exports)).toBe(false);
});

test.each(['simd', 'relaxed'] as const)('the %s module gives the same numbers without the instruction', (name) => {
  const { exports, memory } = instantiate(embedded![name], false)!;
  const kernels = randomKernels(exports, new Scratch(memory, exports.heapBase()), measured, false);
  for (const kernel of ['uniform', 'normal'] as const) {
    const [ours, plain] = [new Float32Array(50_003), new Float32Array(50_003)];
    kernels[kernel](new MersenneTwister(5), -0.3, 1.7, ours);
    referenceBackend[kernel](new MersenneTwister(5), -0.3, 1.7, plain);
    expect(Buffer.from(ours.buffer).equals(Buffer.from(plain.buffer))).toBe(true);
  }
});

test('a sum is rounded once, where double precision alone would take it for the middle of two floats', () => {
  // 2⁻¹⁴ less 2⁻⁶⁰: half a unit of the last place of 2¹⁰, less what is lost beside it.
  const [a, b] = [2 ** -7 * (1 + 2 ** -23), 2 ** -7 * (1 - 2 ** -23)];
  const odd = 2 ** 10 + 2 ** -13;
  expect(Math.fround(a * b + odd)).toBe(odd + 2 ** -13);
  expect(fusedMultiplyAdd(a, b, odd)).toBe(odd);
  expect(fusedMultiplyAdd(-a, b, -odd)).toBe(-odd);
  // And more: 2⁻¹⁴ and 2⁻³⁶.
  const even = 2 ** 10;
  expect(fusedMultiplyAdd(a, 2 ** -7, even)).toBe(even + 2 ** -13);
  expect(fusedMultiplyAdd(-a, 2 ** -7, -even)).toBe(-even - 2 ** -13);
  expect(fusedMultiplyAdd(a, b, even)).toBe(even);
});
