#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: the gradients of tf.image.resizeBilinear and tf.image.resizeNearestNeighbor do not know
# halfPixelCenters. The forward pass samples at the centres of pixels, the backward pass hands the gradient to the pixels that
# the older convention would have read. Training through an upsampling layer runs, on gradients that lean to one side; without
# halfPixelCenters, and with alignCorners, they agree with the forward pass.
# Seen: of 3 by 3 pixels made 5 by 5 and weighted 1 to 25, the first and last pixel weigh 8.32 and 58.24 (bilinear), the
# gradient says 5.32 and 85.6; nearest neighbour 16 and 88, the gradient 16 and 25.
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
const weights = tf.range(1, 26).reshape([1, 5, 5, 1]);
const zeros = () => new Float32Array(9);
/** The gradient as tfjs gives it, and the true one: the sum is linear, so that it is the sum of every unit image. */
function gradients(resize, halfPixels) {
  const sum = (image) => tf.image[resize](image, [5, 5], false, halfPixels).mul(weights).sum();
  const given = tf.grad(sum)(tf.ones([1, 3, 3, 1])).dataSync();
  const unit = (pixel) => sum(tf.tensor(zeros().fill(1, pixel, pixel + 1), [1, 3, 3, 1])).dataSync()[0];
  const rounded = (values) => Array.from(values, (value) => Number(value.toFixed(2)));
  return [rounded(given), rounded(zeros().map((_, pixel) => unit(pixel)))];
}
for (const resize of ['resizeBilinear', 'resizeNearestNeighbor']) {
  const [given, real] = gradients(resize, true);
  console.log(resize, 'given', given.join(' '), 'true', real.join(' '));
  assert.notDeepEqual(given, real);
  const [older, olderReal] = gradients(resize, false);
  assert.deepEqual(older, olderReal);
  assert.deepEqual(given, older);
}
JS
node check.cjs
