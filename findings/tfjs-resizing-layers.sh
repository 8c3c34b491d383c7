#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: its layers resize by other conventions than those of Keras whose names they bear. tf.layers.resizing
# aligns the corners, unless cropToAspectRatio is set: then it crops nothing and samples at the upper left corner of pixels,
# as upSampling2d does. Keras and PyTorch (align_corners=False) sample at the centres of pixels in all of these. A model that
# has its preprocessing in it sees other pixels, shifted by up to half a pixel of the larger image or stretched.
# Seen: 0 1 2 3 made two wide is 0 3, with cropToAspectRatio 0 2, where Keras and PyTorch give 0.5 2.5; 0 1 made four wide by
# upSampling2d is 0 0.5 1 1, elsewhere 0 0.25 0.75 1, which tf.image.resizeBilinear gives with halfPixelCenters.
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
const row = (values) => tf.tensor(values, [1, 1, values.length, 1]);
const numbers = (tensor) => Array.from(tensor.dataSync());
const size = { height: 1, width: 2 };
const resizing = numbers(tf.layers.resizing(size).apply(row([0, 1, 2, 3])));
const cropping = numbers(tf.layers.resizing({ ...size, cropToAspectRatio: true }).apply(row([0, 1, 2, 3])));
const upSampling = numbers(tf.layers.upSampling2d({ size: [1, 2], interpolation: 'bilinear' }).apply(row([0, 1])));
const centres = [[0, 1, 2, 3], [0, 1]].map((values) => numbers(tf.image.resizeBilinear(row(values), [1, 6 - values.length], false, true)));
console.log('resizing', resizing, 'cropToAspectRatio', cropping, 'upSampling2d', upSampling, 'by centres', ...centres);
assert.deepEqual([resizing, cropping, upSampling], [[0, 3], [0, 2], [0, 0.5, 1, 1]]);
assert.deepEqual(centres, [[0.5, 2.5], [0, 0.25, 0.75, 1]]);
JS
node check.cjs
