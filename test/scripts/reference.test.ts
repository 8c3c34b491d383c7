/** The examples of the API reference run, and give what they say. */
import { expect, test } from 'vitest';
import * as tensight from '../../core/index.ts';
import { families, familyOf } from '../../scripts/docs/families.mjs';

/** Lines `expression; // value`, as a call of `check`. */
const checked = (line: string) => line.replace(/^(\s*)(.+); \/\/ (.+)$/, '$1check($2, $3);');

test.each(families.map(({ name, example }) => [name, example] as const))('%s', (_, example) => {
  const body = example
    .replace(/^import (\{[^}]*\}) from 'tensight';/, 'const $1 = tensight;')
    .replace('export default ', '')
    .split('\n')
    .map(checked)
    .join('\n');
  let checks = 0;
  const check = (got: unknown, wanted: unknown) => {
    checks++;
    expect(got).toEqual(wanted);
  };
  new Function('tensight', 'check', body)(tensight, check);
  expect(checks).toBe(example.split('\n').filter((line) => line.includes('; // ')).length);
});

test('a family is one by its file', () => {
  expect(familyOf('core/nn/rotary.ts')?.name).toBe('Attention and Transformers');
  expect(familyOf('core/ops/maxPool.ts')?.name).toBe('Convolutions and pooling');
  expect(familyOf('core/unknown.ts')).toBeUndefined();
  expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
});
