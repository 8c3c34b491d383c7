/** Engines that are killed, that stand still and that do not hear: whatever happens to one, the work answers and the next edit is seen. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FileTrace } from '../../../core/trace/trace.ts';
import { bundleEngine } from '../engine/bundle.ts';
import { engineProcesses } from '../engine/processes.ts';
import { LiveWorkspace, modelText, random, until, uri } from './live.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const rounds = 50;
const endless = 'for (let i = 0; ; i++) h.add(i);';
const works = ['shape', 'forward', 'backward', 'train', 'tile'] as const;
const harms = ['kill', 'stop', 'ignore'] as const;
let engine: Awaited<ReturnType<typeof bundleEngine>>;

beforeAll(async () => {
  engine = await bundleEngine({ worker: 'test/extension/engine/stubborn.ts' });
});
afterAll(() => engine.dispose());

// Processes are looked at where Linux shows them.
test.runIf(process.platform === 'linux')(
  `${rounds} engines that are killed, stopped or deaf at random moments lose nothing`,
  async () => {
    const seed = Number(process.env.TENSIGHT_SEED ?? Date.now() % 1e6);
    console.info(`seed ${seed} (TENSIGHT_SEED)`);
    const draw = random(seed);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)]!;
    const limits = { shapeRunTimeout: 1000, runTimeout: 1000 };
    const resources = count(process.getActiveResourcesInfo());
    const live = new LiveWorkspace(engine.script, limits);
    const { workspace } = live;
    await live.see(10);
    const trained = await workspace.train({ uri, model: 'once' });
    expect(trained).toMatchObject({ state: 'done', parameters: 'trained' });
    const happened: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const width = 11 + round;
      const work = works[round % works.length]!;
      const harm = harms[Math.floor(round / works.length) % harms.length]!;
      const before = new Set(engineProcesses());
      const held = work === 'tile' && harm !== 'ignore' ? (await live.run('forward')).run : undefined;
      // A deaf engine is asked to stop in the middle of something, so that has to last.
      live.edit(modelText(width, harm === 'ignore' || work === 'shape' ? endless : ''));
      const stop = new AbortController();
      const done = Promise.allSettled([started(live, work, held, stop.signal)]);
      const doneAt = done.then(() => performance.now());
      await pause(300 * draw());
      const harmed = pick(engineProcesses());
      const at = performance.now();
      if (harm === 'kill' && harmed !== undefined) process.kill(harmed, 'SIGKILL');
      else if (harm === 'stop' && harmed !== undefined) process.kill(harmed, 'SIGSTOP');
      else if (work === 'train') workspace.stopTraining({ uri });
      else if (draw() < 0.5) stop.abort();
      // A training whose engine was not the one that was harmed goes on.
      const long = work === 'train' ? setTimeout(() => workspace.stopTraining({ uri }), 1000) : undefined;
      // Twice its limit, twice more where two wait for each other, and a busy machine's own slowness.
      await Promise.race([
        done,
        pause(20_000).then(() => Promise.reject(new Error(`${round}: ${harm} ${work} is stuck`))),
      ]);
      clearTimeout(long);
      happened.push(`${work} ${harm}: ${Math.round((await doneAt) - at)} ms`);
      await live.see(width);
      if (harm === 'kill' && harmed !== undefined)
        await until('its end', () => !engineProcesses().includes(harmed), 2000);
      expect(before.size, `engines of round ${round}`).toBeLessThanOrEqual(3);
    }
    // A last run works in whatever engine there is, and looks at what was trained before all this.
    const parameters = workspace.trace(uri);
    expect(parameters?.shape?.problems).toEqual([]);
    const last = (await live.run('backward', { model: 'once' })).run as FileTrace;
    expect(last.problems).toEqual([]);
    expect(live.trainings.get('once')?.parameters).toBe('trained');
    expect(last.models[0]!.trained).toBeDefined();
    await live.dispose();
    await until('the end of every engine', () => engineProcesses().length === 0, 5000);
    await pause(100);
    expect(count(process.getActiveResourcesInfo())).toEqual(resources);
    console.info(happened.join('\n'));
  },
);

/** Does a piece of work; the text has been edited just now. */
async function started(
  live: LiveWorkspace,
  work: (typeof works)[number],
  held: FileTrace | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  switch (work) {
    case 'shape':
      // The edit has started it.
      return pause(100);
    case 'forward':
    case 'backward':
      return live.run(work, { signal });
    case 'train':
      return live.workspace.train({ uri, model: 'default' });
    case 'tile': {
      if (held === undefined) return live.run('forward', { signal });
      const tensor = held.models[0]!.tensors.find(({ role }) => role === 'activation')!.id;
      const slice = { at: [], rows: [0, 8], columns: [0, 3], maxRows: 8, maxColumns: 3 } as const;
      const query = { run: held.run, model: 0, tensor, of: 'value', ...slice } as const;
      for (let i = 0; i < 200; i++) await live.workspace.engineOf(held.run).ask('tile', query);
      return undefined;
    }
    default:
      return work satisfies never;
  }
}

/** Handles that an engine would leave. */
function count(resources: readonly string[]): { processes: number; pipes: number } {
  return {
    processes: resources.filter((name) => name === 'ProcessWrap').length,
    pipes: resources.filter((name) => name === 'PipeWrap').length,
  };
}
