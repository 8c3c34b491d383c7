// What is bundled from what, for whom.

import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fromRoot } from '../lib/paths.mjs';
import { kernelsInBundle } from './kernels.mjs';
import { lazyModules } from './lazy.mjs';

/** @typedef {import('esbuild').BuildOptions} BuildOptions */

/** VS Code 1.95 runs extensions on Node 20, and the command line promises the same. */
const NODE = 'node20';

/**
 * @param {boolean} production
 * @returns {BuildOptions[]}
 */
export function bundles(production) {
  /** @type {BuildOptions} */
  const common = {
    bundle: true,
    sourcemap: true,
    metafile: true,
    minify: production,
    legalComments: 'none',
    logLevel: 'silent',
    absWorkingDir: fromRoot(),
    plugins: [kernelsInBundle, lazyModules],
    alias: { tensight: fromRoot('core', 'index.ts') },
    define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
  };
  /** @type {BuildOptions} `import.meta.dirname` is written everywhere, and is the bundle's own folder in either format. */
  const cjs = {
    ...common,
    platform: 'node',
    target: NODE,
    format: 'cjs',
    define: { ...common.define, 'import.meta.dirname': '__dirname', 'import.meta.url': '_importMetaUrl' },
    // Packages in ES modules ask for their place.
    banner: { js: "const _importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  };

  return [
    { ...cjs, entryPoints: ['extension/client/main.ts'], outfile: 'dist/extension.cjs', external: ['vscode'] },
    { ...cjs, entryPoints: ['extension/server/main.ts'], outfile: 'dist/server.cjs' },
    ...engine('dist').map((options) => ({ ...cjs, ...options })),
    {
      ...cjs,
      entryPoints: ['extension/typescript-plugin/index.ts'],
      outfile: 'node_modules/tensight-typescript-plugin/index.js',
      // The TypeScript server wants the factory itself as the module.
      footer: { js: 'module.exports = module.exports.default ?? module.exports;' },
    },
    {
      ...common,
      entryPoints: ['extension/cli/main.ts'],
      outfile: 'dist/cli.mjs',
      platform: 'node',
      target: NODE,
      format: 'esm',
      // Packages in CommonJS keep asking for `require`.
      banner: {
        js: "#!/usr/bin/env node\nimport { createRequire as _createRequire } from 'node:module';\nconst require = _createRequire(import.meta.url);",
      },
    },
    {
      ...common,
      entryPoints: ['webview/main.tsx'],
      outfile: 'dist/webview.js',
      platform: 'browser',
      target: 'es2022',
      format: 'iife',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      // Icons are there with the style: a font that comes later would move what stands beside them.
      loader: { '.ttf': 'dataurl' },
    },
    {
      ...common,
      entryPoints: ['core/index.ts'],
      outfile: 'dist/tensight/index.js',
      // By its class's name a layer prints itself, and its arguments are checked.
      keepNames: true,
      platform: 'neutral',
      target: 'es2022',
      format: 'esm',
      minify: false,
    },
    {
      ...cjs,
      entryPoints: ['test/extension/suite/index.ts', ...suites()],
      outdir: 'dist/test',
      outExtension: { '.js': '.cjs' },
      external: ['vscode', 'mocha'],
      minify: false,
    },
  ];
}

/**
 * An engine: what its process starts with, and the worker that starts. They are found beside each other.
 *
 * @param {string} folder
 * @param {string} worker
 * @returns {BuildOptions[]}
 */
export function engine(folder, worker = 'extension/engine/worker.ts') {
  return [
    { entryPoints: ['extension/host/watch.ts'], outfile: `${folder}/engine.cjs` },
    {
      entryPoints: [worker],
      outfile: `${folder}/engine-worker.cjs`,
      // The names of layers' classes are shown to people, so they outlive minification.
      keepNames: true,
      // Each engine reads and holds its text: without comments it is a third of the size, for they are not all Latin-1.
      minifyWhitespace: true,
      lineLimit: 160,
    },
  ];
}

/** The editor's own tests, each a file for Mocha. */
function suites() {
  return readdirSync(fromRoot('test', 'extension', 'suite'))
    .filter((name) => name.endsWith('.suite.ts'))
    .map((name) => `test/extension/suite/${basename(name)}`);
}
