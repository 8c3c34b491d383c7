/** The process around an engine: what it is given, what it takes, and that it ends with its owner. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';
import { host as node } from '../../../extension/host/node.ts';
import { until } from '../server/live.ts';
import { bundleEngine } from './bundle.ts';
import { engineProcesses, isGone, residentOf } from './processes.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const root = resolve(import.meta.dirname, '../../..');
const file = 'file:///w/a.model.ts';
/** Processes are looked at where Linux shows them. */
const onLinux = process.platform === 'linux';
let engine: Awaited<ReturnType<typeof bundleEngine>>;
let folder: string;
const hosts: EngineHost[] = [];

beforeAll(async () => {
  engine = await bundleEngine({ kernels: true, minify: true });
  folder = mkdtempSync(join(tmpdir(), 'tensight-owner-'));
  await build({
    entryPoints: [join(import.meta.dirname, 'owner.ts')],
    outfile: join(folder, 'owner.cjs'),
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error', absWorkingDir: root },
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename' },
  });
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.dispose()));
});
afterAll(() => {
  engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function newHost(script = engine.script, memoryLimit = 2048): EngineHost {
  const host = new EngineHost({ script, memoryLimit });
  hosts.push(host);
  return host;
}

function request(text: string) {
  const { modules, sites, problems } = new SourceCompiler().compile(file, { read: () => text });
  expect(problems).toEqual([]);
  return { run: 1, mode: 'forward', entry: file, modules, sites, fallback: true } as const;
}

const model = `import { defineModel, randn, type Tensor } from 'tensight';
export default defineModel({ model: () => (x: Tensor) => x.relu(), inputs: { x: randn([2, 2]) } });`;

describe.runIf(onLinux)('two engines that are idle', () => {
  it('have no environment, no handle but their channel, and at most 100 MB each', async () => {
    const [shapes, values] = [newHost(), newHost()];
    await Promise.all([shapes.warmUp(), values.warmUp()]);
    await values.rehearse();
    const processes = engineProcesses();
    expect(processes).toHaveLength(2);
    const links = (pid: number | 'self') =>
      readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
        } catch {
          // The one it was read by.
          return [];
        }
      });
    // What this process itself was left by whoever started it is not of our making.
    const left = new Set(links(process.ppid));
    const ours = new Set(links('self').filter((to) => !left.has(to) && !/^(anon_inode:|\/dev\/)/.test(to)));
    for (const pid of processes) {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
      expect(environment.map((line) => line.split('=', 1)[0]).sort()).toEqual([
        'NODE_CHANNEL_FD',
        'NODE_CHANNEL_SERIALIZATION_MODE',
      ]);
      const theirs = links(pid);
      expect(theirs.filter((to) => ours.has(to))).toEqual([]);
      // What is no event loop's own: nothing to read, nowhere to print, the last word and the channel.
      expect(theirs.filter((to) => to.startsWith('/') && to !== '/dev/null')).toEqual([]);
      expect(theirs.filter((to) => to.startsWith('socket:')).length).toBeLessThanOrEqual(2);
      // What it no longer needs it gives back within moments.
      await until('no more than 100 MB', () => residentOf(pid) <= 100e6, 30_000);
    }
    console.info(`idle: ${processes.map((pid) => `${Math.round(residentOf(pid) / 1e6)} MB`).join(', ')}`);
  });
});

describe('an engine that writes without end', () => {
  it('is read no further than a last word', async () => {
    const flooding = await bundleEngine({ worker: 'test/extension/engine/flood.ts' });
    const host = newHost(flooding.script);
    const trace = await host.run(request(model), { timeoutMs: 5000 });
    expect(JSON.stringify(trace.problems).length).toBeLessThan(50_000);
    await host.dispose();
    flooding.dispose();
  });
});

describe('a script that is no engine', () => {
  it('says that it did not start, at each run', async () => {
    const host = newHost(join(folder, 'nowhere.cjs'));
    for (let i = 0; i < 2; i++) {
      const { problems } = await host.run(request(model), { timeoutMs: 5000 });
      expect(problems).toMatchObject([{ code: 'crashed' }]);
    }
    await expect(host.warmUp()).rejects.toThrow('did not start');
  });
});

describe.runIf(onLinux)('an engine whose owner is gone', () => {
  const cases = (['main', 'thread'] as const).flatMap((where) =>
    (['idle', 'busy'] as const).map((what) => [where, what] as const),
  );
  it.each(cases)('ends: killed %s, %s', async (where, what) => {
    const owner = spawn(process.execPath, [join(folder, 'owner.cjs'), engine.script, where, what], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const [, files] = /^up (.*)$/m.exec(await firstLine(owner))!;
      const engines = engineProcesses(owner.pid);
      expect(engines).toHaveLength(1);
      expect(existsSync(files!)).toBe(true);
      if (where === 'main') owner.kill('SIGKILL');
      else owner.stdin.write('end\n');
      await until('the end of the engine', () => engines.every(isGone), 10_000);
      // Nobody else could remove what its owner kept.
      expect(existsSync(files!)).toBe(false);
      if (where === 'thread') expect(isGone(owner.pid!)).toBe(false);
    } finally {
      owner.kill('SIGKILL');
    }
  });
});

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    child.stdout!.setEncoding('utf8').once('data', done);
    child.once('exit', (code) => fail(new Error(`the owner ended with ${code}`)));
  });
}

describe('a private folder', () => {
  it('is its owner’s alone, and goes with it', () => {
    const own = node.openFolder()!;
    const path = node.writePrivate(own.path, 'a', new Uint8Array([1, 2]));
    expect([...node.readPrivate(path)]).toEqual([1, 2]);
    if (process.platform !== 'win32')
      expect([statSync(own.path).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600]);
    // What is there already is never written to: it might be somebody else's.
    expect(() => node.writePrivate(own.path, 'a', new Uint8Array(1))).toThrow();
    own.remove(path);
    expect(existsSync(path)).toBe(false);
    own.dispose();
    expect(existsSync(own.path)).toBe(false);
  });

  it.runIf(onLinux)('that a crash left behind is removed when the next one is opened', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((done) => dead.once('exit', done));
    const left = mkdtempSync(join(tmpdir(), `tensight-${dead.pid}-`));
    const own = node.openFolder()!;
    expect(existsSync(left)).toBe(false);
    own.dispose();
  });
});
