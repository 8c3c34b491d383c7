// The models as functions of parameters, for peers that have tensor operations and no PyTorch layers.

import { ids, numbers, parameter } from '../data.mjs';

/**
 * What an engine brings along. T is its tensor.
 * @template T
 * @typedef {object} Operations
 * @property {(x: T, y: T) => T} add
 * @property {(x: T, factor: number) => T} scale
 * @property {(a: T, b: T) => T} matmul of the last two dimensions
 * @property {(x: T, shape: number[]) => T} reshape
 * @property {(x: T, order: number[]) => T} permute
 * @property {(x: T, dim: number, start: number, length: number) => T} slice
 * @property {(x: T) => T} softmax over the last dimension
 * @property {(x: T, weight: T, bias: T) => T} layerNorm over the last dimension, eps 1e-5
 * @property {(x: T) => T} relu
 * @property {(x: T) => T} gelu
 * @property {(table: T, rows: T) => T} embedding rows is [n]
 * @property {(logits: T, labels: T) => T} crossEntropy mean; logits [n, classes], labels [n]
 * @property {(x: T) => T} meanSquare
 * @property {(values: Float32Array | Int32Array, shape: number[]) => T} constant
 */

/** @typedef {Extract<import('../works.mjs').Work, { kind: 'transformer' }>} TransformerWork */
/** @typedef {Extract<import('../works.mjs').Work, { kind: 'gpt' }>} GptWork */

/** Names and shapes of the parameters, in PyTorch's order. @param {TransformerWork} work @returns {[string, number[]][]} */
export function transformerParameters({ d, ffn, layers, vocabulary }) {
  /** @type {(prefix: string) => [string, number[]][]} */
  const attention = (prefix) => [
    [`${prefix}.in_proj_weight`, [3 * d, d]],
    [`${prefix}.in_proj_bias`, [3 * d]],
    [`${prefix}.out_proj.weight`, [d, d]],
    [`${prefix}.out_proj.bias`, [d]],
  ];
  /** @type {(prefix: string, count: number, cross: boolean) => [string, number[]][]} */
  const layer = (prefix, count, cross) => [
    ...attention(`${prefix}.self_attn`),
    ...(cross ? attention(`${prefix}.multihead_attn`) : []),
    [`${prefix}.linear1.weight`, [ffn, d]],
    [`${prefix}.linear1.bias`, [ffn]],
    [`${prefix}.linear2.weight`, [d, ffn]],
    [`${prefix}.linear2.bias`, [d]],
    ...Array.from({ length: count }, (_, i) => norm(`${prefix}.norm${i + 1}`, d)).flat(),
  ];
  /** @type {(side: string, count: number) => [string, number[]][]} */
  const stack = (side, count) => [
    ...Array.from({ length: layers }, (_, i) => layer(`transformer.${side}.layers.${i}`, count, count === 3)).flat(),
    ...norm(`transformer.${side}.norm`, d),
  ];
  /** @type {[string, number[]][]} */
  const tables = vocabulary
    ? [
        ['source.weight', [vocabulary, d]],
        ['target.weight', [vocabulary, d]],
      ]
    : [];
  /** @type {[string, number[]][]} */
  const head = vocabulary
    ? [
        ['head.weight', [vocabulary, d]],
        ['head.bias', [vocabulary]],
      ]
    : [];
  return [...tables, ...stack('encoder', 2), ...stack('decoder', 3), ...head];
}

/** @param {string} prefix @param {number} d @returns {[string, number[]][]} */
const norm = (prefix, d) => [
  [`${prefix}.weight`, [d]],
  [`${prefix}.bias`, [d]],
];

/** @param {GptWork} work @returns {[string, number[]][]} */
export function gptParameters({ d, layers }) {
  return Array.from({ length: layers }, (_, i) => {
    const prefix = `layers.${i}`;
    /** @type {[string, number[]][]} */
    const own = [
      [`${prefix}.self_attn.in_proj_weight`, [3 * d, d]],
      [`${prefix}.self_attn.in_proj_bias`, [3 * d]],
      [`${prefix}.self_attn.out_proj.weight`, [d, d]],
      [`${prefix}.self_attn.out_proj.bias`, [d]],
      [`${prefix}.linear1.weight`, [4 * d, d]],
      [`${prefix}.linear1.bias`, [4 * d]],
      [`${prefix}.linear2.weight`, [d, 4 * d]],
      [`${prefix}.linear2.bias`, [d]],
      ...norm(`${prefix}.norm1`, d),
      ...norm(`${prefix}.norm2`, d),
    ];
    return own;
  }).flat();
}

/**
 * Values and shapes of parameters. Matrices of layers stand as [in, out], the way these peers' own layers have them (and
 * tfjs-wasm multiplies by a transposed matrix many times slower); tables stay [vocabulary, d].
 * @param {readonly [string, number[]][]} list @returns {[Float32Array, number[]][]}
 */
export const valuesOf = (list) =>
  list.map(([name, shape]) => {
    const values = parameter(name, shape);
    const [rows = 0, columns = 0] = shape;
    if (shape.length < 2 || isTable(name)) return [values, shape];
    const turned = Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
    return [turned, [columns, rows]];
  });

/** @param {string} name */
const isTable = (name) => name === 'source.weight' || name === 'target.weight';

/** @template T @param {Operations<T>} op */
function layersOf(op) {
  /** @typedef {(name: string) => T} Get */
  /** @param {T} x @param {T} weight @param {T} bias */
  const linear = (x, weight, bias) => op.add(op.matmul(x, weight), bias);
  /** @param {Get} get @param {string} prefix @param {T} x */
  const normed = (get, prefix, x) => op.layerNorm(x, get(`${prefix}.weight`), get(`${prefix}.bias`));

  /**
   * @param {Get} get @param {string} prefix @param {T} x rows [batch · length, d] @param {T} memory what keys and values come from
   * @param {{ d: number, heads: number, batch: number, length: number }} size @param {T | undefined} mask
   */
  function attention(get, prefix, x, memory, { d, heads, batch, length }, mask) {
    const weight = get(`${prefix}.in_proj_weight`);
    const bias = get(`${prefix}.in_proj_bias`);
    /** @param {T} from @param {number} part @param {number[]} order */
    const projected = (from, part, order = [0, 2, 1, 3]) => {
      const rows = linear(from, op.slice(weight, 1, part * d, d), op.slice(bias, 0, part * d, d));
      return op.permute(op.reshape(rows, [batch, length, heads, d / heads]), order);
    };
    const keys = projected(memory, 1, [0, 2, 3, 1]);
    let scores = op.scale(op.matmul(projected(x, 0), keys), 1 / Math.sqrt(d / heads));
    if (mask !== undefined) scores = op.add(scores, mask);
    const context = op.permute(op.matmul(op.softmax(scores), projected(memory, 2)), [0, 2, 1, 3]);
    const rows = op.reshape(context, [batch * length, d]);
    return linear(rows, get(`${prefix}.out_proj.weight`), get(`${prefix}.out_proj.bias`));
  }

  /** @param {Get} get @param {string} prefix @param {T} x @param {(x: T) => T} activation */
  const feedForward = (get, prefix, x, activation) =>
    linear(
      activation(linear(x, get(`${prefix}.linear1.weight`), get(`${prefix}.linear1.bias`))),
      get(`${prefix}.linear2.weight`),
      get(`${prefix}.linear2.bias`),
    );
  return { linear, normed, attention, feedForward };
}

/** −1e9 above the diagonal. @param {number} length */
const causal = (length) =>
  Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? -1e9 : 0));

/**
 * Logits (or the decoder's output), and the loss of them, as functions of the parameters by name.
 * @template T @param {Operations<T>} op @param {TransformerWork} work
 */
export function transformer(op, work) {
  const { d, batch, length, layers, vocabulary } = work;
  const n = batch * length;
  const { linear, normed, attention, feedForward } = layersOf(op);
  const input = (/** @type {string} */ name) =>
    vocabulary ? op.constant(ids(name, n, vocabulary), [n]) : op.constant(numbers(name, n * d), [n, d]);
  const source = input('source');
  const target = input('target');
  const labels = vocabulary ? op.constant(ids('labels', n, vocabulary), [n]) : undefined;
  const mask = op.constant(causal(length), [length, length]);

  /** @param {(name: string) => T} get */
  function forward(get) {
    let x = vocabulary ? op.embedding(get('source.weight'), source) : source;
    for (let i = 0; i < layers; i++) {
      const prefix = `transformer.encoder.layers.${i}`;
      x = normed(get, `${prefix}.norm1`, op.add(x, attention(get, `${prefix}.self_attn`, x, x, work, undefined)));
      x = normed(get, `${prefix}.norm2`, op.add(x, feedForward(get, prefix, x, op.relu)));
    }
    const memory = normed(get, 'transformer.encoder.norm', x);
    let y = vocabulary ? op.embedding(get('target.weight'), target) : target;
    for (let i = 0; i < layers; i++) {
      const prefix = `transformer.decoder.layers.${i}`;
      y = normed(get, `${prefix}.norm1`, op.add(y, attention(get, `${prefix}.self_attn`, y, y, work, mask)));
      y = normed(
        get,
        `${prefix}.norm2`,
        op.add(y, attention(get, `${prefix}.multihead_attn`, y, memory, work, undefined)),
      );
      y = normed(get, `${prefix}.norm3`, op.add(y, feedForward(get, prefix, y, op.relu)));
    }
    y = normed(get, 'transformer.decoder.norm', y);
    return vocabulary ? linear(y, get('head.weight'), get('head.bias')) : y;
  }
  /** @param {T} out */
  const loss = (out) => (labels === undefined ? op.meanSquare(out) : op.crossEntropy(out, labels));
  return { forward, loss };
}

/** @template T @param {Operations<T>} op @param {GptWork} work */
export function gpt(op, work) {
  const { d, batch, length, layers } = work;
  const { normed, attention, feedForward } = layersOf(op);
  const input = op.constant(numbers('x', batch * length * d), [batch * length, d]);
  const mask = op.constant(causal(length), [length, length]);
  /** @param {(name: string) => T} get */
  return (get) => {
    let x = input;
    for (let i = 0; i < layers; i++) {
      const prefix = `layers.${i}`;
      const before = normed(get, `${prefix}.norm1`, x);
      x = op.add(x, attention(get, `${prefix}.self_attn`, before, before, work, mask));
      x = op.add(x, feedForward(get, prefix, normed(get, `${prefix}.norm2`, x), op.gelu));
    }
    return x;
  };
}
