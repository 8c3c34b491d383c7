/** The panel goes with its file. */
import { equal } from 'node:assert/strict';
import { commands, languages, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import { hoverAt, openFile, rangeOf, until } from './editor.ts';

const text = `import { defineModel, nn, randn, type Tensor } from 'tensight';

class Net extends nn.Module {
  fc = new nn.Linear(8, 4);

  forward(x: Tensor): Tensor {
    const h = this.fc.forward(x);
    return h.relu();
  }
}

export default defineModel({ model: () => new Net(), inputs: { x: randn([3, 8]) } });
`;

const labels = () => window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));

describe('a panel', () => {
  it('goes with its file when that has another name, values and all, and ends with it', async () => {
    const { document } = await openFile('before.model.ts', text);
    const place = rangeOf(document, 'h = ').start;
    await commands.executeCommand('tensight.runModel', { uri: document.uri.toString(), model: 'default' });
    await until('the values', async () => (await hoverAt(document, place)).includes('executed'));
    equal(labels().includes('Tensight: before.model.ts'), true);

    const to = Uri.joinPath(document.uri, '../after.model.ts');
    const rename = new WorkspaceEdit();
    rename.renameFile(document.uri, to);
    equal(await workspace.applyEdit(rename), true);
    await until('the new title', () => labels().includes('Tensight: after.model.ts'));
    equal(labels().includes('Tensight: before.model.ts'), false);
    const renamed = await workspace.openTextDocument(to);
    await until('the values by the new name', async () => (await hoverAt(renamed, place)).includes('executed'));
    equal(languages.getDiagnostics(document.uri).length, 0);

    const remove = new WorkspaceEdit();
    remove.deleteFile(to);
    equal(await workspace.applyEdit(remove), true);
    await until('the panel to go', () => !labels().some((label) => label.endsWith('after.model.ts')));
    equal(languages.getDiagnostics(to).length, 0);
  });
});
