// TensorFlow.js: `tfjs:cpu` and `tfjs:wasm`, one thread.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { numbers } from '../data.mjs';
import { modelOf } from '../models/index.mjs';
import { byName, parametersOf } from '../models/parameters.mjs';

/** @typedef {import('../works.mjs').Work} Work */
/** @typedef {any} T biome-ignore lint: the peer is no dependency, so its types are not there */

/** @param {string | undefined} variant @returns {Promise<import('../host.mjs').Engine>} */
export async function engine(variant) {
  const folder = process.env.BENCH_PEERS ?? '';
  /** @type {(name: string) => T} from the peers' folder, in which the type checker does not look */
  const load = createRequire(join(folder, 'package.json'));
  // All of it: `tfjs-core` alone has no gradients in Node.
  const tf = load('@tensorflow/tfjs');
  if (variant === 'wasm') {
    const wasm = load('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(join(folder, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist', '/'));
    wasm.setThreadsCount(1);
  }
  if (!(await tf.setBackend(variant))) throw new Error(`tfjs has no backend ${variant}`);
  await tf.ready();
  tf.env().set('PROD', true);

  /** @type {import('../models/operations.mjs').AllOperations<T>} */
  const op = {
    add: tf.add,
    mul: tf.mul,
    scale: (x, factor) => tf.mul(x, factor),
    matmul: (a, b) => tf.matMul(a, b),
    reshape: tf.reshape,
    permute: tf.transpose,
    slice: (x, dim, start, length) =>
      tf.slice(
        x,
        x.shape.map((/** @type {number} */ _, /** @type {number} */ i) => (i === dim ? start : 0)),
        x.shape.map((/** @type {number} */ size, /** @type {number} */ i) => (i === dim ? length : size)),
      ),
    softmax: (x) => tf.softmax(x),
    layerNorm(x, weight, bias) {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), weight), bias);
    },
    relu: tf.relu,
    gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
    concat: (list) => tf.concat(list, 0),
    // Channels come last here, the only order that these backends have.
    images: (values, shape) => tf.transpose(tf.tensor(values, shape), [0, 2, 3, 1]),
    filters: (values, shape) => tf.transpose(tf.tensor(values, shape), [2, 3, 1, 0]),
    conv2d: (x, filters, bias, padding) => tf.add(tf.conv2d(x, filters, 1, padding), bias),
    halve: (x) => tf.maxPool(x, 2, 2, 'valid'),
    flatten: (x) => tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [x.shape[0], -1]),
    // tfjs-wasm has no gradient for gather, so the rows are a product with ones and zeros.
    embedding: (table, rows) => tf.matMul(tf.oneHot(rows, table.shape[0]).toFloat(), table),
    crossEntropy: (logits, labels) =>
      tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, logits.shape[1]).toFloat()), -1))),
    meanSquare: (x) => tf.mean(tf.square(x)),
    constant: (values, shape) => tf.tensor(values, shape, values instanceof Int32Array ? 'int32' : 'float32'),
  };

  /** @param {() => T[]} compute @returns {import('../host.mjs').Prepared} */
  function pass(compute) {
    /** @type {T[]} */
    let last = [];
    return {
      run() {
        tf.dispose(last);
        last = tf.tidy(compute);
        // The plain backend computes when it is asked; reading one output of each waits for all of it.
        for (const x of last) x.dataSync();
      },
      outputs: () => last.map((x) => [...x.dataSync()]),
    };
  }

  /** @param {Work} work @returns {import('../host.mjs').Prepared | undefined} */
  function prepare(work) {
    switch (work.kind) {
      case 'gemm': {
        const shape = [work.size, work.size];
        const [a, b] = ['a', 'b'].map((name) => tf.tensor(numbers(name, work.size ** 2), shape));
        return pass(() => [tf.matMul(a, b)]);
      }
      case 'adds': {
        const x = tf.tensor(numbers('x', work.elements));
        const y = tf.tensor(numbers('y', work.elements, 0.001));
        /** @param {T} from */
        const chain = (from) => {
          let out = from;
          for (let i = 0; i < work.count; i++) out = tf.add(out, y);
          return out;
        };
        if (!work.backward) return pass(() => [chain(x)]);
        return pass(() => {
          /** @type {T} */
          let out;
          const gradient = tf.grad((/** @type {T} */ from) => {
            out = tf.keep(chain(from));
            return tf.sum(out);
          })(x);
          const copy = tf.clone(out);
          tf.dispose(out);
          return [copy, gradient];
        });
      }
      default: {
        const found = modelOf(op, work);
        if (found === undefined) return undefined;
        const { model, backward } = found;
        const parameters = byName(model);
        const values = parametersOf(op, model);
        return backward ? training(model, parameters, values) : pass(() => [model.forward(parameters(values))]);
      }
    }
  }

  /**
   * @param {import('../models/operations.mjs').Model<T>} model @param {ReturnType<typeof byName<T>>} parameters @param {T[]} values
   * @returns {import('../host.mjs').Prepared}
   */
  function training(model, parameters, values) {
    const valueAndGradients = tf.valueAndGrads((/** @type {T[]} */ ...p) => model.loss(model.forward(parameters(p))));
    /** @type {T[]} */
    let last = [];
    return {
      run() {
        tf.dispose(last);
        const { value, grads } = valueAndGradients(values);
        last = [value, ...grads];
        value.dataSync();
      },
      outputs: () => [[...last[0].dataSync()], last.slice(1).map((g) => Math.hypot(...chunkNorms(g.dataSync())))],
    };
  }

  return { threads: 1, prepare };
}

/** Norms of runs of the values: as many arguments as a call may have. @param {Float32Array} values */
function chunkNorms(values) {
  const norms = [];
  for (let i = 0; i < values.length; i += 1000) norms.push(Math.hypot(...values.subarray(i, i + 1000)));
  return norms;
}
