/** An engine that is held up while it starts (stopped from outside) keeps nobody waiting for longer than its limit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';
import { engineProcesses } from './processes.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const file = 'file:///w/a.model.ts';
/** Several times what a start takes. */
const startTimeoutMs = 4000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tensight-late-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** An engine's script of which the first processes stop themselves before anything else. */
function held(name: string, times: number): string {
  const script = join(folder, `${name}-engine.cjs`);
  const count = join(folder, `${name}.count`);
  writeFileSync(
    script,
    `const { appendFileSync, readFileSync } = require('node:fs');
appendFileSync(${JSON.stringify(count)}, '.');
if (readFileSync(${JSON.stringify(count)}).length <= ${times}) process.kill(process.pid, 'SIGSTOP');
require(${JSON.stringify(inject('engineScript'))});`,
  );
  return script;
}

const { modules, sites } = new SourceCompiler().compile(file, {
  read: () =>
    "import { defineModel, randn } from 'tensight';\nexport default defineModel({ model: () => (x: any) => x.mul(2), inputs: { x: randn([2]) } });",
});
const request = { run: 1, mode: 'shape', entry: file, modules, sites, fallback: true } as const;
const limits = { timeoutMs: 60_000 };

test.runIf(process.platform === 'linux')('a Run is answered, and the next one has a fresh engine', async () => {
  const host = new EngineHost({ script: held('run', 1), memoryLimit: 400, startTimeoutMs });
  try {
    const first = await host.run(request, limits);
    expect(first.problems).toMatchObject([{ severity: 'error', code: 'crashed' }]);
    expect(first.problems[0]!.message).toMatch(/too long to start/);
    const second = await host.run(request, limits);
    expect(second.problems).toEqual([]);
    expect(second.models).toHaveLength(1);
    expect(engineProcesses()).toHaveLength(1);
  } finally {
    await host.dispose();
  }
  expect(engineProcesses()).toEqual([]);
});

test.runIf(process.platform === 'linux')('Stop is heard meanwhile, as are dispose and a Run after it', async () => {
  const host = new EngineHost({ script: held('stop', 1), memoryLimit: 400, startTimeoutMs });
  try {
    const controller = new AbortController();
    const stopped = host.run(request, { ...limits, signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    const { problems, ms } = await stopped;
    expect(problems.map(({ code }) => code)).toEqual(['cancelled']);
    expect(ms).toBeLessThan(startTimeoutMs - 1000);
    // The next one waits for what is left of the first engine's time, and no longer.
    expect((await host.run(request, limits)).problems.map(({ code }) => code)).toEqual(['crashed']);
    expect((await host.run(request, limits)).problems).toEqual([]);
  } finally {
    await host.dispose();
  }
  expect(engineProcesses()).toEqual([]);
});
