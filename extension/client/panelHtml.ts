import { randomBytes } from 'node:crypto';
import { Uri, type Webview } from 'vscode';

/** The page around the pictures: nothing but our own script and style may load, and nothing may be reached. */
export function panelHtml(webview: Webview, dist: Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const script = webview.asWebviewUri(Uri.joinPath(dist, 'webview.js'));
  const style = webview.asWebviewUri(Uri.joinPath(dist, 'webview.css'));
  const source = webview.cspSource;
  // The toolkit makes style elements that are empty, and fills them by script: the hash is of the empty text.
  const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source} ${emptyStyle}; font-src ${source}; img-src ${source} data:`;
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
