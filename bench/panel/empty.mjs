// A panel of one line in an extension of its own: what VS Code itself takes to show a panel.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const emptyTitle = 'Empty panel';
export const emptyCommand = 'Bench: Open Empty Panel';

const manifest = {
  name: 'bench-empty-panel',
  publisher: 'bench',
  version: '0.0.1',
  engines: { vscode: '^1.95.0' },
  main: './extension.js',
  activationEvents: ['onWebviewPanel:bench.empty'],
  contributes: { commands: [{ command: 'bench.openEmpty', title: emptyCommand }] },
};

const page = `<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>${emptyTitle}</title></head>
<body style="background: repeating-linear-gradient(#777 0 20px, #333 20px 40px)"><h1 id="empty">Empty</h1></body></html>`;

const code = `const { commands, window } = require('vscode');
const page = ${JSON.stringify(page)};
exports.activate = ({ subscriptions }) => {
  subscriptions.push(
    commands.registerCommand('bench.openEmpty', () => {
      const column = { viewColumn: 2, preserveFocus: true };
      window.createWebviewPanel('bench.empty', ${JSON.stringify(emptyTitle)}, column, { retainContextWhenHidden: true }).webview.html = page;
    }),
    window.registerWebviewPanelSerializer('bench.empty', {
      async deserializeWebviewPanel(panel) {
        panel.webview.html = page;
      },
    }),
  );
};
`;

/** Writes the extension into a folder of its own. @returns {{ folder: string, remove(): void }} */
export function emptyPanel() {
  const parent = mkdtempSync(join(tmpdir(), 'tensight-bench-'));
  const folder = join(parent, 'bench.bench-empty-panel-0.0.1');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'extension.js'), code);
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}
