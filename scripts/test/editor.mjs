// Runs the suite inside VS Code's own extension host.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fromRoot } from '../lib/paths.mjs';
import { NOTHING } from './counts.mjs';

/** @param {string} [filter] only tests whose name holds this */
export async function runEditorSuite(filter) {
  const { runTests } = await import('@vscode/test-electron');
  const results = fromRoot('.cache', 'results', 'vscode.json');
  mkdirSync(dirname(results), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'tensight-suite-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const executable = vscodeExecutable();
  const passed = await runTests({
    ...(executable ? { vscodeExecutablePath: executable } : {}),
    extensionDevelopmentPath: fromRoot(),
    extensionTestsPath: fromRoot('dist', 'test', 'index.cjs'),
    extensionTestsEnv: { TENSIGHT_SUITE_RESULTS: results, TENSIGHT_GREP: filter },
    launchArgs: [folder],
  })
    .then(() => true)
    .catch((error) => {
      console.error(error instanceof Error ? error.message : error);
      return false;
    });
  /** @type {import('./counts.mjs').Result} */
  const counts = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : NOTHING;
  return !passed && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * The VS Code to test in: the one that TENSIGHT_VSCODE names, or the desktop one that test-electron downloads
 * (`undefined`) when TENSIGHT_VSCODE_DOWNLOAD=1, else the npm-shipped one.
 */
function vscodeExecutable() {
  if (process.env.TENSIGHT_VSCODE) return process.env.TENSIGHT_VSCODE;
  return process.env.TENSIGHT_VSCODE_DOWNLOAD === '1' ? undefined : fromRoot('scripts', 'code-host.mjs');
}
