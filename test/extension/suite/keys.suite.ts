/** The keys that Tensight asks for are nobody else's. */
import { deepEqual, ok } from 'node:assert/strict';
import { extensions, Uri, workspace } from 'vscode';

interface Binding {
  readonly key: string;
  readonly command: string;
}

describe('keys', () => {
  it('clash with none of the editor’s own', async () => {
    const { contributes } = extensions.getExtension('tensight.tensight')!.packageJSON as {
      contributes: { keybindings: Binding[] };
    };
    const defaults = await workspace.openTextDocument(Uri.parse('vscode://defaultsettings/keybindings.json'));
    const text = defaults.getText().replace(/^\s*\/\/.*$/gm, '');
    const known = (JSON.parse(text) as Binding[]).filter(({ command }) => !command.startsWith('tensight.'));
    ok(known.length > 500);
    const taken = new Set(known.map(({ key }) => key));
    const own = contributes.keybindings.map(({ key }) => key);
    deepEqual(
      own.filter((key) => taken.has(key)),
      [],
    );
    ok(own.length > 0);
  });
});
