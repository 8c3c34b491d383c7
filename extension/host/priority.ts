import { constants, setPriority } from 'node:os';

/**
 * Lets the editor go first, yet not alone: with the lowest priority of all, work beside a build on every core comes to nothing, and to
 * its time limit. On Linux a priority is a thread's own, and that of the threads it starts from now on; elsewhere it is the whole
 * process's, which is the engine's.
 */
export function lowerPriority(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
