// Runs the suite inside VS Code's own extension host, and reads its counts.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromRoot } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { NOTHING } from './counts.mjs';

/** @param {import('./run.mjs').StageOptions} options */
export async function runEditorSuite({ filter, log }) {
  const results = fromRoot('.cache', 'results', 'vscode.json');
  mkdirSync(dirname(results), { recursive: true });
  const args = [fromRoot('scripts', 'test', 'editor-host.mjs'), results, ...(filter ? [filter] : [])];
  const passed = (await run('node', args, { log })) === 0;
  /** @type {import('./counts.mjs').Result} */
  const counts = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : NOTHING;
  return !passed && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
