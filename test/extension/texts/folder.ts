/** A folder with every kind of file an import may meet. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../harness/temporary.ts';

/** Specifiers of what is in the folder, and of what is not. */
export const specifiers = [
  ...[
    './plain',
    './circle-a',
    './circle-b',
    './data.json',
    './bad.json',
    './bad',
    './huge.json',
    './huge',
    './folder',
    './folder.ts',
  ],
  ...[
    './unreadable',
    './pipe',
    './loop',
    './binary',
    './deep',
    './chain',
    './types',
    './gone',
    './../gone',
    './entry.model',
  ],
  ...[
    './plain.js',
    './plain.ts',
    './plain/',
    '.',
    '..',
    './',
    '',
    'tensight',
    'node:fs',
    'lodash',
    'https://x.y/z.js',
    '/etc/passwd',
  ],
  ...[
    `./${'n'.repeat(300)}`,
    './\\ud800',
    './a\\0b',
    './a%2fb',
    './ü',
    './a b',
    './-',
    './__proto__',
    './constructor',
    'tensight/',
  ],
] as const;

export interface OddFolder {
  readonly path: string;
  dispose(): void;
}

export function makeFolder(): OddFolder {
  const { path, dispose } = temporaryFolder('texts');
  const at = (name: string) => join(path, name);
  const file = (name: string, text: string) => writeFileSync(at(name), text);
  file('plain.ts', 'export const x = 1; export function f() { return [x]; } export default class { y = 2 }');
  file(
    'circle-a.ts',
    "import { b } from './circle-b'; export const a = 1; export function fa() { return b; } export * from './circle-b';",
  );
  file(
    'circle-b.ts',
    "import { fa } from './circle-a'; export const b = 2; export const c = () => fa(); export * from './circle-a';",
  );
  file('data.json', '{ "values": [1, 2, 3] }');
  file('bad.json', '{ "values": [1, 2, ');
  file('bad.ts', 'export const x = = 1;');
  file('huge.json', '');
  truncateSync(at('huge.json'), 3_000_000_000);
  file('huge.ts', `export const x = [${'1, '.repeat(1_400_000)}];`);
  mkdirSync(at('folder'));
  mkdirSync(at('folder.ts'));
  file('unreadable.ts', 'export const x = 1;');
  chmodSync(at('unreadable.ts'), 0o000);
  file('binary.ts', '\0\x01\x02\ufffd'.repeat(1000));
  file('deep.ts', `export const x = ${'['.repeat(3000)}${']'.repeat(3000)};`);
  file('chain.ts', `const o: any = { add() { return this; } }; export const x = o${'.add(1)'.repeat(2000)};`);
  file('types.ts', 'export type T = number; export interface I { x: T } export declare const ghost: T;');
  if (process.platform !== 'win32') {
    execFileSync('mkfifo', [at('pipe.ts')]);
    symlinkSync(at('loop.ts'), at('loop.ts'));
  }
  return { path, dispose };
}
