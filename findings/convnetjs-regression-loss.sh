#!/usr/bin/env bash
# convnetjs 0.3.0: the loss that a regression layer reports is 2 (y - target)^2, while the gradient it sends back is (y
# - target), that of half the square.
# Loss and gradient differ by a factor of four, so a gradient check against the reported loss fails and learning rates
# worked out from it are off.
# Seen: for one input of 3 with weight 1 and target 1 the loss is 8 and the gradient of the input 2; central differences
# of the loss give 8.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts convnetjs@0.3.0
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const { Net, Vol } = require('convnetjs');
const net = new Net();
net.makeLayers([{ type: 'input', out_sx: 1, out_sy: 1, out_depth: 1 }, { type: 'regression', num_neurons: 1 }]);
net.layers[1].filters[0].w[0] = 1;
const loss = (value) => {
  const x = new Vol([value]);
  net.forward(x, true);
  return [net.backward([1]), x.dw[0]];
};
const [reported, gradient] = loss(3);
const difference = (loss(3.001)[0] - loss(2.999)[0]) / 0.002;
console.log('loss', reported, 'gradient', gradient, 'by central differences', difference.toFixed(4));
assert.equal(reported, 8);
assert.equal(gradient, 2);
assert.equal(difference.toFixed(3), '8.000');
JS
node check.cjs
