import { ids, numbers } from '../data.mjs';

/**
 * LeNet-5 with ReLU and the larger of four in place of its own pooling.
 * @template T @param {import('./operations.mjs').AllOperations<T>} op @param {Extract<import('../works.mjs').Work, { kind: 'lenet' }>} work
 * @returns {import('./operations.mjs').Model<T>}
 */
export function lenet(op, { batch }) {
  const images = op.images(numbers('x', batch * 28 * 28), [batch, 1, 28, 28]);
  const labels = op.constant(ids('labels', batch, 10), [batch]);
  return {
    parameters: [
      ['0.weight', [6, 1, 5, 5]],
      ['0.bias', [6]],
      ['3.weight', [16, 6, 5, 5]],
      ['3.bias', [16]],
      ['7.weight', [120, 400]],
      ['7.bias', [120]],
      ['9.weight', [84, 120]],
      ['9.bias', [84]],
      ['11.weight', [10, 84]],
      ['11.bias', [10]],
    ],
    forward(get) {
      /** @param {T} x @param {number} layer @param {number} padding */
      const convolved = (x, layer, padding) =>
        op.halve(op.relu(op.conv2d(x, get(`${layer}.weight`), get(`${layer}.bias`), padding)));
      /** @param {T} x @param {number} layer */
      const linear = (x, layer) => op.add(op.matmul(x, get(`${layer}.weight`)), get(`${layer}.bias`));
      const features = op.flatten(convolved(convolved(images, 0, 2), 3, 0));
      return linear(op.relu(linear(op.relu(linear(features, 7)), 9)), 11);
    },
    loss: (logits) => op.crossEntropy(logits, labels),
  };
}
