import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileTrace } from '../../../core/trace/trace.ts';
import type { FileState, ServerSettings, TraceUpdate } from '../../../extension/protocol/server.ts';
import { lensCommands } from '../../../extension/server/codeLens.ts';
import type { FileDiagnostic } from '../../../extension/server/diagnostics.ts';
import { Workspace } from '../../../extension/server/workspace.ts';
import { FakeEngine } from './fakeEngine.ts';
import { rangeOf, text, trace, uri } from './fixture.ts';

const settings: ServerSettings = {
  shapeRunTimeout: 2000,
  runTimeout: 60000,
  memoryLimit: 2048,
  inlayHints: true,
  codeLens: 'layers',
  trusted: true,
};

const at = (line: number, character: number) => ({ line, character });
const insert = (line: number, character: number, text: string) => ({
  range: { start: at(line, character), end: at(line, character) },
  text,
});
const whole = { start: at(0, 0), end: at(999, 0) };

describe('the workspace', () => {
  let shapes: FakeEngine;
  let values: FakeEngine;
  let published: Map<string, readonly FileDiagnostic[]>;
  let states: FileState[];
  let updates: TraceUpdate[];
  let refreshes: number;
  let workspace: Workspace;

  const make = (more: Partial<ServerSettings> = {}) =>
    new Workspace(
      { shapes: shapes.engine, values: values.engine, startTraining: () => expect.fail('nothing is trained here') },
      {
        refresh: () => refreshes++,
        publish: (file, found) => void published.set(file, found),
        traceChanged: (update) => void updates.push(update),
        trainingChanged: () => {},
        stateChanged: (state) => void states.push(state),
        log: () => {},
      },
      { ...settings, ...more },
    );
  const settle = () => vi.advanceTimersByTimeAsync(500);

  beforeEach(() => {
    vi.useFakeTimers();
    shapes = new FakeEngine();
    values = new FakeEngine();
    published = new Map();
    states = [];
    updates = [];
    refreshes = 0;
    workspace = make();
    return () => vi.useRealTimers();
  });

  it('says so where Tensight itself fails, and goes on with the next edit', async () => {
    const { answer } = shapes;
    shapes.answer = () => {
      throw new Error('a fault of ours');
    };
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    expect(published.get(uri)).toMatchObject([
      { code: 'crashed', message: expect.stringContaining('a fault of ours') },
    ]);
    expect(states.at(-1)).toMatchObject({ problem: expect.stringContaining('a fault of ours'), shapes: false });
    shapes.answer = answer;
    workspace.change(uri, 2, [insert(0, 0, '// on\n')]);
    await settle();
    expect(published.get(uri)).toEqual([]);
    expect(states.at(-1)?.problem).toBeUndefined();
  });

  it('offers a fix while the text that it changes is there', async () => {
    const called = rangeOf('new nn.Linear(4, 4)');
    const { line, character } = called.start;
    const argument = { range: { start: at(line, character + 14), end: at(line, character + 15) }, text: '4' };
    const message = 'Linear(4 → 4): expected 4 features on the last axis of the input, got 8';
    shapes.answer = async ({ run, mode }) => {
      const { sites, ...rest } = trace({ run, mode });
      const made = { file: uri, range: called, text: 'new nn.Linear(4, 4)', kind: 'expression' as const };
      const fix = { site: sites.length, callee: 'Linear', argument: 'inFeatures', position: 0, value: '8' };
      const problem = { severity: 'error' as const, code: 'shape' as const, message, site: 3, fix };
      return { ...rest, sites: [...sites, { ...made, arguments: [argument] }], problems: [problem] };
    };
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    expect(workspace.fixes(uri, message)).toEqual([
      {
        title: 'Change inFeatures of Linear from 4 to 8',
        ...{ uri, range: argument.range, before: '4', after: '8' },
      },
    ]);
    expect(workspace.fixes(uri, 'another')).toEqual([]);
    expect(published.get(uri)).toMatchObject([{ message }]);
    workspace.change(uri, 2, [{ range: argument.range, text: '5' }]);
    expect(workspace.fixes(uri, message)).toEqual([]);
  });

  it('runs shapes when a model file is opened, and answers from them', async () => {
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    expect(shapes.requests.map(({ mode, entry }) => [mode, entry])).toEqual([['shape', uri]]);
    expect(workspace.hover(uri, rangeOf('h = ').start)?.text).toContain('f32 [batch 2, embed 4]');
    expect(workspace.hints(uri, whole).hints).toHaveLength(4);
    expect(refreshes).toBe(1);
    expect(states.at(-1)).toMatchObject({ uri, shapes: false, summary: 'Tiny · 40 parameters' });
  });

  it('answers while a run goes on, at the moved places, and does not redraw what reads the same', async () => {
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    let finish: (trace: FileTrace) => void = () => {};
    shapes.answer = () => new Promise((resolve) => (finish = resolve));
    workspace.change(uri, 2, [insert(0, 0, '// a note\n')]);
    await settle();
    const hint = workspace.hints(uri, whole).hints[1]!;
    expect(hint.position.line).toBe(rangeOf('const h').start.line + 1);
    expect(hint.label).toBe(': [batch 2, embed 4]');
    // The answer is of the text before a further edit: its places catch up.
    workspace.change(uri, 3, [insert(0, 0, '\n')]);
    const moved = trace({ run: 9 });
    const down = (line: number) => line + 1;
    finish({
      ...moved,
      sites: moved.sites.map((site) => ({
        ...site,
        range: {
          start: at(down(site.range.start.line), site.range.start.character),
          end: at(down(site.range.end.line), site.range.end.character),
        },
      })),
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(workspace.hints(uri, whole).hints[1]!.position.line).toBe(rangeOf('const h').start.line + 2);
    expect(refreshes).toBe(1);
  });

  it('cancels a run that a newer one supersedes', async () => {
    const signals: AbortSignal[] = [];
    shapes.answer = (_request, signal) => {
      signals.push(signal!);
      return new Promise(() => {});
    };
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    workspace.change(uri, 2, [insert(0, 0, ' ')]);
    await settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('keeps what it knew while the text does not parse, marked, and says why', async () => {
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    const { line, character } = rangeOf('h.add(x);').end;
    workspace.change(uri, 2, [insert(line, character, ' const = ;')]);
    await settle();
    expect(shapes.requests).toHaveLength(1);
    const { hints } = workspace.hints(uri, whole);
    expect(hints).toHaveLength(4);
    expect(hints.every(({ label }) => label.includes('⋯'))).toBe(true);
    expect(workspace.hover(uri, rangeOf('h = ').start)?.text).toContain('out of date');
    expect(workspace.lenses(uri)).toHaveLength(6);
    expect(published.get(uri)).toMatchObject([{ code: 'syntax', severity: 1, source: 'tensight' }]);
    expect(states.at(-1)?.problem).toBe(published.get(uri)![0]!.message);
    workspace.change(uri, 3, [{ range: { start: at(line, character), end: at(line, character + 10) }, text: '' }]);
    await settle();
    expect(published.get(uri)).toEqual([]);
    expect(workspace.hints(uri, whole).hints.some(({ label }) => label.includes('⋯'))).toBe(false);
  });

  it('puts a problem on its expression, with where each operand was made', async () => {
    shapes.answer = async () =>
      trace({
        cutAt: 'h.add(x)',
        problems: [
          {
            severity: 'error',
            code: 'shape',
            message: 'add: [2, 4] and [2, 5] do not fit',
            hint: 'Make them alike.',
            site: 6,
            related: [{ message: 'h is [2, 4]', site: 2 }],
          },
        ],
      });
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    expect(published.get(uri)).toEqual([
      {
        range: rangeOf('h.add(x)'),
        severity: 1,
        message: 'add: [2, 4] and [2, 5] do not fit\nMake them alike.',
        code: 'shape',
        source: 'tensight',
        relatedInformation: [
          {
            location: { uri, range: { start: at(6, 10), end: at(6, 11) } },
            message: 'h is [2, 4]',
          },
        ],
      },
    ]);
  });

  it('runs a layer up to its end, keeps one run and lets the one before go', async () => {
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    const layer = ['blocks.0.fc', 'blocks.1.fc'];
    const { signal } = new AbortController();
    const first = await workspace.run({ uri, mode: 'forward', model: 'default', layer }, signal);
    expect(values.requests[0]).toMatchObject({ mode: 'forward', model: 'default', until: layer });
    expect(first).toMatchObject({ layer, outOfDate: false, run: { mode: 'forward' } });
    await workspace.run({ uri, mode: 'backward', layer }, signal);
    expect(values.requests[1]?.until).toBeUndefined();
    expect(values.released).toEqual([first.run!.run]);
    expect(workspace.hover(uri, rangeOf('h = ').start)?.text).toContain('‖gradient‖');
  });

  it('says when an edit put a run out of date, and takes that back when it is undone', async () => {
    workspace.open(uri, 'typescript', 1, text);
    workspace.watch([uri]);
    await settle();
    await workspace.run({ uri, mode: 'forward' }, new AbortController().signal);
    workspace.change(uri, 2, [insert(0, 0, ' ')]);
    expect(updates.at(-1)?.outOfDate).toBe(true);
    workspace.change(uri, 3, [{ range: { start: at(0, 0), end: at(0, 1) }, text: '' }]);
    expect(updates.at(-1)?.outOfDate).toBe(false);
  });

  it('ends a run that is cancelled and keeps the one before', async () => {
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    const { run } = await workspace.run({ uri, mode: 'forward' }, new AbortController().signal);
    values.answer = ({ run: id }, signal) =>
      new Promise((resolve) =>
        signal!.addEventListener('abort', () =>
          resolve({
            ...trace({ run: id }),
            models: [],
            problems: [{ severity: 'error', code: 'cancelled', message: '' }],
          }),
        ),
      );
    const controller = new AbortController();
    const cancelled = workspace.run({ uri, mode: 'forward' }, controller.signal);
    controller.abort();
    await expect(cancelled).rejects.toThrow('cancelled');
    expect(workspace.trace(uri)?.run?.run).toBe(run?.run);
    expect(published.get(uri) ?? []).toEqual([]);
  });

  it('says of a run how far it is, that it stops, and how it ended; one that is replaced says nothing more', async () => {
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    const ends: ((trace: FileTrace) => void)[] = [];
    values.answer = ({ run: id }, signal) =>
      new Promise((resolve) => {
        ends.push(resolve);
        const problems = [{ severity: 'error', code: 'cancelled', message: '' }] as const;
        signal!.addEventListener('abort', () => resolve({ ...trace({ run: id }), models: [], problems }));
      });
    const ask = (mode: 'forward' | 'backward') =>
      workspace.run({ uri, mode, model: 'default' }, new AbortController().signal).catch((error: Error) => error.name);
    const lens = () => workspace.lenses(uri).flatMap((target) => lensCommands(target).map(({ title }) => title));
    const first = ask('forward');
    expect(states.at(-1)!.run).toMatchObject({ mode: 'forward', model: 'default', stopping: false });
    expect(lens().filter((title) => title === '◼ Stop')).toHaveLength(1);
    const second = ask('backward');
    expect(await first).toBe('RunCancelled');
    expect(states.at(-1)!.run).toMatchObject({ mode: 'backward', stopping: false });
    expect(states.at(-1)!.lastRun).toBeUndefined();
    workspace.stopRun(uri);
    expect(states.some(({ run }) => run?.mode === 'backward' && run.stopping)).toBe(true);
    expect(await second).toBe('RunCancelled');
    expect(states.at(-1)).toMatchObject({ lastRun: { kind: 'cancelled', mode: 'backward' } });
    expect(states.at(-1)!.run).toBeUndefined();
    expect(lens()).not.toContain('◼ Stop');

    const third = ask('forward');
    const fails = [{ severity: 'error', code: 'exception', message: 'no number' }] as const;
    ends.at(-1)!({ ...trace({ run: 9 }), problems: fails });
    await third;
    expect(states.at(-1)).toMatchObject({ lastRun: { kind: 'failed', problem: 'no number' }, problem: 'no number' });
    const fourth = ask('forward');
    ends.at(-1)!(trace({ run: 10 }));
    await fourth;
    expect(states.at(-1)).toMatchObject({ lastRun: { kind: 'done' } });
    expect(states.at(-1)!.problem).toBeUndefined();
  });

  it('hands on the last whole tree where a text ends before its model is called, until one does not', async () => {
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    expect(workspace.trace(uri)!.before).toBeUndefined();
    shapes.answer = async ({ run: id }) => {
      const whole = trace({ run: id });
      const models = whole.models.map((model) => ({ ...model, calls: [], complete: false }));
      return { ...whole, models, problems: [{ severity: 'error', code: 'exception', message: 'no' }] };
    };
    workspace.change(uri, 2, [insert(0, 0, ' ')]);
    await settle();
    expect(workspace.trace(uri)).toMatchObject({ shape: { run: 2 }, before: { run: 1 } });
    shapes.answer = async ({ run: id }) => trace({ run: id });
    workspace.change(uri, 3, [insert(0, 0, ' ')]);
    await settle();
    expect(workspace.trace(uri)!.before).toBeUndefined();
  });

  it('takes all it knows along when a file has another name', async () => {
    workspace.open(uri, 'typescript', 1, text);
    workspace.watch([uri]);
    await settle();
    const { run } = await workspace.run({ uri, mode: 'forward', model: 'default' }, new AbortController().signal);
    const to = uri.replace(/[^/]*$/, 'renamed.model.ts');
    // As the editor does it: closed, opened, and only then said to be the same.
    workspace.close(uri);
    workspace.open(to, 'typescript', 1, text);
    workspace.watch([to]);
    workspace.renamed([{ from: uri, to }]);
    const update = workspace.trace(to)!;
    expect(update).toMatchObject({ uri: to, outOfDate: false, run: { run: run!.run, file: to } });
    expect(update.run!.sites.every(({ file }) => file !== uri)).toBe(true);
    expect(workspace.trace(uri)).toBeNull();
    expect(values.released).toEqual([]);
    await settle();
    expect(workspace.hover(to, rangeOf('h = ').start)?.text).toContain('executed');
    expect([...published].filter(([file, found]) => file === uri && found.length > 0)).toEqual([]);
    expect(shapes.requests.at(-1)?.entry).toBe(to);
  });

  it('runs nothing in an untrusted workspace, says so, and starts when trust is granted', async () => {
    workspace = make({ trusted: false });
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    expect(shapes.requests).toHaveLength(0);
    expect(workspace.hover(uri, rangeOf('h = ').start)?.text).toContain('untrusted workspace');
    expect(workspace.declarations(uri)).toEqual([rangeOf('defineModel', 1)]);
    await expect(workspace.run({ uri, mode: 'forward' }, new AbortController().signal)).rejects.toThrow('trusted');
    workspace.setSettings(settings);
    await settle();
    expect(shapes.requests).toHaveLength(1);
    expect(workspace.hints(uri, whole).hints).toHaveLength(4);
  });

  it('runs again when an imported file is edited, saved or not', async () => {
    const blocks = 'file:///w/blocks.ts';
    workspace.open(blocks, 'typescript', 1, 'export const width = 4;\n');
    workspace.open(uri, 'typescript', 1, `import { width } from './blocks';\nconsole.log(width);\n${text}`);
    await settle();
    expect(shapes.requests[0]?.modules.map(({ file }) => file)).toEqual([uri, blocks]);
    workspace.change(blocks, 2, [{ range: { start: at(0, 21), end: at(0, 22) }, text: '8' }]);
    await settle();
    expect(shapes.requests).toHaveLength(2);
    expect(shapes.requests[1]?.modules[1]?.code).toContain('8');
  });

  it('forgets a closed file, unless its panel is open', async () => {
    workspace.open(uri, 'typescript', 1, text);
    workspace.watch([uri]);
    await settle();
    workspace.close(uri);
    expect(workspace.trace(uri)).not.toBeNull();
    workspace.watch([]);
    expect(workspace.trace(uri)).toBeNull();
  });

  it('finds the layer a caret is about', async () => {
    workspace.open(uri, 'typescript', 1, text);
    await settle();
    expect(workspace.caret(uri, rangeOf('fc = ').start)?.layer.layer).toEqual(['blocks.0.fc', 'blocks.1.fc']);
    expect(workspace.caret(uri, rangeOf('h = ').start)?.layer.layer).toEqual(['blocks.0', 'blocks.1']);
    expect(workspace.caret(uri, rangeOf('h = ').start)?.site).toBe(2);
    expect(workspace.caret(uri, rangeOf('defineModel', 1).start)?.layer).toEqual({ uri, model: 'default' });
  });
});
