// How long the first Run of a small model waits, and what idle engines hold: `npm run bench:start`.
//   -- --rounds N      fresh engines for each figure; 15 by default
//   -- --beside FOLDER another checkout of the project, built, in turns with this one
//   -- --json          one object a line: {"bench", "tree", "p50", "least", "unit"}
// The least of many rounds says most on a machine that does other work, too.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cache, fromRoot } from '../../scripts/lib/paths.mjs';
import { main } from '../../scripts/lib/run.mjs';
import { ensureDependencies } from '../../scripts/setup/dependencies.mjs';
import { bundleForMemory, bundleHost } from '../memory/bundle.mjs';
import { engineProcesses } from '../memory/engines.mjs';
import { megabytes } from '../memory/report.mjs';

const file = 'file:///first.model.ts';
const text = readFileSync(fromRoot('examples', 'gpt.model.ts'), 'utf8');

/** @typedef {typeof import('../memory/host.ts')} Host @typedef {InstanceType<Host['EngineHost']>} EngineHost */
/** @typedef {{ name: string, engine: string, host: Host, request: Parameters<EngineHost['run']>[0] }} Tree */
/** @typedef {{ bench: string, tree: string, unit: string, values: number[] }} Figure */

await main(async () => {
  await ensureDependencies();
  const flags = process.argv.slice(2);
  const after = (/** @type {string} */ flag) => (flags.includes(flag) ? flags[flags.indexOf(flag) + 1] : undefined);
  const trees = [await here()];
  const other = after('--beside');
  if (other !== undefined) trees.unshift(await beside(resolve(other)));
  /** @type {Figure[]} */
  const figures = [];
  for (let round = Number(after('--rounds') ?? 15); round > 0; round--)
    for (const tree of trees) await measure(tree, (bench, unit, value) => note(figures, bench, tree.name, unit, value));
  const rows = figures.map(({ values, ...figure }) => {
    const sorted = values.sort((a, b) => a - b);
    return { ...figure, p50: tidy(sorted[sorted.length >> 1]), least: tidy(sorted[0]) };
  });
  if (flags.includes('--json')) for (const row of rows) console.log(JSON.stringify(row));
  else console.table(rows);
  return 0;
});

/** @returns {Promise<Tree>} */
async function here() {
  const { engine, host } = await bundleForMemory();
  return treeOf('here', engine, host);
}

/** @param {string} folder @returns {Promise<Tree>} */
async function beside(folder) {
  return treeOf(
    'beside',
    join(folder, 'dist', 'engine.cjs'),
    await bundleHost(folder, join(cache, 'memory', 'beside.cjs')),
  );
}

/** @param {string} name @param {string} engine @param {string} bundle @returns {Promise<Tree>} */
async function treeOf(name, engine, bundle) {
  /** @type {Host} */
  const host = await import(pathToFileURL(bundle).href);
  const { modules, sites, problems } = new host.SourceCompiler().compile(file, { read: () => text });
  if (problems.length > 0) throw new Error(problems[0]?.message);
  return { name, engine, host, request: { run: 1, mode: 'forward', entry: file, modules, sites, fallback: true } };
}

/** Each state once, in engines of its own. @param {Tree} tree @param {(bench: string, unit: string, value: number) => void} tell */
async function measure({ engine: script, host, request }, tell) {
  const start = () => new host.EngineHost({ script, memoryLimit: 2048 });
  const run = async (/** @type {EngineHost} */ engine, /** @type {string} */ state) => {
    const began = performance.now();
    const { problems } = await engine.run(request, { timeoutMs: 60_000 });
    tell(`first Run, ${state}`, 'ms', performance.now() - began);
    if (problems.length > 0) throw new Error(problems[0]?.message);
    await engine.dispose();
  };
  await run(start(), 'nothing started');

  const up = start();
  const began = performance.now();
  await up.warmUp();
  tell('an engine starts', 'ms', performance.now() - began);
  await run(up, 'engine up');

  const two = [start(), start()];
  await Promise.all(two.map((engine) => engine.warmUp()));
  await two[0]?.rehearse();
  for (const [i, { pid }] of engineProcesses().entries())
    for (const [name, value] of memoryOf(pid)) tell(`idle, ${i === 0 ? 'rehearsed' : 'up'}: ${name}`, 'MB', value);
  await two[1]?.dispose();
  if (two[0] !== undefined) await run(two[0], 'rehearsed');
}

/** What a process holds, and its part of it where pages are shared. @param {number} pid @returns {[name: string, megabytes: number][]} */
function memoryOf(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return ['Rss', 'Pss'].map((name) => {
    const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup) ?? [];
    return [name.toUpperCase(), megabytes(1024 * Number(kilobytes))];
  });
}

/** @param {Figure[]} figures @param {string} bench @param {string} tree @param {string} unit @param {number} value */
function note(figures, bench, tree, unit, value) {
  const known = figures.find((figure) => figure.bench === bench && figure.tree === tree);
  if (known === undefined) figures.push({ bench, tree, unit, values: [value] });
  else known.values.push(value);
}

function tidy(value = Number.NaN) {
  return Number(value.toPrecision(3));
}
