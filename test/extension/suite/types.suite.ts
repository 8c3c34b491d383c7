import { strict as assert } from 'node:assert';
import { commands, type Hover, languages, type MarkdownString } from 'vscode';
import { openFile, rangeOf, until } from './editor.ts';

describe('Types', () => {
  it("of 'tensight' are there with nothing installed", async () => {
    const { document } = await openFile(
      'types.model.ts',
      `import { nn, type Tensor } from 'tensight';\n\nexport const f = (x: Tensor) => new nn.Linear(2, 3).forward(x);\nconst wrong: string = f;\n`,
    );
    // The deliberate mistake shows that TypeScript has looked.
    const found = await until('TypeScript', () => {
      const all = languages.getDiagnostics(document.uri).filter(({ source }) => source === 'ts');
      return all.length > 0 && all;
    });
    assert.deepEqual(
      found.filter(({ severity }) => severity === 0).map(({ range }) => document.getText(range)),
      ['wrong'],
      found.map(({ message }) => message).join('\n'),
    );
    const hovers = await commands.executeCommand<Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      rangeOf(document, 'f = ').start,
    );
    const text = hovers.flatMap(({ contents }) => contents.map((one) => (one as MarkdownString).value)).join('\n');
    assert.match(text, /Tensor/);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
