// The suite inside VS Code's own extension host: `node editor-host.mjs RESULTS [NAME]`, the tests whose name holds this.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { fromRoot } from '../lib/paths.mjs';

const [results, filter] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tensight-suite-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const executable = vscodeExecutable();
try {
  await runTests({
    ...(executable ? { vscodeExecutablePath: executable } : {}),
    extensionDevelopmentPath: fromRoot(),
    extensionTestsPath: fromRoot('dist', 'test', 'index.cjs'),
    extensionTestsEnv: { TENSIGHT_SUITE_RESULTS: results, TENSIGHT_GREP: filter },
    launchArgs: [folder],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * The VS Code to test in: the one that TENSIGHT_VSCODE names, or the desktop one that test-electron downloads
 * (`undefined`) when TENSIGHT_VSCODE_DOWNLOAD=1, else the npm-shipped one.
 */
function vscodeExecutable() {
  if (process.env.TENSIGHT_VSCODE) return process.env.TENSIGHT_VSCODE;
  return process.env.TENSIGHT_VSCODE_DOWNLOAD === '1' ? undefined : fromRoot('scripts', 'code-host.mjs');
}
