// Starts the npm-shipped VS Code on a free port, with an extension under development in it.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromRoot } from '../lib/paths.mjs';
import { SetupError } from '../lib/run.mjs';
import { ensureVSCodeServer } from '../setup/vscode-server.mjs';

/** A clean screen: nothing that greets, advises, updates or asks. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'git.openRepositoryInParentFolders': 'never',
};

/** How long the server may take before it listens. */
const START_LIMIT = 30_000;

/**
 * @typedef {object} VSCodeServer
 * @property {number} port
 * @property {(window: { folder: string, extension: string, tests?: string | undefined }) => string} url the address of a window on
 *   `folder` in which the extension is loaded; with `tests`, that suite runs and the window reports its exit code
 * @property {Promise<never>} died rejects when the server ends although nobody stopped it
 * @property {() => Promise<void>} stop ends every process of it and removes its data folder
 */

/**
 * @param {{ port?: number, untrusted?: boolean, settings?: Record<string, unknown>, env?: NodeJS.ProcessEnv }} [options] `untrusted`:
 *   folders are not trusted until somebody says so
 * @returns {Promise<VSCodeServer>}
 */
export async function startServer({ port = 0, untrusted = false, settings = {}, env = {} } = {}) {
  const server = await ensureVSCodeServer();
  const data = mkdtempSync(join(tmpdir(), 'tensight-vscode-'));
  mkdirSync(join(data, 'data', 'User'), { recursive: true });
  writeFileSync(join(data, 'data', 'User', 'settings.json'), JSON.stringify({ ...QUIET_SETTINGS, ...settings }));

  // VS Code takes themes from under the folder of an extension under development to be that extension's, and prefers them to
  // the user's; its own lie in our .cache, so it must know them by another path.
  const builtin = join(data, 'builtin');
  symlinkSync(join(server, 'extensions'), builtin, 'junction');

  const args = ['out/server-main.js', '--host', '127.0.0.1', '--port', String(port), '--without-connection-token'];
  // Without the smoke test driver the workbench ignores the extension paths in its address.
  args.push(
    '--accept-server-license-terms',
    '--enable-smoke-test-driver',
    '--disable-telemetry',
    '--server-data-dir',
    data,
  );
  args.push('--builtin-extensions-dir', builtin);
  if (!untrusted) args.push('--disable-workspace-trust');

  const guard = spawn(process.execPath, [fromRoot('scripts', 'vscode', 'guard.mjs'), data, process.execPath, ...args], {
    cwd: server,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => guard.once('close', resolve));
  let stopped = false;
  /** @type {Promise<never>} */
  const died = new Promise((_, reject) => {
    ended.then(() => stopped || reject(new Error(`VS Code’s server ended.\n${said}`)));
  });
  died.catch(() => {}); // nobody need wait for it
  let said = '';
  const stop = async () => {
    stopped = true;
    guard.stdin.end();
    await ended;
  };

  /** @type {Promise<number>} */
  const listening = new Promise((resolve) => {
    /** @param {Buffer} chunk */
    const hear = (chunk) => {
      said = (said + chunk).slice(-4000);
      const match = /Extension host agent listening on (\d+)/.exec(said);
      if (match) resolve(Number(match[1]));
    };
    guard.stdout.on('data', hear);
    guard.stderr.on('data', hear);
  });
  const late = new Promise((_, reject) => {
    const timer = setTimeout(
      () => reject(new SetupError(`VS Code’s server did not start in time.\n${said}`)),
      START_LIMIT,
    );
    listening.finally(() => clearTimeout(timer));
    died.catch(() => clearTimeout(timer));
  });
  try {
    const actualPort = /** @type {number} */ (await Promise.race([listening, late, died]));
    return { port: actualPort, url: (window) => windowAddress(actualPort, window), died, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {number} port
 * @param {{ folder: string, extension: string, tests?: string | undefined }} window
 */
function windowAddress(port, { folder, extension, tests }) {
  const host = `127.0.0.1:${port}`;
  const remote = (/** @type {string} */ path) => `vscode-remote://${host}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(extension)],
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
    ['skipWelcome', 'true'],
  ];
  return `http://${host}/?folder=${encodeURI(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}
