// Every test, from a fresh clone on. `npm test`, or `node scripts/test.mjs STAGE… [-- NAME]` for some of the stages:
// types, lint, docs, build, unit, golden, vscode, e2e. NAME filters the tests of unit, golden, vscode and e2e.

import { rmSync } from 'node:fs';
import { fromRoot } from './lib/paths.mjs';
import { endChildren, main, SetupError } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

await main(async () => {
  await ensureDependencies();
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      endChildren();
      process.exit(1);
    });
  }
  const { stages } = await import('./test/stages.mjs');
  const { addCounts, closingLine, NOTHING } = await import('./test/counts.mjs');

  const args = process.argv.slice(2);
  const separator = args.includes('--') ? args.indexOf('--') : args.length;
  const filter = args[separator + 1];
  const names = args.slice(0, separator);
  const unknown = names.filter((name) => !(name in stages));
  if (unknown.length > 0)
    throw new SetupError(`No stage "${unknown[0]}"; there are ${Object.keys(stages).join(', ')}.`);

  rmSync(fromRoot('.cache', 'results'), { recursive: true, force: true });
  const started = Date.now();
  let total = NOTHING;
  /** @type {string[]} */
  const failed = [];
  for (const [name, { title, needs = [], run }] of Object.entries(stages)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`\n━━ ${title}`);
    const start = Date.now();
    // A stage that could not run counts as one failure: it must not look like a pass.
    const missing = needs.find((stage) => failed.includes(stage));
    const counts = missing
      ? { ...NOTHING, failed: 1, note: `not run, since ${missing} failed` }
      : await run(filter).catch((error) => ({
          ...NOTHING,
          failed: 1,
          note: error instanceof SetupError ? error.message : error.stack,
        }));
    if (counts.failed > 0) failed.push(name);
    total = addCounts(total, counts);
    if ('note' in counts) console.error(counts.note);
    console.log(`── ${name}: ${closingLine(counts)} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  }
  console.log(
    `\n${((Date.now() - started) / 1000).toFixed(0)} s${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`,
  );
  console.log(closingLine(total));
  // A vitest filter or an empty selection must not pass for a test run.
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
});
