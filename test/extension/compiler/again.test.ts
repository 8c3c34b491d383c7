import { describe, expect, it } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { seedTexts } from '../texts/mutate.ts';
import { generateProgram } from './programs/generate.ts';
import { Random } from './programs/random.ts';

const folder = 'file:///w/';

/** One small change, as a keystroke makes it. */
function edited(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  return random.pick([
    () =>
      text.slice(0, at) + random.pick([' ', '\n', 'x', '1', ';', '(', '}', '// a', 'enum Q { R }\n']) + text.slice(at),
    () => text.slice(0, at) + text.slice(at + 1 + random.below(3)),
    () => text.replace(/\b\d+\b/, String(random.below(9))),
  ])();
}

describe('a compiler that has seen other texts', () => {
  it('compiles what is edited as a fresh one does', () => {
    const seeds = seedTexts(process.cwd());
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const files: Record<string, string> =
        seed % 2 === 0 ? { 'a.ts': random.pick(seeds) } : { ...generateProgram(random, seed % 4 === 1) };
      const names = Object.keys(files);
      const host = { read: (file: string) => files[file.slice(folder.length)] };
      const entry = `${folder}${names[0]}`;
      const compiler = new SourceCompiler();
      for (let i = 0; i < 8; i++) {
        const name = random.pick(names);
        files[name] = edited(files[name]!, random);
        expect(compiler.compile(entry, host)).toEqual(new SourceCompiler().compile(entry, host));
      }
    }
  });
});
