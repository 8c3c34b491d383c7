#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: the initialisers glorotNormal, heNormal and leCunNormal draw from a normal distribution cut
# off at two standard deviations without making up for
# what the cut takes away, so weights have 88 % of the standard deviation that their papers and their own formula give.
# (Keras in Python divides by 0.8796 for this, and PyTorch's do not cut.)
# Seen: glorotNormal of [400, 400] has 0.0440, not 0.05; heNormal 0.0622, not 0.0707.
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
for (const [name, variance] of [['glorotNormal', 2 / 800], ['heNormal', 2 / 400], ['leCunNormal', 1 / 400]]) {
  const weights = tf.initializers[name]({ seed: 3 }).apply([400, 400]);
  const share = Math.sqrt(tf.moments(weights).variance.dataSync()[0] / variance);
  console.log(name, 'standard deviation', (share * Math.sqrt(variance)).toFixed(4), 'of', Math.sqrt(variance).toFixed(4));
  assert(share > 0.87 && share < 0.89);
}
JS
node check.cjs
