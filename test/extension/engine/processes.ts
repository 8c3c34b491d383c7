/** The processes this one has started, as Linux knows them: what is looked at to see that none is left. */
import { readdirSync, readFileSync } from 'node:fs';

/** Engines that this process has started and that have not ended; a process that only waits for its parent to notice is none. */
export function engineProcesses(parent = process.pid): number[] {
  return numbersIn('/proc').filter((pid) => {
    const status = textOf(`/proc/${pid}/status`);
    const isChild = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) === parent;
    return isChild && !/^State:\s+Z/m.test(status) && textOf(`/proc/${pid}/cmdline`).includes('engine.cjs');
  });
}

/** Whether a process has ended; one that only waits for its parent to notice has. */
export function isGone(pid: number): boolean {
  const status = textOf(`/proc/${pid}/status`);
  return status === '' || /^State:\s+[ZX]/m.test(status);
}

/** Threads of a process that have this name. */
export function threadsOf(pid: number, name: string): number {
  return numbersIn(`/proc/${pid}/task`).filter((id) => textOf(`/proc/${pid}/task/${id}/comm`).trim() === name).length;
}

/** Milliseconds of a processor that a process has used; 0 of one that is gone. */
export function processorTimeOf(pid: number): number {
  // Behind its name, which may hold anything: state, then eleven numbers, then the time in its own code and in the system's, in hundredths.
  const [user = 0, system = 0] = textOf(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ').slice(11, 13).map(Number);
  return 10 * (user + system);
}

/** Bytes of memory a process holds. */
export function residentOf(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .map(Number)
      .filter((number) => number > 0);
  } catch {
    return [];
  }
}

/** Nothing where it ended while we looked. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
