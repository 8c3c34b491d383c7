#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: the gradient of tf.mirrorPad (reflect and symmetric) cuts the padding off and drops what arrived
# there; the pixels that the padding repeats should get it as well, as in TensorFlow and PyTorch. Everything near an edge
# learns from too small a gradient, or of another sign, in networks that pad by reflection (style transfer, GANs,
# denoising).
# Seen: 5 values padded by 2 and 1 and weighted 0 to 7 have the gradient 2 4 4 12 6; tfjs gives 2 3 4 5 6.
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
for (const [mode, expected] of [['reflect', [2, 4, 4, 12, 6]], ['symmetric', [3, 3, 4, 5, 13]]]) {
  const sum = (x) => tf.mirrorPad(x, [[2, 1]], mode).mul(tf.range(0, 8)).sum();
  const given = Array.from(tf.grad(sum)(tf.ones([5])).dataSync());
  // The sum is linear in x: its slope along an element is its value at that unit vector.
  const slopes = given.map((_, at) => sum(tf.oneHot(tf.scalar(at, 'int32'), 5).toFloat()).dataSync()[0]);
  console.log(mode, 'given', given, 'true', slopes);
  assert.deepEqual(given, [2, 3, 4, 5, 6]);
  assert.deepEqual(slopes, expected);
}
JS
node check.cjs
