import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from './say.ts';

const here = new URL('../../../', import.meta.url);
const files = (folder: string) =>
  readdirSync(new URL(folder, here))
    .filter((name) => name.endsWith('.model.ts'))
    .map((name) => `${folder}/${name}`);

describe('nothing is said of what is right', () => {
  it.each(files('examples'))('%s, on its way back', (file) => {
    expect(run(readFileSync(new URL(file, here), 'utf8'), 'backward').said).toEqual([]);
  });
  it.each(files('test/models'))('%s', (file) => {
    expect(run(readFileSync(new URL(file, here), 'utf8')).said).toEqual([]);
  });
});
