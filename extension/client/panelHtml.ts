/** The page around the pictures, in one piece: VS Code fetches nothing for it, which takes longer than all the rest of its start. */
import { Uri, workspace } from 'vscode';
import { contentSecurityPolicy } from './contentSecurityPolicy.ts';

export interface PageParts {
  readonly script: string;
  readonly style: string;
}

/** Reads what the page is made of. Rejects where the extension is incomplete. */
export async function readPage(dist: Uri): Promise<PageParts> {
  const text = async (name: string): Promise<string> =>
    new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(dist, name)));
  const [script, style] = await Promise.all([text('webview.js'), text('webview.css')]);
  return { script, style };
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
