/** The page around the pictures, in one piece: VS Code fetches nothing for it, which takes longer than all the rest of its start. */
import { Uri } from 'vscode';
import { readBundled } from '../host/bundled.ts';
import { contentSecurityPolicy } from './contentSecurityPolicy.ts';

export interface PageParts {
  readonly script: string;
  readonly style: string;
}

/** Reads what the page is made of. Throws where the extension is incomplete. */
export function readPage(dist: Uri): PageParts {
  const text = (name: string): string => readBundled(Uri.joinPath(dist, name).fsPath);
  return { script: text('webview.js'), style: text('webview.css') };
}

/** Nothing but our own script and style may load, and nothing may be reached. */
export function panelHtml({ script, style }: PageParts): string {
  const nonce = crypto.randomUUID();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tensight</title>
<style nonce="${nonce}">${style.replaceAll('</', '<\\/')}</style>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}">${script.replace(/<(?=!--|\/script)/gi, '\\x3C')}</script>
</body>
</html>`;
}
