// The engine as it is now, so that nothing has to be built ahead.

import { basename, join } from 'node:path';
import { cache, fromRoot } from '../../scripts/lib/paths.mjs';

/** @returns {Promise<{ core: string, engine: string, host: string }>} the core alone, the engine's process, what starts it */
export async function bundleForMemory() {
  const esbuild = await import('esbuild');
  const { kernelsInBundle } = await import('../../scripts/build/kernels.mjs');
  const { engine: engineBundles } = await import('../../scripts/build/bundles.mjs');
  /** @type {(entry: string, name: string, more?: import('esbuild').BuildOptions) => Promise<string>} */
  const bundle = async (entry, name, more) => {
    const outfile = join(cache, 'memory', name);
    await esbuild.build({
      entryPoints: [fromRoot(entry)],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: name.endsWith('.mjs') ? 'esm' : 'cjs',
      // Babel, in ES modules, asks for its place.
      ...(name.endsWith('.mjs')
        ? {}
        : {
            define: { 'import.meta.url': '_importMetaUrl' },
            banner: { js: "const _importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
          }),
      logLevel: 'error',
      plugins: [kernelsInBundle],
      define: { 'import.meta.dirname': '__dirname' },
      ...more,
    });
    return outfile;
  };
  const [core, host, engine] = await Promise.all([
    bundle('bench/entry.ts', 'core.mjs', { define: {} }),
    bundle('bench/memory/host.ts', 'host.cjs'),
    ...engineBundles('').map(({ entryPoints, outfile = '', ...more }) =>
      bundle(String(/** @type {string[]} */ (entryPoints)[0]), basename(outfile), more),
    ),
  ]);
  return { core: core ?? '', engine: engine ?? '', host: host ?? '' };
}
