// 1,000 times: the model's text is edited, its shapes are run, then it is run backward with values, each in its engine's process, as in the editor.
// `engines` is what the two processes hold, `live` what is left in the one that started them after a collection, heap and buffers.

import { readFileSync } from 'node:fs';
import { fromRoot } from '../../scripts/lib/paths.mjs';
import { engineProcesses } from './engines.mjs';
import { judgeFlat, megabytes, tell, verdict } from './report.mjs';

const cycles = 1000;
const every = 10;
const told = [100, 200, 300, 400, 500, 600, 700, 800, 900, cycles];
const file = 'file:///edited.model.ts';
const original = readFileSync(fromRoot('examples', 'gpt.model.ts'), 'utf8');

/** @type {typeof import('./host.ts')} */
const { EngineHost, SourceCompiler } = await import(process.env.TENSIGHT_HOST ?? '');
const engine = () => new EngineHost({ script: process.env.TENSIGHT_ENGINE ?? '', memoryLimit: 2048 });
const engines = { shapes: engine(), values: engine() };
const compiler = new SourceCompiler();

/** @type {import('./report.mjs').Sample[]} */
const samples = [];
let listenersAtFirst = 0;
let first = '';
for (let cycle = 1; cycle <= cycles; cycle++) {
  const text = edited(cycle);
  const { modules, sites, problems } = compiler.compile(file, { read: (path) => (path === file ? text : undefined) });
  if (problems.length > 0) throw new Error(problems[0]?.message);
  const request = { run: cycle, entry: file, modules, sites, fallback: true };
  const shapes = await engines.shapes.run({ ...request, mode: 'shape' }, { timeoutMs: 20_000 });
  const values = await engines.values.run({ ...request, mode: 'backward' }, { timeoutMs: 20_000 });
  for (const { problems, models } of [shapes, values])
    if (problems.length > 0 || models[0]?.complete !== true)
      throw new Error(`cycle ${cycle}: ${problems[0]?.message ?? 'the run is not complete'}`);
  if (cycle % every === 0) sample(cycle);
}
judgeFlat(samples, 'live', 0.5);
judgeFlat(samples, 'engines', 20);
judgeFlat(samples, 'rss', 10);
const last = pids();
verdict(
  first === last && last.split(' ').length === 2,
  `the engines' processes are ${last}, ${first} after the first ${every} cycles`,
);
verdict(
  listeners() === listenersAtFirst,
  `${listeners()} listeners on the process, ${listenersAtFirst} after the first ${every} cycles`,
);
await Promise.all([engines.shapes.dispose(), engines.values.dispose()]);
verdict(engineProcesses().length === 0, `${engineProcesses().length} processes are left when the engines are closed`);

/** Another text each time: a comment grows, a width and the number of layers change. @param {number} cycle */
function edited(cycle) {
  const changed = original
    .replace('const width = 64;', `// edit ${cycle}\nconst width = ${[64, 32, 48, 80][cycle % 4]};`)
    .replace('new TinyGPT(2)', `new TinyGPT(${1 + (cycle % 3)})`);
  if (changed.split(/\/\/ edit|TinyGPT\(\d\)/).length !== 3)
    throw new Error('examples/gpt.model.ts no longer has what is edited here');
  return changed;
}

/** @param {number} at */
function sample(at) {
  const rss = megabytes(process.memoryUsage.rss());
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const figures = {
    rss,
    engines: megabytes(engineProcesses().reduce((sum, { bytes }) => sum + bytes, 0)),
    live: megabytes(heapUsed + arrayBuffers),
  };
  samples.push({ at, ...figures });
  listenersAtFirst ||= listeners();
  first ||= pids();
  if (told.includes(at)) tell({ at, ...figures, listeners: listeners() });
}

function pids() {
  return engineProcesses()
    .map(({ pid }) => pid)
    .join(' ');
}

function listeners() {
  return process
    .eventNames()
    .map((name) => process.listenerCount(name))
    .reduce((sum, count) => sum + count, 0);
}
