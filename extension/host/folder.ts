/**
 * A folder for files that are nobody else's: what is too large to be sent from process to process. It goes with the process that opened it;
 * what a crash leaves behind is removed by an engine that sees its owner go (watch.ts), or else when the next one is opened.
 */
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrivateFolder } from './host.ts';

/** Names its process, so that it can be seen whether anybody still has it. */
const named = /^tensight-(\d+)-/;

export function openFolder(): PrivateFolder {
  sweep();
  // Only its owner may look into it, by mkdtemp's promise.
  const path = mkdtempSync(join(tmpdir(), `tensight-${process.pid}-`));
  return {
    path,
    remove: (file) => rmSync(file, { force: true }),
    dispose: () => removeFolder(path),
  };
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Writes a new file that only its owner may read. Throws where the disk has no room, or the folder is gone. */
export function writePrivate(folder: string, name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' });
  return file;
}

export function readPrivate(file: string): Uint8Array {
  return readFileSync(file);
}

/** Removes this person's folders whose processes are gone. */
function sweep(): void {
  const parent = tmpdir();
  for (const name of readdirSync(parent)) {
    const pid = named.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(parent, name);
    try {
      const { uid } = lstatSync(path);
      if (process.getuid === undefined || uid === process.getuid()) removeFolder(path);
    } catch {
      // Somebody else was quicker, or it is not ours to remove: it is in nobody's way.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
