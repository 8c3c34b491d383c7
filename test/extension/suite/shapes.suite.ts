import { strict as assert } from 'node:assert';
import { ConfigurationTarget, commands, type TextEditor, window, workspace } from 'vscode';
import { codeLenses, hoverAt, inlayHints, openFile, rangeOf, replace, until } from './editor.ts';

const model = `import { defineModel, nn, randn, type Tensor } from 'tensight';

class Block extends nn.Module {
  fc = new nn.Linear(16, 16);

  forward(x: Tensor): Tensor {
    const h = this.fc.forward(x);
    return h.add(x);
  }
}

class Net extends nn.Module {
  blocks = new nn.ModuleList([new Block(), new Block()]);
  head = new nn.Linear(16, 3);

  forward(x: Tensor): Tensor {
    for (const block of this.blocks) x = block.forward(x);
    const logits = this.head.forward(x);
    return logits;
  }
}

export default defineModel({ model: () => new Net(), inputs: { x: randn([2, 16]) } });
`;

describe('Shapes', () => {
  let editor: TextEditor;
  const at = (part: string, nth = 0) => rangeOf(editor.document, part, nth).start;
  const hover = (part: string, nth = 0) =>
    until(`a hover on ${part}`, async () => (await hoverAt(editor.document, at(part, nth))) || undefined);

  beforeEach(async () => {
    editor = await openFile('shapes.model.ts', model);
  });
  afterEach(() => commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  it('of a tensor are in its hover', async () => {
    const text = await hover('h = ');
    assert.match(text, /`f32 \[2, features 16\]` · 128 B · ×2/);
    assert.match(text, /inferred/);
  });

  it('and parameters of a layer are in its hover', async () => {
    const text = await hover('head = ');
    assert.match(text, /`Linear`.* · 51 parameters/);
    assert.match(text, /`\[2, features 16\] → \[2, features 3\]`/);
    assert.match(text, /\| weight \| \\\[.*3.*16\\\] \| 48/);
  });

  it('stand behind declarations, arguments and returns', async () => {
    const hints = await until('hints', async () => {
      const found = await inlayHints(editor.document);
      return found.length > 0 && found;
    });
    assert.ok(hints.includes('const h: [2, features 16]'), hints.join('\n'));
    assert.ok(hints.includes('forward(x: Tensor [2, features 16]'), hints.join('\n'));
    assert.ok(hints.includes('return logits → [2, features 3]'), hints.join('\n'));
  });

  it('follow an edit', async () => {
    await hover('h = ');
    await replace(editor, 'nn.Linear(16, 3)', 'nn.Linear(16, 5)');
    await until('the new shape', async () =>
      (await inlayHints(editor.document)).includes('return logits → [2, features 5]'),
    );
  });

  it('of a layer stand in its lens, with what can be done', async () => {
    // An edit of the test before was taken back.
    let seen = '';
    const lines = await until('lenses of the text as it is', async () => {
      const found = await codeLenses(editor.document);
      seen = [...found].map(([line, all]) => `${line}: ${all.map(({ command }) => command?.title)}`).join('; ');
      return found.get(23)?.some(({ command }) => command?.title.includes('features 3')) && found;
    }).catch((error: Error) => {
      throw new Error(`${error.message}, got ${seen}, of\n${editor.document.getText()}`);
    });
    const titles = (line: number) => lines.get(line)?.map(({ command }) => command?.title);
    const places = (found: typeof lines) => [...found.keys()].sort((a, b) => a - b);
    assert.deepEqual(places(lines), [3, 12, 23]);
    assert.deepEqual(titles(3), ['[2, 16] → [2, features 16] · 272 parameters ×2', '▷ Run ▾']);
    assert.deepEqual(titles(23), ['[2, 16] → [2, features 3] · 595 parameters', '▷ Run ▾']);
    const settings = workspace.getConfiguration('tensight');
    await settings.update('codeLens', 'layers', ConfigurationTarget.Workspace);
    await until('lenses of layers', async () => {
      const found = places(await codeLenses(editor.document));
      return String(found) === String([3, 4, 6, 12, 13, 14, 16, 23]);
    });
    await settings.update('codeLens', undefined, ConfigurationTarget.Workspace);
    await until('lenses of models', async () => places(await codeLenses(editor.document)).length === 3);
  });

  it('become values when a layer is run, with the panel beside', async () => {
    await hover('h = ');
    const lenses = await codeLenses(editor.document);
    const run = lenses.get(3)?.[1]?.command;
    assert.equal(run?.command, 'tensight.actions');
    await commands.executeCommand('tensight.runLayer', ...(run.arguments ?? []));
    assert.match(await hover('h = '), /μ .* σ .* \\?\[.* … .*\]/);
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
    assert.ok(tabs.includes('Tensight: shapes.model.ts'), tabs.join(', '));
  });

  it('come with gradients after a backward run', async () => {
    await hover('h = ');
    await window.showTextDocument(editor.document);
    editor.selection = new (await import('vscode')).Selection(at('fc ='), at('fc ='));
    await commands.executeCommand('tensight.runBackward');
    assert.match(await hover('logits = '), /‖g‖/);
  });

  it('are there again after the engine was restarted', async () => {
    await hover('h = ');
    await commands.executeCommand('tensight.restartEngine');
    assert.match(await hover('h = '), /inferred/);
  });
});
