import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, fromRoot } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';

const file = join(cache, 'bench', 'peak.wasm');

/** Compiles the loop, once a run of the benches. */
export async function compilePeak() {
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'relaxed-simd'];
  await mustRun('asc', [fromRoot('bench', 'peak', 'peak.ts'), '-o', file, ...flags], {
    what: 'the loop of multiply-adds',
  });
}

/** @returns {{ run: (turns: number) => void, operations: number }} `operations`: of a turn */
export function loadPeak() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), { env: { abort() {} } });
  const { peak, operations } = /** @type {{ peak: Function, operations: () => number }} */ (
    /** @type {unknown} */ (exports)
  );
  return { run: (turns) => peak(turns, 0.5, 0.1), operations: operations() };
}
