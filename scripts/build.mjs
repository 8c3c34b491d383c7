// Builds everything into dist/ (and the TypeScript plugin into node_modules/, where VS Code looks for it).
// node scripts/build.mjs [--watch] [--production]

import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromRoot, readManifest } from './lib/paths.mjs';
import { main, SetupError } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

/** @param {{ watch?: boolean, production?: boolean }} [options] Resolves when everything is built, with `watch` when it was built once. */
export async function build({ watch = false, production = false } = {}) {
  const esbuild = await import('esbuild');
  const { bundles } = await import('./build/bundles.mjs');
  const { writeNotices } = await import('./build/notices.mjs');
  const { emitTypes } = await import('./build/types.mjs');
  const started = performance.now();
  if (production) rmSync(fromRoot('dist'), { recursive: true, force: true });
  writePluginManifest();

  const wanted = bundles(production);
  const progress = watch ? watchProgress(wanted.length) : { start() {}, end() {} };
  let failed = 0;
  if (watch) {
    const contexts = await Promise.all(wanted.map((options) => esbuild.context(withReport(options))));
    await Promise.all(contexts.map((context) => context.watch()));
  } else {
    const results = await Promise.allSettled(wanted.map((options) => esbuild.build(withReport(options))));
    failed = results.filter(({ status }) => status === 'rejected').length;
    await emitTypes();
    // Of what is handed on: the editor's own tests are not.
    const metafiles = results.flatMap((result, i) =>
      result.status === 'fulfilled' && result.value.metafile && wanted[i]?.outdir === undefined
        ? [result.value.metafile]
        : [],
    );
    if (failed === 0) writeNotices(metafiles);
  }
  if (failed > 0) throw new SetupError(`${failed} of ${wanted.length} bundles failed.`);
  if (!watch) console.log(`Built ${wanted.length} bundles in ${Math.round(performance.now() - started)} ms.`);

  /** @param {import('esbuild').BuildOptions} options */
  function withReport(options) {
    /** @type {import('esbuild').Plugin} */
    const report = {
      name: 'report',
      setup(bundle) {
        bundle.onStart(progress.start);
        bundle.onEnd(async ({ errors, warnings }) => {
          await show('error', errors);
          await show('warning', warnings);
          if (errors.length === 0 && options.outfile === 'dist/cli.mjs') chmodSync(fromRoot('dist', 'cli.mjs'), 0o755);
          if (watch && errors.length === 0 && options.outfile?.includes('tensight/index')) await emitTypes();
          progress.end();
        });
      },
    };
    return { ...options, plugins: [...(options.plugins ?? []), report] };
  }

  /** @param {'error' | 'warning'} kind @param {import('esbuild').Message[]} messages */
  async function show(kind, messages) {
    const color = process.stdout.isTTY ?? false;
    for (const line of await esbuild.formatMessages(messages, { kind, color })) console.error(line);
  }
}

/**
 * Says when all bundles are built: .vscode/tasks.json waits for these lines.
 * @param {number} bundles how many begin at once
 */
function watchProgress(bundles) {
  let beginning = bundles;
  let running = bundles;
  console.log('[watch] build started');
  return {
    start() {
      if (beginning > 0) beginning--;
      else if (running++ === 0) console.log('[watch] build started');
    },
    end() {
      if (--running === 0) console.log('[watch] build finished');
    },
  };
}

/** The plugin is found as a package of the extension's own, so it needs a manifest; only the build writes one. */
function writePluginManifest() {
  const { version, license } = readManifest();
  const folder = fromRoot('node_modules', 'tensight-typescript-plugin');
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'tensight-typescript-plugin', version, license, main: 'index.js' };
  writeFileSync(`${folder}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await ensureDependencies();
    await build({ watch: process.argv.includes('--watch'), production: process.argv.includes('--production') });
  });
}
