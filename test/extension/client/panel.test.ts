import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Panel } from '../../../extension/client/panel.ts';
import { requests } from '../../../extension/protocol/server.ts';
import { FakeHost } from './fakeHost.ts';
import { editor, Uri, WebviewPanel } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
vi.mock('../../../extension/host/bundled.ts', () => import('./vscode.ts'));

const uri = 'file:///w/a.model.ts';
const idle = { uri, trusted: true, summary: 'A', shapes: false, version: 1 };
let host: FakeHost;
let view: WebviewPanel;
let panel: Panel;

beforeEach(() => {
  host = new FakeHost();
  view = new WebviewPanel();
  panel = new Panel(uri, view as never, host, Uri.parse('file:///extension') as never);
});
afterEach(() => {
  panel.dispose();
  editor.reset();
});

const ready = () => view.says.fire({ rpc: 'event', name: 'ready', params: {} });

/** What the page gets when it asks. */
async function answerTo(name: string, params: unknown) {
  view.says.fire({ rpc: 'request', id: 1, name, params });
  await vi.waitFor(() => expect(view.posted.some(({ id }) => id === 1)).toBe(true));
  return view.posted.find(({ id }) => id === 1)!;
}

describe('a page', () => {
  it('is one piece, there at once, whatever its script and style hold', () => {
    const style = 'a::before { content: "</style>"; }';
    const script = "start('</script>', '<!-- <script>', '$&');";
    editor.files = { 'webview.js': script, 'webview.css': style };
    const other = new WebviewPanel();
    new Panel(uri, other as never, host, Uri.parse('file:///extension') as never);
    const { html } = other.webview;
    expect(html).not.toMatch(/ (src|href)=/);
    const own = /<style nonce="(.+)">(.*)<\/style>\n<\/head>[\s\S]*<script nonce="\1">(.*)<\/script>\n<\/body>/.exec(
      html,
    );
    expect(own?.[2]).toBe(String.raw`a::before { content: "<\/style>"; }`);
    const started: unknown[] = [];
    new Function('start', own?.[3] ?? '')((...all: unknown[]) => started.push(...all));
    expect(started).toEqual(['</script>', '<!-- <script>', '$&']);
    expect(own?.[3]).not.toMatch(/<!--|<\/script/);
    expect(html).toContain(`script-src 'nonce-${own?.[1]}'`);
  });

  it('that can’t be read is an error one sees', async () => {
    editor.files = {};
    new Panel(uri, new WebviewPanel() as never, host, Uri.parse('file:///extension') as never);
    await vi.waitFor(() => expect(editor.errors.join()).toMatch(/Install it again/));
    expect(host.logged.join()).toMatch(/there is no .*webview/);
  });

  it('is told everything once it is up, and the news from then on', () => {
    host.trainings = [{ uri, model: 'net' }];
    panel.update({ uri } as never);
    panel.select({ layer: 'fc' });
    host.state = idle;
    panel.state(idle);
    expect(view.posted).toEqual([]);
    ready();
    expect(view.told).toEqual(['file', 'state', 'update', 'training', 'select']);
    panel.update({ uri } as never);
    expect(view.told.at(-1)).toBe('update');
  });

  it.each([
    // Inspect, then at once Run model: its view and layer stay, and the later one counts in what it says.
    [[{ view: 'shapes', layer: 'fc' }, { model: 'net' }], { view: 'shapes', layer: 'fc', model: 'net' }],
    [[{ view: 'shapes', layer: 'fc' }, { view: 'gradients' }], { view: 'gradients', layer: 'fc' }],
    [[{ view: 'shapes', layer: 'fc', site: 4 }, { layer: 'act' }], { view: 'shapes', layer: 'act' }],
    [
      [
        { layer: 'fc', model: 'a' },
        { view: 'gradients', model: 'b' },
      ],
      { view: 'gradients', model: 'b' },
    ],
  ])('that was asked for %j before it was up shows both as one', (wishes, shown) => {
    for (const wish of wishes) panel.select(wish);
    ready();
    expect(view.posted.findLast(({ name }) => name === 'select')?.params).toEqual(shown);
  });

  it('that was loaded anew is told everything again, and selects nothing twice', () => {
    panel.select({ layer: 'fc' });
    ready();
    panel.update({ uri } as never);
    panel.select({ layer: 'act' });
    const before = view.told.length;
    ready();
    expect(view.told.slice(before)).toEqual(['file', 'update']);
  });

  it.each([
    ['run', { mode: 'backward', layer: ['fc'] }],
    ['train', { model: 'net' }],
    ['stopRun', {}],
    ['stopTraining', { model: 'net' }],
    ['parameters', { model: 'net', use: 'initial' }],
    ['ask', { name: 'attentionGrid', params: { run: 1, model: 0, attention: 0, batch: 0, maxSize: 64 } }],
  ] as const)('that asks for %s gets it, of its own file', async (name, params) => {
    host.answers[requests[name]] = null;
    expect(await answerTo(name, params)).toMatchObject({ rpc: 'result', result: null });
    const { mode, ...layer } = { mode: undefined, ...params } as { mode: string | undefined };
    if (name === 'run') expect(host.ran).toEqual([[{ uri, ...layer }, mode]]);
    else if (name === 'ask') expect(host.asked).toEqual([[requests[name], params]]);
    else expect(host.asked).toEqual([[requests[name], { uri, ...params }]]);
  });

  it('hears why it gets nothing', async () => {
    host.answers[requests.stopTraining] = new Error('nothing is trained');
    expect(await answerTo('stopTraining', { model: 'net' })).toMatchObject({
      error: { message: 'nothing is trained' },
    });
  });

  it.each([
    ['constructor', {}],
    ['run', { mode: 'sideways' }],
    ['train', { model: 'net', uri: 'file:///other.model.ts' }],
    ['ask', { name: 'attentionGrid', params: { run: -1, model: 0, attention: 0, batch: 0, maxSize: 64 } }],
    ['ask', { name: 'constructor', params: { run: 1 } }],
  ])('that asks for %s with %j is turned away', async (name, params) => {
    expect((await answerTo(name, params)).rpc).toBe('error');
    expect([host.asked, host.ran]).toEqual([[], []]);
  });

  it('that points at a place outside its trace leads nowhere', async () => {
    view.says.fire({
      rpc: 'event',
      name: 'revealSite',
      params: { file: 'file:///w/elsewhere.ts', line: 0, character: 0, endLine: 0, endCharacter: 1, preview: false },
    });
    await vi.waitFor(() => expect(host.logged).toHaveLength(1));
    expect(editor.shown).toEqual([]);
  });

  it('that is gone is told nothing', () => {
    ready();
    panel.dispose();
    const before = view.told.length;
    panel.update({ uri } as never);
    expect(view.told).toHaveLength(before);
  });
});
