import { constants, setPriority } from 'node:os';

/** Asked while there still is a `process`: model code does not get to see it. */
const onLinux = process.platform === 'linux';

/**
 * Lets the other threads of this process go first. On Linux a priority is a thread's own; elsewhere it is the whole process's, whose
 * other threads are those that are to go first, so it is left as it is.
 */
export function goLast(): void {
  if (onLinux) setPriority(constants.priority.PRIORITY_LOW);
}
