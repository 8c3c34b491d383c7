// Ours, from a bundle of the sources; the variant picks a backend.

import { ids, numbers, parameter } from '../data.mjs';
import { gpt3 } from '../models/gpt3.mjs';
import { loadPeak } from '../peak/index.mjs';

/** @typedef {import('../works.mjs').Work} Work */
/** @typedef {import('../../core/index.ts').Tensor} Tensor */

/** @param {string | undefined} variant @returns {Promise<import('../host.mjs').Engine>} */
export async function engine(variant) {
  /** @type {typeof import('../entry.ts')} */
  const t = await import(process.env.TENSIGHT_BUNDLE ?? '');
  const { nn } = t;
  if (variant === 'threads') {
    const backend = t.threaded({ helpers: t.helperThreads(1) });
    if (backend === undefined) throw new Error('this host cannot share memory between threads');
    t.context.backend = backend;
  } else if (variant !== undefined) {
    const backend = t.availableBackends().find(({ name }) => name === variant);
    if (backend === undefined) throw new Error(`this host has no backend ${variant}`);
    t.context.backend = backend;
  }

  /** @template {import('../../core/nn/module.ts').Module} M @param {M} model */
  function filled(model) {
    for (const [name, p] of model.namedParameters()) p.toTypedArray().set(parameter(name, p.shape));
    return model.eval();
  }

  /** @param {string} name @param {readonly number[]} shape */
  const given = (name, shape, scale = 1) =>
    t.tensor(
      numbers(
        name,
        shape.reduce((a, b) => a * b, 1),
        scale,
      ),
      { shape },
    );

  /** @param {{ dims: Extract<Work, { kind: 'transformer' }> }} options */
  function encoderDecoder({ dims }) {
    const { d, heads, ffn, layers, vocabulary } = dims;
    return new (class Model extends nn.Module {
      source = vocabulary ? new nn.Embedding(vocabulary, d) : undefined;
      target = vocabulary ? new nn.Embedding(vocabulary, d) : undefined;
      transformer = new nn.Transformer({
        dModel: d,
        nhead: heads,
        numEncoderLayers: layers,
        numDecoderLayers: layers,
        dimFeedforward: ffn,
        dropout: 0,
        batchFirst: true,
      });
      head = vocabulary ? new nn.Linear(d, vocabulary) : undefined;
      /** @param {Tensor} source @param {Tensor} target */
      forward(source, target) {
        const x = this.source ? this.source.forward(source) : source;
        const y = this.target ? this.target.forward(target) : target;
        const out = this.transformer.forward(x, y, { tgtIsCausal: true });
        return this.head ? this.head.forward(out) : out;
      }
    })();
  }

  /** @param {Extract<Work, { kind: 'transformer' }>} dims */
  function transformerData(dims) {
    const { d, batch, length, vocabulary } = dims;
    const shape = [batch, length];
    if (vocabulary === 0) return { source: given('source', [...shape, d]), target: given('target', [...shape, d]) };
    const words = (/** @type {string} */ name) => t.tensor(ids(name, batch * length, vocabulary), { shape });
    return { source: words('source'), target: words('target'), labels: words('labels') };
  }

  /** @param {Tensor} out @param {Tensor | undefined} labels */
  function lossOf(out, labels) {
    if (labels === undefined) return out.square().mean();
    return nn.functional.crossEntropy(out.reshape(-1, out.shape.at(-1) ?? 1), labels.reshape(-1));
  }

  /**
   * @param {import('../../core/nn/module.ts').Module} model
   * @param {() => Tensor} forward
   * @param {((out: Tensor) => Tensor) | undefined} loss undefined: forward only
   * @returns {import('../host.mjs').Prepared}
   */
  function passes(model, forward, loss) {
    /** @type {Tensor | undefined} */
    let last;
    if (loss === undefined) {
      const run = () => t.noGrad(() => (last = forward()));
      return { run, outputs: () => [[...(last?.toTypedArray() ?? [])]] };
    }
    const parameters = model.parameters();
    return {
      run() {
        for (const p of parameters) p.grad = undefined;
        last = loss(forward());
        last.backward();
      },
      outputs: () => [[last?.item() ?? NaN], parameters.map((p) => norm(p.grad?.toTypedArray() ?? []))],
    };
  }

  /** @param {Work} work @returns {import('../host.mjs').Prepared | undefined} */
  function prepare(work) {
    switch (work.kind) {
      case 'gemm': {
        const a = given('a', [work.size, work.size]);
        const b = given('b', [work.size, work.size]);
        let out = a;
        return { run: () => (out = a.matmul(b)), outputs: () => [[...out.toTypedArray()]] };
      }
      case 'randn': {
        let drawn = t.zeros([1]);
        return {
          run() {
            t.manualSeed(0);
            drawn = t.randn([work.count]);
          },
          outputs: () => [[...drawn.narrow(0, 0, 100).toTypedArray()], [...drawn.slice(0, -100).toTypedArray()]],
        };
      }
      case 'peak': {
        const { run } = loadPeak();
        return { run: () => run(work.turns), outputs: () => [] };
      }
      case 'adds': {
        const x = given('x', [work.elements]);
        const y = given('y', [work.elements], 0.001);
        x.requiresGrad = work.backward;
        let out = x;
        return {
          run() {
            out = x;
            for (let i = 0; i < work.count; i++) out = out.add(y);
            if (!work.backward) return;
            x.grad = undefined;
            out.sum().backward();
          },
          outputs: () => [[...out.toTypedArray()], ...(work.backward ? [[...(x.grad?.toTypedArray() ?? [])]] : [])],
        };
      }
      case 'transformer': {
        const model = filled(encoderDecoder({ dims: work }));
        const { source, target, labels } = transformerData(work);
        const forward = () => model.forward(source, target);
        return passes(model, forward, work.backward ? (out) => lossOf(out, labels) : undefined);
      }
      case 'gpt': {
        const { d, heads, layers, batch, length } = work;
        const layer = () =>
          new nn.TransformerEncoderLayer(d, heads, {
            dimFeedforward: 4 * d,
            dropout: 0,
            activation: 'gelu',
            normFirst: true,
            batchFirst: true,
          });
        const model = filled(new nn.TransformerEncoder(layer, layers));
        const x = given('x', [batch, length, d]);
        return passes(model, () => model.forward(x, { isCausal: true }), undefined);
      }
      case 'lenet': {
        const model = filled(
          new nn.Sequential(
            new nn.Conv2d(1, 6, 5, { padding: 2 }),
            new nn.ReLU(),
            new nn.MaxPool2d(2),
            new nn.Conv2d(6, 16, 5),
            new nn.ReLU(),
            new nn.MaxPool2d(2),
            new nn.Flatten(),
            new nn.Linear(400, 120),
            new nn.ReLU(),
            new nn.Linear(120, 84),
            new nn.ReLU(),
            new nn.Linear(84, 10),
          ),
        );
        const x = given('x', [work.batch, 1, 28, 28]);
        const labels = t.tensor(ids('labels', work.batch, 10));
        return passes(
          model,
          () => /** @type {Tensor} */ (model.forward(x)),
          (out) => lossOf(out, labels),
        );
      }
      case 'lstm': {
        const model = filled(new nn.LSTM(work.input, work.hidden));
        const x = given('x', [work.length, work.batch, work.input]);
        return passes(
          model,
          () => model.forward(x)[0],
          (out) => out.square().mean(),
        );
      }
      case 'trace':
        return traceOverhead(work.of);
      case 'shapes':
        return shapesOfGpt3();
      default:
        return undefined;
    }
  }

  /** A recorded run, every tensor kept and described, against the same run watched by nobody. */
  function traceOverhead(/** @type {object} */ of) {
    const dims = /** @type {Extract<Work, { kind: 'transformer' }>} */ (of);
    const data = transformerData(dims);
    const model = encoderDecoder({ dims });
    const inputs = { source: data.source, target: data.target };
    const definition = t.defineModel({
      model: () => model,
      inputs,
      loss: ({ output }) => lossOf(/** @type {Tensor} */ (output), data.labels),
    });
    const clear = () => {
      for (const p of model.parameters()) p.grad = undefined;
    };
    const plain = () => {
      clear();
      lossOf(model.forward(data.source, data.target), data.labels).backward();
    };
    const recorded = () => {
      clear();
      const { trace } = t.runFile({
        file: 'bench.model.ts',
        run: 1,
        mode: 'backward',
        fallback: false,
        memoryLimit: 2 ** 31,
        sites: [],
        load: () => ({ default: definition }),
        now: () => performance.now(),
      });
      if (trace.models[0]?.complete !== true) throw new Error(JSON.stringify(trace.problems));
    };
    return {
      run() {
        plain();
        recorded();
      },
      outputs: () => [],
      measure(/** @type {number} */ ms) {
        /** @type {[number[], number[]]} */
        const samples = [[], []];
        const end = performance.now() + ms;
        while (samples[0].length < 5 || performance.now() < end)
          [plain, recorded].forEach((run, i) => {
            const start = performance.now();
            run();
            samples[i]?.push(performance.now() - start);
          });
        const [without, withTrace] = samples.map((list) => list.sort((a, b) => a - b)[list.length >> 1] ?? NaN);
        return (withTrace ?? NaN) / (without ?? NaN);
      },
    };
  }

  /** Shapes, FLOPs, parameters and activation bytes of GPT-3, construction included. */
  function shapesOfGpt3() {
    const definition = gpt3(t);
    let parameters = 0;
    return {
      run() {
        const { trace } = t.runFile({
          file: 'bench.model.ts',
          run: 1,
          mode: 'shape',
          fallback: false,
          memoryLimit: 2 ** 31,
          sites: [],
          load: () => ({ default: definition }),
          now: () => performance.now(),
        });
        if (trace.models[0]?.complete !== true) throw new Error(JSON.stringify(trace.problems));
        parameters = trace.models[0].totals?.parameters ?? 0;
      },
      outputs: () => [[parameters]],
    };
  }

  return { threads: variant === 'threads' ? 2 : 1, prepare };
}

/** @param {ArrayLike<number>} values */
function norm(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}
