// Random texts and programs through everything that reads them, faults printed with their texts.
// npm run fuzz:text -- [--count N] [--seed S] [--only compile|serve|inspect|programs|packages] [--packages FOLDER]
// --count is for compile; serve and programs take a tenth of it, inspect three thousandths.

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { build } from './build.mjs';
import { fromRoot } from './lib/paths.mjs';
import { main } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

await main(async () => {
  await ensureDependencies();
  await build();
  const esbuild = await import('esbuild');
  const outfile = fromRoot('.cache', 'fuzz-text.mjs');
  mkdirSync(fromRoot('.cache'), { recursive: true });
  await esbuild.build({
    entryPoints: [fromRoot('test', 'extension', 'texts', 'main.ts')],
    outfile,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error', external: ['typescript'] },
    banner: { js: "import { createRequire as _c } from 'node:module'; const require = _c(import.meta.url);" },
  });
  const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], {
    stdio: 'inherit',
    cwd: fromRoot(),
  });
  return status ?? 1;
});
