// Runs one of vitest's projects and reads its counts.

import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fromRoot, root } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { NOTHING } from './counts.mjs';

/**
 * @param {string} project
 * @param {{ filter?: string | undefined, files?: readonly string[], reporters?: readonly string[], env?: NodeJS.ProcessEnv, log?: string | undefined, workers?: number }} [options]
 *   `files`: those alone whose path holds one of these; `workers`: as many files at a time
 */
export async function runVitest(project, { filter, files = [], reporters = ['default'], env, log, workers } = {}) {
  const results = fromRoot('.cache', 'results', `${project}.json`);
  const args = ['run', ...files, '--project', project, '--reporter=json', `--outputFile.json=${results}`];
  for (const reporter of reporters) args.push(`--reporter=${reporter}`);
  if (workers) args.push(`--maxWorkers=${workers}`);
  if (filter) args.push('--testNamePattern', filter);
  const code = await run('vitest', args, { env, log });
  const counts = existsSync(results) ? countResults(JSON.parse(readFileSync(results, 'utf8'))) : NOTHING;
  // Failures that belong to no test: an error after the last one, a file that cannot be loaded, no file at all.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * @typedef {{ status: string, fullName: string, failureMessages?: string[] }} TestResult
 * @param {{ testResults: { name: string, status: string, message?: string, assertionResults: TestResult[] }[] }} report
 * @returns {import('./counts.mjs').Result}
 */
function countResults({ testResults }) {
  const tests = testResults.flatMap((file) => file.assertionResults);
  const count = (/** @type {string} */ status) => tests.filter((test) => test.status === status).length;
  const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const passed = count('passed');
  const failed = count('failed');
  const failures = testResults.flatMap((file) => {
    const name = relative(root, file.name);
    if (unloaded.includes(file)) return [{ name, message: file.message ?? '' }];
    const red = file.assertionResults.filter((test) => test.status === 'failed');
    return red.map((test) => ({ name: `${name}: ${test.fullName}`, message: (test.failureMessages ?? []).join('\n') }));
  });
  return { passed, failed: failed + unloaded.length, skipped: tests.length - passed - failed, failures };
}
