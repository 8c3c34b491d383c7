import { numbers } from '../data.mjs';
import { causal, layersOf, norm } from './layers.mjs';

/** @typedef {Extract<import('../works.mjs').Work, { kind: 'gpt' }>} GptWork */

/**
 * GPT-2's blocks.
 * @template T @param {import('./operations.mjs').Operations<T>} op @param {GptWork} work
 * @returns {import('./operations.mjs').Model<T>}
 */
export function gpt(op, work) {
  const { d, batch, length, layers } = work;
  const { normed, attention, feedForward } = layersOf(op);
  const input = op.constant(numbers('x', batch * length * d), [batch * length, d]);
  const mask = op.constant(causal(length), [length, length]);
  /** @param {(name: string) => T} get */
  const forward = (get) => {
    let x = input;
    for (let i = 0; i < layers; i++) {
      const prefix = `layers.${i}`;
      const before = normed(get, `${prefix}.norm1`, x);
      x = op.add(x, attention(get, `${prefix}.self_attn`, before, before, work, mask));
      x = op.add(x, feedForward(get, prefix, normed(get, `${prefix}.norm2`, x), op.gelu));
    }
    return x;
  };
  return { parameters: parametersOf(work), forward, loss: op.meanSquare };
}

/** @param {GptWork} work @returns {[string, number[]][]} */
function parametersOf({ d, layers }) {
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
