// The engine as it is now, so that nothing has to be built ahead.

import { join } from 'node:path';
import { cache, fromRoot } from '../../scripts/lib/paths.mjs';

/** @returns {Promise<{ core: string, engine: string, host: string }>} the core alone, the engine's process, what starts it */
export async function bundleForMemory() {
  const { engine: engineBundles } = await import('../../scripts/build/bundles.mjs');
  const [core, host, engine] = await Promise.all([
    bundle(fromRoot('bench', 'entry.ts'), join(cache, 'memory', 'core.mjs')),
    bundleHost(fromRoot(), join(cache, 'memory', 'host.cjs')),
    ...engineBundles(join(cache, 'memory')).map(({ entryPoints, outfile = '', ...more }) =>
      bundle(fromRoot(String(/** @type {string[]} */ (entryPoints)[0])), outfile, more),
    ),
  ]);
  return { core: core ?? '', engine: engine ?? '', host: host ?? '' };
}

/** What starts engines, of the checkout in `root`. @param {string} root @param {string} outfile */
export function bundleHost(root, outfile) {
  return bundle(join(root, 'bench', 'memory', 'host.ts'), outfile);
}

/** @param {string} entry @param {string} outfile @param {import('esbuild').BuildOptions} [more] @returns {Promise<string>} */
async function bundle(entry, outfile, more) {
  const esbuild = await import('esbuild');
  const { kernelsInBundle } = await import('../../scripts/build/kernels.mjs');
  const isModule = outfile.endsWith('.mjs');
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: isModule ? 'esm' : 'cjs',
    logLevel: 'error',
    plugins: [kernelsInBundle],
    // Packages in ES modules ask for their place.
    ...(isModule
      ? {}
      : {
          define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '_importMetaUrl' },
          banner: { js: "const _importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
        }),
    ...more,
  });
  return outfile;
}
