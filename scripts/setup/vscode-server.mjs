// A real VS Code out of npm packages alone, for machines without the desktop one: `code-server` carries VS Code's own
// server and workbench. It is no dependency of the project: its install script wants headers that most machines lack.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, fromRoot } from '../lib/paths.mjs';
import { mustRun, run, SetupError, which } from '../lib/run.mjs';

const VERSION = '4.139.1';
/** The ones the server cannot start or watch files without. */
const NATIVE_MODULES = ['@vscode/spdlog', '@vscode/native-watchdog', 'node-pty', '@parcel/watcher'];

const home = join(cache, `vscode-${VERSION}`);
const log = join(cache, 'logs', 'vscode-setup.log');
const serverIn = (/** @type {string} */ folder) => join(folder, 'node_modules', 'code-server', 'lib', 'vscode');

/**
 * The folder of VS Code's server (`out/server-main.js` is in it). Installs it the first time: about 40 seconds, 800 MB.
 * It is made in a folder of its own and then renamed, so what is there is whole, however the last install ended.
 */
export async function ensureVSCodeServer() {
  if (existsSync(home)) return serverIn(home);
  if (process.platform === 'win32') {
    throw new SetupError(
      'The npm-shipped VS Code does not run on Windows. Install VS Code and set TENSIGHT_VSCODE to Code.exe.',
    );
  }
  const started = Date.now();
  rmSync(log, { force: true });
  removeLeftovers();
  const folder = join(cache, `installing-vscode-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    await install(folder);
    // Another process may have been faster; its install is as good.
    if (!existsSync(home)) renameSync(folder, home);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`VS Code is set up (${Math.round((Date.now() - started) / 1000)} s).`);
  return serverIn(home);
}

/** @param {string} folder */
async function install(folder) {
  await ensureCompiler();
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const [node, missing] = nodeWithHeaders(folder);
  const env = { npm_config_nodedir: node, npm_config_audit: 'false', npm_config_fund: 'false' };
  const server = serverIn(folder);

  console.log(`Setting up VS Code (code-server ${VERSION} from npm; once, about a minute) …`);
  await npm(folder, 'the server', ['install', '--ignore-scripts', `code-server@${VERSION}`, ...missing]);
  await npm(server, 'its dependencies', ['install', '--omit=dev', '--ignore-scripts']);
  await npm(server, 'its native modules', ['rebuild', ...NATIVE_MODULES]);
  await npm(join(server, 'extensions'), 'the language features', ['install', '--omit=dev', '--ignore-scripts']);

  /** @param {string} cwd @param {string} part @param {string[]} args */
  async function npm(cwd, part, args) {
    console.log(`  ${part} …`);
    await mustRun('npm', args, { cwd, env, log, what: `Setting up VS Code, ${part}` });
  }
}

/**
 * The folder of the Node that runs the server, with the headers its native modules are compiled against, and the packages to be
 * installed for that. The `node` package brings it along, until an `npm install` in this checkout takes it for a stray and removes it.
 * @param {string} folder @returns {[folder: string, missing: string[]]}
 */
function nodeWithHeaders(folder) {
  const name = `node-${process.platform}-${process.arch}`;
  const own = fromRoot('node_modules', 'node', 'node_modules', name);
  if (existsSync(join(own, 'include'))) return [own, []];
  const { version } = JSON.parse(readFileSync(fromRoot('node_modules', 'node', 'package.json'), 'utf8'));
  return [join(folder, 'node_modules', name), [`${name}@${version}`]];
}

/** The native modules are compiled here. */
async function ensureCompiler() {
  const missing = ['g++', 'make', 'python3'].filter((tool) => !which(tool));
  if (missing.length === 0 || process.platform === 'darwin') return;
  if (process.getuid?.() === 0 && which('apt-get')) {
    console.log(`Installing ${missing.join(', ')} (apt-get) …`);
    const options = { log, env: { DEBIAN_FRONTEND: 'noninteractive' } };
    await run('apt-get', ['update'], options);
    await mustRun('apt-get', ['install', '-y', '--no-install-recommends', ...missing], options);
  } else {
    throw new SetupError(
      `Setting up VS Code needs ${missing.join(', ')}: install them, or VS Code itself and set TENSIGHT_VSCODE.`,
    );
  }
}

/** What interrupted installs left behind; a young folder may belong to one that still runs. */
function removeLeftovers() {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache).filter((entry) => entry.startsWith('installing-vscode-'))) {
    const path = join(cache, name);
    if (Date.now() - statSync(path).mtimeMs > 30 * 60_000) rmSync(path, { recursive: true, force: true });
  }
}
