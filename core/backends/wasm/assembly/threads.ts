/**
 * Work shared between threads that have this module on one memory. Whoever calls a kernel opens a *job*: a kind, arguments and
 * tasks that touch nothing of each other. Tasks are offered at once or as their operands get there. The caller takes tasks itself
 * until none are left, and waits only for helpers that are in the middle of one: a helper that has not started yet, or sleeps,
 * holds nothing up.
 *
 * The block in memory: whether a job is open, how many helpers are at it, the next task, how many are offered, a counter that
 * wakes helpers, kind, arguments, and which of the first tasks are done. Loads and stores of all but kind and arguments are
 * sequentially consistent, so a helper that signs on after the caller saw nobody there sees the job closed.
 */
const OPEN: usize = 0;
const ACTIVE: usize = 4;
const NEXT: usize = 8;
const TASKS: usize = 12;
const WAKE: usize = 16;
const KIND: usize = 20;
const ARGUMENTS: usize = 32;
const DONE: usize = 320;

/** Tasks of which it is known whether they are done. */
export const KNOWN_TASKS: i32 = 64;

/** Bytes of the block. */
export function blockSize(): i32 {
  return <i32>DONE + 4 * KNOWN_TASKS;
}

/** Turns of a loop for which a helper looks for the next job before it sleeps: tens of microseconds. */
const PATIENCE: i32 = 20000;

let block: usize = 0;
/** Threads in all; 1 where nobody helps. */
let threads: i32 = 1;
/** Which of them this is; the caller is the first. */
let own: i32 = 0;

/** Multiply-adds from which a job is shared. */
let worth: f64 = 0;

/** Tells the caller's module where the block is, how many threads there are, and from how many multiply-adds on they share. */
export function setThreads(at: usize, count: i32, least: f64): void {
  block = at;
  threads = count;
  worth = least;
}

// @ts-ignore: decorator
@inline export function worthSharing(): f64 {
  return worth;
}

/** Where a job's arguments stand, for those who write them from outside. */
export function argumentsAt(): usize {
  return block + ARGUMENTS;
}

// @ts-ignore: decorator
@inline export function ownThread(): i32 {
  return own;
}

// @ts-ignore: decorator
@inline export function threadCount(): i32 {
  return threads;
}

// @ts-ignore: decorator
@inline export function argument(i: i32): i32 {
  return load<i32>(block + ARGUMENTS + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline export function floatArgument(i: i32): f32 {
  return load<f32>(block + ARGUMENTS + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline export function setArgument(i: i32, value: i32): void {
  store<i32>(block + ARGUMENTS + (<usize>i << 2), value);
}

/** The next task, or −1. */
function take(): i32 {
  let task: i32;
  do {
    task = atomic.load<i32>(block + NEXT);
    if (task >= atomic.load<i32>(block + TASKS)) return -1;
  } while (atomic.cmpxchg<i32>(block + NEXT, task, task + 1) != task);
  return task;
}

/** Opens a job whose arguments are set. */
export function open(kind: i32): void {
  store<i32>(block + KIND, kind);
  memory.fill(block + DONE, 0, 4 * KNOWN_TASKS);
  atomic.store<i32>(block + TASKS, 0);
  atomic.store<i32>(block + NEXT, 0);
  atomic.store<i32>(block + OPEN, 1);
}

/** Tasks before the `tasks`-th can be taken. */
export function offer(tasks: i32): void {
  atomic.store<i32>(block + TASKS, tasks);
  atomic.add<i32>(block + WAKE, 1);
  atomic.notify(block + WAKE, -1);
}

/** Does the next task, `run(kind, task, work)`, and says which it was; −1: none is left. */
export function step(work: usize, run: (kind: i32, task: i32, work: usize) => void): i32 {
  const task = take();
  if (task < 0) return task;
  run(load<i32>(block + KIND), task, work);
  if (task < KNOWN_TASKS) atomic.store<i32>(block + DONE + (<usize>task << 2), 1);
  return task;
}

/** Whether one of the first KNOWN_TASKS tasks of this job is done. */
export function done(task: i32): bool {
  return atomic.load<i32>(block + DONE + (<usize>task << 2)) == 1;
}

/** Ends a job of which no task is left: waits for helpers that are at one. */
export function close(): void {
  atomic.store<i32>(block + OPEN, 0);
  while (atomic.load<i32>(block + ACTIVE) > 0) {}
}

/** Does a job whose arguments are set, all of its tasks. */
export function share(kind: i32, tasks: i32, work: usize, run: (kind: i32, task: i32, work: usize) => void): void {
  open(kind);
  offer(tasks);
  while (step(work, run) >= 0) {}
  close();
}

/** A helper's life. `work` is its own. Ends with its thread. */
export function help(at: usize, thread: i32, work: usize, run: (kind: i32, task: i32, work: usize) => void): void {
  block = at;
  own = thread;
  let seen = 0;
  for (;;) {
    let now = atomic.load<i32>(block + WAKE);
    for (let turns = 0; now == seen && turns < PATIENCE; turns++) now = atomic.load<i32>(block + WAKE);
    if (now == seen) {
      atomic.wait<i32>(block + WAKE, seen, -1);
      continue;
    }
    seen = now;
    atomic.add<i32>(block + ACTIVE, 1);
    if (atomic.load<i32>(block + OPEN) == 1) while (step(work, run) >= 0) {}
    atomic.sub<i32>(block + ACTIVE, 1);
  }
}
