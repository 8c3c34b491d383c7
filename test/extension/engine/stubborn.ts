/** An engine's worker that never hears that it should stop: what has to be ended from outside. */
const { load } = Atomics;
Object.assign(Atomics, {
  load: (array: Int32Array, index: number) => (index === 0 ? 0 : load(array, index)),
});
// Not before: the worker is what it is from its first line on.
void import('../../../extension/engine/worker.ts');
