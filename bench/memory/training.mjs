// 10,000 training steps of the bench's tiny Transformer in one synchronous loop, as a model file's `train` section runs them. `live` is what is
// left after a collection: heap, buffers and WASM memory. `rss` is the process as the system sees it, garbage included.

import { ids } from '../data.mjs';
import { tiny as dims } from '../works.mjs';
import { judgeFlat, megabytes, tell, verdict } from './report.mjs';

const steps = 10_000;
const every = 100;
const told = [100, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, steps];

/** @type {WebAssembly.Memory[]} every memory that the engine makes */
const memories = [];
WebAssembly.Memory = class extends WebAssembly.Memory {
  /** @param {WebAssembly.MemoryDescriptor} descriptor */
  constructor(descriptor) {
    super(descriptor);
    memories.push(this);
  }
};

/** @type {typeof import('../entry.ts')} */
const t = await import(process.env.TENSIGHT_BUNDLE ?? '');
const { nn, optim } = t;

const { d, heads, ffn, layers, batch, length, vocabulary } = dims;
class Model extends nn.Module {
  source = new nn.Embedding(vocabulary, d);
  target = new nn.Embedding(vocabulary, d);
  transformer = new nn.Transformer({
    dModel: d,
    nhead: heads,
    numEncoderLayers: layers,
    numDecoderLayers: layers,
    dimFeedforward: ffn,
    dropout: 0.1,
    batchFirst: true,
  });
  head = new nn.Linear(d, vocabulary);
  /** @param {import('../../core/index.ts').Tensor} source @param {import('../../core/index.ts').Tensor} target */
  forward(source, target) {
    const out = this.transformer.forward(this.source.forward(source), this.target.forward(target), {
      tgtIsCausal: true,
    });
    return this.head.forward(out);
  }
}

const words = (/** @type {string} */ name) =>
  t.tensor(ids(name, batch * length, vocabulary), { shape: [batch, length] });
const labels = words('labels');
/** @type {import('./report.mjs').Sample[]} */
const samples = [];
const { losses } = t.train(
  t.defineModel({
    model: () => new Model(),
    inputs: () => ({ source: words('source'), target: words('target') }),
    loss: ({ output }) => nn.functional.crossEntropy(output.reshape(-1, vocabulary), labels.reshape(-1)),
    train: { steps, optimizer: (parameters) => new optim.Adam(parameters, { lr: 1e-3 }) },
  }),
  { onStep: (step) => (step + 1) % every === 0 && sample(step + 1) },
);
judgeFlat(samples, 'live', 0.5);
judgeFlat(samples, 'rss', 5);
verdict(
  (losses.at(-1) ?? Number.NaN) < 0.1,
  `the loss went from ${losses[0]?.toFixed(2)} to ${losses.at(-1)?.toFixed(4)}, so these were steps that learn`,
);

/** @param {number} at */
function sample(at) {
  const rss = megabytes(process.memoryUsage.rss());
  // The second waits for what the first has to free: buffers are let go of in the background.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const wasm = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  const figures = { rss, live: megabytes(heapUsed + arrayBuffers + wasm) };
  samples.push({ at, ...figures });
  const split = { heapUsed: megabytes(heapUsed), arrayBuffers: megabytes(arrayBuffers), wasm: megabytes(wasm) };
  if (told.includes(at)) tell({ at, ...figures, ...split });
}
