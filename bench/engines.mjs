// Engines as processes that answer requests, a line of JSON each.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cache, fromRoot } from '../scripts/lib/paths.mjs';

export const peersFolder = join(cache, 'bench');

/**
 * How each is started; undefined where it is not installed.
 * @type {Readonly<Record<string, () => readonly [string, readonly string[]] | undefined>>}
 */
const engines = {
  tensight: () => node('tensight'),
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
/** @typedef {{ name: string, ask: (request: object) => Promise<Answer>, stop: () => void }} Running */

/** @param {string} name @returns {Promise<Running | { absent: string }>} */
export async function startEngine(name) {
  const start = engines[name];
  if (start === undefined) return { absent: `there are ${engineNames.join(', ')}` };
  const command = start();
  if (command === undefined) return { absent: 'not installed (npm run bench -- --setup)' };
  const child = spawn(...command, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, BENCH_PEERS: peersFolder },
  });
  process.once('exit', () => child.kill());
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
  /** @type {((answer: Answer) => void)[]} */
  const waiting = [];
  let ended = false;
  const end = () => {
    ended = true;
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
  // Every engine can do this one; one that cannot even start says why.
  const { absent } = await ask({ do: 'prepare', work: { kind: 'gemm', size: 16 } });
  if (absent !== undefined) {
    child.kill();
    return { absent };
  }
  return { name, ask, stop: () => child.kill() };
}

/** @param {string} text */
const lastLine = (text) =>
  text
    .trim()
    .split('\n')
    .findLast((line) => /error/i.test(line)) ?? 'it ended';
