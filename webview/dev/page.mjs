// The webview's page in an ordinary browser, with made-up traces and no VS Code.

import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Serves it, built anew on every load; with `once` as it is now.
 * @param {{ folder?: string, minify?: boolean, once?: boolean }} [options]
 * @returns {Promise<{ address: string, end(): Promise<void> }>}
 */
export async function servePage({ folder = `${root}/.cache/webview-dev`, minify = false, once = false } = {}) {
  await mkdir(folder, { recursive: true });
  await copyFile(`${root}/webview/dev/index.html`, `${folder}/index.html`);
  /** @type {import('esbuild').BuildOptions} */
  const options = {
    entryPoints: { webview: `${root}/webview/main.tsx`, host: `${root}/webview/dev/host.ts` },
    outdir: folder,
    bundle: true,
    format: 'iife',
    target: 'chrome120',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.ttf': 'file' },
    sourcemap: !once,
    minify,
    logLevel: 'warning',
  };
  if (once) await build(options);
  const server = await context(once ? { logLevel: 'warning' } : options);
  const { port } = await server.serve({ servedir: folder, host: '127.0.0.1' });
  return { address: `http://127.0.0.1:${port}/`, end: () => server.dispose() };
}
