import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { engine } from '../../../scripts/build/bundles.mjs';
import { kernelsInBundle } from '../../../scripts/build/kernels.mjs';
import { temporaryFolder } from '../../harness/temporary.ts';

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
  const own = into === '' ? temporaryFolder('engine') : undefined;
  const folder = own?.path ?? into;
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
  return { script: join(folder, 'engine.cjs'), dispose: () => own?.dispose() };
}
