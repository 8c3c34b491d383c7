import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { engine } from '../../../scripts/build/bundles.mjs';
import { kernelsInBundle } from '../../../scripts/build/kernels.mjs';

const root = resolve(import.meta.dirname, '../../..');

/**
 * Bundles the engine as it is now, so that these tests need no build before them; with its kernels where a test is about those,
 * minified, as it is shipped, where it is about memory, with another worker where it is about the process around it.
 */
export async function bundleEngine({
  kernels = false,
  worker = 'extension/engine/worker.ts',
  into = '',
  minify = false,
} = {}): Promise<{
  script: string;
  dispose(): void;
}> {
  const folder = into === '' ? mkdtempSync(join(tmpdir(), 'tensight-engine-')) : into;
  for (const options of engine(folder, worker))
    await build({
      ...options,
      absWorkingDir: root,
      bundle: true,
      minify,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      define: { 'import.meta.dirname': '__dirname' },
      plugins: kernels ? [kernelsInBundle] : [],
      logLevel: 'error',
    });
  return { script: join(folder, 'engine.cjs'), dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
