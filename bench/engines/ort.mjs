// ONNX Runtime Web on its WASM backend, one thread, every optimisation on. It runs graphs and has no gradients, so the models are
// written down as ONNX here: parameters are part of the graph, inputs are fed to it.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { numbers } from '../data.mjs';
import { gpt } from '../models/gpt.mjs';
import { byName, parametersOf } from '../models/parameters.mjs';
import { transformer } from '../models/transformer.mjs';

/** @typedef {import('../works.mjs').Work} Work */
/** @typedef {any} Peer biome-ignore lint: the peer is no dependency, so its types are not there */
/** @typedef {{ name: string, shape: readonly number[] }} Value a tensor of the graph */
/** @typedef {{ name: string, values: Float32Array | Int32Array, shape: readonly number[] }} Fed */

/** The version of ONNX's operators that has GELU; its file format is version 9 at least. */
const opset = 20;
const irVersion = 9;

/** @returns {Promise<import('../host.mjs').Engine>} */
export async function engine() {
  const folder = process.env.BENCH_PEERS ?? '';
  /** @type {(name: string) => Peer} from the peers' folder, in which the type checker does not look */
  const load = createRequire(join(folder, 'package.json'));
  const ort = load('onnxruntime-web');
  const { onnx } = load('onnx-proto');
  ort.env.wasm.numThreads = 1;

  /** @param {Graph} graph @param {Value} output @returns {Promise<import('../host.mjs').Prepared>} */
  async function session(graph, output) {
    const session = await ort.InferenceSession.create(graph.model(output), {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
    });
    const feeds = Object.fromEntries(
      graph.fed.map(({ name, values, shape }) => [
        name,
        new ort.Tensor(values instanceof Int32Array ? 'int32' : 'float32', values, shape),
      ]),
    );
    /** @type {Peer} */
    let last;
    return {
      async run() {
        last = await session.run(feeds);
      },
      outputs: () => [[...last[output.name].data]],
    };
  }

  /** @param {Graph} graph @param {import('../models/operations.mjs').Model<Value>} model */
  const forward = (graph, model) => {
    const values = parametersOf({ constant: graph.parameter, filters: graph.parameter }, model);
    return session(graph, model.forward(byName(model)(values)));
  };

  /** @param {Work} work @returns {Promise<import('../host.mjs').Prepared> | undefined} */
  function prepare(work) {
    if ('backward' in work && work.backward) return undefined;
    const graph = new Graph(onnx);
    const { op } = graph;
    switch (work.kind) {
      case 'gemm': {
        const [a, b] = ['a', 'b'].map((name) => op.constant(numbers(name, work.size ** 2), [work.size, work.size]));
        return session(graph, op.matmul(/** @type {Value} */ (a), /** @type {Value} */ (b)));
      }
      case 'adds': {
        let out = op.constant(numbers('x', work.elements), [work.elements]);
        const y = op.constant(numbers('y', work.elements, 0.001), [work.elements]);
        for (let i = 0; i < work.count; i++) out = op.add(out, y);
        return session(graph, out);
      }
      case 'transformer':
        return forward(graph, transformer(op, work));
      case 'gpt':
        return forward(graph, gpt(op, work));
      default:
        return undefined;
    }
  }

  return { threads: 1, prepare };
}

/** An ONNX graph as it grows: `op` adds a node to it and returns the node's output. */
class Graph {
  /** @type {Fed[]} what a run is given: left out of the graph, or all of it would be computed ahead */
  fed = [];
  /** @type {object[]} */
  #nodes = [];
  /** @type {object[]} */
  #initializers = [];
  #count = 0;

  /** @param {Peer} onnx ONNX's messages */
  constructor(onnx) {
    this.onnx = onnx;
  }

  /** @type {import('../models/operations.mjs').Operations<Value>} */
  op = {
    add: (x, y) => this.#node('Add', [x, y], x.shape.length < y.shape.length ? y.shape : x.shape),
    scale: (x, factor) => this.#node('Mul', [x, this.#initializer(Float32Array.of(factor), [])], x.shape),
    matmul: (a, b) => this.#node('MatMul', [a, b], [...a.shape.slice(0, -1), b.shape.at(-1) ?? 1]),
    reshape: (x, shape) => this.#node('Reshape', [x, this.#longs(shape)], shape),
    permute: (x, order) =>
      this.#node(
        'Transpose',
        [x],
        order.map((dim) => x.shape[dim] ?? 1),
        [{ name: 'perm', type: 'INTS', ints: order }],
      ),
    slice: (x, dim, start, length) =>
      this.#node(
        'Slice',
        [x, this.#longs([start]), this.#longs([start + length]), this.#longs([dim])],
        x.shape.map((size, i) => (i === dim ? length : size)),
      ),
    softmax: (x) => this.#node('Softmax', [x], x.shape),
    layerNorm: (x, weight, bias) =>
      this.#node('LayerNormalization', [x, weight, bias], x.shape, [{ name: 'epsilon', type: 'FLOAT', f: 1e-5 }]),
    relu: (x) => this.#node('Relu', [x], x.shape),
    gelu: (x) => this.#node('Gelu', [x], x.shape),
    embedding: (table, rows) => this.#node('Gather', [table, rows], [...rows.shape, ...table.shape.slice(1)]),
    crossEntropy: forwardOnly,
    meanSquare: forwardOnly,
    constant: (values, shape) => {
      const name = this.#name();
      this.fed.push({ name, values, shape });
      return { name, shape };
    },
  };

  /** @param {Float32Array} values @param {number[]} shape */
  parameter = (values, shape) => this.#initializer(values, shape);

  /** The file's bytes. @param {Value} output @returns {Uint8Array} */
  model(output) {
    const { ModelProto } = this.onnx;
    const model = {
      irVersion,
      opsetImport: [{ domain: '', version: opset }],
      graph: {
        name: 'bench',
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.fed.map(({ name, shape, values }) => this.#described(name, shape, values)),
        output: [this.#described(output.name, output.shape, new Float32Array())],
      },
    };
    return ModelProto.encode(ModelProto.fromObject(model)).finish();
  }

  /** @param {string} opType @param {readonly Value[]} inputs @param {readonly number[]} shape @param {object[]} [attribute] */
  #node(opType, inputs, shape, attribute = []) {
    const name = this.#name();
    this.#nodes.push({ opType, input: inputs.map((input) => input.name), output: [name], attribute });
    return { name, shape };
  }

  /** @param {Float32Array | BigInt64Array} values @param {readonly number[]} shape @returns {Value} */
  #initializer(values, shape) {
    const name = this.#name();
    const { FLOAT, INT64 } = this.onnx.TensorProto.DataType;
    this.#initializers.push({
      name,
      dims: shape,
      dataType: values instanceof Float32Array ? FLOAT : INT64,
      rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    });
    return { name, shape };
  }

  /** @param {readonly number[]} values */
  #longs(values) {
    return this.#initializer(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** @param {string} name @param {readonly number[]} shape @param {Float32Array | Int32Array} values */
  #described(name, shape, values) {
    const { FLOAT, INT32 } = this.onnx.TensorProto.DataType;
    const elemType = values instanceof Int32Array ? INT32 : FLOAT;
    return { name, type: { tensorType: { elemType, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } } };
  }

  #name() {
    return `t${this.#count++}`;
  }
}

/** @returns {never} */
function forwardOnly() {
  throw new Error('ONNX Runtime Web has no gradients, so no loss is asked of it');
}
