#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: tf.train.adadelta is plain SGD. It scales the gradient by the two running averages as they were
# before the step; these two start equal and then stay equal for ever, so that the scale is 1 and rho and epsilon change
# nothing. The paper takes the new average of squared gradients: PyTorch's first step with a gradient of 1 is 0.0032 times
# the rate, here it is the whole rate. Whoever carries over the rate of 1, PyTorch's default, takes a step 300 times too
# long; whoever compares optimisers has SGD in the table twice.
# Seen: five steps with uneven gradients give bit for bit the weights of tf.train.sgd, for rho 0.95 and for 0.5.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
console.warn = () => {};
const tf = require('@tensorflow/tfjs');
function weights(optimizer) {
  const w = tf.variable(tf.tensor([1, -2, 3]));
  for (let step = 1; step <= 5; step++)
    optimizer.applyGradients({ [w.name]: tf.tensor([Math.sin(step), 1e-4 * step, 100 / step]) });
  return Array.from(w.dataSync());
}
const [sgd, adadelta, other] = [tf.train.sgd(0.01), tf.train.adadelta(0.01, 0.95), tf.train.adadelta(0.01, 0.5)].map(weights);
console.log('sgd', sgd, 'adadelta', adadelta, 'rho 0.5', other, 'adam', weights(tf.train.adam(0.01)));
assert.deepEqual(adadelta, sgd);
assert.deepEqual(other, sgd);
JS
node check.cjs
