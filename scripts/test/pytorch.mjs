// What `npm run test:pytorch` runs, in order.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../lib/paths.mjs';
import { findPython } from '../lib/python.mjs';
import { mustRun, run } from '../lib/run.mjs';
import { oneCheck } from './counts.mjs';
import { runVitest } from './vitest.mjs';

/** Scripts that ask PyTorch for a file of values, and the tests that read it. */
const asked = [
  { script: 'test/core/pytorch/edges.py', test: 'test/core/pytorch/edges.test.ts' },
  { script: 'test/core/pytorch/draws.py', test: 'test/core/pytorch/draws.test.ts' },
  { script: 'test/core/pytorch/training.py', test: 'test/core/pytorch/training.test.ts' },
  { script: 'test/core/pytorch/stateDict.py', test: 'test/core/pytorch/stateDict.test.ts' },
  { script: 'test/core/ops/pytorch.py', test: 'test/core/ops/pytorch.test.ts' },
];

/** Random cases of `npm run fuzz`, by seed. */
const fuzzSeeds = ['1', '2', '3'];
const fuzzCases = '2000';

/** @type {Record<string, import('./run.mjs').Stage>} */
export const stages = {
  python: { title: 'Python, with PyTorch, torchvision and ONNX', run: checkPython },
  values: { title: 'Edges, states, draws and trainings against PyTorch, asked anew', needs: ['python'], run: askAnew },
  models: {
    title: 'Networks at their full sizes',
    needs: ['python'],
    run: (options) => runVitest('models', options),
  },
  fuzz: { title: 'Random cases', needs: ['python'], run: fuzz },
};

async function checkPython() {
  const versions =
    'import torch, torchvision, onnx; print(*(f"{m.__name__} {m.__version__}" for m in (torch, torchvision, onnx)))';
  return oneCheck((await run(findPython(), ['-c', versions])) === 0);
}

/** @param {import('./run.mjs').StageOptions} options */
async function askAnew({ filter }) {
  const folder = join(cache, 'pytorch');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { script } of asked) await mustRun(findPython(), ['-B', '-W', 'ignore', script, folder]);
  return runVitest('unit', { filter, files: asked.map(({ test }) => test), env: { PYTORCH_VALUES: folder } });
}

async function fuzz() {
  let holds = true;
  for (const seed of fuzzSeeds) {
    const args = ['scripts/fuzz.mjs', '--cases', fuzzCases, '--seed', seed, '--with-pytorch'];
    holds = (await run('node', args)) === 0 && holds;
  }
  return oneCheck(holds);
}
