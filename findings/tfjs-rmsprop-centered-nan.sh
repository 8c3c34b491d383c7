#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: the centred form of tf.train.rmsprop takes epsilon away under the square root instead of adding it:
# sqrt(mean of squares - (square of mean + epsilon)). Where the variance of a gradient is below epsilon (1e-7 by default) the
# weight becomes NaN in that step. A gradient of 0 is enough: the row of an embedding that the batch did not use, a unit after
# a ReLU that is off. In PyTorch and Keras such a weight stays as it is.
# Seen, first step, rate 0.001: gradient 1 moves the weight from 1 to 0.99667; gradients 0.001 and 0 make it NaN. Not
# centred it is 0.9978 and 1.
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
function step(centered) {
  const w = tf.variable(tf.tensor([1, 1, 1]));
  tf.train.rmsprop(0.001, 0.9, 0, undefined, centered).applyGradients({ [w.name]: tf.tensor([1, 0.001, 0]) });
  return Array.from(w.dataSync());
}
const [centred, plain] = [step(true), step(false)];
console.log('gradients 1, 0.001, 0: centred', centred, 'not centred', plain);
assert(centred[0] < 1);
assert.deepEqual(centred.slice(1), [NaN, NaN]);
assert(plain[1] < 1);
assert.equal(plain[2], 1);
JS
node check.cjs
