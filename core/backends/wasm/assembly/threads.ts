/**
 * Work shared between threads that have this module on one memory. Whoever calls a kernel opens a *job*: a kind, arguments and
 * a number of tasks that touch nothing of each other. It takes tasks itself until none are left, and waits only for helpers that
 * are in the middle of one: a helper that has not started yet, or sleeps, holds nothing up.
 *
 * The block in memory: whether a job is open, how many helpers are at it, the next task, how many tasks, a counter that wakes
 * helpers, kind and arguments. Loads and stores of the first five are sequentially consistent, so a helper that signs on after
 * the caller saw nobody there sees the job closed.
 */
const OPEN: usize = 0;
const ACTIVE: usize = 4;
const NEXT: usize = 8;
const TASKS: usize = 12;
const WAKE: usize = 16;
const KIND: usize = 20;
const ARGUMENTS: usize = 32;

/** Bytes of the block. */
export function blockSize(): i32 {
  return 320;
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
// @ts-ignore: decorator
@inline function take(): i32 {
  const task = atomic.add<i32>(block + NEXT, 1);
  return task < atomic.load<i32>(block + TASKS) ? task : -1;
}

/** Does a job whose arguments are set: `run(kind, task, work)` for every task, on whichever thread. */
export function share(kind: i32, tasks: i32, work: usize, run: (kind: i32, task: i32, work: usize) => void): void {
  store<i32>(block + KIND, kind);
  atomic.store<i32>(block + NEXT, 0);
  atomic.store<i32>(block + TASKS, tasks);
  atomic.store<i32>(block + OPEN, 1);
  atomic.add<i32>(block + WAKE, 1);
  atomic.notify(block + WAKE, -1);
  for (let task = take(); task >= 0; task = take()) run(kind, task, work);
  atomic.store<i32>(block + OPEN, 0);
  while (atomic.load<i32>(block + ACTIVE) > 0) {}
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
    if (atomic.load<i32>(block + OPEN) == 1) {
      const kind = load<i32>(block + KIND);
      for (let task = take(); task >= 0; task = take()) run(kind, task, work);
    }
    atomic.sub<i32>(block + ACTIVE, 1);
  }
}
