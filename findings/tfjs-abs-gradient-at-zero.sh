#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: the gradient of tf.abs at 0 is -1; TensorFlow in Python and PyTorch give 0. So an L1 regulariser
# pushes weights that are 0 away from it, upwards, the very ones that it is there to keep; and
# tf.losses.absoluteDifference sends a gradient back for a prediction without an error.
# Seen: l1 of 0.1 at weights 0, 1, -1 has the gradient -0.1, 0.1, -0.1; one step of SGD moves the zero to 0.1. The
# absolute difference of [1, 2] and [1, 2] has 0.5, 0.5.
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
const gradient = (f, values) => Array.from(tf.grad(f)(tf.tensor(values)).dataSync(), (value) => Number(value.toFixed(6)));
const l1 = tf.regularizers.l1({ l1: 0.1 });
const regulariser = gradient((w) => l1.apply(w), [0, 1, -1]);
const loss = gradient((y) => tf.losses.absoluteDifference(tf.tensor([1, 2]), y), [1, 2]);
const w = tf.variable(tf.tensor([0]));
tf.train.sgd(1).minimize(() => l1.apply(w).asScalar());
console.log('l1 at 0, 1, -1', regulariser, 'loss without an error', loss, 'zero weight after a step', w.dataSync());
assert.deepEqual(regulariser, [-0.1, 0.1, -0.1]);
assert.deepEqual(loss, [0.5, 0.5]);
assert(w.dataSync()[0] > 0.09);
JS
node check.cjs
