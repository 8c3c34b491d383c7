/**
 * What is left in an engine's thread after a collection, asked for through shared memory: the engine closes its globals to models,
 * and Node's own channels with them. The process is started with `--expose-gc`.
 */
import { getEnvironmentData } from 'node:worker_threads';

/** The number of the question, how many have answered it, the sum of their answers in KB; undefined where nobody will ask. */
const shared = getEnvironmentData('left') as Int32Array | undefined;
const [question, answers, kilobytes] = [0, 1, 2];
const { gc } = globalThis;
const { memoryUsage } = process;
let answered = 0;

function answer(shared: Int32Array): void {
  const asked = Atomics.load(shared, question);
  if (asked === answered) return;
  answered = asked;
  // The second waits for what the first has to free: buffers are let go of in the background.
  gc?.();
  gc?.();
  const { heapUsed, arrayBuffers } = memoryUsage();
  Atomics.add(shared, kilobytes, Math.round((heapUsed + arrayBuffers) / 1000));
  Atomics.add(shared, answers, 1);
}

if (shared !== undefined) setInterval(() => answer(shared), 5);
