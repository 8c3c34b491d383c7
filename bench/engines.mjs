// Engines as processes that answer requests, a line of JSON each.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { cache, fromRoot } from '../scripts/lib/paths.mjs';

export const peersFolder = join(cache, 'bench');

/**
 * How each is started; undefined where it is not installed.
 * @type {Readonly<Record<string, () => readonly [string, readonly string[]] | undefined>>}
 */
const engines = {
  tensight: () => node('tensight'),
  // With a helper: two threads.
  'tensight-2': () => node('tensight:threads'),
  'tensight-simd': () => node('tensight:wasm SIMD'),
  'tensight-reference': () => node('tensight:reference'),
  'tfjs-wasm': () => peer('tfjs:wasm', '@tensorflow/tfjs-backend-wasm'),
  'tfjs-cpu': () => peer('tfjs:cpu', '@tensorflow/tfjs'),
  'jax-js': () => peer('jaxjs', '@jax-js/jax'),
  'ort-web': () => peer('ort', 'onnxruntime-web'),
  // The system's own: `apt-get install python3-torch`.
  pytorch: () =>
    existsSync('/usr/bin/python3') ? ['/usr/bin/python3', [fromRoot('bench', 'engines', 'pytorch.py')]] : undefined,
};

export const engineNames = Object.keys(engines);

/** @param {string} engine @returns {readonly [string, readonly string[]]} */
const node = (engine) => [process.execPath, [fromRoot('bench', 'host.mjs'), engine]];

/** @param {string} engine @param {string} name */
function peer(engine, name) {
  return existsSync(join(peersFolder, 'node_modules', ...name.split('/'))) ? node(engine) : undefined;
}

/** @typedef {{ outputs?: number[][], threads?: number, value?: number, absent?: string }} Answer */
/** @typedef {{ name: string, ask: (request: object, limitMs?: number) => Promise<Answer>, stop: () => void }} Running */

/**
 * An engine that answers; where it takes longer than `limitMs` over a request, the answer is that, and another process takes its place.
 * @param {string} name @returns {Promise<Running | { absent: string }>}
 */
export async function startEngine(name) {
  const start = engines[name];
  if (start === undefined) return { absent: `there are ${engineNames.join(', ')}` };
  const command = start();
  if (command === undefined) return { absent: 'not installed (npm run bench -- --setup)' };
  let child = startProcess(command);
  // Every engine can do this one; one that cannot even start says why.
  const { absent } = await child.ask({ do: 'prepare', work: { kind: 'gemm', size: 16 } });
  if (absent !== undefined) {
    child.stop();
    return { absent };
  }
  return {
    name,
    async ask(request, limitMs) {
      const answer = child.ask(request);
      if (limitMs === undefined) return answer;
      const inTime = await Promise.race([answer, pause(limitMs, undefined, { ref: false })]);
      if (inTime !== undefined) return inTime;
      child.stop();
      child = startProcess(command);
      return { absent: `it takes more than ${limitMs / 1000} s` };
    },
    stop: () => child.stop(),
  };
}

/** @param {readonly [string, readonly string[]]} command */
function startProcess(command) {
  const child = spawn(...command, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, BENCH_PEERS: peersFolder },
  });
  const stop = () => void child.kill('SIGKILL');
  process.once('exit', stop);
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
  /** @type {((answer: Answer) => void)[]} */
  const waiting = [];
  let ended = false;
  const end = () => {
    ended = true;
    process.off('exit', stop);
    for (const resolve of waiting.splice(0)) resolve({ absent: lastLine(said) });
  };
  child.on('error', (error) => {
    said += error.message;
    end();
  });
  child.on('close', end);
  // Requests to a process that has ended are answered by `end`.
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) waiting.shift()?.(JSON.parse(line));
  });
  const ask = (/** @type {object} */ request) =>
    new Promise((/** @type {(answer: Answer) => void} */ resolve) => {
      if (ended) return resolve({ absent: lastLine(said) });
      waiting.push(resolve);
      child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  return { ask, stop };
}

/** @param {string} text */
const lastLine = (text) =>
  text
    .trim()
    .split('\n')
    .findLast((line) => /error/i.test(line)) ?? 'it ended';
