import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { kernelsInBundle } from '../../../scripts/build/kernels.mjs';

const root = resolve(import.meta.dirname, '../../..');

/** Bundles the engine as it is now, so that these tests need no build before them; with its kernels where a test is about those. */
export async function bundleEngine({ kernels = false } = {}): Promise<{ script: string; dispose(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'tensight-engine-'));
  const script = join(folder, 'engine.cjs');
  await build({
    entryPoints: [join(root, 'extension/engine/worker.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    keepNames: true,
    plugins: kernels ? [kernelsInBundle] : [],
    logLevel: 'error',
  });
  return { script, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
