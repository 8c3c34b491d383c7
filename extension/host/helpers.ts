/** The threads that help an engine with large products, as Node starts them. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Helpers } from '../../core/backends/wasm/index.ts';

/** A helper is the kernels' module and nothing else: no code of ours runs in it, let alone a model's. */
const source = `
const { workerData: { module, tile, memory, serve } } = require('node:worker_threads');
const env = { memory, abort() {} };
const imports = tile ? { env, tile: new WebAssembly.Instance(tile, { env }).exports } : { env };
new WebAssembly.Instance(module, imports).exports.serve(...serve);
`;

/** More than four threads wait for memory rather than compute, and the editor wants a core too. */
const most = 3;

/** As many helpers as this machine has cores for, one left out for the engine itself. They end with their engine. */
export function helperThreads(count = Math.min(most, availableParallelism() - 1)): Helpers {
  return {
    count,
    start({ module, tile }, memory, serve) {
      const worker = new Worker(source, {
        eval: true,
        name: 'tensight-helper',
        argv: [],
        execArgv: [],
        env: {},
        workerData: { module, tile, memory, serve },
      });
      // It never ends by itself, and keeps nobody from ending.
      worker.unref();
    },
  };
}
