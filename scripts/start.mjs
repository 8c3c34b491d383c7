// `npm start`: opens the extension on examples/ in a real VS Code, the desktop one where it is installed, else the
// npm-shipped one in the browser. node scripts/start.mjs [FOLDER] [--port N] [--no-open] [--web]

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { fromRoot, root } from './lib/paths.mjs';
import { main, mustRun, SetupError, which } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

const started = Date.now();
const examples = fromRoot('examples');
const first = fromRoot('examples', 'gpt.model.ts');

await main(async () => {
  await ensureDependencies();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string' }, 'no-open': { type: 'boolean' }, web: { type: 'boolean' } },
  });
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new SetupError(`--port wants a number, not "${values.port}".`);
  const folder = positionals[0] === undefined ? examples : resolve(positionals[0]);
  if (!existsSync(folder)) throw new SetupError(`There is no folder ${folder}.`);
  const open = folder === examples && existsSync(first) ? first : undefined;
  await build();

  const desktop = process.env.TENSIGHT_VSCODE ?? which('code');
  // A port or no browser asks for the one in the browser.
  if (desktop && hasScreen() && values.port === undefined && !values['no-open'] && !values.web) {
    const file = open === undefined ? [] : ['--goto', open];
    await mustRun(desktop, [`--extensionDevelopmentPath=${root}`, '--new-window', folder, ...file]);
    console.log(`Tensight is open in VS Code (${seconds()} s).`);
    return;
  }

  const { startServer } = await import('./vscode/server.mjs');
  const server = await startServer({ port, installed: root, driven: false });
  const url = server.url(open === undefined ? { folder } : { folder, file: open });
  await fetch(url); // listening is not yet answering
  console.log(`Tensight is ready: ${url}`);
  console.log(`(${seconds()} s; Ctrl+C ends it)`);
  if (hasScreen() && !values['no-open']) openBrowser(url);

  const interrupted = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
  try {
    await Promise.race([interrupted, server.died]);
  } finally {
    await server.stop();
  }
});

function seconds() {
  return ((Date.now() - started) / 1000).toFixed(1);
}

function hasScreen() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** @param {string} url */
function openBrowser(url) {
  const [command = '', ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""']
        : ['xdg-open'];
  // The address is printed, so a machine without an opener loses nothing.
  spawn(command, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
