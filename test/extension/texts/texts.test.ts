/** A fixed share of `npm run fuzz:text`. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Judge } from '../compiler/programs/run.ts';
import { comparePackages, comparePrograms, sourcesBelow } from './comparing.ts';
import { compileTexts } from './compiling.ts';
import { makeFolder } from './folder.ts';
import { seedTexts } from './mutate.ts';

const root = resolve(import.meta.dirname, '../../..');
const seeds = seedTexts(root);
const folder = makeFolder();
afterAll(() => folder.dispose());
/** Long, for machines that do much else. */
const timeout = 600_000;

describe('random texts', () => {
  it('are compiled, or refused in words, in this process', { timeout }, () => {
    const { faults, compiled } = compileTexts({ count: 300, seed: 1, folder, seeds });
    // How long one took is for a machine that does nothing else.
    expect(faults.filter(({ what }) => !what.startsWith('took'))).toEqual([]);
    expect(compiled).toBeGreaterThan(15);
  });
});

describe('programs with probes', () => {
  it("do what they do by Node's own modules", { timeout }, async () => {
    const judge = new Judge();
    const { faults, failing } = await comparePrograms({ count: 100, seed: 1, judge });
    await judge.end();
    expect(faults).toEqual([]);
    expect(failing).toBeLessThan(80);
  });

  it('are what is compiled without, once the probes are taken out', { timeout }, () => {
    const files = sourcesBelow(['core', 'extension'].map((name) => join(root, name))).filter(
      // What a model file does not have is refused, rightly.
      (file, i) => i % 8 === 0 && !/assembly/.test(file) && !/\bimport(?:\.meta|\()/.test(readFileSync(file, 'utf8')),
    );
    const { faults, compared, erased, refused } = comparePackages(files);
    expect(faults).toEqual([]);
    expect([...refused.keys()]).toEqual([]);
    expect(compared).toBe(files.length);
    expect(erased).toBeGreaterThan(files.length / 2);
  });
});
