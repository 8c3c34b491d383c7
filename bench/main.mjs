// How fast the engine is, beside others in the same run: `npm run bench`.
//   -- --setup       installs the peers into .cache/bench/ (they are no dependencies of the project)
//   -- --only NAME   benches whose name begins so (several: NAME,NAME)
//   -- --engines A,B only these engines
//   -- --json        one object a line: {"bench", "engine", "threads", "value", "unit"}
// Each engine is a process of its own. For each bench their outputs are compared, then they are timed in turns, and the
// figure is the median over the rounds.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cache, fromRoot } from '../scripts/lib/paths.mjs';
import { main, SetupError } from '../scripts/lib/run.mjs';
import { ensureDependencies } from '../scripts/setup/dependencies.mjs';
import { compare } from './compare.mjs';
import { engineNames, startEngine } from './engines.mjs';
import { compilePeak } from './peak/index.mjs';
import { installPeers } from './setup.mjs';
import { table } from './table.mjs';
import { benches } from './works.mjs';

const rounds = 5;
const msARound = 300;
/** Who needs longer for one pass is not compared, and who has taken this long over a bench's rounds has no more of them. */
const patienceMs = 20_000;

await main(async () => {
  await ensureDependencies();
  const flags = process.argv.slice(2);
  const after = (/** @type {string} */ flag) => flags[flags.indexOf(flag) + 1];
  if (flags.includes('--setup')) return installPeers();
  const only = flags.includes('--only') ? (after('--only') ?? '').split(',') : [''];
  const wanted = Object.entries(benches).filter(([name]) => only.some((start) => name.startsWith(start)));
  if (wanted.length === 0) throw new SetupError(`No bench "${only}"; there are ${Object.keys(benches).join(', ')}.`);
  const names = flags.includes('--engines') ? (after('--engines') ?? '').split(',') : engineNames;
  const json = flags.includes('--json');

  await Promise.all([bundle(), compilePeak()]);
  const engines = await startAll(names, json);
  const { head, row: line } = table(engines.map(({ name }) => name));
  if (!json) console.log(head());
  for (const [bench, { work, unit, floatOperations }] of wanted) {
    const ready = await prepareAll(bench, work, engines);
    /** @type {Map<string, number[]>} */
    const samples = new Map(ready.map(({ name }) => [name, []]));
    /** @type {Map<string, number>} */
    const spent = new Map();
    for (let round = 0; round < rounds; round++)
      for (const engine of ready) {
        const before = spent.get(engine.name) ?? 0;
        if (before > patienceMs) continue;
        const start = performance.now();
        const { value } = await engine.ask({ do: 'time', ms: msARound });
        spent.set(engine.name, before + performance.now() - start);
        if (value !== undefined) samples.get(engine.name)?.push(value);
      }
    /** @type {import('./table.mjs').Row[]} */
    const rows = [];
    for (const { name, threads } of ready) {
      const sorted = (samples.get(name) ?? []).sort((a, b) => a - b);
      const median = sorted[sorted.length >> 1];
      if (median === undefined) continue;
      const value = floatOperations === undefined ? median : floatOperations / median / 1e6;
      const row = { bench, engine: name, threads, value: Number(value.toPrecision(4)), unit };
      rows.push(row);
      // The same engine on more threads is a column of its own, and one engine in the data.
      if (json) console.log(JSON.stringify({ ...row, engine: name.replace(/-\d+$/, '') }));
    }
    if (!json && rows.length > 0) console.log(line(rows));
  }
  for (const { stop } of engines) stop();
});

async function bundle() {
  const esbuild = await import('esbuild');
  const { kernelsInBundle } = await import('../scripts/build/kernels.mjs');
  const outfile = join(cache, 'bench', 'tensight.mjs');
  mkdirSync(join(cache, 'bench'), { recursive: true });
  await esbuild.build({
    entryPoints: [fromRoot('bench', 'entry.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    supported: { 'from-base64': false },
    logLevel: 'error',
    plugins: [kernelsInBundle],
  });
  process.env.TENSIGHT_BUNDLE = pathToFileURL(outfile).href;
}

/** @param {readonly string[]} names @param {boolean} quiet */
async function startAll(names, quiet) {
  const engines = [];
  for (const name of names) {
    const engine = await startEngine(name);
    if ('absent' in engine) {
      if (!quiet) console.error(`${name} takes no part: ${engine.absent}`);
    } else engines.push(engine);
  }
  return engines;
}

/**
 * The engines that can do this work, all of them in agreement.
 * @param {string} bench @param {import('./works.mjs').Work} work @param {readonly import('./engines.mjs').Running[]} engines
 */
async function prepareAll(bench, work, engines) {
  const ready = [];
  /** @type {{ name: string, outputs: number[][] } | undefined} */
  let first;
  for (const engine of engines) {
    const { threads, absent } = await engine.ask({ do: 'prepare', work });
    const { outputs, absent: failed } =
      absent === undefined ? await engine.ask({ do: 'check' }, patienceMs) : { absent };
    if (outputs === undefined) {
      if (failed !== 'not there') console.error(`${bench}: ${engine.name} takes no part: ${failed}`);
      continue;
    }
    if (first === undefined) first = { name: engine.name, outputs };
    else compare(bench, first, { name: engine.name, outputs });
    ready.push({ ...engine, threads: threads ?? 1 });
  }
  return ready;
}
