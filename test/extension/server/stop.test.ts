/** Start and Stop, however soon after each other: what was started really stops, and the next run works. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { RunCancelled } from '../../../extension/server/valueRuns.ts';
import { LiveWorkspace, modelText, random, uri } from './live.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

/** A training starts an engine of its own each time, a run has one. `npm run test:long` goes on. */
const pairs = process.env.TENSIGHT_LONG === '1' ? { trainings: 100, runs: 100 } : { trainings: 20, runs: 40 };
/** Milliseconds after the start, at most. Every second stop comes within the first twenty. */
const latest = 300;
/** Far beyond what a stop takes, for a busy machine, and far from what the work would take. */
const stuckMs = 30_000;
const endless = 'for (let i = 0; ; i++) h.add(i);';
let live: LiveWorkspace;

beforeAll(async () => {
  // Nothing but a stop ends the work.
  live = new LiveWorkspace(inject('engineScript'), { runTimeout: 600_000 });
  await live.see(10);
});
afterAll(async () => {
  await live.dispose();
});

/** Delays of a seed that a failing test names. */
function delays(): () => number {
  const seed = Number(process.env.TENSIGHT_SEED ?? Date.now() % 1e6);
  console.info(`seed ${seed} (TENSIGHT_SEED)`);
  const draw = random(seed);
  return () => Math.floor((draw() < 0.5 ? 20 : latest) * draw());
}

async function within<T>(what: string, work: Promise<T>): Promise<T> {
  const late = pause(stuckMs).then(() => Promise.reject(new Error(`${what} does not stop`)));
  return Promise.race([work, late]);
}

const all = pairs.trainings + pairs.runs;
describe(`${all} of ${all} start–stop pairs at random moments`, () => {
  it('stop trainings', async () => {
    const delay = delays();
    for (let i = 0; i < pairs.trainings; i++) {
      const ms = delay();
      const done = live.workspace.train({ uri, model: 'default' });
      if (ms > 0) await pause(ms);
      live.workspace.stopTraining({ uri });
      // Once more changes nothing.
      if (i % 3 === 0) live.workspace.stopTraining({ uri });
      const { state } = await within(`training ${i}, after ${ms} ms,`, done);
      expect(state).toBe('stopped');
    }
    expect((await live.workspace.train({ uri, model: 'once' })).state).toBe('done');
  });

  it('stop runs', async () => {
    live.edit(modelText(10, endless));
    const delay = delays();
    for (let i = 0; i < pairs.runs; i++) {
      const ms = delay();
      const stop = new AbortController();
      if (ms === 0) stop.abort();
      const done = live.run(i % 2 === 0 ? 'forward' : 'backward', { signal: stop.signal });
      const refused = expect(within(`run ${i}, after ${ms} ms,`, done)).rejects.toThrow(RunCancelled);
      if (ms > 0) await pause(ms);
      stop.abort();
      await refused;
    }
    await live.see(12);
    const { run } = await live.run('backward');
    expect(run!.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('stop runs that wait for another one', async () => {
    live.edit(modelText(10, endless));
    const first = new AbortController();
    const running = live.run('forward', { signal: first.signal }).catch(() => {});
    await pause(50);
    const { shapes, values } = live.hosts;
    const empty = { run: 1e6, mode: 'forward', entry: uri, modules: [], sites: [], fallback: false } as const;
    for (const host of [shapes, values]) {
      const waiting = host.run(empty, { timeoutMs: 60_000, signal: AbortSignal.timeout(20) });
      expect((await within('a run at its turn or not', waiting)).problems.map(({ code }) => code)).not.toEqual([]);
    }
    first.abort();
    await within('the run before it', running);
  });
});
