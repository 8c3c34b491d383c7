import type { Helpers } from '../../core/backends/wasm/index.ts';

/**
 * Helpers that are not started before there is work for them: each takes some 14 MB, and a processor while it starts. Nobody waits for a
 * helper, and until it comes the engine does its work alone.
 */
export function asleep({ count, start }: Helpers): Helpers {
  let waiting: Parameters<Helpers['start']>[] = [];
  let awake = false;
  return {
    count,
    start(...helper) {
      if (awake) start(...helper);
      else waiting.push(helper);
    },
    wake() {
      if (awake) return;
      awake = true;
      for (const helper of waiting) start(...helper);
      waiting = [];
    },
  };
}
