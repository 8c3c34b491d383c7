// Runs a program in a process group of its own that ends with whoever started it, however that one ended: standard input
// is a pipe from the starter, and a pipe closes even when its owner is killed. Also removes the folder the program used.
// node guard.mjs FOLDER COMMAND ARGUMENT…

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const [folder = '', command = '', ...args] = process.argv.slice(2);
const program = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

process.stdin.resume();
process.stdin.on('close', end);
program.on('error', end);
program.on('exit', end);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, end);

let ending = false;

async function end() {
  if (ending) return;
  ending = true;
  // This process leads the group (it was started detached), so its own id names everything the program started.
  process.on('SIGTERM', () => {});
  try {
    process.kill(-process.pid, 'SIGTERM');
  } catch {
    program.kill();
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit();
  }
}
