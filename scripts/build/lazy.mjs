// Modules of a bundle that are loaded when a function of theirs is first called.

import { dirname } from 'node:path';
import { fromRoot } from '../lib/paths.mjs';

/** What each exports, by its file. */
const lazy = new Map([[fromRoot('extension', 'compiler', 'transforms.ts'), ['transform']]]);

/** @type {import('esbuild').Plugin} */
export const lazyModules = {
  name: 'lazy',
  setup(bundle) {
    bundle.onResolve({ filter: /\/transforms\.ts$/ }, async ({ path, resolveDir, kind }) => {
      if (kind !== 'import-statement') return undefined;
      const resolved = await bundle.resolve(path, { resolveDir, kind: 'require-call' });
      return lazy.has(resolved.path) ? { path: resolved.path, namespace: 'lazy' } : undefined;
    });
    bundle.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
      // esbuild runs what is required where it is required.
      contents: (lazy.get(path) ?? [])
        .map((name) => `export const ${name} = (...args) => require(${JSON.stringify(path)}).${name}(...args);`)
        .join('\n'),
      resolveDir: dirname(path),
    }));
  },
};
