// jax-js on its WASM device, compiled by `jit`.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { numbers } from '../data.mjs';
import { modelOf } from '../models/index.mjs';
import { byName, parametersOf } from '../models/parameters.mjs';

/** @typedef {import('../works.mjs').Work} Work */
/** @typedef {any} T biome-ignore lint: the peer is no dependency, so its types are not there */

/** @returns {Promise<import('../host.mjs').Engine>} */
export async function engine() {
  const folder = process.env.BENCH_PEERS ?? '';
  const path = createRequire(join(folder, 'package.json'))
    .resolve('@jax-js/jax')
    .replace(/\.cjs$/, '.js');
  /** @type {T} */
  const jax = await import(pathToFileURL(path).href);
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const { numpy: np, lax, nn, jit, valueAndGrad, grad } = jax;

  /** @param {Float32Array | Int32Array} values @param {number[]} shape */
  const constant = (values, shape) => np.array(values).reshape(shape);

  // Arrays are used up by what they go into: `.ref` keeps them.
  /** @type {import('../models/operations.mjs').AllOperations<T>} */
  const op = {
    add: (x, y) => np.add(x.ref, y.ref),
    mul: (x, y) => np.multiply(x.ref, y.ref),
    scale: (x, factor) => np.multiply(x.ref, factor),
    matmul: (a, b) => np.matmul(a.ref, b.ref),
    reshape: (x, shape) => x.ref.reshape(shape),
    permute: (x, order) => np.transpose(x.ref, order),
    slice: (x, dim, start, length) => x.ref.slice(...Array.from({ length: dim }, () => []), [start, start + length]),
    softmax: (x) => nn.softmax(x.ref, -1),
    layerNorm(x, weight, bias) {
      const mean = np.mean(x.ref, -1, { keepdims: true });
      const centered = np.subtract(x.ref, mean);
      const variance = np.mean(np.square(centered.ref), -1, { keepdims: true });
      const scaled = np.divide(centered, np.sqrt(np.add(variance, 1e-5)));
      return np.add(np.multiply(scaled, weight.ref), bias.ref);
    },
    relu: (x) => nn.relu(x.ref),
    gelu: (x) => nn.gelu(x.ref, { approximate: false }),
    sigmoid: (x) => nn.sigmoid(x.ref),
    tanh: (x) => np.tanh(x.ref),
    concat: (list) =>
      np.concatenate(
        list.map((x) => x.ref),
        0,
      ),
    images: constant,
    filters: constant,
    conv2d: (x, filters, bias, padding) =>
      np.add(
        lax.convGeneralDilated(
          x.ref,
          filters.ref,
          [1, 1],
          [
            [padding, padding],
            [padding, padding],
          ],
        ),
        bias.ref.reshape([-1, 1, 1]),
      ),
    halve(x) {
      const [n, channels, height, width] = x.shape;
      return np.max(x.ref.reshape([n, channels, height / 2, 2, width / 2, 2]), [3, 5]);
    },
    flatten: (x) => x.ref.reshape([x.shape[0], -1]),
    // The gradient of a gather fails under jit, so the rows are a product with ones and zeros.
    embedding: (table, rows) => np.matmul(nn.oneHot(rows.ref, table.shape[0]), table.ref),
    crossEntropy: (logits, labels) =>
      np.negative(
        np.mean(np.sum(np.multiply(nn.logSoftmax(logits.ref, -1), nn.oneHot(labels.ref, logits.shape[1])), -1)),
      ),
    meanSquare: (x) => np.mean(np.square(x.ref)),
    constant,
  };

  /** @param {() => T[]} compute @returns {import('../host.mjs').Prepared} */
  function pass(compute) {
    /** @type {T[]} */
    let last = [];
    return {
      async run() {
        for (const x of last) x.dispose();
        last = compute();
        for (const x of last) await x.blockUntilReady();
      },
      outputs: () => Promise.all(last.map(async (x) => [...(await x.ref.data())])),
    };
  }

  /** @param {Work} work @returns {import('../host.mjs').Prepared | undefined} */
  function prepare(work) {
    switch (work.kind) {
      case 'gemm': {
        const shape = [work.size, work.size];
        const [a, b] = ['a', 'b'].map((name) => constant(numbers(name, work.size ** 2), shape));
        const multiply = jit((/** @type {T} */ x, /** @type {T} */ y) => np.matmul(x, y));
        return pass(() => [multiply(a.ref, b.ref)]);
      }
      case 'adds': {
        const x = constant(numbers('x', work.elements), [work.elements]);
        const y = constant(numbers('y', work.elements, 0.001), [work.elements]);
        /** @param {T} from */
        const chain = (from) => {
          let out = from;
          for (let i = 0; i < work.count; i++) out = np.add(out, y.ref);
          return out;
        };
        // Not compiled: what is measured is one operation after the other.
        if (!work.backward) return pass(() => [chain(x.ref)]);
        const slope = grad((/** @type {T} */ from) => np.sum(chain(from)));
        const backward = pass(() => [slope(x.ref)]);
        const forward = pass(() => [chain(x.ref)]);
        return {
          run: backward.run,
          async outputs() {
            await forward.run();
            return [...(await forward.outputs()), ...(await backward.outputs())];
          },
        };
      }
      default: {
        const found = modelOf(op, work);
        if (found === undefined) return undefined;
        const { model, backward } = found;
        const parameters = byName(model);
        const values = parametersOf(op, model);
        const forward = (/** @type {T[]} */ p) => model.forward(parameters(p));
        const kept = () => values.map((x) => x.ref);
        if (!backward) {
          const run = jit(forward);
          return pass(() => [run(kept())]);
        }
        const run = jit(valueAndGrad((/** @type {T[]} */ p) => model.loss(forward(p))));
        const { run: step, outputs } = pass(() => {
          const [value, gradients] = run(kept());
          return [value, ...gradients];
        });
        return {
          run: step,
          async outputs() {
            const [value, ...gradients] = await outputs();
            return [value ?? [], gradients.map((g) => Math.sqrt(g.reduce((sum, x) => sum + x * x, 0)))];
          },
        };
      }
    }
  }

  return { threads: 1, prepare };
}
