// Runs stages, says in their order how each went and how long it took, and ends with `N passed, M failed`.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { fromRoot } from '../lib/paths.mjs';
import { endChildren, SetupError } from '../lib/run.mjs';
import { addCounts, closingLine, NOTHING, skipsAsFailures } from './counts.mjs';

/** Where to write, beside showing them, the tests that failed. */
const summaryFile = process.env.TENSIGHT_TEST_SUMMARY;

/** @typedef {import('./counts.mjs').Result} Result */
/** @typedef {Result & { note?: string, took: number, log?: string | undefined }} Ran */
/**
 * @typedef {{ filter?: string | undefined, log?: string | undefined }} StageOptions `log`: a file to write to instead of showing it
 * @typedef {{ title: string, needs?: string[], aside?: boolean, run: (options: StageOptions) => Promise<Result> }} Stage
 *   `needs`: stages that it waits for, and without which it cannot pass; `aside`: it takes no lane, since it mostly waits for what is downloaded
 */

/**
 * @param {Readonly<Record<string, Stage>>} stages
 * @param {readonly string[]} args names of the stages to run, all where there are none; after `--`, a filter of test names
 * @param {{ skipsFail?: boolean, note?: string, lanes?: number }} [options] `note` stands above the closing line where every stage
 *   ran; `lanes`: how many stages run at a time, 1 unless told
 * @returns {Promise<number>} the exit code
 */
export async function runStages(stages, args, { skipsFail = false, note, lanes = 1 } = {}) {
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
  /** @type {string[]} */
  const failures = [];
  const selected = Object.entries(stages).filter(([name]) => names.length === 0 || names.includes(name));
  const lane = lanesOf(lanes);
  /** @type {Map<string, Promise<Ran>>} */
  const running = new Map();
  /** The one whose turn it is: it writes to the screen, those beside it to a file. */
  let shown = selected[0]?.[0];
  for (const [name, { needs = [], aside = false, run }] of selected) {
    const needed = needs.flatMap((need) => running.get(need) ?? []);
    running.set(
      name,
      Promise.all(needed).then((before) =>
        (aside ? now : lane)(async () => {
          const start = Date.now();
          // A stage that could not run counts as one failure: it must not look like a pass.
          const missing = needs.filter((need) => running.has(need))[before.findIndex(({ failed }) => failed > 0)];
          if (missing) return { ...NOTHING, failed: 1, note: `not run, since ${missing} failed`, took: 0 };
          const log = name === shown ? undefined : fromRoot('.cache', 'results', `${name}.log`);
          const ran = await run({ filter, log }).catch((error) => ({
            ...NOTHING,
            failed: 1,
            note: error instanceof SetupError ? error.message : error.stack,
          }));
          return { ...ran, took: Date.now() - start, log };
        }),
      ),
    );
  }
  for (const [name, stage] of selected) {
    shown = name;
    console.log(`\n━━ ${stage.title}`);
    const ran = /** @type {Ran} */ (await running.get(name));
    if (ran.log && existsSync(ran.log)) process.stdout.write(readFileSync(ran.log));
    if (ran.note) console.error(ran.note);
    const counts = skipsFail && filter === undefined ? skipsAsFailures(ran) : ran;
    if (counts.failed > 0) failed.push(name);
    const red = counts.failed > 0 ? (ran.failures ?? []) : [];
    for (const { name: test, message } of red) failures.push(`✗ ${test}\n${indented(message)}`);
    if (counts.failed > red.length)
      failures.push(`✗ ${name}: ${closingLine(counts)}${ran.note ? `\n${indented(ran.note)}` : ''}`);
    total = addCounts(total, counts);
    console.log(`── ${name}: ${closingLine(counts)} (${(ran.took / 1000).toFixed(1)} s)`);
  }
  // At the end too, where a long log is read first; and in a file, for a script that runs more than this one.
  const summary = failures.length === 0 ? '' : `\n${failures.slice(0, 30).join('\n')}\n`;
  if (summary) console.log(summary);
  if (summaryFile) writeFileSync(summaryFile, summary);
  console.log(
    `\n${((Date.now() - started) / 1000).toFixed(0)} s${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`,
  );
  if (note && names.length === 0) console.log(note);
  console.log(closingLine(total));
  // A vitest filter or an empty selection must not pass for a test run.
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
const now = (work) => work();

/** Runs at most so many at a time, first come, first served. @param {number} count */
function lanesOf(count) {
  let free = count;
  /** @type {(() => void)[]} */
  const waiting = [];
  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  return async (work) => {
    if (free > 0) free--;
    else await new Promise((/** @type {(value?: unknown) => void} */ resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/** The first lines of an error, without those of packages, set in. @param {string} message */
function indented(message) {
  const all = stripVTControlCharacters(message).split('\n');
  const lines = all.filter((line) => !/node_modules|node:internal/.test(line)).slice(0, 12);
  return lines.map((line) => `    ${line.slice(0, 300)}`).join('\n');
}
