import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Panels } from '../../../extension/client/panels.ts';
import { requests } from '../../../extension/protocol/server.ts';
import { FakeHost } from './fakeHost.ts';
import { editor, textEditor, Uri, WebviewPanel } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
vi.mock('../../../extension/host/bundled.ts', () => import('./vscode.ts'));

const [a, b] = ['file:///w/a.model.ts', 'file:///w/b.model.ts'];
let host: FakeHost;
let panels: Panels;

beforeEach(() => {
  vi.useFakeTimers();
  host = new FakeHost();
  panels = new Panels(host, Uri.parse('file:///extension') as never);
});
afterEach(() => {
  panels.dispose();
  editor.reset();
  vi.useRealTimers();
});

const ready = (panel: WebviewPanel) => panel.says.fire({ rpc: 'event', name: 'ready', params: {} });
const selected = (panel: WebviewPanel) =>
  panel.posted.filter(({ name }) => name === 'select').map(({ params }) => params);

describe('panels', () => {
  it('are one that follows the active model file, brought to the front when asked for again', () => {
    panels.show({ uri: a, model: 'net', layer: ['fc', 'act'] }, 'attention');
    const [panel] = editor.panels;
    ready(panel!);
    expect(panel!.title).toBe('Tensight: a.model.ts');
    editor.activate(textEditor('/w/b.model.ts'));
    expect(panel!.title).toBe('Tensight: b.model.ts');
    expect(panel!.posted.findLast(({ name }) => name === 'file')?.params).toEqual({ uri: b, locked: false });
    editor.activate(textEditor('/w/notes.ts'));
    expect(panels.uris).toEqual([b]);
    panel!.visible = false;
    panels.show({ uri: a });
    panels.show({ uri: a });
    expect(editor.panels).toHaveLength(1);
    expect(panel!.reveals).toBe(1);
    expect(host.watched).toEqual([[a], [b], [a]]);
  });

  it('that are locked keep to their file, and the next file gets one of its own', () => {
    panels.show({ uri: a });
    const [first] = editor.panels;
    panels.setLocked(true);
    expect(first!.title).toBe('[Tensight] a.model.ts');
    expect(editor.executed.at(-1)).toEqual(['setContext', 'tensight.panelLocked', true]);
    editor.activate(textEditor('/w/b.model.ts'));
    expect(first!.title).toBe('[Tensight] a.model.ts');
    first!.active = false;
    panels.show({ uri: b });
    expect(editor.panels).toHaveLength(2);
    expect(panels.uris).toEqual([a, b]);
    editor.activate(textEditor('/w/a.model.ts'));
    expect(editor.panels[1]!.title).toBe('Tensight: b.model.ts');
    panels.show({ uri: a, layer: ['fc'] });
    expect(panels.uris).toEqual([a, b]);
    // Two that follow would show the same.
    editor.panels[1]!.active = false;
    first!.active = true;
    panels.setLocked(false);
    expect(panels.uris).toEqual([a]);
  });

  it('go with a file that has another name, and end with one that is deleted', () => {
    panels.show({ uri: a });
    const [panel] = editor.panels;
    ready(panel!);
    panels.update({ uri: a } as never);
    panels.renamed(a, b);
    expect(panel!.title).toBe('Tensight: b.model.ts');
    expect(panel!.posted.findLast(({ name }) => name === 'file')?.params).toEqual({ uri: b, locked: false });
    expect(panel!.posted.find(({ params }) => (params as { from?: string })?.from === a)).toBeDefined();
    expect(host.watched.at(-1)).toEqual([b]);
    panels.deleted(b);
    expect(panels.uris).toEqual([]);
  });

  it('get the news of their own file', () => {
    panels.show({ uri: a });
    panels.setLocked(true);
    panels.show({ uri: b });
    const [first, second] = editor.panels;
    for (const panel of [first!, second!]) ready(panel);
    const before = second!.posted.length;
    panels.update({ uri: a } as never);
    panels.state({ uri: a } as never);
    panels.training({ uri: a } as never);
    panels.update({ uri: 'file:///w/c.model.ts' } as never);
    expect(first!.told.slice(-3)).toEqual(['update', 'state', 'training']);
    expect(second!.posted).toHaveLength(before);
  });

  it('that are closed are drawn no more', () => {
    panels.show({ uri: a });
    editor.panels[0]!.dispose();
    expect(panels.uris).toEqual([]);
    expect(host.watched.at(-1)).toEqual([]);
    panels.show({ uri: a });
    expect(editor.panels).toHaveLength(2);
  });

  it('come back with the window, where they were of a model file', async () => {
    const views = [new WebviewPanel(), new WebviewPanel(), new WebviewPanel(), new WebviewPanel(), new WebviewPanel()];
    const disposed: number[] = [];
    for (const [i, view] of views.entries()) view.onDidDispose(() => disposed.push(i));
    await editor.restore!(views[0]!, { uri: a });
    await editor.restore!(views[1]!, { uri: 'https://elsewhere/a.model.ts' });
    await editor.restore!(views[2]!, 'nonsense');
    await editor.restore!(views[3]!, { uri: b, locked: true });
    await editor.restore!(views[4]!, { uri: b });
    expect(panels.uris).toEqual([a, b]);
    expect(disposed).toEqual([1, 2, 4]);
    expect(views[3]!.title).toBe('[Tensight] b.model.ts');
  });
});

describe('the caret', () => {
  const answer = { layer: { uri: a, model: 'net', layer: ['fc'] }, site: 7 };

  it('leads to its layer once it rests', async () => {
    host.answers[requests.caret] = answer;
    panels.show({ uri: a });
    ready(editor.panels[0]!);
    for (let line = 0; line < 5; line++) editor.moveCaret(textEditor('/w/a.model.ts', line, 1));
    expect(host.asked).toEqual([]);
    await vi.runAllTimersAsync();
    expect(host.asked).toEqual([[requests.caret, { uri: a, position: { line: 4, character: 1 } }]]);
    expect(selected(editor.panels[0]!).at(-1)).toEqual({ model: 'net', layer: 'fc', site: 7 });
  });

  it('that is where it was says nothing, as in an editor that comes back', async () => {
    host.answers[requests.caret] = answer;
    panels.show({ uri: a });
    ready(editor.panels[0]!);
    for (const line of [4, 4, 4, 5, 4]) {
      editor.moveCaret(textEditor('/w/a.model.ts', line, 1));
      await vi.runAllTimersAsync();
    }
    expect(host.asked.map(([, params]) => (params as { position: { line: number } }).position.line)).toEqual([4, 5, 4]);
  });

  it('asks nothing where no panel is seen, or in another language', async () => {
    editor.moveCaret(textEditor('/w/a.model.ts'));
    panels.show({ uri: a });
    editor.moveCaret({
      ...textEditor('/w/a.md'),
      document: { ...textEditor('/w/a.md').document, languageId: 'markdown' },
    });
    editor.panels[0]!.visible = false;
    editor.moveCaret(textEditor('/w/a.model.ts'));
    await vi.runAllTimersAsync();
    expect(host.asked).toEqual([]);
  });

  it('that a click in the panel moved does not come back as a selection', async () => {
    panels.show({ uri: a });
    const place = { line: 3, character: 4, endLine: 3, endCharacter: 9 };
    const { line, character, endLine, endCharacter } = place;
    host.answers[requests.locate] = { start: { line, character }, end: { line: endLine, character: endCharacter } };
    editor.panels[0]!.says.fire({ rpc: 'event', name: 'revealSite', params: { file: a, ...place, preview: false } });
    await vi.runAllTimersAsync();
    const [led] = editor.shown;
    expect(led!.selection.start).toMatchObject({ line: 3, character: 2 });
    expect(led!.marked[0]![0]).toMatchObject({ start: { line: 3, character: 4 }, end: { line: 3, character: 9 } });
    editor.moveCaret(led!);
    await vi.runAllTimersAsync();
    expect(host.asked.map(([method]) => method)).toEqual([requests.locate]);
  });

  it('stays where it is where a row is only looked at', async () => {
    panels.show({ uri: a });
    const place = { line: 3, character: 4, endLine: 3, endCharacter: 9 };
    host.answers[requests.locate] = { start: { line: 3, character: 4 }, end: { line: 3, character: 9 } };
    editor.panels[0]!.says.fire({ rpc: 'event', name: 'revealSite', params: { file: a, ...place, preview: true } });
    await vi.runAllTimersAsync();
    expect(host.asked.map(([method]) => method)).toEqual([requests.locate]);
    expect(editor.shown).toEqual([]);
  });

  it('is followed no more once the panels are gone', () => {
    panels.dispose();
    expect(editor.listeners).toBe(0);
  });

  it('that the server cannot place is in the log', async () => {
    host.answers[requests.caret] = new Error('gone');
    panels.show({ uri: a });
    editor.moveCaret(textEditor('/w/a.model.ts'));
    await vi.runAllTimersAsync();
    expect(host.logged).toEqual(['caret: Error: gone']);
  });
});
