import { strict as assert } from 'node:assert';
import { extensions, Uri, window, workspace } from 'vscode';

describe('The extension', () => {
  it('activates on a .model.ts file', async () => {
    const extension = extensions.getExtension('tensight.tensight');
    assert.ok(extension, 'the extension is installed');
    const folder = workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder, 'a folder is open');
    const file = Uri.joinPath(folder, 'smoke.model.ts');
    await workspace.fs.writeFile(file, Buffer.from("import { nn } from 'tensight';\n"));
    await window.showTextDocument(file);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
