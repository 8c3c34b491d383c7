import { constants, setPriority } from 'node:os';

/**
 * Lets the editor go first. On Linux a priority is a thread's own, and that of the threads it starts from now on; elsewhere it is the whole
 * process's, which is the engine's.
 */
export function goLast(): void {
  setPriority(constants.priority.PRIORITY_LOW);
}
