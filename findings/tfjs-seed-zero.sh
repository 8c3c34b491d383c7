#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: a seed of 0 makes tf.randomUniform repeat itself, but not tf.randomNormal, tf.truncatedNormal
# and tf.multinomial: these take 0 for "no seed" and draw
# afresh at every call, without a word. A model whose layers are seeded 0 is reproducible only where its initialisers
# are uniform. Any other seed works in all of them.
# Seen: two calls of randomUniform with seed 0 are equal, two of the others are not; with seed 1 all are.
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
const logits = tf.zeros([1, 1000]);
const draws = {
  randomUniform: (seed) => tf.randomUniform([20], 0, 1, 'float32', seed),
  randomNormal: (seed) => tf.randomNormal([20], 0, 1, 'float32', seed),
  truncatedNormal: (seed) => tf.truncatedNormal([20], 0, 1, 'float32', seed),
  multinomial: (seed) => tf.multinomial(logits, 20, seed),
};
const repeats = (draw, seed) => String(draw(seed).dataSync()) === String(draw(seed).dataSync());
const zero = Object.entries(draws).map(([name, draw]) => [name, repeats(draw, 0)]);
console.log('seed 0 repeats itself:', Object.fromEntries(zero));
assert.deepEqual(zero.map(([, same]) => same), [true, false, false, false]);
assert(Object.values(draws).every((draw) => repeats(draw, 1)));
JS
node check.cjs
