/** Source files on disk: regular files only, so that nothing that is read can block or go on for ever. */
import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { longestText, tooLong, UnreadableError } from '../compiler/host.ts';

/** No such file, or a name no file can have. */
const missing: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

const reasons: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  EACCES: ['permission denied', 'Check the permissions of the file.'],
  EPERM: ['permission denied', 'Check the permissions of the file.'],
  EBUSY: ['another program keeps it locked', 'Close that program, then edit this file again.'],
  ELOOP: ['its symbolic links go in a circle', 'Point the link at a file.'],
  EMFILE: ['too many files are open', 'Close some programs, then edit this file again.'],
  ENFILE: ['too many files are open', 'Close some programs, then edit this file again.'],
};

/** The text of the file a URI is of. undefined where there is none, or none on this disk; throws UnreadableError where it can't be read. */
export function readUri(uri: string): string | undefined {
  const path = pathOf(uri);
  return path === undefined ? undefined : readSource(path);
}

/** undefined where no path is meant: another scheme, another computer, an encoded slash. */
function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch (error) {
    if (error instanceof TypeError || error instanceof URIError) return undefined;
    throw error;
  }
}

/** The text of a file. undefined where there is none (a folder is none); throws UnreadableError where it can't be read. */
export function readSource(path: string): string | undefined {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return undefined;
    if (!stats.isFile())
      throw new UnreadableError("can't be read: it is not a regular file", 'Copy its text into a regular file.');
    if (stats.size > longestText(path) * mostBytesACharacter) throw tooLong(path, stats.size);
    return readText(path);
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (missing.has(code)) return undefined;
    const [why, hint] = reasons[code] ?? [error instanceof Error ? error.message : String(error), 'Check the file.'];
    throw new UnreadableError(`can't be read: ${why}`, hint);
  }
}

/** In UTF-8, of one UTF-16 unit. */
const mostBytesACharacter = 3;
const chunk = 1 << 16;

/** Reads to the end, or to where it is too long: a file may grow, or tell a wrong size. */
function readText(path: string): string {
  // Not blocking: it may have become a pipe since.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const most = longestText(path) * mostBytesACharacter;
    const parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      const part = Buffer.allocUnsafe(chunk);
      const count = readSync(file, part, 0, chunk, null);
      if (count === 0) break;
      parts.push(part.subarray(0, count));
      length += count;
      if (length > most) throw tooLong(path, length);
    }
    return Buffer.concat(parts).toString('utf8');
  } finally {
    closeSync(file);
  }
}
