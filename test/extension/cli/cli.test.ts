import { execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonReport } from '../../../extension/cli/json.ts';
import { paintFor } from '../../../extension/cli/paint.ts';
import { trainingReport } from '../../../extension/cli/train.ts';
import { bundleEngine } from '../engine/bundle.ts';

// Processes are started here, and on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const root = resolve(import.meta.dirname, '../../..');
const models = 'test/fixtures/models';
let folder: string;

/** The package as it is installed: dist/cli.mjs beside dist/engine.cjs, below package.json. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tensight-cli-'));
  mkdirSync(join(folder, 'dist'));
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  await bundleEngine({ into: join(folder, 'dist') });
  await build({
    entryPoints: [join(root, 'extension/cli/main.ts')],
    outfile: join(folder, 'dist/cli.mjs'),
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' },
    banner: { js: "import { createRequire as _c } from 'node:module'; const require = _c(import.meta.url);" },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const tensight = (...args: string[]) => tensightIn(folder, ...args);

function tensightIn(folder: string, ...args: string[]): Promise<Result> {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  return new Promise((done) => {
    execFile(process.execPath, [join(folder, 'dist/cli.mjs'), ...args], { cwd: root, env }, (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

/** Runs of blanks as one, so that the width of a column is no part of a test. */
const lines = (text: string) => text.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '));

describe('tensight inspect', () => {
  it('prints layers with operations between them, and shapes by line', async () => {
    const { code, out, err } = await tensight('inspect', `${models}/several.model.ts`);
    expect(err).toBe('');
    expect(code).toBe(0);
    const text = lines(out);
    expect(text[0]).toMatch(/^loop {2}test\/fixtures\/models\/several\.model\.ts:18:21 {2}inferred in [\d.]+ ms$/);
    expect(out).toMatch(/^ {2}cell ×3 Residual +\[2, 4\] → \[2, .*4\] +20 +240$/m);
    expect(out).toMatch(/^ {4}inner ×3 Linear .* 20 +216$/m);
    expect(out).toMatch(/^ {4}add ×3 .* 24$/m);
    expect(text).toContain('Parameters  20 (80 B)');
    expect(text).toContain('7:11  x  f32 [2, 4]  32 B');
    expect(out).toMatch(/^14:12 +return \{ last: h, all \} +\{ last: /m);
    expect(text).toContain('test/fixtures/models/shared-parts.ts');
    expect(out).not.toContain('σ');
  });

  it('prints statistics once run, and gradients in depth order', async () => {
    const { code, out } = await tensight('inspect', `${models}/several.model.ts`, '--backward', '--model', 'loop');
    expect(code).toBe(0);
    expect(out).toMatch(/x +f32 \[2, 4\] {2}32 B {2}μ \S+ σ \S+ \[\S+ … \S+\]/);
    const gradients = out.slice(out.indexOf('Gradients, first layer to last'));
    expect(gradients.match(/cell\.inner #\d/g)).toEqual(['cell.inner #1', 'cell.inner #2', 'cell.inner #3']);
    expect(out).not.toContain('double');
  });

  it('tells an error at its place, with what ran before it', async () => {
    const file = `${models}/broken-shape.model.ts`;
    const { code, out, err } = await tensight('inspect', file);
    expect(code).toBe(1);
    expect(err.split('\n')[0]).toMatch(/^test\/fixtures\/models\/broken-shape\.model\.ts:9:15 .*6.*8/);
    expect(err.split('\n')[1]).toMatch(/^ {2}\S/);
    expect(out).toMatch(/8:11 +h = … +f32 \[2, .*8\]/);
    expect(out).toContain('not complete');
  });

  it('ends a model that never ends', async () => {
    const { code, err } = await tensight('inspect', `${models}/endless.model.ts`, '--run', '--timeout', '2000');
    expect(code).toBe(1);
    // Any place of the loop: `while (at.size(0) > 0) {` and the line in it.
    expect(err).toMatch(
      /endless\.model\.ts:(?:8|9):\d+ The run was ended after 2 s(?:, after [\d,]+ iterations of this loop|; it was here), in Endless\.forward\n {2}.*--timeout/,
    );
  });

  it('ends a model that does not hear that it should end', async () => {
    const deaf = mkdtempSync(join(tmpdir(), 'tensight-cli-deaf-'));
    mkdirSync(join(deaf, 'dist'));
    copyFileSync(join(root, 'package.json'), join(deaf, 'package.json'));
    copyFileSync(join(folder, 'dist/cli.mjs'), join(deaf, 'dist/cli.mjs'));
    const engine = await bundleEngine({ into: join(deaf, 'dist'), worker: 'test/extension/engine/stubborn.ts' });
    for (const command of ['inspect', 'train']) {
      // A shape run would end of itself: it may do so many operations and no more.
      const run = command === 'inspect' ? ['--run'] : [];
      const { code, err } = await tensightIn(deaf, command, `${models}/endless.model.ts`, ...run, '--timeout', '500');
      expect(code).toBe(1);
      if (command === 'inspect') expect(err).toContain('ended after 500 ms');
    }
    engine.dispose();
    rmSync(deaf, { recursive: true, force: true });
  });

  it('tells imports that cannot be, and files without a model', async () => {
    const refused = await tensight('inspect', `${models}/package-import.model.ts`);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toMatch(/package-import\.model\.ts:1:20 'lodash' is not available/);
    const none = await tensight('inspect', `${models}/no-model.ts`);
    expect(none.code).toBe(1);
    expect(none.err).toMatch(/no-model\.ts:1:1 This file exports no model/);
  });

  it('answers a wrong command with exit code 2', async () => {
    const wrong: [string[], RegExp][] = [
      [['inspect', 'nowhere.model.ts'], /^tensight: there is no file nowhere\.model\.ts\n$/],
      [['inspect', 'README.md'], /^tensight: expected a \.model\.ts file, got README\.md\n$/],
      [['inspect'], /missing required argument/],
      [['inspect', 'a.model.ts', '--no-such-flag'], /unknown option/],
      [['inspect', 'a.model.ts', '--timeout', 'soon'], /It must be a number above 0/],
    ];
    for (const [args, message] of wrong) {
      const { code, out, err } = await tensight(...args);
      expect([args, code, out]).toEqual([args, 2, '']);
      expect(err).toMatch(message);
    }
    expect((await tensight('--version')).out).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('prints plain data on request', async () => {
    const { code, out } = await tensight('inspect', `${models}/several.model.ts`, '--json', '--run');
    expect(code).toBe(0);
    const report = JSON.parse(out) as JsonReport;
    expect(report).toMatchObject({ format: 'tensight-inspect', version: 1, mode: 'forward', diagnostics: [] });
    expect(report.file).toBe(`${models}/several.model.ts`);
    const [loop, double] = report.models;
    expect(loop).toMatchObject({ name: 'loop', export: 'loop', class: 'Loop', line: 18, column: 21, complete: true });
    expect(loop!.modules.map(({ path, class: name, calls }) => [path, name, calls])).toEqual([
      ['', 'Loop', 1],
      ['cell', 'Residual', 3],
      ['cell.inner', 'Linear', 3],
    ]);
    expect(loop!.modules.map(({ config }) => config)).toEqual([
      undefined,
      undefined,
      { inFeatures: 4, outFeatures: 4, bias: true },
    ]);
    expect(loop!.totals).toMatchObject({ parameters: 20, parameterBytes: 80 });
    const inside = loop!.tensors.find(({ file, kind }) => file !== undefined && kind === 'return');
    expect(inside).toMatchObject({ line: 9, column: 12, scope: 'Residual.forward', shape: [2, 4], executions: 3 });
    expect(inside!.stats!.count).toBe(8);
    expect(double!.inputs).toEqual([{ name: 'x', tensors: [{ shape: [3], axes: [null], dtype: 'f32' }] }]);
    expect(out).toContain('"shape": [2, 4]');
  });
});

describe('what a model prints, throws and names', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  const escapes = String.raw`\x1b[2J\x1b]0;title\x07\0\r\x9b31m\u202e\x7f`;
  const write = (name: string, forward: string, more = '') => {
    const file = join(folder, `${name}.model.ts`);
    writeFileSync(
      file,
      `import { defineModel, nn, optim, randn, type Tensor } from 'tensight';
const odd = '${escapes}';
class M extends nn.Module {
  'fc\x1b[1m' = new nn.Linear(4, 2);
  forward(x: Tensor) { const y = this['fc\x1b[1m'].forward(x).named('batch', odd); ${forward}; return y; }
}
const train = { steps: 1, optimizer: (p: nn.Parameter[]) => new optim.SGD(p, { lr: 0.1 }), result: () => ({ [odd]: odd }) };
export default defineModel({ name: 'name ' + odd, model: () => new M(), inputs: { x: randn([3, 4]) }, loss: ({ output }) => output.mean(), train });
${more}`,
    );
    return file;
  };

  it.each([
    ['printed', "console.log(odd, 'a\\tb', { odd, [odd]: 1 }); console.error(odd)", ''],
    ['thrown', 'throw new Error(odd)', ''],
    ['thrown-text', 'throw odd', ''],
    ['rejected', 'Promise.reject(odd)', ''],
    [
      'class',
      '',
      'export const other = defineModel({ name: odd, model: () => new ({ [odd]: class extends nn.Module { forward(x: Tensor) { return x.matmul(x); } } })[odd](), inputs: { x: randn([3, 4], { axes: ["a", odd] }) } });',
    ],
    ['syntax', '', 'const a = \x1b[31m;'],
    ['import', '', "import './\x1b[31m\x07';"],
  ] as const)('is no command to a terminal: %s', async (name, forward, more) => {
    const file = write(name, forward, more.replace('\\x1b', '\x1b').replace('\\x07', '\x07'));
    // What is thrown, and where, goes one way into each of these.
    const others = ['printed', 'thrown', 'class'].includes(name) ? [['inspect', '--json'], ['train']] : [];
    for (const args of [['inspect', '--backward'], ...others]) {
      const { out, err } = await tensight(args[0]!, file, ...args.slice(1));
      expect(out + err).not.toMatch(control);
      expect(out + err).not.toBe('');
      if (args.includes('--json')) JSON.parse(out);
      if (name === 'printed') expect(err).toContain('a\tb');
    }
  });

  it('nor is what the command itself is given', async () => {
    for (const args of [
      ['inspect', 'gone\x1b[2J.ts'],
      ['inspect', '--\x1b[31m'],
      ['inspect', '\x07'],
    ])
      expect((await tensight(...args)).err).not.toMatch(control);
  });
});

describe('tensight train', () => {
  it('prints the loss on its way and what it came to', async () => {
    const { code, out, err } = await tensight('train', 'examples/linear.model.ts');
    expect([code, err]).toEqual([0, '']);
    const text = lines(out);
    expect(text[0]).toMatch(/^Linear model {2}300 steps in [\d.]+ m?s$/);
    expect(text[1]).toMatch(/^loss {2}█[▁▂▃▄▅▆▇█]{39}$/);
    expect(text[2]).toMatch(/^step 1: \S+ · .* · step 300: \S+$/);
    expect(text.slice(3).join(' ')).toMatch(/w1 {2}3(\.0+)? w2 {2}(-|−)2(\.0+)? b {2}1(\.0+)? f\(4, 2\) {2}9/);
  });

  it('trains one model for so many steps, as data', async () => {
    const { code, out } = await tensight(
      'train',
      'examples/positions.model.ts',
      '--model',
      'none',
      '--steps',
      '3',
      '--json',
    );
    expect(code).toBe(0);
    const { models, ...report } = JSON.parse(out);
    expect(report).toMatchObject({ format: 'tensight-training', version: 1, file: 'examples/positions.model.ts' });
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({ name: 'None', exportName: 'none', seed: 0 });
    expect(models[0].losses).toHaveLength(3);
  });

  it('tells what is wrong at its place, with exit code 1', async () => {
    const linear = readFileSync(join(root, 'examples/linear.model.ts'), 'utf8');
    const file = join(folder, 'wild.model.ts');
    writeFileSync(file, linear.replace('lr: 0.3', 'lr: 1e9'));
    const wild = await tensight('train', file);
    expect(wild.code).toBe(1);
    expect(wild.err).toMatch(/wild\.model\.ts:\d+:\d+ train: the loss is (NaN|Infinity) at step \d+\n {2}\S/);
    const without = await tensight('train', `${models}/several.model.ts`);
    expect(without.code).toBe(1);
    expect(without.err).toMatch(/No model of this file has a train section: loop, double/);
    const unknown = await tensight('train', 'examples/linear.model.ts', '--model', 'curve');
    expect(unknown.err).toMatch(/no model named curve\n {2}It exports default/);
  });

  it('is ended by its limit', async () => {
    const { code, err } = await tensight(
      'train',
      'examples/linear.model.ts',
      '--steps',
      '100000000',
      '--timeout',
      '1500',
    );
    expect(code).toBe(1);
    expect(err).toMatch(/The training was ended after 1\.5 s, at step [\d,]+ of 100,000,000\n {2}Raise --timeout/);
  });
});

describe('tensight train, stopped by Ctrl-C', () => {
  const linear = readFileSync(join(root, 'examples/linear.model.ts'), 'utf8');
  /** A training that never ends and prints when it has made three steps. */
  const endless = (name: string, more = '') => {
    const file = join(folder, `${name}.model.ts`);
    const steps = linear.replace(
      /steps: \d+,/,
      `steps: 100_000_000, batch: (step: number) => { if (step === 3) console.log('three'); ${more} return {}; },`,
    );
    expect(steps).not.toBe(linear);
    writeFileSync(file, steps);
    return file;
  };
  /** As a terminal does it: every process of the command gets the signal. */
  const interrupted = (cli: string, ...args: string[]): Promise<Result> =>
    new Promise((done, failed) => {
      const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
      const child = spawn(process.execPath, [cli, 'train', ...args], { cwd: root, env, detached: true });
      let [out, err] = ['', ''];
      child.stdout.on('data', (bytes) => {
        out += bytes;
      });
      child.stderr.on('data', (bytes) => {
        const before = err.includes('three');
        err += bytes;
        if (!before && err.includes('three')) process.kill(-child.pid!, 'SIGINT');
      });
      child.on('error', failed);
      child.on('close', (code) => done({ code: code ?? -1, out, err }));
    });

  it.skipIf(process.platform === 'win32')('says what it came to, and that it was stopped', async () => {
    const file = endless('stopped');
    const { code, out, err } = await interrupted(join(folder, 'dist/cli.mjs'), file);
    expect(code).toBe(130);
    const text = lines(out);
    expect(text[0]).toMatch(/^Linear model {2}[\d,]+ of 100,000,000 steps in [\d.]+ m?s$/);
    expect(text[2]).toMatch(/^step 1: \S+ · .*step [\d,]+: \S+$/);
    expect(err).toMatch(/stopped\.model\.ts:\d+:\d+ The training was stopped\n/);
    const { models, diagnostics } = JSON.parse((await interrupted(join(folder, 'dist/cli.mjs'), file, '--json')).out);
    expect(models[0].losses.length).toBeGreaterThanOrEqual(3);
    expect(diagnostics).toMatchObject([{ severity: 'warning', message: 'the training was stopped' }]);
  });

  it('of an engine that had to be ended, says how far that was when it was last heard of', () => {
    const report = {
      format: 'tensight-training',
      version: 1,
      file: '',
      models: [],
      sites: [],
      problems: [],
      ms: 0,
    } as const;
    const last = { step: 1200, steps: 5000, firstLoss: 2.5, loss: 0.125, ms: 3000 };
    const text = trainingReport({ ...report, last }, paintFor({ isTTY: false }, {}));
    expect(lines(text)).toEqual(['1,200 of 5,000 steps in 3 s', 'loss  step 1: 2.5 · step 1,200: 0.125']);
  });
});

describe('what the README and the examples say', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const block = /```ts\n\/\/ (\S+\.model\.ts)\n([\s\S]*?)```/.exec(readme);

  it('the ten lines run, and show the shapes the README shows', async () => {
    const file = join(folder, block![1]!);
    writeFileSync(file, block![2]!);
    const { code, out, err } = await tensight('inspect', file, '--backward');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(readme).toContain('`[batch 8, features 64]`');
    expect(lines(out).some((line) => line.includes('h = …  f32 [batch 8, features 64]'))).toBe(true);
  });

  it('the ten lines with the wrong width end as the README says', async () => {
    const file = join(folder, 'wrong.model.ts');
    writeFileSync(file, block![2]!.replace('new nn.Linear(64, 10)', 'new nn.Linear(32, 10)'));
    const { code, err } = await tensight('inspect', file);
    expect(code).toBe(1);
    expect(err).toContain('wrong.model.ts:8:12 Linear(32 → 10)');
    expect(err).toContain('nn.Linear(64, 10) would fit');
  });

  it.each(['memory', 'gpt', 'cnn'])('examples/%s.model.ts runs forward and backward', async (lesson) => {
    const { code, err } = await tensight('inspect', `examples/${lesson}.model.ts`, '--backward');
    expect(err).toBe('');
    expect(code).toBe(0);
  });
});
