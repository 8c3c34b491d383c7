// What the Transformer and the GPT are made of.

/** @template T @typedef {import('./operations.mjs').Operations<T>} Operations */

/** @param {string} prefix @param {number} d @returns {[string, number[]][]} */
export const norm = (prefix, d) => [
  [`${prefix}.weight`, [d]],
  [`${prefix}.bias`, [d]],
];

/** @template T @param {Operations<T>} op */
export function layersOf(op) {
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
export const causal = (length) =>
  Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? -1e9 : 0));
