// Random cases against the plain backend and PyTorch: `npm run fuzz`.
//   -- --seconds N   for so long (60)
//   -- --cases N     so many, and then no longer
//   -- --seed S      the same cases for the same seed (1)
//   -- --only NAME   operations, calls and layers whose name begins so
//   -- --with-pytorch, --without-pytorch   fail where there is none; do not look for it

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cache, fromRoot } from './lib/paths.mjs';
import { main } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

await main(async () => {
  await ensureDependencies();
  const esbuild = await import('esbuild');
  const { kernelsInBundle } = await import('./build/kernels.mjs');
  const outfile = join(cache, 'fuzz', `${process.pid}.mjs`);
  mkdirSync(join(cache, 'fuzz'), { recursive: true });
  await esbuild.build({
    entryPoints: [fromRoot('test', 'fuzz', 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
    plugins: [kernelsInBundle],
  });
  try {
    await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
});
