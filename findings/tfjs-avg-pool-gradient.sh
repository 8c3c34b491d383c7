#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: tf.avgPool with padding 'same' divides by the number of pixels that a window has within the image;
# its gradient divides by the size of the window everywhere. Windows over the lower and right edge send back too little, at
# a corner a quarter of what they should (2 by 2). avgPool with 'valid' and maxPool agree with central differences, and
# TensorFlow divides by the same number both ways.
# Seen: 3 by 3 pixels, window 2, stride 1: the last pixel has the slope 2.25 of the sum, the gradient says 1; the first has
# 0.25 in both.
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
const zeros = () => new Float32Array(9);
function gradients(padding) {
  const sum = (image) => tf.avgPool(image, 2, 1, padding).sum();
  const given = Array.from(tf.grad(sum)(tf.ones([3, 3, 1])).dataSync());
  // The sum is linear: its slope along a pixel is its value at the image that has a 1 there.
  const unit = (pixel) => sum(tf.tensor(zeros().fill(1, pixel, pixel + 1), [3, 3, 1])).dataSync()[0];
  return [given, given.map((_, pixel) => unit(pixel))];
}
const [[given, slopes], [valid, validSlopes]] = [gradients('same'), gradients('valid')];
console.log('given', given.join(' '), 'true', slopes.join(' '));
assert.deepEqual([given[0], given[8]], [0.25, 1]);
assert.deepEqual([slopes[0], slopes[8]], [0.25, 2.25]);
assert.deepEqual(valid, validSlopes);
JS
node check.cjs
