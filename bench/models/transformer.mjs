import { ids, numbers } from '../data.mjs';
import { causal, layersOf, norm } from './layers.mjs';

/** @typedef {Extract<import('../works.mjs').Work, { kind: 'transformer' }>} TransformerWork */

/**
 * Encoder and decoder: logits, or the decoder's output where there is no vocabulary.
 * @template T @param {import('./operations.mjs').Operations<T>} op @param {TransformerWork} work
 * @returns {import('./operations.mjs').Model<T>}
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
  return { parameters: parametersOf(work), forward, loss };
}

/** @param {TransformerWork} work @returns {[string, number[]][]} */
function parametersOf({ d, ffn, layers, vocabulary }) {
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
