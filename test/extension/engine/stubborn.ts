/** An engine's worker that never hears that it should stop: what has to be ended from outside. */
const { load, compareExchange } = Atomics;
const Own = Int32Array;
/** What a run shares with its owner, as the run is given it: the word it is stopped by is always 0. */
const deaf = new WeakMap<object, Int32Array>();
const sharedBytes = 20;

Object.assign(globalThis, {
  Int32Array: new Proxy(Own, {
    construct(_, args: [ArrayBuffer]) {
      const array = new Own(...args);
      if (!(array.buffer instanceof SharedArrayBuffer) || array.byteLength !== sharedBytes) return array;
      const shown = new Proxy(array, {
        get: (target, key) => (key === '0' ? 0 : Reflect.get(target, key, target)),
        set: (target, key, value) => Reflect.set(target, key, value, target),
      });
      deaf.set(shown, array);
      return shown;
    },
  }),
});
Object.assign(Atomics, {
  load: (array: Int32Array, index: number) => (index === 0 ? 0 : load(deaf.get(array) ?? array, index)),
  compareExchange: (array: Int32Array, ...more: [number, number, number]) =>
    compareExchange(deaf.get(array) ?? array, ...more),
});
// Not before: the worker is what it is from its first line on.
void import('../../../extension/engine/worker.ts');
