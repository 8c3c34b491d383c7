/** Every file of examples/ states what it comes to, and is trained by a test. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folder, suffix } from './lessons.ts';
import { lessons } from './stated.ts';

it('every file of examples/ states what it comes to', () => {
  const files = readdirSync(folder).flatMap((file) => (file.endsWith(suffix) ? [file.slice(0, -suffix.length)] : []));
  expect(Object.values(lessons).flatMap(Object.keys).sort()).toEqual(files.sort());
});

it.each(Object.keys(lessons))('the lessons of %s have their test', (name) => {
  expect(existsSync(join(import.meta.dirname, `${name}.test.ts`))).toBe(true);
});
