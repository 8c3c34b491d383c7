import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { UnreadableError } from '../../../extension/compiler/host.ts';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { readSource } from '../../../extension/host/disk.ts';
import { Documents } from '../../../extension/server/documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'tensight-disk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const file = (name: string, text: string) => writeFileSync(path(name), text);
const hasPipes = process.platform !== 'win32';

file('plain.ts', 'export const a = "ä";');
file('huge.json', '');
truncateSync(path('huge.json'), 600_000_000);
file('long.ts', `// ${'x'.repeat(4_000_000)}`);
mkdirSync(path('folder.ts'));
if (hasPipes) {
  execFileSync('mkfifo', [path('pipe.ts')]);
  symlinkSync(path('b.ts'), path('a.ts'));
  symlinkSync(path('a.ts'), path('b.ts'));
}

describe('reading from disk', () => {
  it('gives the text of regular files', () => {
    expect(readSource(path('plain.ts'))).toBe('export const a = "ä";');
  });

  it('takes a folder, and a name no file can have, for no file', () => {
    for (const name of ['gone.ts', 'folder.ts', 'plain.ts/x.ts', `${'n'.repeat(300)}.ts`, 'a\0b.ts'])
      expect(readSource(path(name))).toBeUndefined();
  });

  it('refuses in words what is too long', () => {
    expect(() => readSource(path('huge.json'))).toThrow(/too long: 600\.0 million/);
    expect(() => readSource(path('long.ts'))).toThrow(UnreadableError);
  });

  it.skipIf(!hasPipes)('refuses a pipe without waiting for it, and links in a circle', () => {
    expect(() => readSource(path('pipe.ts'))).toThrow(/not a regular file/);
    expect(() => readSource(path('a.ts'))).toThrow(/links go in a circle/);
  });

  it.skipIf(!hasPipes || process.getuid?.() === 0)('refuses what it has no right to read', () => {
    file('secret.ts', '');
    chmodSync(path('secret.ts'), 0o000);
    expect(() => readSource(path('secret.ts'))).toThrow(/permission denied/);
  });

  it('is a problem at the import, not an end of the server', () => {
    const imports = ['huge.json', 'long.ts', 'folder.ts', 'gone.ts', ...(hasPipes ? ['pipe.ts', 'a.ts'] : [])];
    const text = imports.map((name, i) => `import * as i${i} from './${name}'; console.log(i${i});\n`).join('');
    const entry = pathToFileURL(path('entry.model.ts')).href;
    const documents = new Documents();
    documents.open(entry, 'typescript', 1, text);
    const { problems, files } = new SourceCompiler().compile(entry, documents);
    expect(problems.map(({ code, range }) => [code, range!.start.line])).toEqual(imports.map((_, i) => ['import', i]));
    // What is there and can't be read is watched.
    expect(files).toContain(pathToFileURL(path('huge.json')).href);
    expect(documents.textOf(pathToFileURL(path('huge.json')).href)).toBeUndefined();
  });

  it('is named by its path from the folder the editor shows it in', () => {
    const documents = new Documents();
    const said = (file: string): string => new SourceCompiler().compile(file, documents).problems[0]!.message;
    const gone = pathToFileURL(path('deep/er/gone one.model.ts')).href;
    expect(said(gone)).toBe('there is no file gone one.model.ts');
    const parent = pathToFileURL(path('')).href.replace(/\/$/, '');
    documents.folders = [parent.slice(0, parent.lastIndexOf('/')), parent, `${parent}/de`];
    expect(said(gone)).toBe('there is no file deep/er/gone one.model.ts');
  });

  it('knows no file where a URI names another computer or an encoded slash', () => {
    const documents = new Documents();
    for (const uri of ['file://elsewhere/x.ts', 'file:///a%2Fb.ts', 'file:///%ff.ts', 'untitled:x.ts'])
      expect(documents.textOf(uri)).toBeUndefined();
  });
});
