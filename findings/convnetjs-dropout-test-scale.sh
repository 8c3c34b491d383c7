#!/usr/bin/env bash
# convnetjs 0.3.0: a dropout layer with drop_prob p keeps a share of 1 - p while training, without scaling it up, and
# multiplies by p (not by 1 - p) when it predicts.
# At 0.5 this is unseen; at any other rate predictions see activations of another size than training did.
# Seen: ones through drop_prob 0.2 have the mean 0.8 in training and 0.2 in prediction; through 0.75 they have 0.25 and
# 0.75.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts convnetjs@0.3.0
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { DropoutLayer, Vol } = require('convnetjs');
for (const p of [0.2, 0.75]) {
  const layer = new DropoutLayer({ in_sx: 1, in_sy: 1, in_depth: 20000, drop_prob: p });
  const mean = (training) => Array.from(layer.forward(new Vol(1, 1, 20000, 1), training).w).reduce((a, b) => a + b) / 20000;
  const [train, predict] = [mean(true), mean(false)];
  console.log('drop_prob', p, 'training', train.toFixed(3), 'prediction', predict.toFixed(3));
  assert(Math.abs(train - (1 - p)) < 0.02);
  assert(Math.abs(predict - p) < 1e-6);
}
JS
node check.cjs
