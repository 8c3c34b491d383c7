// Whether memory stays bounded: `npm run memory`. Ends with 1 where it does not.
//   -- --only NAME  training, cycles, out-of-memory or shapes (several: NAME,NAME)
//   -- --json       one object a line: {"memory", "at", "rss", "live", …} for samples, {"memory", "holds", "says"} for verdicts
// Each part is a process of its own, so that one's garbage is not another's.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { fromRoot } from '../../scripts/lib/paths.mjs';
import { main, SetupError } from '../../scripts/lib/run.mjs';
import { ensureDependencies } from '../../scripts/setup/dependencies.mjs';
import { bundleForMemory } from './bundle.mjs';

const parts = ['training', 'cycles', 'out-of-memory', 'shapes'];

await main(async () => {
  await ensureDependencies();
  const flags = process.argv.slice(2);
  const only = flags.includes('--only') ? (flags[flags.indexOf('--only') + 1] ?? '').split(',') : parts;
  const unknown = only.find((name) => !parts.includes(name));
  if (unknown !== undefined) throw new SetupError(`No part "${unknown}"; there are ${parts.join(', ')}.`);
  const json = flags.includes('--json');
  const bundles = await bundleForMemory();
  let holds = true;
  for (const name of only) {
    if (!json) console.log(`\n${name}`);
    const code = await part(name, bundles, (line) => {
      if (json) return console.log(JSON.stringify({ memory: name, ...line }));
      const { holds: held, says, at, ...figures } = line;
      if (says !== undefined) return console.log(`  ${held ? 'holds' : 'FAILS'}: ${says}`);
      const cells = Object.entries(figures).map(([key, value]) => `${key} ${String(value).padStart(7)}`);
      console.log(`  ${String(at).padStart(6)}  ${cells.join('  ')}`);
    });
    holds &&= code === 0;
  }
  return holds ? 0 : 1;
});

/**
 * @typedef {{ at?: number, holds?: boolean, says?: string, [figure: string]: unknown }} Line
 * @param {string} name @param {{ core: string, engine: string, host: string }} bundles @param {(line: Line) => void} tell
 * @returns {Promise<number>} its exit code
 */
function part(name, { core, engine, host }, tell) {
  const child = spawn(process.execPath, ['--expose-gc', fromRoot('bench', 'memory', `${name}.mjs`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      TENSIGHT_BUNDLE: pathToFileURL(core).href,
      TENSIGHT_HOST: pathToFileURL(host).href,
      TENSIGHT_ENGINE: engine,
    },
  });
  createInterface({ input: child.stdout }).on('line', (line) => tell(JSON.parse(line)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
