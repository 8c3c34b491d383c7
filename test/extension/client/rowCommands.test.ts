/** What the context menu of a row does, and what it says where that can't be done. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerRowCommands } from '../../../extension/client/rowCommands.ts';
import { requests } from '../../../extension/protocol/server.ts';
import { rowMenu } from '../../../webview/rowMenu.ts';
import { FakeHost } from './fakeHost.ts';
import { editor, Position, Range, Uri } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));

const uri = 'file:///w/a.model.ts';
const site = { file: uri, line: 7, character: 4, endLine: 7, endCharacter: 20 };
const made = { file: uri, line: 2, character: 8, endLine: 2, endCharacter: 30 };
const row = { uri, model: 'default', path: 'blocks.0.fc', className: 'Linear', values: 'layer\tblocks.0.fc\nms\t3' };
let host: FakeHost;
let complaints: string[];

beforeEach(() => {
  host = new FakeHost();
  complaints = [];
  registerRowCommands(host, (message) => complaints.push(message));
});
afterEach(() => editor.reset());

const choose = (name: string, argument: unknown) => editor.registered.get(`tensight.row.${name}`)!(argument);
/** The server knows the place, where it stands by now. */
const placed = ({ line, character, endLine, endCharacter }: typeof site, down = 0) => {
  host.answers[requests.locate] = {
    start: { line: line + down, character },
    end: { line: endLine + down, character: endCharacter },
  };
};

describe('a row', () => {
  it('gives its path and its values to the clipboard', async () => {
    await choose('copyPath', row);
    await choose('copyValues', row);
    expect(editor.copied).toEqual(['blocks.0.fc', 'layer\tblocks.0.fc\nms\t3']);
  });

  it('is run up to, as its lens would run it; the model’s own is the whole run', async () => {
    await choose('run', row);
    await choose('run', { ...row, path: '' });
    expect(editor.executed).toEqual([
      ['tensight.runLayer', { uri, model: 'default', layer: ['blocks.0.fc'] }],
      ['tensight.runModel', { uri, model: 'default' }],
    ]);
  });

  it('leads to its line where that stands by now: where it is called, else where it was made', async () => {
    placed(site, 3);
    await choose('reveal', { ...row, site, made });
    expect(host.asked).toEqual([
      [
        requests.locate,
        { uri, file: uri, range: { start: { line: 7, character: 4 }, end: { line: 7, character: 20 } } },
      ],
    ]);
    expect(editor.shown[0]!.selection.start).toMatchObject({ line: 10, character: 4 });
    placed(made);
    await choose('reveal', { ...row, made });
    expect(editor.shown[1]!.selection.start).toMatchObject({ line: 2, character: 8 });
    expect(complaints).toEqual([]);
  });

  it('leads to its class, by the whole name and nothing that begins like it', async () => {
    editor.lines = ['', '', '  fc = new LinearThing(new nn.Linear(4, 4));'];
    placed(made);
    editor.definitions = [{ uri: Uri.parse('file:///w/nn.d.ts'), range: new Range(5, 13, 5, 19) }];
    await choose('class', { ...row, made });
    const [name, file, at] = editor.executed.at(-1)!;
    expect(name).toBe('vscode.executeDefinitionProvider');
    expect(String(file)).toBe(uri);
    expect(at).toEqual(new Position(2, editor.lines[2]!.indexOf('Linear(')));
    expect(editor.shown[0]!.document.uri.path).toBe('/w/nn.d.ts');
    expect(editor.shown[0]!.selection.start).toMatchObject({ line: 5, character: 13 });
    editor.definitions = [{ targetUri: Uri.parse('file:///w/b.ts'), targetRange: new Range(1, 0, 9, 0) }];
    await choose('class', { ...row, made });
    expect(editor.shown[1]!.document.uri.path).toBe('/w/b.ts');
  });

  it('leads to the class, not to the constructor of the one that it extends', async () => {
    editor.lines = ['class Net extends nn.Module {', '  constructor();', '  net = new Net();'];
    placed(made);
    const [base, own] = [new Range(1, 2, 1, 13), new Range(0, 6, 0, 9)];
    editor.definitions = [base, own].map((range) => ({ uri: Uri.parse('file:///w/a.ts'), range }));
    await choose('class', { ...row, className: 'Net', made });
    expect(editor.shown[0]!.selection.start).toMatchObject({ line: 0, character: 6 });
    editor.definitions = editor.definitions.slice(0, 1);
    await choose('class', { ...row, className: 'Net', made });
    expect(editor.shown[1]!.selection.start).toMatchObject({ line: 1, character: 2 });
  });

  it('says what can’t be done', async () => {
    await choose('reveal', row);
    await choose('class', row);
    await choose('reveal', { ...row, site });
    placed(made);
    editor.lines = ['', '', 'fc = make()'];
    await choose('class', { ...row, made });
    expect(complaints).toEqual([
      'No line in the file belongs to this row.',
      'No line in the file creates Linear.',
      'That line is no longer there. Run the model again.',
      'It is not known where Linear is declared.',
    ]);
    expect(host.logged).toHaveLength(4);
    expect(editor.shown).toEqual([]);
  });

  it.each([
    [undefined],
    [{}],
    [{ ...row, path: 3 }],
    [{ ...row, site: { file: uri } }],
    [{ ...row, values: 'x'.repeat(5000) }],
  ])('that is none of ours is turned away: %#', async (other) => {
    for (const name of ['copyPath', 'copyValues', 'run', 'reveal', 'class']) await choose(name, other);
    expect(complaints).toHaveLength(5);
    expect([editor.copied, editor.executed, editor.shown, host.asked]).toEqual([[], [], [], []]);
  });

  it('is what the page hands to the menu', async () => {
    const range = { start: { line: 7, character: 4 }, end: { line: 7, character: 20 } };
    const menu = rowMenu({
      ...{ model: 'default', path: 'fc', className: 'Linear', site: 0, made: undefined },
      file: { file: uri, sites: [{ file: uri, range, text: 'x', kind: 'expression' }] } as never,
      values: [
        ['layer', 'fc'],
        ['ms', undefined],
      ],
    });
    await choose('copyValues', JSON.parse(menu));
    placed(site);
    await choose('reveal', JSON.parse(menu));
    expect([editor.copied, complaints]).toEqual([['layer\tfc'], []]);
    expect(editor.shown).toHaveLength(1);
  });
});
