import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SourceCompiler } from '../../../extension/compiler/program.ts';
import { rehearsal } from '../../../extension/engine/rehearsal.ts';
import { EngineHost } from '../../../extension/engine/runner.ts';
import { bundleEngine } from './bundle.ts';

// Processes are started here, and on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const limits = { timeoutMs: 60_000 };
const file = 'file:///w/a.model.ts';
let engine: Awaited<ReturnType<typeof bundleEngine>>;
let host: EngineHost;
beforeAll(async () => {
  engine = await bundleEngine({ kernels: true });
});
afterAll(async () => {
  await host.dispose();
  engine.dispose();
});

function program(run: number) {
  const { modules, sites, problems } = new SourceCompiler().compile(file, { read: () => text });
  expect(problems).toEqual([]);
  return { run, mode: 'forward', entry: file, modules, sites, fallback: true } as const;
}

const text = `import { defineModel, nn, Tensor, tensor } from 'tensight';
export default defineModel({ model: () => (x: Tensor) => x.mul(nn.functional.relu(x)), inputs: { x: tensor([1, 2]) } });`;

it('every round of a rehearsal is a whole run, with values at its places', async () => {
  host = new EngineHost({ script: engine.script, memoryLimit: 400 });
  for (let round = 0; round < 4; round++) {
    const { problems, models } = await host.run(rehearsal(round), limits);
    expect(problems).toEqual([]);
    const [{ complete, exportName, values } = fail()] = models;
    expect({ complete, exportName }).toEqual({ complete: true, exportName: rehearsal(round).model });
    expect(Object.keys(values).length).toBeGreaterThan(5);
  }
  await host.dispose();
});

it('a rehearsal leaves what a run held, prints nothing and lets a run go first', async () => {
  const told: string[] = [];
  host = new EngineHost({ script: engine.script, memoryLimit: 400, print: (_, text) => told.push(text) });
  const before = await host.run(program(1), limits);
  const rehearsed = host.rehearse();
  const meanwhile = await host.run(program(2), { ...limits, onProgress: ({ run }) => told.push(`run ${run}`) });
  await rehearsed;
  for (const { run, problems, models } of [before, meanwhile]) {
    expect(problems).toEqual([]);
    const { output } = models[0] ?? fail();
    if (output?.kind !== 'tensor') return fail();
    const slice = { at: [], rows: [0, 1], columns: [0, 2], maxRows: 1, maxColumns: 2 } as const;
    const { mean } = await host.ask('tile', { run, model: 0, tensor: output.tensor, of: 'value', ...slice });
    expect([...mean]).toEqual([1, 4]);
  }
  expect(told).toEqual([]);
});

function fail(): never {
  throw new Error('no model');
}
