import { numbers } from '../data.mjs';

/**
 * One layer; the inputs' share of all gates is one product ahead of the steps.
 * @template T @param {import('./operations.mjs').AllOperations<T>} op @param {Extract<import('../works.mjs').Work, { kind: 'lstm' }>} work
 * @returns {import('./operations.mjs').Model<T>}
 */
export function lstm(op, { input, hidden, length, batch }) {
  const x = op.constant(numbers('x', length * batch * input), [length * batch, input]);
  const zeros = op.constant(new Float32Array(batch * hidden), [batch, hidden]);
  return {
    parameters: [
      ['weight_ih_l0', [4 * hidden, input]],
      ['weight_hh_l0', [4 * hidden, hidden]],
      ['bias_ih_l0', [4 * hidden]],
      ['bias_hh_l0', [4 * hidden]],
    ],
    forward(get) {
      const fromInputs = op.add(op.add(op.matmul(x, get('weight_ih_l0')), get('bias_ih_l0')), get('bias_hh_l0'));
      const weight = get('weight_hh_l0');
      let h = zeros;
      let c = zeros;
      const outputs = [];
      for (let t = 0; t < length; t++) {
        const gates = op.add(op.slice(fromInputs, 0, t * batch, batch), op.matmul(h, weight));
        const gate = (/** @type {number} */ i) => op.slice(gates, 1, i * hidden, hidden);
        c = op.add(op.mul(op.sigmoid(gate(1)), c), op.mul(op.sigmoid(gate(0)), op.tanh(gate(2))));
        h = op.mul(op.sigmoid(gate(3)), op.tanh(c));
        outputs.push(h);
      }
      return op.concat(outputs);
    },
    loss: op.meanSquare,
  };
}
