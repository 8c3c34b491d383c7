// Running other programs, with one way to show or to log what they say. Node built-ins only: this runs before `npm ci`.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fromRoot, root } from './paths.mjs';

/** The environment of every program started here: the project's own tools, and so its own Node, come first. */
export const toolEnvironment = () => ({
  ...process.env,
  PATH: `${fromRoot('node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
});

/** A failure whose message is all that a person needs: printed without a stack. */
export class SetupError extends Error {}

/** @type {Set<import('node:child_process').ChildProcess>} what `run` has running */
const running = new Set();

/** Ends what `run` has running; for a script that is told to end. */
export function endChildren() {
  for (const child of running) child.kill('SIGTERM');
}

/** Ends this process, by SIGTERM, when the one that started it is gone, however that went. */
export function endWithParent() {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGTERM'), 1000).unref();
}

/**
 * Runs a program to its end; resolves with its exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv | undefined, log?: string | undefined, ignoreOutput?: boolean }} [options] `log`: a file to append
 *   the output to, instead of showing it
 * @returns {Promise<number>}
 */
export function run(command, args, { cwd = root, env, log, ignoreOutput = false } = {}) {
  if (log) mkdirSync(dirname(log), { recursive: true });
  const output = log ? openSync(log, 'a') : ignoreOutput ? 'ignore' : 'inherit';
  return new Promise((resolve, reject) => {
    // npm is npm.cmd on Windows, which only a shell can start.
    const child = spawn(command, args, {
      cwd,
      env: { ...toolEnvironment(), ...env },
      stdio: ['ignore', output, output],
      shell: process.platform === 'win32' && !command.endsWith('.exe'),
    });
    running.add(child);
    child.on('error', reject);
    child.on('close', () => running.delete(child));
    child.on('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  }).finally(() => typeof output === 'number' && closeSync(output));
}

/**
 * As `run`, but throws when the program fails; with a log, the error carries the log's last lines.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2] & { what?: string }} [options]
 */
export async function mustRun(command, args, options = {}) {
  const code = await run(command, args, options).catch((error) => {
    throw new SetupError(`${options.what ?? command}: ${error.message}`);
  });
  if (code === 0) return;
  const tail = options.log ? `\n${lastLines(options.log, 15)}\nThe whole log: ${options.log}` : '';
  throw new SetupError(`${options.what ?? [command, ...args].join(' ')} failed with code ${code}.${tail}`);
}

/**
 * @param {string} command
 * @returns {string | undefined} the full path of a program on PATH
 */
export function which(command) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => endings.map((ending) => join(folder, command + ending)))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

/**
 * Runs a script's body: prints a `SetupError` as one clear message, anything else with its stack, and sets the exit code.
 * @param {() => Promise<number | void>} body
 */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? process.exitCode ?? 0;
  } catch (error) {
    console.error(error instanceof SetupError ? `tensight: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** @param {string} file @param {number} count */
function lastLines(file, count) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
