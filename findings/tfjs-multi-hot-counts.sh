#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: tf.layers.categoryEncoding with the output mode multiHot, the default, counts when it is given one
# example (one axis) and is multi-hot, 0 or 1, when it is given a batch: tf.denseBincount forgets binaryOutput for one axis.
# Keras gives 0 and 1 for both. A model trained on batches and asked for one example at a time reads numbers that it has
# never seen.
# Seen: the categories 1, 1, 3 of 4 are 0 2 0 1 alone and 0 1 0 1 as a batch of one.
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
const layer = tf.layers.categoryEncoding({ numTokens: 4, outputMode: 'multiHot' });
const alone = Array.from(layer.apply(tf.tensor1d([1, 1, 3], 'int32')).dataSync());
const batch = Array.from(layer.apply(tf.tensor2d([[1, 1, 3]], [1, 3], 'int32')).dataSync());
console.log('alone', alone, 'in a batch', batch);
assert.deepEqual(alone, [0, 2, 0, 1]);
assert.deepEqual(batch, [0, 1, 0, 1]);
JS
node check.cjs
