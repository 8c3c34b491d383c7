// A model that asks for more than it may have ends with an error that names the tensor and its size, and the same process runs the next model.

import { engineProcesses } from './engines.mjs';
import { verdict } from './report.mjs';

const file = 'file:///big.model.ts';
let first = 0;

/** @type {typeof import('./host.ts')} */
const { EngineHost, SourceCompiler } = await import(process.env.TENSIGHT_HOST ?? '');
const host = new EngineHost({ script: process.env.TENSIGHT_ENGINE ?? '', memoryLimit: 512 });
const compiler = new SourceCompiler();

const model = (/** @type {string} */ forward) => `import { defineModel, randn, type Tensor } from 'tensight';
export default defineModel({ model: () => (x: Tensor) => ${forward}, inputs: { x: randn([1000]) } });`;

/** @type {readonly [string, RegExp][]} what is asked for, and what the error says of it */
const cases = [
  // 4 × 10⁸ numbers in one step.
  [
    'x.reshape(1000, 1).matmul(x.reshape(1, 1000)).reshape(1000, 1000, 1).expand(1000, 1000, 400).add(1)',
    /^add: a tensor f32 \[1000, 1000, 400\] of 1\.49 GB /,
  ],
  // In many steps.
  [
    '{ let y = x.expand(1000, 1000); for (;;) y = y.add(1); }',
    /^add: a tensor f32 \[1000, 1000\] of 3\.81 MB does not fit: the run holds \d+ MB/,
  ],
];
for (const [forward, expected] of cases) {
  const { problems } = await run(model(forward));
  const [engine] = engineProcesses();
  first ||= engine?.pid ?? 0;
  const [problem] = problems;
  verdict(
    problems.length === 1 && problem?.code === 'memory' && expected.test(problem.message) && problem.site !== undefined,
    `${problem?.code}: ${problem?.message}`,
  );
  const { problems: none, models } = await run(model('x.sum()'));
  verdict(
    none.length === 0 && models[0]?.complete === true && engineProcesses()[0]?.pid === first,
    `the next run is complete, in the same process`,
  );
}
await host.dispose();

/** @param {string} text */
function run(text) {
  const { modules, sites, problems } = compiler.compile(file, { read: () => text });
  if (problems.length > 0) throw new Error(problems[0]?.message);
  return host.run({ run: 1, mode: 'forward', entry: file, modules, sites, fallback: true }, { timeoutMs: 60_000 });
}
