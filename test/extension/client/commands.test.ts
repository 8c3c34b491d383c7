import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerCommands } from '../../../extension/client/commands.ts';
import { requests } from '../../../extension/protocol/server.ts';
import { FakeHost } from './fakeHost.ts';
import { editor, textEditor, window, workspace } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));

const uri = 'file:///w/a.model.ts';
let host: FakeHost;
let shown: unknown[];
let panels: { active: string | undefined; show(...args: unknown[]): void };

beforeEach(() => {
  host = new FakeHost();
  shown = [];
  panels = { active: undefined, show: (...args) => shown.push(args) };
  registerCommands(host, panels as never);
});
afterEach(() => editor.reset());

const execute = (name: string, argument?: unknown) => editor.registered.get(`tensight.${name}`)!(argument);

describe('a run', () => {
  it.each([
    ['runLayer', 'forward', undefined],
    ['runBackward', 'backward', 'gradients'],
    ['runModel', 'forward', undefined],
  ] as const)('%s of what a lens names opens its panel and runs it', async (name, mode, view) => {
    const layer = { uri, model: 'default', layer: ['fc1'] };
    await execute(name, layer);
    expect(shown).toEqual([[layer, view]]);
    expect(host.ran).toEqual([[layer, mode]]);
    expect(host.asked).toEqual([]);
    expect(editor.errors).toEqual([]);
  });

  it('says what is wrong and what to try', async () => {
    host.runAnswer = {
      run: {
        problems: [
          { severity: 'warning', message: 'no' },
          { severity: 'error', message: 'x is nothing', hint: 'Give x.' },
        ],
      },
    };
    await execute('runLayer', { uri });
    expect(editor.errors).toEqual(['Tensight: x is nothing. Give x.']);
  });

  it('that was cancelled says nothing', async () => {
    await execute('runLayer', { uri });
    expect(editor.errors).toEqual([]);
  });

  it('that the server could not do is in a message and in the log, which the message opens', async () => {
    host.runAnswer = new Error('the server is gone');
    editor.answer = 'Show Log';
    await execute('runBackward', { uri });
    expect(editor.errors).toEqual(['Tensight: the server is gone']);
    expect(host.logged).toEqual(['tensight.runBackward: the server is gone', 'shown']);
  });

  it('ignores what is no layer in what a keybinding hands over', async () => {
    await execute('runLayer', { uri, model: 3, layer: ['a', 1] });
    expect(host.ran).toEqual([[{ uri, layer: ['a', '1'] }, 'forward']]);
  });
});

describe('what a lens offers', () => {
  const state = { uri, trusted: true, summary: '', shapes: false };
  const run = { mode: 'forward', startedAt: 0, stopping: false, ops: 0, bytes: 0 } as const;

  it('is done to what the lens names', async () => {
    editor.pick = 'Backward';
    await execute('actions', { uri, layer: ['fc'] });
    expect(editor.executed).toEqual([['tensight.runBackward', { uri, layer: ['fc'] }]]);
  });

  it('ends the run that is under way, where there is one, and says so', async () => {
    await execute('actions', { uri });
    host.state = { ...state, run };
    await execute('actions', { uri });
    expect(editor.asked).toEqual(['Choose what to do with it', 'A run ends the forward run that is under way']);
    expect(editor.executed).toEqual([]);
  });
});

describe('a command without an argument', () => {
  it('is about the layer at the caret', async () => {
    window.activeTextEditor = textEditor('/w/a.model.ts', 4, 2);
    host.answers[requests.caret] = { layer: { uri, model: 'net', layer: ['fc'] } };
    await execute('runLayer');
    expect(host.asked).toEqual([[requests.caret, { uri, position: { line: 4, character: 2 } }]]);
    expect(host.ran).toEqual([[{ uri, model: 'net', layer: ['fc'] }, 'forward']]);
  });

  it('is about the whole model where a layer makes no difference', async () => {
    window.activeTextEditor = textEditor('/w/a.model.ts');
    host.answers[requests.caret] = { layer: { uri, model: 'net', layer: ['fc'] } };
    host.answers[requests.train] = { state: 'done' };
    await execute('runModel');
    await execute('openPanel');
    await execute('train');
    const model = { uri, model: 'net' };
    expect(host.ran).toEqual([[model, 'forward']]);
    expect(shown).toEqual([[model, undefined], [model], [model, 'training']]);
    expect(host.asked.at(-1)).toEqual([requests.train, model]);
  });

  it('is about the file where the caret is in no layer, or elsewhere', async () => {
    window.activeTextEditor = textEditor('/w/a.model.ts');
    await execute('runLayer');
    panels.active = uri;
    window.activeTextEditor = textEditor('/w/notes.ts');
    await execute('stopTraining');
    expect(host.ran).toEqual([[{ uri }, 'forward']]);
    expect(host.asked.at(-1)).toEqual([requests.stopTraining, { uri }]);
  });

  it('goes to the next problem from the code of the panel in front', async () => {
    panels.active = uri;
    await execute('nextProblem');
    expect(editor.shown.map(({ document }) => document.uri.toString())).toEqual([uri]);
    expect(editor.executed).toEqual([['editor.action.marker.nextInFiles']]);
  });

  it('asks for a model file where there is none', async () => {
    await execute('inspect');
    expect(editor.errors).toEqual(['Tensight: Open a .model.ts file first.']);
    expect(shown).toEqual([]);
  });
});

describe('training', () => {
  it('that fails says why', async () => {
    host.answers[requests.train] = {
      state: 'failed',
      problem: { severity: 'error', message: 'NaN!', hint: 'Lower lr.' },
    };
    await execute('train', { uri, model: 'net', layer: ['fc'] });
    expect(host.asked).toEqual([[requests.train, { uri, model: 'net' }]]);
    expect(editor.errors).toEqual(['Tensight: NaN! Lower lr.']);
  });
});

describe('a workspace nobody trusts', () => {
  it('runs nothing, and shows a panel that leads to trust', async () => {
    workspace.isTrusted = false;
    for (const name of editor.registered.keys()) await editor.registered.get(name)!({ uri });
    expect(host.ran).toEqual([]);
    expect(editor.errors.filter((error) => error.includes('not trusted'))).toHaveLength(4);
    expect(shown.length).toBeGreaterThan(0);
    expect(host.logged.filter((line) => line === 'shown')).toEqual(['shown']);
  });
});
