// The entry that VS Code calls inside its extension host: runs every `*.suite.ts` beside this file with Mocha.

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** Resolves when all tests passed. Counts go to the file that `scripts/test.mjs` names. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', color: false, timeout: 150_000, slow: 2_000 });
  const grep = process.env.TENSIGHT_GREP;
  if (grep) mocha.grep(grep);
  const folder = import.meta.dirname;
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.suite.cjs')) mocha.addFile(join(folder, name));
  }

  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: { name: string; message: string }[] = [];
  await new Promise<void>((done) => {
    const runner = mocha.run(() => done());
    runner.on('pass', () => counts.passed++);
    runner.on('fail', (test, error) => {
      counts.failed++;
      failures.push({ name: test.fullTitle(), message: String(error?.stack ?? error) });
    });
    runner.on('pending', () => counts.skipped++);
  });
  const results = process.env.TENSIGHT_SUITE_RESULTS;
  if (results) writeFileSync(results, JSON.stringify({ ...counts, failures }));
  if (counts.failed > 0) throw new Error(`${counts.failed} tests failed in the editor.`);
}
