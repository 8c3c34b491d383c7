import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tensight-deep-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A thread as the language server's is, which compiles and runs what it is sent. */
const thread = `
import { parentPort } from 'node:worker_threads';
import { SourceCompiler } from './extension/compiler/program.ts';
import { compile } from './extension/host/javascript.ts';
parentPort.on('message', (text) => {
  const { modules, problems } = new SourceCompiler().compile('file:///a.model.ts', { read: () => text });
  const pass = (site, value) => value;
  const exports = {};
  if (problems.length === 0)
    Array.from(compile(modules[0].code, ['exports', '__e', '__x', '__v', '__l'], 'a.ts')(exports, () => 0, pass, pass, () => {}));
  parentPort.postMessage([problems.map(({ message }) => message), JSON.stringify(exports.a)?.length]);
});`;

const script = join(folder, 'thread.cjs');
beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{}');
  await build({
    stdin: { contents: thread, resolveDir: resolve(import.meta.dirname, '../../..'), loader: 'js' },
    ...{ outfile: script, bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error' },
    define: { 'import.meta.url': '__url' },
    banner: { js: 'const __url = require("node:url").pathToFileURL(__filename).href;' },
  });
}, 60_000);

function answer(text: string): Promise<unknown> {
  const worker = new Worker(script);
  return new Promise((done, failed) => {
    worker.once('message', done).once('error', failed);
    worker.once('exit', (code) => failed(new Error(`the thread ended (${code})`)));
    worker.postMessage(text);
  }).finally(() => worker.terminate());
}

/** What a person or a program may write, and what it gives as JSON has so many characters. */
const works: Record<string, readonly [text: string, length: number]> = {
  '2,000 calls in a chain': [
    `const x: any = { add() { return this } }; export const a = x${'.add(1)'.repeat(2000)};`,
    2,
  ],
  '500 brackets': [`export const a = ${'['.repeat(500)}${']'.repeat(500)};`, 1000],
  '500 calls of calls': [`const f = (x: any) => x; export const a = ${'f('.repeat(500)}1${')'.repeat(500)};`, 1],
  '5,000 sums': [`export const a = 1${' + 1'.repeat(4999)};`, 4],
  '500 arrow functions': [`export const a = ${'[() => '.repeat(500)}1${']'.repeat(500)};`, 6],
  '300 blocks': [`export let a = 1; ${'if (a) { '.repeat(300)}a = 2;${' }'.repeat(300)}`, 1],
};

describe('in the server’s thread', { timeout: 60_000 }, () => {
  for (const [name, [text, length]] of Object.entries(works))
    it(`${name} simply work`, async () => expect(await answer(text)).toEqual([[], length]));

  it('what is deeper still is refused in words', async () => {
    for (const text of [
      `const x: any = 1; export const a = x${'.add(1)'.repeat(100_000)};`,
      `export const a = ${'['.repeat(100_000)}${']'.repeat(100_000)};`,
    ])
      expect(await answer(text)).toEqual([[expect.stringMatching(/^this is nested or chained too deeply/)], undefined]);
  });
});
