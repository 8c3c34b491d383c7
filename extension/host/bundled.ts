/** Files that are part of the extension, read at once: what the editor waits for needs no round trip through it. */
import { readFileSync } from 'node:fs';

/** Throws where the extension is incomplete. */
export function readBundled(path: string): string {
  return readFileSync(path, 'utf8');
}
