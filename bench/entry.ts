/** What the benchmarks use of the engine: more than it exports to models. */
export { availableBackends, threaded } from '../core/backends/wasm/index.ts';
export { context } from '../core/context.ts';
export * from '../core/index.ts';
export { runFile } from '../core/trace/run.ts';
export { helperThreads } from '../extension/host/helpers.ts';
export { wideVectors } from '../extension/host/vectors.ts';
