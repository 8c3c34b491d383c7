/** Engines that are killed, that stand still and that do not hear: whatever happens to one, the work answers and the next edit is seen. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FileTrace } from '../../../core/trace/trace.ts';
import { bundleEngine } from '../engine/bundle.ts';
import { engineProcesses, processorTimeOf } from '../engine/processes.ts';
import { LiveWorkspace, modelText, random, until, uri } from './live.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

/** Each kind of work is harmed in each way once; `npm run test:long` goes on. */
const rounds = process.env.TENSIGHT_LONG === '1' ? 50 : 15;
const works = ['shape', 'forward', 'backward', 'train', 'tile'] as const;
const harms = ['kill', 'stop', 'ignore'] as const;
type Work = (typeof works)[number];

/** A line of `forward` that keeps the engine at this work and at no other; steps of a training and tiles come without an end of their own. */
const lasting: Readonly<Record<Work, string>> = {
  shape: 'for (let i = 0; h.isMeta; i++) if (i % 100_000 === 0) h.add(1);',
  forward: 'while (!h.isMeta) h.add(1);',
  backward: 'if (!h.isMeta) h.registerHook((g) => { for (;;) g.add(1); });',
  train: '',
  tile: '',
};
let engine: Awaited<ReturnType<typeof bundleEngine>>;

beforeAll(async () => {
  engine = await bundleEngine({ worker: 'test/extension/engine/stubborn.ts' });
});
afterAll(() => engine.dispose());

// Processes are looked at where Linux shows them.
test.runIf(process.platform === 'linux')(
  `${rounds} of ${rounds} engines that are killed, stopped or deaf at random moments of their work lose nothing`,
  async () => {
    const seed = Number(process.env.TENSIGHT_SEED ?? Date.now() % 1e6);
    console.info(`seed ${seed} (TENSIGHT_SEED)`);
    const draw = random(seed);
    const limits = { shapeRunTimeout: 1000, runTimeout: 1000 };
    const resources = count(process.getActiveResourcesInfo());
    const live = new LiveWorkspace(engine.script, limits);
    const { workspace } = live;
    await live.see(10);
    const trained = await workspace.train({ uri, model: 'once' });
    expect(trained).toMatchObject({ state: 'done', parameters: 'trained' });
    const happened: string[] = [];
    for (let round = 0, tries = 0; round < rounds; tries++) {
      expect(tries, 'rounds begun').toBeLessThan(2 * rounds);
      const width = 11 + tries;
      const harm = harms[Math.floor(round / works.length) % harms.length]!;
      // A deaf engine is asked to stop in the middle of something.
      const work =
        works[round % works.length] === 'tile' && harm === 'ignore' ? 'forward' : works[round % works.length]!;
      // Engines that have worked before: what they use of the processor from here on is for this work.
      const { run: held } = await live.run('forward', { model: 'once' });
      const before = new Map(engineProcesses().map((pid) => [pid, processorTimeOf(pid)]));
      expect(before.size, `engines of round ${round}`).toBeLessThanOrEqual(3);
      if (work !== 'tile') live.edit(modelText(width, lasting[work]));
      const stop = new AbortController();
      let over = false;
      const done = Promise.allSettled([started(live, work, held!, stop.signal)]).finally(() => {
        over = true;
      });
      const harmed = await atWork(live, work, before);
      await pause(150 * draw());
      // Its own limit was there first: once more, so that all rounds hit an engine at work.
      if (over) {
        await live.see(width);
        continue;
      }
      const at = performance.now();
      if (harm === 'kill') process.kill(harmed, 'SIGKILL');
      else if (harm === 'stop') process.kill(harmed, 'SIGSTOP');
      else if (work === 'train') workspace.stopTraining({ uri });
      else if (work === 'shape') live.edit(modelText(width));
      else stop.abort();
      // Twice its limit, twice more where two wait for each other, and a busy machine's own slowness.
      await Promise.race([
        done,
        pause(20_000).then(() => Promise.reject(new Error(`${round}: ${harm} ${work} is stuck`))),
      ]);
      happened.push(`${work} ${harm}: ${Math.round(performance.now() - at)} ms`);
      await live.see(width);
      await until(
        `${round}: the end of the engine of ${harm} ${work}`,
        () => !engineProcesses().includes(harmed),
        20_000,
      );
      round++;
    }
    expect(happened).toHaveLength(rounds);
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

/** Does a piece of work that does not end by itself; the text has been edited just now. */
async function started(live: LiveWorkspace, work: Work, held: FileTrace, signal: AbortSignal): Promise<unknown> {
  switch (work) {
    case 'shape': {
      // The edit has started it.
      const { last } = live;
      return until('the end of a shape run', () => live.last !== last, 60_000);
    }
    case 'forward':
    case 'backward':
      return live.run(work, { signal });
    case 'train':
      live.trainings.delete('default');
      return live.workspace.train({ uri, model: 'default' });
    case 'tile': {
      const tensor = held.models[0]!.tensors.find(({ role }) => role === 'activation')!.id;
      const slice = { at: [], rows: [0, 8], columns: [0, 2], maxRows: 8, maxColumns: 2 } as const;
      const query = { run: held.run, model: 0, tensor, of: 'value', ...slice } as const;
      for (;;) await live.workspace.engineOf(held.run).ask('tile', query);
    }
    default:
      return work satisfies never;
  }
}

/** The engine that is in the middle of this work, by what it has used of the processor since `before`. */
async function atWork(live: LiveWorkspace, work: Work, before: ReadonlyMap<number, number>): Promise<number> {
  let found: number | undefined;
  const host = work === 'shape' ? 'shapes' : work === 'train' ? 'training' : 'values';
  await until(
    `the engine at work, ${work}`,
    () => {
      const pid = live.processOf(host);
      if (pid === undefined || !engineProcesses().includes(pid)) return false;
      // A training has an engine of its own, which has told of steps. One that took another's place uses the processor for itself, too.
      const isAtWork =
        work === 'train'
          ? !before.has(pid) && (live.trainings.get('default')?.step ?? 0) > 0
          : processorTimeOf(pid) - (before.get(pid) ?? Number.POSITIVE_INFINITY) >= (work === 'tile' ? 30 : 150);
      if (isAtWork) found = pid;
      return isAtWork;
    },
    30_000,
  );
  return found!;
}

/** Handles that an engine would leave. */
function count(resources: readonly string[]): { processes: number; pipes: number } {
  return {
    processes: resources.filter((name) => name === 'ProcessWrap').length,
    pipes: resources.filter((name) => name === 'PipeWrap').length,
  };
}
