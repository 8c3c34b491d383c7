import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';
import { bundleEngine } from './bundle.ts';
import { engineProcesses, threadsOf } from './processes.ts';

// Processes are started here, and on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let engine: Awaited<ReturnType<typeof bundleEngine>>;

beforeAll(async () => {
  engine = await bundleEngine({ kernels: true });
});
afterAll(() => engine.dispose());

/** Threads that help this process's engines, by the name the system knows them by. */
const helpers = () => engineProcesses().reduce((sum, pid) => sum + threadsOf(pid, 'tensight-helper'), 0);

async function until(reached: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !reached(); i++) await pause(25);
}

const text = `import { defineModel, nn, randn, Tensor } from 'tensight';
class M extends nn.Module {
  forward(x: Tensor) {
    let y = x.matmul(x);
    FOREVER
    return y;
  }
}
export default defineModel({ model: () => new M(), inputs: { x: randn([600, 600]) } });`;

// Threads have names where there is /proc, and there are helpers where there is a core for one.
test.runIf(process.platform === 'linux').each([
  ['has done its work', ''],
  ['multiplies on and on', 'for (;;) y = x.matmul(x);'],
])('an engine that %s takes its helpers along when it ends', async (_, body) => {
  const { modules, sites, problems } = new SourceCompiler().compile('file:///w/a.model.ts', {
    read: () => text.replace('FOREVER', body),
  });
  expect(problems).toEqual([]);
  const host = new EngineHost({ script: engine.script, memoryLimit: 200, log: () => {} });
  const request = { run: 1, mode: 'forward' as const, entry: 'file:///w/a.model.ts', modules, sites, fallback: true };
  const run = host.run(request, { timeoutMs: body === '' ? 20_000 : 600 });
  await until(() => helpers() > 0);
  expect(helpers()).toBeGreaterThan(0);
  const trace = await run;
  expect(trace.problems.map(({ code }) => code)).toEqual(body === '' ? [] : ['timeout']);
  await host.dispose();
  await until(() => helpers() === 0);
  expect(helpers()).toBe(0);
});
