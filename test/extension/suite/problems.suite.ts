import { strict as assert } from 'node:assert';
import { ConfigurationTarget, commands, type TextEditor, workspace } from 'vscode';
import { diagnostics, hoverAt, inlayHints, openFile, rangeOf, replace, until } from './editor.ts';

const model = (body: string) => `import { defineModel, nn, randn, type Tensor } from 'tensight';

class Net extends nn.Module {
  a = new nn.Linear(4, 8);
  b = new nn.Linear(8, 2);

  forward(x: Tensor): Tensor {
    ${body}
  }
}

export default defineModel({ model: () => new Net(), inputs: { x: randn([3, 4]) } });
`;
const good = 'const h = this.a.forward(x);\n    return this.b.forward(h);';

describe('A problem', () => {
  let editor: TextEditor;
  const open = async (body: string) => {
    editor = await openFile('problems.model.ts', model(body));
  };
  /** The first that says this: what an earlier text had may still stand there for a moment. */
  const problem = (words = /./) =>
    until(`a diagnostic like ${words}`, () => diagnostics(editor.document).find(({ message }) => words.test(message)));
  const noProblem = () => until('no diagnostic', () => diagnostics(editor.document).length === 0);
  const hinted = (text: string) =>
    until(`the hint ${text}`, async () => (await inlayHints(editor.document)).includes(text));

  afterEach(async () => {
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await workspace.getConfiguration('tensight').update('shapeRunTimeout', undefined, ConfigurationTarget.Workspace);
  });

  it('of shapes stands on the expression, says both shapes, and goes when it is mended', async () => {
    await open('const h = this.a.forward(x);\n    return this.b.forward(x);');
    const found = await problem(/8.*4|4.*8/s);
    assert.deepEqual(found.range, rangeOf(editor.document, 'this.b.forward(x)'));
    await hinted('const h: [3, features 8]');
    await replace(editor, 'this.b.forward(x)', 'this.b.forward(h)');
    await noProblem();
    await hinted('return this.b.forward(h) → [3, features 2]');
  });

  it('of syntax leaves what was known, marked', async () => {
    await open(good);
    await hinted('const h: [3, features 8]');
    await replace(editor, 'return this.b', 'const = ; return this.b');
    await problem();
    await hinted('const h ⋯ [3, features 8]');
    await replace(editor, 'const = ; ', '');
    await hinted('const h: [3, features 8]');
  });

  it('that is thrown says so where it was thrown', async () => {
    await open("if (x.shape[0] === 3) throw new Error('three is too many');\n    return x;");
    const found = await problem(/three is too many/);
    assert.ok(found.range.start.line === 7, String(found.range.start.line));
  });

  it('of a loop that never ends is told, the editor lives, and the next edit works', async () => {
    await workspace.getConfiguration('tensight').update('shapeRunTimeout', 4000, ConfigurationTarget.Workspace);
    await open(good);
    await hinted('const h: [3, features 8]');
    await replace(editor, 'const h', 'while (true) {}\n    const h');
    const ended = problem(/4 s/);
    const first = await Promise.race([
      hoverAt(editor.document, rangeOf(editor.document, 'h = ').start).then(() => 'the hover'),
      ended.then(() => 'the end of the run'),
    ]);
    assert.equal(first, 'the hover', 'a hover waits for nothing');
    const found = await ended;
    assert.equal(found.code, 'timeout');
    await replace(editor, 'while (true) {}\n    ', '');
    await noProblem();
    await hinted('const h: [3, features 8]');
  });

  it('in an imported file stands in that file', async () => {
    const layers = await openFile(
      'layers.ts',
      `import { nn, type Tensor } from 'tensight';\nexport const fc = new nn.Linear(4, 4);\nexport const twice = (x: Tensor) => fc.forward(x.cat);\n`.replace(
        'x.cat',
        'x.reshape([12])',
      ),
    );
    editor = await openFile(
      'importer.model.ts',
      `import { defineModel, randn } from 'tensight';\nimport { twice } from './layers.ts';\nexport default defineModel({ model: () => twice, inputs: { x: randn([3, 4]) } });\n`,
    );
    const found = await until('a diagnostic in layers.ts', () => diagnostics(layers.document)[0]);
    assert.equal(layers.document.getText(found.range), 'fc.forward(x.reshape([12]))');
    // Unsaved text of an import counts.
    const shown = await openFile('layers.ts', layers.document.getText());
    await replace(shown, 'x.reshape([12])', 'x');
    // That the layer is no part of the model stays, as a warning.
    await until('no error', () => diagnostics(layers.document).every(({ severity }) => severity !== 0));
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
