#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: where several elements are the largest, the gradient of tf.max (and tf.min, and the layers
# globalMaxPooling) is handed to each of them in full; TensorFlow and PyTorch's amax share it out evenly, and PyTorch's max
# along an axis picks one. Ties are common after a ReLU, a clip or on quantised values: the gradient that arrives is as many
# times too large as there are ties, and differs from that of tf.maxPool, which picks one.
# Seen: four equal values get 1 1 1 1 from tf.max, 1 0 0 0 from tf.maxPool.
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
const gradient = (f) => Array.from(tf.grad(f)(tf.ones([1, 2, 2, 1])).dataSync());
const [max, min] = [gradient((x) => tf.max(x)), gradient((x) => tf.min(x))];
const layer = gradient((x) => tf.layers.globalMaxPooling2d({}).apply(x));
const pool = gradient((x) => tf.maxPool(x, 2, 2, 'valid'));
console.log('max', max, 'min', min, 'globalMaxPooling2d', layer, 'maxPool', pool);
for (const ties of [max, min, layer]) assert.deepEqual(ties, [1, 1, 1, 1]);
assert.deepEqual(pool, [1, 0, 0, 0]);
JS
node check.cjs
