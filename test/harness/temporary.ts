/**
 * Folders of tests. Each names its process: one that a test could not remove, because it was killed or failed on its way, is removed by the
 * next process that makes one.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const named = /^tensight-test-(\d+)-/;
let swept = false;

/** A new folder; `name` says whose. */
export function temporaryFolder(name: string): { readonly path: string; dispose(): void } {
  if (!swept) sweep();
  swept = true;
  const path = mkdtempSync(join(tmpdir(), `tensight-test-${process.pid}-${name}-`));
  const dispose = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', dispose);
  return {
    path,
    dispose() {
      process.off('exit', dispose);
      dispose();
    },
  };
}

/** Removes what processes that are gone have left. */
export function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(named.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's lives, too.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
