// Starts the npm-shipped VS Code on a free port.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fromRoot } from '../lib/paths.mjs';
import { SetupError } from '../lib/run.mjs';
import { ensureVSCodeServer } from '../setup/vscode-server.mjs';
import { windowAddress } from './address.mjs';
import { makeProfile } from './profile.mjs';

/** How long the server may take before it listens. */
const START_LIMIT = 120_000;

/**
 * @typedef {object} Options
 * @property {number} [port] a free one of the system's choice unless told
 * @property {boolean} [untrusted] folders are not trusted until somebody says so
 * @property {Record<string, unknown>} [settings] the user's
 * @property {string} [installed] the folder of an extension to have installed
 * @property {boolean} [driven] for tests: windows load extensions under development and run suites, but open no dialogs
 */

/**
 * @typedef {object} VSCodeServer
 * @property {number} port
 * @property {string} data its data folder, gone when it ends: a place for what should go with it
 * @property {(window: import('./address.mjs').Window) => string} url
 * @property {Promise<never>} died rejects when the server ends although nobody stopped it
 * @property {() => Promise<void>} stop ends every process of it and removes its data folder
 */

/** @param {Options} [options] @returns {Promise<VSCodeServer>} */
export async function startServer({ port = 0, untrusted = false, settings = {}, installed, driven = true } = {}) {
  const server = await ensureVSCodeServer();
  const { data, args } = makeProfile(server, { settings, installed, driven });
  // Whoever may talk to the server may run programs as this user: other users and web pages do not know the token.
  const token = randomBytes(16).toString('hex');
  args.push('--host', '127.0.0.1', '--port', String(port), '--connection-token', token);
  args.push('--accept-server-license-terms', '--disable-telemetry');
  // Without it the workbench ignores the extensions under development in its address.
  if (driven) args.push('--enable-smoke-test-driver');
  if (!untrusted) args.push('--disable-workspace-trust');

  const guard = spawn(
    process.execPath,
    [fromRoot('scripts', 'vscode', 'guard.mjs'), data, process.execPath, 'out/server-main.js', ...args],
    { cwd: server, detached: true, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let stopped = false;
  let said = '';
  const ended = new Promise((resolve) => guard.once('close', resolve));
  /** @type {Promise<never>} */
  const died = new Promise((_, reject) => {
    void ended.then(() => stopped || reject(new SetupError(`VS Code’s server ended.\n${said}`)));
  });
  died.catch(() => {}); // nobody need wait for it
  const stop = async () => {
    stopped = true;
    guard.stdin.end();
    await ended;
  };

  /** @type {Promise<number>} */
  const listening = new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new SetupError(`VS Code’s server did not start in time.\n${said}`)),
      START_LIMIT,
    );
    void ended.then(() => clearTimeout(limit));
    /** @param {Buffer} chunk */
    const hear = (chunk) => {
      said = (said + chunk).slice(-4000);
      const match = /Extension host agent listening on (\d+)/.exec(said);
      if (!match) return;
      clearTimeout(limit);
      resolve(Number(match[1]));
    };
    guard.stdout.on('data', hear);
    guard.stderr.on('data', hear);
  });
  try {
    const actualPort = await Promise.race([listening, died]);
    return { port: actualPort, data, url: (window) => windowAddress(actualPort, token, window), died, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
