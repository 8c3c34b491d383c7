// Runs stages in order, says how long each took, and ends with `N passed, M failed`.

import { rmSync } from 'node:fs';
import { fromRoot } from '../lib/paths.mjs';
import { endChildren, SetupError } from '../lib/run.mjs';
import { addCounts, closingLine, NOTHING, skipsAsFailures } from './counts.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */
/** @typedef {{ title: string, needs?: string[], run: (filter?: string) => Promise<Counts> }} Stage */

/**
 * @param {Readonly<Record<string, Stage>>} stages
 * @param {readonly string[]} args names of the stages to run, all where there are none; after `--`, a filter of test names
 * @param {{ skipsFail?: boolean, note?: string }} [options] `note` stands above the closing line where every stage ran
 * @returns {Promise<number>} the exit code
 */
export async function runStages(stages, args, { skipsFail = false, note } = {}) {
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      endChildren();
      process.exit(1);
    });
  }
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
    const ran = missing
      ? { ...NOTHING, failed: 1, note: `not run, since ${missing} failed` }
      : await run(filter).catch((error) => ({
          ...NOTHING,
          failed: 1,
          note: error instanceof SetupError ? error.message : error.stack,
        }));
    if ('note' in ran) console.error(ran.note);
    const counts = skipsFail && filter === undefined ? skipsAsFailures(ran) : ran;
    if (counts.failed > 0) failed.push(name);
    total = addCounts(total, counts);
    console.log(`── ${name}: ${closingLine(counts)} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  }
  console.log(
    `\n${((Date.now() - started) / 1000).toFixed(0)} s${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`,
  );
  if (note && names.length === 0) console.log(note);
  console.log(closingLine(total));
  // A vitest filter or an empty selection must not pass for a test run.
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}
