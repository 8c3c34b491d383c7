import { Uri, type Webview } from 'vscode';
import { contentSecurityPolicy } from './contentSecurityPolicy.ts';

/** The page around the pictures: nothing but our own script and style may load, and nothing may be reached. */
export function panelHtml(webview: Webview, dist: Uri): string {
  const nonce = crypto.randomUUID();
  const script = webview.asWebviewUri(Uri.joinPath(dist, 'webview.js'));
  const style = webview.asWebviewUri(Uri.joinPath(dist, 'webview.css'));
  const policy = contentSecurityPolicy(webview.cspSource, nonce);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Tensight</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
