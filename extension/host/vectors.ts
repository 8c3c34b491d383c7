/** Vectors of 256 bits, as Node's V8 makes them: see core/backends/wasm/wide.ts. */
import { setFlagsFromString } from 'node:v8';
import type { WideVectors } from '../../core/backends/wasm/index.ts';

/** V8 reads flags when it compiles: so all of a module, by the compiler that it else keeps for what has run for a while. */
const atOnce = ['--no-liftoff', '--no-wasm-lazy-compilation'];
const wideFlag = '--experimental-wasm-revectorize';

/** `--flag` the other way. */
const off = (flag: string) => (flag.startsWith('--no-') ? flag.replace('--no-', '--') : flag.replace('--', '--no-'));

export const wideVectors: WideVectors = {
  // On this architecture alone. Which earlier versions have it is not known: they would print that they don't.
  known: process.arch === 'x64' && Number.parseInt(process.versions.v8, 10) >= 13,
  optimized(wide, compile) {
    const flags = wide ? [...atOnce, wideFlag] : atOnce;
    for (const flag of flags) setFlagsFromString(flag);
    try {
      return compile();
    } finally {
      for (const flag of flags) setFlagsFromString(off(flag));
    }
  },
  now: () => performance.now(),
};
