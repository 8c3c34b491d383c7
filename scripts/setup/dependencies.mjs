// Makes `npm start` and `npm test` work in a fresh clone. Node 20 built-ins only: this runs when nothing is installed yet.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fromRoot } from '../lib/paths.mjs';
import { endWithParent, mustRun, SetupError, toolEnvironment } from '../lib/run.mjs';

/** The Node that the scripts run on: VS Code 1.1xx's own major version, and the first to read TypeScript by itself. */
const NODE_MAJOR = 24;

/**
 * Installs what package-lock.json names if node_modules holds something else, then goes on under the project's own Node.
 * Call it first, and import anything that needs a package only after it.
 */
export async function ensureDependencies() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(`Node 20 or later is needed, this is ${process.versions.node}.`);
  }
  if (!dependenciesAreCurrent()) {
    console.log('Installing the dependencies (npm ci) …');
    await mustRun('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) await continueUnderOwnNode();
  if (process.env.TENSIGHT_CONTINUED === String(process.ppid)) endWithParent();
  process.env.PATH = toolEnvironment().PATH;
}

/** Compares package-lock.json with npm's own record of what it put into node_modules; no stamp of ours can be out of date. */
function dependenciesAreCurrent() {
  const ownNode = fromRoot('node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  const record = fromRoot('node_modules', '.package-lock.json');
  if (!existsSync(record) || !existsSync(ownNode)) return false;
  const wanted = JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && !installed[path]),
  );
}

/** Runs this same script again under node_modules/.bin/node, and ends as it ends. */
async function continueUnderOwnNode() {
  const own = fromRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const child = spawn(own, process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...toolEnvironment(), TENSIGHT_CONTINUED: String(process.pid) },
  });
  // Ctrl+C reaches both; only the child decides when it is done.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  }
  const code = await new Promise((resolve) =>
    child.on('close', (status, signal) => resolve(status ?? (signal ? 1 : 0))),
  );
  process.exit(code);
}
