import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';
import { engineProcesses } from './processes.ts';

// Processes are started here, and on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const file = 'file:///w/a.model.ts';
let host: EngineHost;
/** How many engines have come up. */
let up = 0;
afterEach(() => host.dispose());

function newHost() {
  up = 0;
  const log = (_: unknown, message: string) => void (message.startsWith('Engine up') && up++);
  host = new EngineHost({ script: inject('engineScript'), memoryLimit: 400, log });
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await pause(25);
}

function run(top = '') {
  const text = `import { defineModel, randn, type Tensor } from 'tensight';
${top}
export default defineModel({ model: () => (x: Tensor) => x.relu(), inputs: { x: randn([2]) } });`;
  const { modules, sites, problems } = new SourceCompiler().compile(file, { read: () => text });
  expect(problems).toEqual([]);
  const request = { run: 1, mode: 'shape', entry: file, modules, sites, fallback: true } as const;
  return host.run(request, { timeoutMs: 60_000 });
}

describe.runIf(process.platform === 'linux')('an engine is up ahead of the next run', () => {
  it('after one that a run spoiled, which answers until then', async () => {
    newHost();
    await host.warmUp();
    await host.rehearse(1);
    const { problems } = await run('Object.freeze(Array.prototype);');
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    await until(() => up === 2);
    expect(engineProcesses()).toHaveLength(2);
    expect((await run()).problems).toEqual([]);
    await until(() => engineProcesses().length === 1);
    expect(up).toBe(2);
  });

  it('after one that was killed', async () => {
    newHost();
    await host.warmUp();
    await run();
    for (const pid of engineProcesses()) process.kill(pid, 'SIGKILL');
    await until(() => up === 2);
    expect((await run()).problems).toEqual([]);
    expect(up).toBe(2);
  });

  it('but not after one that ended with nothing to do, or where nobody asked for one ahead', async () => {
    newHost();
    await host.warmUp();
    for (const pid of engineProcesses()) process.kill(pid, 'SIGKILL');
    await until(() => engineProcesses().length === 0);
    await pause(300);
    expect(engineProcesses()).toEqual([]);
    await host.dispose();
    newHost();
    await run();
    for (const pid of engineProcesses()) process.kill(pid, 'SIGKILL');
    await until(() => engineProcesses().length === 0);
    await pause(300);
    expect(engineProcesses()).toEqual([]);
  });

  it.each(['SIGSTOP', 'SIGKILL'] as const)(
    'for the run that finds its own gone, by %s while it was idle',
    async (signal) => {
      newHost();
      await host.warmUp();
      expect((await run()).problems).toEqual([]);
      for (const pid of engineProcesses()) process.kill(pid, signal);
      expect((await run()).problems).toEqual([]);
      expect((await run()).problems).toEqual([]);
    },
  );
});
