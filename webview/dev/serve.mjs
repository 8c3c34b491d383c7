/**
 * The webview in an ordinary browser, with made-up traces and no VS Code: `node webview/dev/serve.mjs` serves it and rebuilds on
 * every load; `node webview/dev/serve.mjs --shoot [NAME…]` takes the pictures in `shots.mjs` into `.cache/webview/`.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { context } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = `${root}/.cache/webview-dev`;
await mkdir(out, { recursive: true });
await copyFile(`${root}/webview/dev/index.html`, `${out}/index.html`);
const build = await context({
  entryPoints: { webview: `${root}/webview/main.tsx`, host: `${root}/webview/dev/host.ts` },
  outdir: out,
  bundle: true,
  format: 'iife',
  target: 'chrome120',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.ttf': 'dataurl' },
  sourcemap: true,
  minify: process.argv.includes('--minify'),
  logLevel: 'warning',
});
const { port } = await build.serve({ servedir: out, host: '127.0.0.1' });
const address = `http://127.0.0.1:${port}/`;
if (process.argv.includes('--shoot')) {
  const { shoot } = await import('./shots.mjs');
  await shoot(
    address,
    `${root}/.cache/webview`,
    process.argv.slice(3).filter((name) => !name.startsWith('--')),
  );
  await build.dispose();
} else console.log(address);
