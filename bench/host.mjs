// One engine in a process of its own: `node host.mjs ENGINE` answers requests, a line of JSON each, in order.

import { createInterface } from 'node:readline';

/**
 * @typedef {object} Prepared
 * @property {() => unknown} run one pass; a promise where the engine is asynchronous
 * @property {() => Promise<number[][]> | number[][]} outputs what the last pass gave, to be compared
 * @property {(ms: number) => number} [measure] in place of timing `run`
 */
/** @typedef {{ threads: number, prepare: (work: import('./works.mjs').Work) => Prepared | Promise<Prepared> | undefined }} Engine */

/** How long an engine runs before anything is measured. */
const warmUpMs = 400;

const [module, variant] = /** @type {[string, string | undefined]} */ ((process.argv[2] ?? '').split(':'));
/** @type {Engine} */
const engine = await (await import(`./engines/${module}.mjs`)).engine(variant);
/** @type {Prepared | undefined} */
let prepared;

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = await answerTo(request).catch((error) => ({ absent: String(error?.message ?? error).split('\n')[0] }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** @param {{ do: 'prepare', work: import('./works.mjs').Work } | { do: 'check' } | { do: 'time', ms: number }} request */
async function answerTo(request) {
  if (request.do === 'prepare') {
    prepared = await engine.prepare(request.work);
    return prepared === undefined ? { absent: 'not there' } : { threads: engine.threads };
  }
  if (prepared === undefined) throw new Error('nothing prepared');
  if (request.do === 'time')
    return { value: prepared.measure ? prepared.measure(request.ms) : await time(prepared, request.ms) };
  const start = performance.now();
  await prepared.run();
  const outputs = (await prepared.outputs()).map(sample);
  const left = warmUpMs - (performance.now() - start);
  if (!prepared.measure && left > 0) await time(prepared, left);
  return { outputs };
}

/** At most 2,000 of the numbers, evenly spread. @param {ArrayLike<number>} values */
function sample(values) {
  const step = Math.max(1, Math.floor(values.length / 2000));
  const list = [];
  for (let i = 0; i < values.length; i += step) list.push(values[i]);
  return list;
}

/** The median time of a pass over `ms` milliseconds, one pass at least. @param {Prepared} work @param {number} ms */
async function time({ run }, ms) {
  const samples = [];
  const end = performance.now() + ms;
  while (samples.length === 0 || performance.now() < end) {
    const start = performance.now();
    const pending = run();
    if (pending instanceof Promise) await pending;
    samples.push(performance.now() - start);
  }
  samples.sort((a, b) => a - b);
  return samples[samples.length >> 1];
}
