import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileTrace, Problem } from '../../../core/trace/trace.ts';
import type { HostTrainRequest, RunLimits } from '../../../extension/engine/work.ts';
import type { RunRequest, TrainedModel, TrainReport } from '../../../extension/protocol/engine.ts';
import type { FileState, ServerSettings } from '../../../extension/protocol/server.ts';
import type { Training } from '../../../extension/protocol/training.ts';
import type { FileDiagnostic } from '../../../extension/server/diagnostics.ts';
import type { Engine, TrainingEngine } from '../../../extension/server/engine.ts';
import { Workspace } from '../../../extension/server/workspace.ts';
import { type Options, rangeOf, text, trace, uri } from './fixture.ts';

const settings: ServerSettings = {
  ...{ shapeRunTimeout: 2000, runTimeout: 60000, memoryLimit: 2048 },
  ...{ inlayHints: true, codeLens: 'layers', trusted: true },
};
const curve = { width: 1, mean: [2, 1], min: [2, 1], max: [2, 1] };
const step = { step: 2, steps: 10, firstLoss: 2, loss: 1, ms: 20, curve };
const learnt: TrainedModel = {
  ...{ name: 'Tiny', exportName: 'default', seed: 0, steps: 10, losses: [2, 1], ms: 20, result: { accuracy: 0.9 } },
  parameters: {
    state: new Uint8Array([7]),
    shapes: {
      ...{ 'blocks.0.fc.weight': [4, 4], 'blocks.0.fc.bias': [4] },
      ...{ 'blocks.1.fc.weight': [4, 4], 'blocks.1.fc.bias': [4] },
    },
  },
};
const fresh = () => new AbortController().signal;

describe('training', () => {
  let shapes: Options;
  /** What is wrong before any model is reached. */
  let cut: readonly Problem[];
  let runs: RunRequest[];
  let trained: { request: HostTrainRequest; limits: RunLimits; answer: (report: Partial<TrainReport>) => void }[];
  let disposed: number;
  let removed: string[];
  let published: Map<string, readonly FileDiagnostic[]>;
  let told: Training[];
  let states: FileState[];
  let workspace: Workspace;

  const engine = (run: (request: RunRequest) => FileTrace) =>
    ({ run: async (request: RunRequest) => run(request), release: () => {} }) as unknown as Engine;
  const settle = () => vi.advanceTimersByTimeAsync(500);
  const edit = (version: number, range: ReturnType<typeof rangeOf>, change: string) =>
    workspace.change(uri, version, [{ range, text: change }]);
  const start = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const titles = () =>
    workspace.lenses(uri).flatMap(({ place, train }) => (place === 'model' && train ? [train.last?.state] : []));

  beforeEach(async () => {
    vi.useFakeTimers();
    shapes = { train: 10 };
    cut = [];
    runs = [];
    trained = [];
    disposed = 0;
    removed = [];
    published = new Map();
    told = [];
    states = [];
    const startTraining = (): TrainingEngine => ({
      train: (request, limits) =>
        new Promise((resolve) => {
          const empty = {
            format: 'tensight-training',
            version: 1,
            file: uri,
            models: [],
            problems: [],
            ms: 1,
          } as const;
          const answer = (report: Partial<TrainReport>) => resolve({ ...empty, sites: request.sites, ...report });
          trained.push({ request, limits, answer });
        }),
      async dispose() {
        disposed++;
      },
    });
    workspace = new Workspace(
      {
        shapes: engine(({ run }) => {
          const whole = trace({ ...shapes, run });
          return cut.length === 0 ? whole : { ...whole, models: [], problems: cut };
        }),
        values: engine((request) => {
          runs.push(request);
          return trace({ mode: request.mode, run: request.run });
        }),
        startTraining,
        folder: { remove: (file) => void removed.push(file) },
      },
      {
        refresh: () => {},
        publish: (file, found) => void published.set(file, found),
        traceChanged: () => {},
        trainingChanged: (training) => void told.push(training),
        stateChanged: (state) => void states.push(state),
        log: () => {},
      },
      settings,
    );
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    return () => vi.useRealTimers();
  });

  it('goes on in an engine of its own, told as it comes, while shapes and runs are answered', async () => {
    const done = workspace.train({ uri });
    expect(trained[0]!.request).toMatchObject({ model: 'default', entry: uri, keepParameters: true, background: true });
    expect(trained[0]!.limits).toMatchObject({ timeoutMs: 60000, eachStep: true });
    expect(told.at(-1)).toMatchObject({ state: 'running', step: 0, model: 'default', name: 'Tiny' });
    trained[0]!.limits.onStep!(step);
    expect(told.at(-1)).toMatchObject({ state: 'running', ...step });
    expect(states.at(-1)).toMatchObject({ uri, training: 'Tiny · step 2 of 10 · loss 1' });
    expect(titles()).toEqual(['running']);
    await workspace.run({ uri, mode: 'forward' }, fresh());
    expect(runs[0]!.trained).toEqual({});
    await expect(workspace.train({ uri })).rejects.toThrow('already being trained');
    trained[0]!.answer({ models: [learnt] });
    expect(await done).toMatchObject({ state: 'done', curve, result: { accuracy: 0.9 }, parameters: 'trained' });
    expect(disposed).toBe(1);
    expect(states.at(-1)?.training).toBeUndefined();
    expect(titles()).toEqual(['done']);
  });

  it('ends with a run of what is on the screen, where a panel shows it', async () => {
    workspace.watch([uri]);
    await workspace.run({ uri, mode: 'backward', model: 'default' }, fresh());
    const done = workspace.train({ uri });
    trained[0]!.limits.onStep!({ ...step, step: 10 });
    trained[0]!.answer({ models: [learnt] });
    await done;
    await settle();
    expect(runs).toHaveLength(2);
    expect(runs[1]).toMatchObject({ mode: 'backward', trained: { default: { steps: 10 } } });
  });

  it('hands its parameters to the runs that follow, until the initial ones are asked for', async () => {
    const done = workspace.train({ uri, model: 'default' });
    trained[0]!.limits.onStep!({ ...step, step: 10 });
    trained[0]!.answer({ models: [learnt] });
    await done;
    const run = async () => {
      await workspace.run({ uri, mode: 'backward', model: 'default' }, fresh());
      return runs.at(-1)!.trained;
    };
    const { state } = learnt.parameters!;
    expect(await run()).toEqual({ default: { steps: 10, earlierText: false, state } });
    workspace.useParameters({ uri, model: 'default', use: 'initial' });
    expect(told.at(-1)?.parameters).toBe('initial');
    expect(await run()).toEqual({});
    workspace.useParameters({ uri, model: 'default', use: 'trained' });
    edit(2, start, ' ');
    expect(await run()).toEqual({ default: { steps: 10, earlierText: true, state } });
    expect(() => workspace.useParameters({ uri, model: 'other', use: 'trained' })).toThrow('Train it first');
  });

  it('lets go of its parameters when the model has outgrown them, and says why', async () => {
    const done = workspace.train({ uri });
    trained[0]!.answer({
      models: [
        {
          ...learnt,
          parameters: { ...learnt.parameters!, shapes: { ...learnt.parameters!.shapes, 'blocks.0.fc.bias': [3] } },
        },
      ],
    });
    await done;
    edit(2, start, ' ');
    await settle();
    expect(told.at(-1)).toMatchObject({
      parameters: 'none',
      remark:
        'The trained parameters were dropped because they no longer fit the model: blocks.0.fc.bias is [4], the trained one [3].',
    });
    await workspace.run({ uri, mode: 'forward' }, fresh());
    expect(runs[0]!.trained).toEqual({});
  });

  it('lets go of them, too, when the model was edited while it was trained', async () => {
    const done = workspace.train({ uri });
    edit(2, start, ' ');
    await settle();
    const { 'blocks.1.fc.bias': _, ...rest } = learnt.parameters!.shapes;
    trained[0]!.answer({ models: [{ ...learnt, parameters: { ...learnt.parameters!, shapes: rest } }] });
    expect(await done).toMatchObject({
      ...{ state: 'done', parameters: 'none', outOfDate: true },
      remark: expect.stringContaining('blocks.1.fc.bias is new'),
    });
  });

  it('keeps its parameters through an edit that leaves them fitting, and is out of date until that is undone', async () => {
    const done = workspace.train({ uri });
    trained[0]!.answer({ models: [learnt] });
    await done;
    edit(2, start, ' ');
    await settle();
    expect(told.at(-1)).toMatchObject({ parameters: 'trained', outOfDate: true });
    edit(3, { ...start, end: { line: 0, character: 1 } }, '');
    expect(told.at(-1)).toMatchObject({ parameters: 'trained', outOfDate: false });
  });

  it('stops when it is asked to, says at which step, and stays there as far as it came', async () => {
    const cancelled: Problem = { severity: 'warning', code: 'cancelled', message: '' };
    const done = workspace.train({ uri });
    trained[0]!.limits.onStep!(step);
    workspace.stopTraining({ uri });
    expect(trained[0]!.limits.signal!.aborted).toBe(true);
    expect(told.at(-1)).toMatchObject({ state: 'stopping', step: 2 });
    trained[0]!.answer({ models: [learnt], problems: [cancelled] });
    expect(await done).toMatchObject({ state: 'stopped', step: 2, steps: 10, curve, parameters: 'trained' });
    expect(published.get(uri) ?? []).toEqual([]);
    // Its thread had to be ended: the curve is what was told on the way.
    const lost = workspace.train({ uri });
    trained[1]!.limits.onStep!(step);
    trained[1]!.answer({ problems: [cancelled] });
    expect(await lost).toMatchObject({ state: 'stopped', step: 2, curve, parameters: 'none', result: {} });
    expect(told.at(-1)?.remark).toContain('lost');
  });

  it('that fails shows why at its place, until the text is another one', async () => {
    const done = workspace.train({ uri });
    const { sites } = trained[0]!.request;
    const site = sites.findIndex(({ text: part }) => part === 'x.mean()');
    trained[0]!.limits.onStep!(step);
    trained[0]!.answer({
      models: [{ ...learnt, result: {} }],
      problems: [{ severity: 'error', code: 'exception', message: 'the loss is NaN', hint: 'Smaller steps.', site }],
    });
    const range = rangeOf('x.mean()');
    expect(await done).toMatchObject({
      ...{ state: 'failed', step: 2, curve, parameters: 'initial' },
      problem: { message: 'the loss is NaN', hint: 'Smaller steps.', place: { file: uri, range } },
    });
    expect(published.get(uri)).toMatchObject([{ range, severity: 1, message: 'The loss is NaN\nSmaller steps.' }]);
    expect(workspace.locate({ uri, file: uri, range })).toEqual(range);
    edit(2, start, ' ');
    await settle();
    expect(published.get(uri)).toEqual([]);
  });

  it('goes on where the run of shapes was over too early to tell what the file trains', async () => {
    const early: Problem = { severity: 'error', code: 'timeout', message: 'The run was ended after 2 s' };
    cut = [early];
    edit(2, start, ' ');
    await settle();
    const done = workspace.train({ uri });
    expect(trained.map(({ request }) => request.model)).toEqual(['default']);
    trained[0]!.limits.onStep!(step);
    trained[0]!.answer({ models: [{ ...learnt, result: {} }] });
    expect(await done).toMatchObject({ state: 'done', step: 2 });
    const other = workspace.train({ uri, model: 'other' });
    expect(trained[1]!.request.model).toBe('other');
    trained[1]!.answer({});
    expect(await other).toMatchObject({ model: 'other' });
  });

  it('is offered only where the model says how, and refused in words elsewhere', async () => {
    expect(titles()).toEqual([undefined]);
    shapes = {};
    edit(2, start, ' ');
    await settle();
    expect(titles()).toEqual([]);
    await expect(workspace.train({ uri })).rejects.toThrow(/No model in this file says how.*Add train/);
    await expect(workspace.train({ uri, model: 'default' })).rejects.toThrow(/^Tiny does not say how/);
  });

  it('that left its parameters in a file removes that with them: with the next training, a misfit, its file', async () => {
    const { shapes: fitting } = learnt.parameters!;
    const inFile = (file: string, shapes = fitting): TrainedModel => ({
      ...learnt,
      parameters: { shapes, state: { file } },
    });
    const train = async (file: string, shapes = fitting) => {
      const done = workspace.train({ uri });
      trained.at(-1)!.answer({ models: [inFile(file, shapes)] });
      await done;
    };
    await train('a');
    await workspace.run({ uri, mode: 'forward' }, fresh());
    expect(runs.at(-1)!.trained).toMatchObject({ default: { state: { file: 'a' } } });
    expect(removed).toEqual([]);
    await train('b', { ...fitting, 'blocks.0.fc.bias': [3] });
    expect(removed).toEqual(['a', 'b']);
    await train('c');
    const late = workspace.train({ uri });
    expect(removed).toEqual(['a', 'b', 'c']);
    workspace.close(uri);
    await vi.advanceTimersByTimeAsync(2000);
    trained.at(-1)!.answer({ models: [inFile('d')] });
    await late;
    expect(removed).toEqual(['a', 'b', 'c', 'd']);
  });

  it('ends with its file', async () => {
    const done = workspace.train({ uri });
    workspace.close(uri);
    await vi.advanceTimersByTimeAsync(2000);
    expect(disposed).toBe(1);
    trained[0]!.answer({ problems: [{ severity: 'error', code: 'crashed', message: 'the engine was closed' }] });
    expect(await done).toMatchObject({ state: 'stopped' });
  });
});
