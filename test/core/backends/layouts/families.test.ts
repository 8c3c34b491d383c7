/** Every kernel of every backend is held to the plain one by a file here, and every way that a kernel can take belongs to one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referenceBackend } from '../../../../core/backends/reference/index.ts';
import { paths } from '../../../../core/backends/wasm/paths.ts';
import { families } from './families.ts';

test('every kernel is held to the plain one in one of the files', () => {
  const kernels = Object.entries(referenceBackend).flatMap(([name, value]) =>
    typeof value === 'function' && name !== 'allocate' ? [name] : [],
  );
  expect(
    Object.values(families)
      .flatMap((family): readonly string[] => family.kernels)
      .sort(),
  ).toEqual(kernels.sort());
});

test('every way has to be taken in one of the files', () => {
  const ways = Object.values(families).flatMap((family): readonly string[] => family.ways);
  expect(ways.sort()).toEqual(Object.keys(paths).sort());
});

test.each(Object.keys(families))('%s has its file', (name) => {
  expect(existsSync(join(import.meta.dirname, `${name}.test.ts`))).toBe(true);
});
