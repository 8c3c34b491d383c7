// The engines' processes that this one has started, by what Linux says of them.

import { readdirSync, readFileSync } from 'node:fs';

/** @typedef {{ readonly pid: number, readonly bytes: number }} EngineProcess */

/** @returns {EngineProcess[]} those that have not ended, and the memory each holds */
export function engineProcesses() {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const value = (/** @type {string} */ key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      const isEngine =
        value('PPid') === process.pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('engine.cjs');
      return isEngine && value('VmRSS') > 0 ? [{ pid: Number(name), bytes: 1024 * value('VmRSS') }] : [];
    } catch {
      // No process, or it ended while we looked.
      return [];
    }
  });
}
