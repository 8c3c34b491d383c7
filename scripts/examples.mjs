// Trains every model under examples/ and prints what it came to. `npm run examples`, or `npm run examples -- NAME…` for files
// whose name holds one of the names.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fromRoot } from './lib/paths.mjs';
import { main } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

await main(async () => {
  await ensureDependencies();
  await bundleCommandLine();
  const names = process.argv.slice(2);
  const files = readdirSync(fromRoot('examples'))
    .filter((file) => file.endsWith('.model.ts'))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
  row('file', 'model', 'steps', 'loss', 's', 'result');
  let failed = 0;
  for (const file of files) {
    const { models, error } = await train(`examples/${file}`);
    for (const { name, losses, result, ms } of models) {
      const loss = `${short(losses[0])} → ${short(losses.at(-1))}`;
      const shown = Object.entries(result).map(([key, value]) => `${key}: ${short(value)}`);
      row(file.replace('.model.ts', ''), name, losses.length, loss, (ms / 1000).toFixed(1), shown.join(', '));
    }
    if (error !== '') {
      failed++;
      console.error(error);
    }
  }
  return failed > 0 ? 1 : 0;
});

/** Only what training needs, so that it is there in a second. */
async function bundleCommandLine() {
  const esbuild = await import('esbuild');
  const { bundles } = await import('./build/bundles.mjs');
  const wanted = bundles(false).filter(({ outfile }) => /^dist\/(engine|engine-worker|cli)\./.test(outfile ?? ''));
  await Promise.all(wanted.map((options) => esbuild.build({ ...options, logLevel: 'error' })));
}

/**
 * @typedef {{ name: string, losses: number[], result: Record<string, number | string>, ms: number }} Trained
 * @param {string} file
 * @returns {Promise<{ models: Trained[], error: string }>}
 */
function train(file) {
  const args = [fromRoot('dist', 'cli.mjs'), 'train', file, '--json'];
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: fromRoot(), maxBuffer: 2 ** 26 }, (error, out, err) =>
      done({ models: out === '' ? [] : JSON.parse(out).models, error: err || (error?.message ?? '') }),
    );
  });
}

/** @param {...(string | number)} cells */
function row(...cells) {
  const widths = [20, 30, 5, 17, 5];
  console.log(cells.map((cell, i) => String(cell).padEnd(widths[i] ?? 0)).join('  '));
}

/** @param {unknown} value */
function short(value) {
  return typeof value === 'number' ? String(Number(value.toPrecision(3))) : String(value);
}
